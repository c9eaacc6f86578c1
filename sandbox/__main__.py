"""`python -m sandbox`: the simulated platforms, stand-alone, until interrupted."""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from sandbox.company import World
from sandbox.faults import Faults
from sandbox.server import GRPC_PORT, HTTP_PORT, Sandbox


def _moment(text: str) -> datetime:
    """An ISO moment; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def parser() -> argparse.ArgumentParser:
    """The options of `python -m sandbox` and `kompas sandbox`."""
    options = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    options.add_argument("--port", type=int, default=HTTP_PORT, help="HTTP port; 0 picks a free one")
    options.add_argument("--grpc-port", type=int, default=GRPC_PORT, help="GA4's gRPC port; 0 picks a free one")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--scale", type=float, default=1.0, help="volume; 1 is about 1,500 visits a day")
    options.add_argument("--first-day", type=date.fromisoformat, default=date(2023, 1, 1))
    options.add_argument("--now", type=_moment, default=None, help="ISO moment at which time stands still")
    options.add_argument("--latency", type=float, default=0.0, help="seconds that every answer takes longer")
    options.add_argument("--files", type=Path, default=None, help="folder into which tools without an API export")
    options.add_argument("--no-faults", action="store_true", help="leave out the rare errors of the demo")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the world, serve it, and wait for Ctrl-C."""
    chosen = parser().parse_args(arguments)
    began = time.perf_counter()
    world = World(chosen.seed, chosen.scale, chosen.first_day, chosen.now)
    faults = Faults.none() if chosen.no_faults else Faults.rare(chosen.seed)
    with Sandbox(world, faults, chosen.port, chosen.grpc_port, chosen.latency, folder=chosen.files) as sandbox:
        took = time.perf_counter() - began
        print(f"Sandbox ready in {took:.1f} s: {sandbox.url('')} and GA4 at {sandbox.url('ga4')}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
