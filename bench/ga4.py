"""How fast GA4 rows come in: `python -m bench.ga4 [--rows 100000 1000000]`.

A report of 9 dimensions and 10 metrics, replayed by a local gRPC server in its own process, is read in fresh
processes, by three readers: a plain drain, which throws the bytes away; the connector into one Parquet file; and the
whole way of a night, `pipelines.ingest.pull_night`, into a lake of 30 days with its ledger.
Times are of whole processes, from start to exit, imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.ga4_server import DAYS, DIMENSIONS, FIRST_DAY, METHOD, METRICS, SERVICE, serving

if TYPE_CHECKING:  # each process pays for its own imports only
    from connectors.ga4 import Ga4
    from connectors.stream import Stream

LAST_DAY = FIRST_DAY + timedelta(days=DAYS - 1)
_CREDENTIALS = {"type": "authorized_user", "client_id": "bench", "client_secret": "bench", "refresh_token": "bench"}
_PAGE_ROWS = 50_000
"""As in the connector, whose own value counts: the server refuses another."""


@dataclass(frozen=True)
class Figures:
    """One fresh process: seconds from start to exit, CPU seconds, and the most memory it held."""

    rows: int
    wall_s: float
    cpu_s: float
    peak_mb: float

    @property
    def rows_s(self) -> float:
        return self.rows / self.wall_s


def drain(address: str, _token_url: str, rows: int) -> int:
    """Ask for every page and throw it away: what the transport alone costs."""
    import grpc  # noqa: PLC0415  each process pays for its own imports only
    from google.analytics.data_v1beta.types import RunReportRequest  # noqa: PLC0415

    channel = grpc.insecure_channel(address, [("grpc.max_receive_message_length", -1)])
    call, request = channel.unary_unary(f"/{SERVICE}/{METHOD}"), RunReportRequest.pb()
    for offset in range(0, rows, _PAGE_ROWS):
        call(request(offset=offset, limit=_PAGE_ROWS).SerializeToString(), timeout=60)
    channel.close()
    return rows


def connector(address: str, token_url: str, _rows: int) -> int:
    """Pull the report as any stream of the connector is pulled, and write it to one Parquet file."""
    import pyarrow.parquet as pq  # noqa: PLC0415

    from connectors.load import Load  # noqa: PLC0415
    from connectors.stream import Window  # noqa: PLC0415

    stream, window, load = _stream(), Window(FIRST_DAY, LAST_DAY), Load()
    with tempfile.TemporaryDirectory() as folder, _ga4(address, token_url) as ga4:
        path = Path(folder) / "rows.parquet"
        with pq.ParquetWriter(path, stream.schema, compression="zstd") as writer:
            for batch in ga4.pull(stream, ga4.accounts[0], window, load):
                writer.write_batch(batch)
        return pq.read_metadata(path).num_rows + len(load.rejected)


def night(address: str, token_url: str, _rows: int) -> int:
    """Pull the report as a night does: spooled by day, sums of its measures, a Parquet file a day, the ledger."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from pipelines.ingest import Night, pull_night  # noqa: PLC0415
    from pipelines.lake import Lake  # noqa: PLC0415

    stream, told = _stream(), Night("bench", LAST_DAY, LAST_DAY, DAYS, ZoneInfo("Europe/Amsterdam"))
    with tempfile.TemporaryDirectory() as folder, _ga4(address, token_url, stream) as ga4:
        (result,) = pull_night(ga4, [stream], told, Lake.at(folder))
        if result.errors:
            raise result.errors[0]
        return result.rows + result.quarantined


def _ga4(address: str, token_url: str, *streams: Stream) -> Ga4:
    from connectors.connector import Company  # noqa: PLC0415
    from connectors.ga4 import Ga4  # noqa: PLC0415

    os.environ["BENCH_GA4"] = json.dumps(_CREDENTIALS | {"token_uri": token_url})
    settings = Ga4.Settings.model_validate(
        {"credentials": "env:BENCH_GA4", "base_url": f"grpc://{address}", "accounts": [{"id": "1"}]}
    )
    ga4 = Ga4(settings, Company())
    ga4.streams = streams  # type: ignore[misc, assignment]  # of this one connector: its own reports are not what is measured
    return ga4


def _stream() -> Stream:
    from google.analytics.data_v1beta.types import MetricType  # noqa: PLC0415

    from connectors.ga4_report import Query  # noqa: PLC0415
    from connectors.ga4_streams import by_date  # noqa: PLC0415
    from connectors.stream import COUNT, DATE, MONEY, NUMBER, TEXT, Field  # noqa: PLC0415

    types = {MetricType.TYPE_INTEGER: COUNT, MetricType.TYPE_CURRENCY: MONEY}
    dimensions = [Field(name, DATE if name == "date" else TEXT, name) for name in DIMENSIONS]
    metrics = [Field(name, types.get(type_, NUMBER), name) for name, type_ in METRICS.items()]
    query = Query({name: name for name in DIMENSIONS}, {name: name for name in METRICS})
    return by_date("bench", "9 dimensions, 10 metrics", fields=(*dimensions, *metrics), query=query)


READERS: dict[str, Callable[[str, str, int], int]] = {"drain": drain, "connector": connector, "night": night}


def measure(reader: str, address: str, token_url: str, rows: int) -> Figures:
    """Run a reader in a fresh process. Raises RuntimeError when it fails or gives another number of rows."""
    command = [sys.executable, "-m", "bench.ga4", "--reader", reader, address, token_url, str(rows)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{reader} failed: {done.stderr}")
    told = json.loads(done.stdout)
    if told["rows"] != rows:
        raise RuntimeError(f"{reader} gave {told['rows']} rows of {rows}")
    return Figures(rows, wall_s, told["cpu_s"], told["peak_mb"])


def _read(reader: str, address: str, token_url: str, rows: str) -> None:
    got = READERS[reader](address, token_url, int(rows))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"rows": got, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """The most memory of this process. Linux's ru_maxrss may be the parent's, so its own figure goes first."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def compare(rows: int, times: int) -> None:
    """The best of several runs of each reader, as a line each."""
    with serving(rows, _PAGE_ROWS) as (address, token_url):
        best = {
            reader: max((measure(reader, address, token_url, rows) for _ in range(times)), key=lambda it: it.rows_s)
            for reader in READERS
        }
    for reader, it in best.items():
        share = it.wall_s / best["drain"].wall_s
        print(
            f"{rows:>9,} rows  {reader:<9}  {it.rows_s:>9,.0f} rows/s  {it.wall_s:6.2f} s"
            f"  {it.cpu_s:6.2f} CPU s  {it.peak_mb:6.0f} MB  {share:5.2f} x the drain",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m bench.ga4", description=__doc__)
    options.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--times", type=int, default=3, help="runs of each reader; the best counts")
    options.add_argument("--reader", nargs=4, help=argparse.SUPPRESS)
    chosen = options.parse_args(arguments)
    if chosen.reader:
        _read(*chosen.reader)
        return
    for rows in chosen.rows:
        compare(rows, chosen.times)


if __name__ == "__main__":
    main()
