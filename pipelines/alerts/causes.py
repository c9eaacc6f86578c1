"""Why verdicts are missing: each root cause once, with the KPIs that it takes along.

A pull that failed is a cause, named by platform and account, also where no KPI lost its verdict yet. So is a step of
the night that failed. What is then left of rows without a verdict, for want of data, is named by its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pipelines import sources, vocabulary
from pipelines.ingest import WAIT
from pipelines.lake import Lake
from pipelines.settings import Settings

Row = dict[str, Any]
OF_DATA = ("missing", "quota", "provisional", "flagged", "not_connected", "not_additive")
"""Codes of reasons that a person may have to act on. The others come and go with the calendar, or with few figures."""
BUILD_STEPS = ("register", "dbt_build", "verdicts", "build")
"""Steps without which a night is not judged; `build` is the job itself, where it did not start."""
Place = tuple[str, str]
"""Platform and account."""


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong. `key` is the same from night to night; `action` is that of connectors/errors.py."""

    key: str
    what: str
    problem: str
    action: str = ""
    hint: str = ""
    kpis: tuple[str, ...] = ()
    is_of_all: bool = False

    def of(self, kpis: Iterable[str]) -> Cause:
        """The same cause, with these of its KPIs only."""
        return replace(self, kpis=tuple(kpi for kpi in self.kpis if kpi in set(kpis)))


@dataclass(frozen=True)
class StepFailure:
    """A step of the night that failed, and the first line of why. `is_pull` is true of a platform's own step."""

    step: str
    problem: str
    is_pull: bool = False

    @property
    def keeps_verdicts(self) -> bool:
        """Whether the night has no verdicts of its own then."""
        return not self.is_pull and self.step in BUILD_STEPS


@dataclass(frozen=True)
class _Feed:
    """An account as kompas.yaml knows it, by what its reasons call it."""

    platform: str
    account_id: str
    name: str
    brand: str | None
    country: str | None

    @property
    def place(self) -> Place:
        return self.platform, self.account_id

    def serves(self, row: Row) -> bool:
        return row["brand"] in ("all", self.brand) and row["country"] in ("all", self.country)


def causes(
    settings: Settings, pulls: Sequence[Row], failures: Sequence[StepFailure], current: Iterable[Row]
) -> list[Cause]:
    """All root causes. `pulls` are the night's rows of the load ledger, `current` the newest row of each thread."""
    feeds = list(_feeds(settings))
    unjudged = [row for row in current if row["reason_code"] in OF_DATA and not row.get("informational")]
    failed = _in_order(broken(pulls), feeds)
    found = [_pull(settings, place, rows, feeds, unjudged) for place, rows in failed.items()]
    found += _steps(failures, {platform for platform, _ in failed})
    told = {kpi for cause in found for kpi in cause.kpis}
    return [*found, *_reasons([row for row in unjudged if row["kpi_id"] not in told], feeds)]


def pulls_of(lake: Lake, night: date) -> list[Row]:
    """A night's rows of the load ledger: its files begin with the run day."""
    table = lake.table("loads", f"{night.isoformat()}.")
    return [] if table is None else table.to_pylist()


def broken(pulls: Iterable[Row]) -> dict[Place, list[Row]]:
    """Of each account the streams and days that did not come in, by the newest pull of each."""
    last: dict[tuple[Any, ...], Row] = {}
    for row in sorted(pulls, key=lambda row: row["loaded_at"]):
        last[row["connector"], row["account_id"], row["stream"], row["day"]] = row
    found: dict[Place, list[Row]] = {}
    for row in last.values():
        if not row["complete"] and row["action"] not in (None, WAIT):
            found.setdefault((row["connector"], row["account_id"]), []).append(row)
    return found


def _in_order(failed: Mapping[Place, list[Row]], feeds: Sequence[_Feed]) -> dict[Place, list[Row]]:
    """In the order of kompas.yaml; accounts that it has no more come last."""
    known = [feed.place for feed in feeds if feed.place in failed]
    return {place: failed[place] for place in dict.fromkeys([*known, *sorted(failed)])}


def _feeds(settings: Settings) -> Iterator[_Feed]:
    for connector in settings.connectors():
        for account in connector.accounts:
            name = account.name or account.id
            yield _Feed(connector.name, account.id, name, account.brand, account.country)


def _pull(
    settings: Settings, place: Place, rows: Sequence[Row], feeds: Sequence[_Feed], unjudged: Sequence[Row]
) -> Cause:
    platform, account = place
    feed = next((feed for feed in feeds if feed.place == place), None)
    streams = {f"{platform}.{row['stream']}" for row in rows}
    needs = {kpi.id: set(vocabulary.days_needed(sources.measures(kpi))) for kpi in settings.kpis}
    hit = [row["kpi_id"] for row in unjudged if needs[row["kpi_id"]] & streams and (feed is None or feed.serves(row))]
    first = rows[0]
    return Cause(
        key=f"account {platform} {account}",
        what=f"{platform} {feed.name if feed else account}",
        problem=_first_line(first["reason"]),
        action=first["action"],
        hint=first.get("hint") or "",
        kpis=tuple(dict.fromkeys(hit)),
    )


def _steps(failures: Iterable[StepFailure], told: set[str]) -> Iterator[Cause]:
    """Steps that failed, without those of platforms whose accounts are told of already."""
    for failure in failures:
        if not (failure.is_pull and failure.step in told):
            key, problem = f"step {failure.step}", _first_line(failure.problem)
            yield Cause(key, failure.step, problem, action="step", is_of_all=not failure.is_pull)


def _reasons(rows: Iterable[Row], feeds: Sequence[_Feed]) -> list[Cause]:
    """A cause for each account that a reason names, else for each reason."""
    found: dict[str, Cause] = {}
    for row in rows:
        words = row["reason"] or row["reason_code"]
        feed = next((feed for feed in feeds if f"{feed.platform} {feed.name} " in words), None)
        key = f"account {feed.platform} {feed.account_id}" if feed else f"reason {words}"
        before = found.get(key) or Cause(key, f"{feed.platform} {feed.name}" if feed else "", words)
        found[key] = replace(before, kpis=tuple(dict.fromkeys([*before.kpis, row["kpi_id"]])))
    return list(found.values())


def _first_line(text: str | None) -> str:
    return next(iter((text or "").strip().splitlines()), "")


def grouped(found: Iterable[Cause]) -> list[tuple[str, Cause]]:
    """Causes that say the same of several accounts as one, each with the names of what it is of."""
    same: dict[tuple[str, ...], list[Cause]] = {}
    for cause in found:
        platform = cause.what.split(" ", 1)[0]
        same.setdefault((platform, cause.problem, cause.action, cause.hint), []).append(cause)
    return [(_names([cause.what for cause in group]), _merged(group)) for group in same.values()]


def _names(places: Sequence[str]) -> str:
    """`google_ads NL, google_ads UK` as `google_ads NL, UK`."""
    first, *rest = dict.fromkeys(places)
    return ", ".join([first, *(place.split(" ", 1)[-1] for place in rest)])


def _merged(group: Sequence[Cause]) -> Cause:
    kpis: Mapping[str, None] = dict.fromkeys(kpi for cause in group for kpi in cause.kpis)
    return replace(group[0], kpis=tuple(kpis))
