"""What a channel knows: the verdicts and causes of the last night that it was told of, kept in the lake.

    <lake>/kompas/alerts/<channel>/<night>.parquet

One file a night and channel, replaced whole. Its row `digest` says how far sending came: `sending` stands there before
a message leaves, `sent` after. A crash between the two leaves `sending`, and the digest is sent once more, with a
remark: a message that comes twice is a lesser evil than one that never comes. The other rows are what the channel knows
since; what is yet to be told is the difference between them and tonight.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from pipelines.alerts.standing import NO_VERDICT, Standing, item
from pipelines.lake import Lake

FOLDER = "kompas/alerts"
SENDING, SENT, NOTHING, FAILED = "sending", "sent", "nothing", "failed"
HANDLED = (SENT, NOTHING)
"""After these a channel knows what the night brought."""
DIGEST, VERDICT, CAUSE = "digest", "verdict", "cause"
ALERTS = pa.schema(
    [
        ("written_at", pa.timestamp("us", tz="UTC")),
        ("channel", pa.string()),
        ("night", pa.date32()),
        ("kind", pa.string()),
        ("item", pa.string()),
        ("state", pa.string()),
        ("since", pa.date32()),
        ("detail", pa.string()),
    ]
)


@dataclass(frozen=True)
class Fact:
    """Something that a channel knows: a verdict, or that there is a cause; and the night since when. `words` name a
    cause, as it cannot be asked any more when it is gone."""

    state: str
    since: date
    words: str = ""


@dataclass(frozen=True)
class Known:
    """What a channel knows since `night`; nothing at all before its first message."""

    night: date | None = None
    verdicts: Mapping[str, Fact] = field(default_factory=dict)
    causes: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """How far the digest of a night and channel came. `content` is a digest of what it said."""

    night: date
    state: str
    content: str
    detail: str = ""


def after(known: Known, standing: Standing) -> Known:
    """What a channel knows once it was told of a night. A night that was not judged leaves the verdicts as they were;
    so does a period without a verdict, until it is gone."""
    facts = dict(known.verdicts)
    if standing.is_judged:
        facts = {item(row): facts[item(row)] for row in standing.rows if item(row) in facts}
        for row in standing.rows:
            before = facts.get(item(row))
            if row["verdict"] != NO_VERDICT and (before is None or before.state != row["verdict"]):
                facts[item(row)] = Fact(row["verdict"], standing.night)
    return Known(standing.night, facts, _causes(known, standing))


def _causes(known: Known, standing: Standing) -> dict[str, Fact]:
    # Without verdicts nobody can say that a cause is gone.
    found = {} if standing.is_judged else dict(known.causes)
    for cause in standing.causes:
        found[cause.key] = known.causes.get(cause.key) or Fact(cause.problem, standing.night, cause.what)
    return found


def nights(lake: Lake, channel: str) -> list[date]:
    """The nights of which a channel has an entry, oldest first."""
    return lake.days(FOLDER, channel)


def entry(lake: Lake, channel: str, night: date) -> Entry | None:
    """How far the digest of a night came; None where it was never begun."""
    rows = _rows(lake, channel, night)
    told = next((row for row in rows if row["kind"] == DIGEST), None)
    return Entry(night, told["state"], told["item"], told["detail"]) if told else None


def until(lake: Lake, channel: str, night: date) -> Known:
    """What a channel knew before `night` was told, or knows of that very night where nothing had to be."""
    for told in reversed([day for day in nights(lake, channel) if day <= night]):
        rows = _rows(lake, channel, told)
        state = next((row["state"] for row in rows if row["kind"] == DIGEST), None)
        if state == NOTHING or (state == SENT and told < night):
            return Known(told, _facts(rows, VERDICT), _facts(rows, CAUSE))
    return Known()


def _rows(lake: Lake, channel: str, night: date) -> list[dict[str, Any]]:
    table = lake.read(FOLDER, channel, night)
    return [] if table is None else table.to_pylist()


def _facts(rows: Sequence[Mapping[str, Any]], kind: str) -> dict[str, Fact]:
    return {row["item"]: Fact(row["state"], row["since"], row["detail"]) for row in rows if row["kind"] == kind}


def write(lake: Lake, channel: str, told: Entry, known: Known | None = None, folder: str = FOLDER) -> None:
    """Put the entry of a night and channel in place of the one that is there."""
    place = {"written_at": datetime.now(UTC), "channel": channel, "night": told.night}
    digest = {"kind": DIGEST, "item": told.content, "state": told.state, "since": told.night, "detail": told.detail}
    rows = [place | digest, *(place | fact for fact in _flat(known or Known()))]
    lake.write(folder, channel, told.night, ALERTS, pa.Table.from_pylist(rows, schema=ALERTS).to_batches())


def _flat(known: Known) -> Iterator[dict[str, Any]]:
    for kind, facts in ((VERDICT, known.verdicts), (CAUSE, known.causes)):
        for name, fact in facts.items():
            yield {"kind": kind, "item": name, "state": fact.state, "since": fact.since, "detail": fact.words}
