"""The causes of a difference, one function each. An amount says how much more the screen shows because of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipelines.reconcile import arrival, shop, visitors
from pipelines.reconcile.answer import COUNTED, Answer, Certainty, Part, Question
from pipelines.reconcile.fit import Other, fitting
from pipelines.reconcile.known import Known
from pipelines.reconcile.measures import VISITORS, find
from pipelines.settings import Settings

EXACT, BOUND, UNKNOWN = Certainty.EXACT, Certainty.BOUND, Certainty.UNKNOWN


def explain(settings: Settings, question: Question) -> Answer:
    """Split the difference. Raises LookupError where Kompas has no figure of its own, or the currencies are mixed."""
    _, measured = find(question.connector, question.measure)
    known = Known(settings, question, measured)
    if question.measure == VISITORS:
        kompas, parts = visitors.figure(known), [*arrival.missing_visitors(known), *_flags(known)]
        others = visitors.others(known)
    else:
        kompas = sum(day.amount for day in known.days)
        parts = [part for cause in _CAUSES for part in cause(known)]
        others = shop.others(known) if question.connector == "shopify" else _others(known)
    rest = question.value - kompas - sum(part.amount or 0.0 for part in parts if part.certainty in COUNTED)
    return Answer(question, kompas, known.through, (*parts, *fitting(rest, question.value, others)))


def _currency(known: Known) -> list[Part]:
    amount = sum(day.native - day.amount for day in known.days)
    if not known.measured.native or known.currency == known.settings.company.currency:
        return []
    return [Part("currency", EXACT, amount, {"currency": known.currency})]


def _whole(known: Known) -> list[Part]:
    """The site's own totals against the sum over channels and campaigns, from which GA4 may withhold rows."""
    if known.measured.whole is None:
        return []
    (column,) = known.measured.raw
    amount = known.column_sum(known.measured.whole, column) - known.column_sum(known.measured.stream, column)
    rows = known.published(
        f"""select sum({known.measured.native or known.measured.amount})::double as amount from {known.measured.table}
            where platform = $connector and list_contains($accounts, account_id)
                and channel in ('Unassigned', '(other)') and {known.measured.day} between $start and $through""",
        known.through,
    )
    hidden = [Part("withheld", EXACT, amount)] if abs(amount) > 1e-6 else []
    unassigned = rows[0]["amount"] or 0.0
    return hidden + ([Part("unassigned", UNKNOWN, None, {"of_which": unassigned})] if unassigned else [])


def _flags(known: Known) -> list[Part]:
    flags = sorted({str(load["flags"]) for load in known.loads.values() if load["flags"]})
    return [Part("flags", UNKNOWN, None, {"flags": ", ".join(flags)})] if flags else []


def _zone(known: Known) -> list[Part]:
    """Days are the account's, in Kompas as on the screen; the company's days begin some hours before or after."""
    if known.question.connector != "google_ads" or not known.days:
        return []
    zones = set(known.raw("campaign_day", [known.through])["time_zone"].to_pylist())
    hours = max((abs(_hours_apart(zone, known.settings.tz, known.through)) for zone in zones if zone), default=0.0)
    edges = [day.native for day in known.days if day.day in (known.question.period.start, known.through)]
    if not hours:
        return []
    return [Part("time_zone", BOUND, sum(edges) * hours / 24, {"zone": ", ".join(sorted(zones)), "hours": hours})]


def _hours_apart(zone: str, company: ZoneInfo, day: date) -> float:
    noon = datetime.combine(day, time(12))
    apart = noon.replace(tzinfo=company) - noon.replace(tzinfo=ZoneInfo(zone))
    return apart / timedelta(hours=1)


def _quarantined(known: Known) -> list[Part]:
    """The quarantine keeps rows as text, by the night that pulled them: how many, not how much."""
    streams, period = {known.measured.stream}, known.question.period
    rows = [row for row in known.ledger("quarantine") if row["stream"] in streams and row["run_day"] >= period.start]
    return [Part("quarantined", UNKNOWN, None, {"rows": len(rows), "reason": rows[-1]["reason"]})] if rows else []


def _others(known: Known) -> list[Other]:
    measured = known.measured
    if not measured.others:
        return []
    shown = sum(sign * known.column_sum(measured.stream, column) for column, sign in measured.raw.items())
    return [
        Other(code, "column", known.column_sum(measured.stream, column) - shown)
        for code, column in measured.others.items()
    ]


_CAUSES: tuple[Callable[[Known], list[Part]], ...] = (
    _currency,
    arrival.missing,
    arrival.unseen,
    arrival.late,
    arrival.coming,
    _whole,
    _flags,
    _zone,
    _quarantined,
)
