"""How good the tests of the verdict code are: each small mistake put into its SQL has to be noticed.

    python -m tests.kpi.mutants [macros intervals kpi.kpi_judged …]

The macros are judged by the truth table and its edges, the intervals by intervals.csv, the models by dbt's unit tests:
a mistake in a macro that a model uses counts once, with the macros.
Mistakes that change no figure stand in equivalent_mutants.csv, with the reason. Minutes; `make test` has the macros.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb

from tests.dbt.conftest import Built, _build
from tests.kpi import intervals, mutations, verdict_sql
from tests.kpi.model_sql import Models, UnitTest, compile_models
from tests.kpi.test_truth_table import EDGES, TABLE, cells, figures

EQUIVALENT = Path(__file__).parent / "equivalent_mutants.csv"
MODELS = ("kpi_targets", "kpi_pace", "kpi_estimates", "kpi_judged", "kpi_guardrails", "kpi_verdicts", "kpi_values")
Holds = Callable[[str], bool]


@dataclass
class Score:
    """What became of the mutants of a piece of SQL."""

    subject: str
    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Of the mutants that change a figure, how many were noticed."""
        return self.killed / max(self.killed + len(self.survivors), 1)


def score(subject: str, sql: str, holds: Holds, elsewhere: Collection[str] = ()) -> Score:
    """Try every mutant but those that are tried elsewhere.

    Raises AssertionError where the SQL itself, as sqlglot writes it, does not pass its tests.
    """
    assert passes(holds, mutations.normal(sql)), f"{subject} does not pass its own tests"
    found, known = Score(subject), equivalents(subject)
    for mutant in mutations.mutants(sql):
        if mutant.what in elsewhere:
            continue
        if not passes(holds, mutant.sql):
            found.killed += 1
        elif mutant.what in known:
            found.equivalent += 1
        else:
            found.survivors.append(mutant.what)
    return found


def passes(holds: Holds, sql: str) -> bool:
    """SQL that does not run is noticed too."""
    try:
        return holds(sql)
    except duckdb.Error:
        return False


def equivalents(subject: str) -> set[str]:
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {row["mutant"] for row in csv.DictReader(file) if row["subject"] == subject}


def of_macros() -> Score:
    """The three macros of a verdict against the truth table."""
    # A query over all ten thousand cells takes longer than it tells more.
    some = [(row, cell) for row in TABLE for cell in cells(row)[::13]]
    rows = [figures(cell) for _, cell in some] + EDGES
    expected = [said_by_hand(row) for row, _ in some] + [said_by_hand(row) for row in EDGES]
    verdict_sql.judged(rows)

    def holds(sql: str) -> bool:
        return [(row.reason_code, row.verdict) for row in verdict_sql.asked(sql)] == expected

    return score("macros", verdict_sql.verdict_query(), holds)


def said_by_hand(row: dict[str, str]) -> tuple[str | None, str]:
    return row["reason_code"] or None, row["verdict"]


def of_intervals() -> Iterator[Score]:
    for kind in intervals.KINDS:
        yield score(f"intervals {kind}", intervals.query(kind), partial(intervals.holds, kind))


def of_models(names: tuple[str, ...]) -> Iterator[Score]:
    with tempfile.TemporaryDirectory() as folder:
        built = Built(Path(folder) / "empty_lake")
        _build(built)
        compile_models(built, Path(folder) / "target")
        models = Models.of(built, Path(folder) / "target")
        in_macros = {mutant.what for mutant in mutations.mutants(verdict_sql.verdict_query())}
        for name in names:
            model = f"kpi.{name}"
            yield score(model, models.compiled[model], partial(all_hold, models.of_model(model)), in_macros)


def all_hold(tests: list[UnitTest], sql: str) -> bool:
    return all(test.holds(sql) for test in tests)


def scores(wanted: list[str]) -> Iterator[Score]:
    if not wanted or "macros" in wanted:
        yield of_macros()
    if not wanted or "intervals" in wanted:
        yield from of_intervals()
    models = tuple(name for name in MODELS if not wanted or name in wanted)
    if models:
        yield from of_models(models)


def told(found: Score) -> str:
    sums = f"{found.killed} noticed, {len(found.survivors)} not, {found.equivalent} equivalent"
    return "\n  ".join([f"{found.subject}: {found.share:.1%} ({sums})", *found.survivors])


def main() -> None:
    whole = Score("all")
    for found in scores(sys.argv[1:]):
        print(told(found), flush=True)
        whole.killed += found.killed
        whole.equivalent += found.equivalent
        whole.survivors += found.survivors
    print(f"all: {whole.share:.1%} of {whole.killed + len(whole.survivors)}")


if __name__ == "__main__":
    main()
