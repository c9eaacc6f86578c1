"""What a report request asks for: a daily CampaignPerformanceReport, as CSV of format 2.0. Others are not simulated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.microsoft_errors import MicrosoftError

ZONES = {
    "AmsterdamBerlinBernRomeStockholmVienna": "Europe/Amsterdam",
    "GreenwichMeanTimeDublinEdinburghLisbonLondon": "Europe/London",
    "PacificTimeUSCanadaTijuana": "America/Los_Angeles",
}
SIMULATED = {
    "Type": "CampaignPerformanceReportRequest",
    "Format": "Csv",
    "FormatVersion": "2.0",
    "Aggregation": "Daily",
}
FIELDS = {*SIMULATED, "ReportName", "ReturnOnlyCompleteData", "ExcludeReportHeader", "ExcludeReportFooter",
          "ExcludeColumnHeaders", "Columns", "Scope", "Time"}  # fmt: skip
PERFORMANCE = {"Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue", "AllConversionsQualified",
               "AllRevenue", "ViewThroughConversionsQualified", "ViewThroughRevenue"}  # fmt: skip
MOST_MONTHS = 36


@dataclass(frozen=True)
class ReportRequest:
    """A report that can be made."""

    name: str
    accounts: tuple[str, ...]
    columns: tuple[str, ...]
    first: date
    last: date
    zone: str
    header: bool
    footer: bool
    names: bool

    @classmethod
    def of(cls, told: Any, known_columns: set[str], today: date) -> ReportRequest:
        """From the body's ReportRequest; raises MicrosoftError."""
        told = {name: value for name, value in told.items() if value is not None} if isinstance(told, dict) else {}
        if told.keys() - FIELDS:
            raise MicrosoftError(100)
        for name, value in SIMULATED.items():
            if told.get(name) != value:
                raise MicrosoftError(100, f"The sandbox makes reports of {name} {value} only.")
        first, last, zone = _time(told.get("Time"), today)
        shown = (not told.get(name, False) for name in ("ExcludeReportHeader", "ExcludeReportFooter",
                                                        "ExcludeColumnHeaders"))  # fmt: skip
        accounts, columns = _accounts(told.get("Scope")), _columns(told.get("Columns"), known_columns)
        return cls(str(told.get("ReportName", "")), accounts, columns, first, last, zone, *shown)


def _accounts(scope: Any) -> tuple[str, ...]:
    """Ids are texts in JSON, as they may be longer than a number holds."""
    ids = scope.get("AccountIds") if isinstance(scope, dict) else None
    if not isinstance(ids, list) or not ids or not all(isinstance(each, str) for each in ids):
        raise MicrosoftError(100, "The report's scope is invalid.")
    return tuple(ids)


def _columns(told: Any, known: set[str]) -> tuple[str, ...]:
    if not isinstance(told, list) or not set(told) <= known or "TimePeriod" not in told or not set(told) & PERFORMANCE:
        raise MicrosoftError(2015)
    return tuple(told)


def _time(told: Any, today: date) -> tuple[date, date, str]:
    """Without a zone reports are made for the Pacific coast."""
    told = told if isinstance(told, dict) else {}
    zone = told.get("ReportTimeZone") or "PacificTimeUSCanadaTijuana"
    if zone not in ZONES:
        raise MicrosoftError(2017)
    first, last = _date(told.get("CustomDateRangeStart")), _date(told.get("CustomDateRangeEnd"))
    oldest = today.replace(year=today.year - MOST_MONTHS // 12, day=1)
    if not oldest <= first <= last <= today:
        raise MicrosoftError(2021)
    return first, last, zone


def _date(told: Any) -> date:
    try:
        return date(told["Year"], told["Month"], told["Day"])
    except (TypeError, KeyError, ValueError) as error:
        raise MicrosoftError(2021) from error
