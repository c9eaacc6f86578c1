"""A published file that changes night after night while others read it: whole nights only, and never an error.

`python -m tests.bi.nights READERS PUBLISHES [BUILD]` measures it, with a small build or with a company's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.contract import Contract, current
from pipelines.publish import publish

ASKED = """
    select
        (select max(run_day) from bi.night) as night,
        (select min(marked) from kpi.kpi_measures) as least,
        (select max(marked) from kpi.kpi_measures) as most,
        (select count(*) from kpi.kpi_measures) as measures,
        (select sum(marked) / count(*) from marts.order_facts) as orders,
        (select count(*) from bi.scorecard) as scorecard"""
_READER = """
import json, os, sys, time
from pathlib import Path
import duckdb
parent = os.getppid()
file, stop, asked = sys.argv[1:]
seen, errors, took = {}, [], []
print("reading", flush=True)
while True:
    last = Path(stop).exists() or os.getppid() != parent
    begun = time.perf_counter()
    try:
        with duckdb.connect(file, read_only=True) as connection:
            row = connection.execute(asked).fetchone()
            # A second look through the same connection is of the same night.
            again = connection.execute(asked).fetchone()
        seen[json.dumps(row, default=str)] = seen.get(json.dumps(row, default=str), 0) + 2
        if row != again:
            errors.append(f"{row} became {again}")
    except Exception as error:
        errors.append(repr(error))
    took.append(time.perf_counter() - begun)
    if last:
        break
print(json.dumps({"seen": seen, "errors": errors, "took": took}))
"""


SMALL = Contract(
    "1.0.0",
    {
        "bi.night": {"run_day": "DATE"},
        "bi.scorecard": {"marked": "BIGINT"},
        "kpi.kpi_measures": {"value": "DOUBLE"},
        "marts.order_facts": {"order_id": "VARCHAR"},
    },
)
"""What a small build has."""


@dataclass(frozen=True)
class Reading:
    """What readers saw: each answer with how often it came, what went wrong, and seconds per look."""

    answers: dict[str, int]
    errors: list[str]
    seconds: list[float]

    @property
    def queries(self) -> int:
        return sum(self.answers.values())

    def percentile(self, share: float) -> float:
        return sorted(self.seconds)[int(share * (len(self.seconds) - 1))]

    def mixed(self) -> list[str]:
        """Answers in which parts are of different nights. A night marks all of its rows with its number."""
        return [answer for answer in self.answers if not _is_whole(json.loads(answer))]

    def nights(self) -> set[str]:
        return {json.loads(answer)[0] for answer in self.answers}


def _is_whole(row: Sequence[object]) -> bool:
    night, least, most, measures, orders, scorecard = row
    number = int(str(night).replace("-", ""))
    return bool(least == most == orders == number and measures and scorecard)


def marked(build: Path, number: int) -> None:
    """Make the build another night's: its day, and a mark of it in every row of two tables."""
    with duckdb.connect(str(build)) as connection:
        connection.execute("update bi.night set run_day = date '2000-01-01' + to_days($1::int)", [number])
        for table in ("kpi.kpi_measures", "marts.order_facts"):
            connection.execute(f"alter table {table} add column if not exists marked bigint")
            connection.execute(
                f"update {table} set marked = (select strftime(run_day, '%Y%m%d')::bigint from bi.night)"
            )


def small_build(build: Path) -> Path:
    """A build file with a table of each schema and a view: published in a few hundredths of a second."""
    with duckdb.connect(str(build)) as connection:
        connection.execute("create schema bi; create schema kpi; create schema marts")
        connection.execute("create table bi.night as select date '2000-01-01' as run_day")
        connection.execute("create table kpi.kpi_measures as select i::double as value from range(5000) as t(i)")
        connection.execute("create table marts.order_facts as select i::varchar as order_id from range(3000) as t(i)")
    marked(build, 0)
    with duckdb.connect(str(build)) as connection:
        connection.execute("create view bi.scorecard as select max(marked) as marked from kpi.kpi_measures")
    return build


def with_marks(contract: Contract) -> Contract:
    """The contract, with the marks."""
    marks = {
        table: contract.tables[table] | {"marked": "BIGINT"} for table in ("kpi.kpi_measures", "marts.order_facts")
    }
    return Contract(contract.version, contract.tables | marks)


@contextmanager
def readers(file: Path, count: int) -> Iterator[list[Reading]]:
    """Processes that read without pause while the block runs; the list is filled when it ends."""
    found: list[Reading] = []
    with tempfile.TemporaryDirectory() as folder:
        stop = Path(folder) / "stop"
        command = [sys.executable, "-c", _READER, str(file), str(stop), ASKED]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(count)]
        try:
            for process in started:
                assert process.stdout and process.stdout.readline() == "reading\n"
            yield found
        finally:
            stop.touch()
            told = [process.communicate(timeout=120)[0] for process in started]
        for text in told:
            one = json.loads(text)
            found.append(Reading(one["seen"], one["errors"], one["took"]))


def together(found: Sequence[Reading]) -> Reading:
    answers: dict[str, int] = {}
    for one in found:
        for answer, times in one.answers.items():
            answers[answer] = answers.get(answer, 0) + times
    return Reading(answers, [error for one in found for error in one.errors], [s for one in found for s in one.seconds])


def published_under_readers(
    build: Path, file: Path, contract: Contract, count: int, times: int
) -> tuple[Reading, float]:
    """Publish `times` nights under the eyes of `count` readers: what they saw, and seconds per publish."""
    spent = 0.0
    with readers(file, count) as found:
        for number in range(1, times + 1):
            marked(build, number)
            begun = time.perf_counter()
            publish(build, file, "nl", with_marks(contract))
            spent += time.perf_counter() - begun
    return together(found), spent / times


def main(count: str, times: str, company: str = "") -> None:
    with tempfile.TemporaryDirectory() as folder:
        build, file = Path(folder) / "build.duckdb", Path(folder) / "kompas.duckdb"
        contract = current() if company else SMALL
        if company:
            build.write_bytes(Path(company).read_bytes())
            marked(build, 0)
        else:
            small_build(build)
        publish(build, file, "nl", with_marks(contract))
        with readers(file, int(count)) as still:
            time.sleep(20)
        begun = time.perf_counter()
        during, each = published_under_readers(build, file, contract, int(count), int(times))
        took = time.perf_counter() - begun
    alone = together(still)
    print(f"{count} readers, {times} publishes in {took:.0f} s ({each:.2f} s each), {os.cpu_count()} cores")
    print(f"{during.queries} queries, {len(during.errors)} errors")
    print(f"{len(during.mixed())} mixed nights, {len(during.nights())} whole ones seen")
    for share in (0.5, 0.95):
        pair = (during.percentile(share), alone.percentile(share))
        print("p{:.0f}: {:.3f} s while publishing, {:.3f} s without".format(share * 100, *pair))


if __name__ == "__main__":
    main(*sys.argv[1:])
