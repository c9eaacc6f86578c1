"""The simulated company beside a run, for the demo: only where kompas.yaml has a `sandbox` section."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.settings import Settings


@contextmanager
def beside(settings: Settings, tell: Callable[[str], None]) -> Iterator[None]:
    """Run the sandbox in this process, unless one answers on its port already, or none is configured."""
    chosen = settings.sandbox
    if chosen is None or _answers(chosen.port):
        yield
        return
    from sandbox.company import World  # noqa: PLC0415 - numpy and the servers load for the demo only
    from sandbox.faults import Faults  # noqa: PLC0415
    from sandbox.server import Sandbox  # noqa: PLC0415

    tell(f"… sandbox: the simulated company is being built (seed {chosen.seed})")
    world = World(chosen.seed, chosen.scale)
    folder = settings.folder / chosen.files
    with Sandbox(world, Faults.rare(chosen.seed), chosen.port, chosen.grpc_port, folder=folder):
        tell(f"✓ sandbox: answers on 127.0.0.1:{chosen.port}, GA4 on {chosen.grpc_port}; exports are in {folder}")
        yield


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
