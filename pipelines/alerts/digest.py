"""What is sent: the difference between what a channel knows and what is so tonight. Empty means: send nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipelines.alerts.causes import Cause
from pipelines.alerts.known import Fact, Known
from pipelines.alerts.settings import Weekday
from pipelines.alerts.standing import NO_VERDICT, RED, Standing, item, newest, thread

Row = dict[str, Any]
KINDS = ("off_target", "at_risk", "recovered", "restated", "stays")
"""Of changes, in the order in which they are told. The first two are verdicts that are new, for better or worse."""


@dataclass(frozen=True)
class Change:
    """A row and what was known before: its own verdict, or that of the period before where it had none."""

    kind: str
    row: Row
    before: str | None
    since: date | None = None


@dataclass(frozen=True)
class Digest:
    """The news of a night for one channel. `may_repeat` where a crash left open whether it was sent before."""

    night: date
    changes: Sequence[Change]
    causes: Sequence[Cause]
    solved: Sequence[str]
    lasting: Sequence[tuple[Cause, date]]
    rows: Sequence[Row]
    is_first: bool = False
    is_judged: bool = True
    may_repeat: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.causes or self.solved or self.lasting)

    @property
    def content(self) -> str:
        """A key of what is told, the same whenever it is told."""
        told = [f"{change.kind} {item(change.row)} {change.before} {change.row['verdict']}" for change in self.changes]
        told += [*(f"cause {cause.key}" for cause in self.causes), *(f"solved {name}" for name in self.solved)]
        told += [f"lasting {cause.key}" for cause, _ in self.lasting]
        return hashlib.sha256("\n".join(sorted(told)).encode()).hexdigest()[:16]

    def of(self, kind: str) -> list[Change]:
        return [change for change in self.changes if change.kind == kind]


def digest(known: Known, standing: Standing, remind_on: Weekday, may_repeat: bool = False) -> Digest:
    """Compare. What stays red is told again on one morning a week, or on the first after it that has a night."""
    changes = list(_changes(known, standing)) if standing.is_judged else []
    lasting = []
    if reminds(known.night, standing.night, remind_on):
        changes += _staying(known, standing) if standing.is_judged else []
        lasting = [(cause, known.causes[cause.key].since) for cause in standing.causes if cause.key in known.causes]
    return Digest(
        standing.night,
        sorted(changes, key=lambda change: KINDS.index(change.kind)),
        [cause for cause in standing.causes if cause.key not in known.causes],
        _solved(known, standing),
        lasting,
        standing.rows,
        known.night is None,
        standing.is_judged,
        may_repeat,
    )


def _changes(known: Known, standing: Standing) -> Iterator[Change]:
    by_thread: dict[tuple[str, ...], list[Row]] = {}
    for row in standing.rows:
        by_thread.setdefault(thread(row), []).append(row)
    for rows in by_thread.values():
        judged = [row for row in rows if row["verdict"] != NO_VERDICT]
        told = [row for row in rows if item(row) in known.verdicts]
        latest = max((row["period_start"] for row in [*judged, *told]), default=None)
        for row in judged:
            fact = known.verdicts.get(item(row))
            if row["period_start"] == latest:
                yield from _of_newest(row, fact, _before(known, told, latest))
            elif fact and fact.state != row["verdict"]:
                yield Change("restated", row, fact.state)


def _before(known: Known, told: Sequence[Row], latest: date) -> str | None:
    """The verdict that was known of the newest period before the latest."""
    older = newest(row for row in told if row["period_start"] < latest)
    return next((known.verdicts[item(row)].state for row in older.values()), None)


def _of_newest(row: Row, fact: Fact | None, earlier: str | None) -> Iterator[Change]:
    """A new period begins in silence: as red it is news, as on target only where the one before was red."""
    before, verdict = fact.state if fact else earlier, row["verdict"]
    if verdict in RED and (fact is None or fact.state != verdict):
        yield Change(verdict, row, before)
    elif verdict not in RED and before in RED:
        yield Change("recovered", row, before)


def _staying(known: Known, standing: Standing) -> Iterator[Change]:
    for row in standing.headlines().values():
        fact = known.verdicts.get(item(row))
        if fact and row["verdict"] in RED and fact.state == row["verdict"]:
            yield Change("stays", row, fact.state, fact.since)


def _solved(known: Known, standing: Standing) -> list[str]:
    """The causes that are gone, by name. Without verdicts nobody can say so."""
    if not standing.is_judged:
        return []
    there = {cause.key for cause in standing.causes}
    return [fact.words or fact.state for key, fact in known.causes.items() if key not in there]


def reminds(told: date | None, night: date, on: Weekday) -> bool:
    """Whether the set weekday is a morning after the one of the night told last, through the one of this night."""
    if told is None:
        return False
    mornings = [night + timedelta(days=1 - back) for back in range(min((night - told).days, 7))]
    return any(morning.weekday() == on.number for morning in mornings)
