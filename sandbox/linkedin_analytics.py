"""The finder `q=analytics` of adAnalytics: figures by account or campaign, whole, by day, month or year.

Not simulated: the other finders, and pivots by creative or by the members' demography. Rows whose every asked figure
is 0 are left out, and an account to which the member has no access gives none, with HTTP 200.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.ad_facts import AdDay, ad_days
from sandbox.company import World
from sandbox.linkedin_errors import bad_query

PARAMETERS = {"q", "pivot", "timeGranularity", "dateRange", "accounts", "campaigns", "fields"}
MOST_FIELDS = 20
ACCOUNT, CAMPAIGN = "urn:li:sponsoredAccount:", "urn:li:sponsoredCampaign:"
PIVOTS = ("ACCOUNT", "CAMPAIGN")
GRANULARITIES = {"ALL": 0, "YEARLY": 1, "MONTHLY": 2, "DAILY": 3}
"""How many parts of a date (year, month, day) tell one row from the next."""
FIGURES: dict[str, Callable[[AdDay], Any]] = {
    "impressions": lambda day: day.impressions,
    "clicks": lambda day: day.clicks,
    "costInLocalCurrency": lambda day: _text(day.spend),
    "landingPageClicks": lambda day: day.clicks * 9 // 10,
    "totalEngagements": lambda day: day.interactions,
    "videoViews": lambda _day: 0,
    "oneClickLeads": lambda day: int(day.leads),
    "externalWebsiteConversions": lambda day: int(day.clicked + day.viewed),
    "externalWebsitePostClickConversions": lambda day: int(day.clicked),
    "externalWebsitePostViewConversions": lambda day: int(day.viewed),
    "conversionValueInLocalCurrency": lambda day: _text(day.amount),
}
NAMES = ("dateRange", "pivotValues")


@dataclass(frozen=True)
class Analytics:
    """What is asked for."""

    pivot: str
    granularity: str
    first: date
    last: date
    accounts: tuple[str, ...]
    campaigns: frozenset[str]
    fields: tuple[str, ...]

    @classmethod
    def of(cls, asked: Mapping[str, Any], today: date) -> Analytics:
        """From the parameters; raises LinkedInError."""
        if unknown := asked.keys() - PARAMETERS:
            raise bad_query(f"Query parameter not allowed: {', '.join(sorted(unknown))}", "QUERY_PARAM_NOT_ALLOWED")
        first, last = _range(asked.get("dateRange"), today)
        accounts = _urns(asked, "accounts", ACCOUNT)
        if not accounts and "campaigns" not in asked:
            raise bad_query("At least one of the facets accounts and campaigns is required")
        fields = tuple(asked.get("fields", "impressions,clicks").split(","))
        if len(fields) > MOST_FIELDS:
            raise bad_query(f"Too many fields requested: {len(fields)}, the maximum is {MOST_FIELDS}")
        if unknown_fields := [name for name in fields if name not in FIGURES and name not in NAMES]:
            raise bad_query(f"Unknown fields: {', '.join(unknown_fields)}", "FIELD_INVALID")
        pivot, granularity = _one_of(asked, "pivot", PIVOTS), _one_of(asked, "timeGranularity", tuple(GRANULARITIES))
        campaigns = frozenset(_urns(asked, "campaigns", CAMPAIGN))
        return cls(pivot, granularity, first, last, tuple(accounts), campaigns, fields)

    def rows(self, world: World, accounts: list[str]) -> list[dict[str, Any]]:
        """The elements of the answer, of those accounts that the member may see."""
        sums: dict[tuple[str, tuple[int, ...]], list[AdDay]] = {}
        for account in accounts:
            for day in ad_days(world, "linkedin_ads", account, self.first, self.last):
                if not self.campaigns or day.campaign_id in self.campaigns:
                    urn = f"{ACCOUNT}{account}" if self.pivot == "ACCOUNT" else f"{CAMPAIGN}{day.campaign_id}"
                    sums.setdefault((urn, self._period(day.day)), []).append(day)
        rows = (self._row(urn, days) for (urn, _period), days in sums.items())
        return [row for row in rows if row is not None]

    def _period(self, day: date) -> tuple[int, ...]:
        return (day.year, day.month, day.day)[: GRANULARITIES[self.granularity]]

    def _row(self, urn: str, days: list[AdDay]) -> dict[str, Any] | None:
        total = days[0]
        for day in days[1:]:
            total = total + day
        told = {name: FIGURES[name](total) for name in self.fields if name in FIGURES}
        if not any(Decimal(str(figure)) for figure in told.values()):
            return None
        daily = self.granularity == "DAILY"
        first, last = (total.day, total.day) if daily else (days[0].day, days[-1].day)
        named = {"dateRange": {"start": _parts(first), "end": _parts(last)}, "pivotValues": [urn]}
        return {name: named[name] for name in self.fields if name in named} | told


def _one_of(asked: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = asked.get(name)
    if value not in known:
        raise bad_query(f"Invalid value for parameter {name}: {value}")
    return str(value)


def _range(told: Any, today: date) -> tuple[date, date]:
    """First and last day; without an end until today."""
    if not isinstance(told, dict) or "start" not in told:
        raise bad_query(f"Invalid value for parameter dateRange: {told}")
    first, last = _date(told["start"]), _date(told["end"]) if "end" in told else today
    if first > last:
        raise bad_query("dateRange.start must be before dateRange.end")
    return first, last


def _date(told: Any) -> date:
    try:
        return date(*(int(told[part]) for part in ("year", "month", "day")))
    except (TypeError, KeyError, ValueError) as error:
        raise bad_query(f"Invalid date in dateRange: {told}") from error


def _urns(asked: Mapping[str, Any], name: str, prefix: str) -> list[str]:
    """The ids of a list of URNs."""
    told = asked.get(name, [])
    if not isinstance(told, list) or not all(isinstance(urn, str) and urn.startswith(prefix) for urn in told):
        raise bad_query(f"Invalid value for parameter {name}: {told}")
    return [urn.removeprefix(prefix) for urn in told]


def _parts(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _text(amount: Decimal) -> str:
    """Without trailing zeros, as LinkedIn writes decimals."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
