"""The receiver of messages that the tests of alerts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.http_server import Answer, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """It takes whatever comes."""
    with serving(lambda request: Answer(200, b"ok")) as made:
        yield made
