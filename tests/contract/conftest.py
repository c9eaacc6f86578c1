"""One sandbox of now for all judges of our requests, and what each connector sends to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from sandbox.company import World
from sandbox.server import Sandbox
from tests.contract.our_requests import Night, connector, recording, run


@pytest.fixture(scope="session")
def now_sandbox() -> Iterator[Sandbox]:
    """The platforms of a small company, its last day yesterday: connectors go by the clock."""
    now = datetime.now(UTC)
    world = World(seed=5, scale=0.1, first_day=now.date() - timedelta(days=70), now=now)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture(scope="session")
def night(now_sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Night]:
    """What a connector, named, sends in a night. It runs once."""

    @cache
    def of(name: str) -> Night:
        with recording(now_sandbox) as found, connector(name, now_sandbox, tmp_path_factory.mktemp(name)) as source:
            run(source)
        return found

    return of
