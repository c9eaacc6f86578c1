"""What had come in, and when: missing days, days after the screen, what came late, and what may still come."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from statistics import fmean

from pipelines.reconcile.answer import Certainty, Part
from pipelines.reconcile.known import Known

_ENOUGH_DAYS = 28
"""Fewer say nothing yet; kpi.source_finality asks for as many."""
EXACT, ESTIMATED, BOUND, UNKNOWN = Certainty.EXACT, Certainty.ESTIMATED, Certainty.BOUND, Certainty.UNKNOWN


def _absent(known: Known) -> list[tuple[str, date]]:
    """Days of accounts that the screen can show, and that are not whole in the lake."""
    period, seen = known.question.period, known.question.seen
    wanted = known.span(period.start, min(period.end, seen))
    there = {key for key, load in known.loads.items() if load["is_complete"]}
    return [(account, day) for account in known.question.accounts for day in wanted if (account, day) not in there]


def missing(known: Known) -> list[Part]:
    """Entity streams are filed by the day of change: what is missing there is told by the load ledger alike."""
    absent = _absent(known)
    if not absent:
        return []
    held: dict[str, list[float]] = defaultdict(list)
    for day in known.days:
        held[day.account_id].append(day.native)
    days = [day for _, day in absent]
    facts = {"days": len(absent), "first": min(days), "last": max(days)}
    if any(account not in held for account, _ in absent):
        return [Part("missing", UNKNOWN, None, facts)]
    # What the lake has of such a day is in Kompas' figure already.
    has = {(day.account_id, day.day): day.native for day in known.days}
    amount = sum(fmean(held[account]) - has.get((account, day), 0.0) for account, day in absent)
    return [Part("missing", ESTIMATED, amount, facts)]


def missing_visitors(known: Known) -> list[Part]:
    last = min(known.question.period.end, known.question.seen)
    if last <= known.through:
        return []
    facts = {"days": (last - known.through).days, "first": known.through + timedelta(days=1), "last": last}
    return [Part("missing", UNKNOWN, None, facts)]


def unseen(known: Known) -> list[Part]:
    """Days after the screen, and the day of the screen, which had not ended."""
    seen = known.question.seen
    later = [day.native for day in known.days if day.day > seen]
    same = [day.native for day in known.days if day.day == seen]
    parts = [Part("after_screen", EXACT, -sum(later), {"days": (known.through - seen).days})] if later else []
    return parts + ([Part("day_of_screen", BOUND, sum(same), {"day": seen})] if same else [])


def late(known: Known) -> list[Part]:
    """What later nights changed of days that the screen showed: from the restatement ledger."""
    period, seen = known.question.period, known.question.seen
    changes: dict[tuple[object, ...], list[dict[str, object]]] = defaultdict(list)
    for row in sorted(known.ledger("restatements"), key=lambda row: row["noticed_at"]):
        of = row["stream"] == known.measured.stream and row["measure"] in known.measured.raw
        if of and row["run_day"] >= seen and period.start <= row["day"] <= min(seen, known.through):
            changes[row["account_id"], row["day"], row["measure"]].append(row)
    amount = sum(
        known.measured.raw[str(measure)] * (float(str(rows[0]["old_value"])) - float(str(rows[-1]["new_value"])))
        for (_, _, measure), rows in changes.items()
    )
    return [Part("late", EXACT, amount, {"days": len({key[1] for key in changes}), "seen": seen})] if changes else []


def coming(known: Known) -> list[Part]:
    """What may have come since the newest night: of each day as much as 95 of 100 days still moved at its age."""
    columns = list(known.measured.raw)
    if known.question.seen <= known.run_day or not columns:
        return []
    rows = known.published(
        """select measure, days_after, p95_moved from kpi.measure_finality where connector = $connector
               and stream = $stream and days_observed >= $enough and list_contains($columns, measure)""",
        known.through,
        stream=known.measured.stream,
        enough=_ENOUGH_DAYS,
        columns=columns,
    )
    moves: dict[int, float] = defaultdict(float)
    for row in rows:
        moves[row["days_after"]] = max(moves[row["days_after"]], row["p95_moved"])
    young = [day for day in known.days if (known.run_day - day.day).days < _look_back(known)]
    shares = [(abs(day.native), moves.get((known.run_day - day.day).days)) for day in young]
    if not shares or all(share == 0 for _, share in shares):
        return []
    if any(share is None or share >= 1 for _, share in shares):
        return [Part("coming", UNKNOWN, None, {"night": known.run_day})]
    amount = sum(value * share / (1 - share) for value, share in shares if share is not None)
    return [Part("coming", BOUND, amount, {"night": known.run_day})]


def _look_back(known: Known) -> int:
    rows = known.published(
        """select look_back_days from kpi.source_finality where connector = $connector and stream = $stream""",
        known.through,
        stream=known.measured.stream,
    )
    return max((row["look_back_days"] for row in rows), default=0)
