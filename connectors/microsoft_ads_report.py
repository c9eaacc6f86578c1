"""One report: submitted, polled until it is made, and its file downloaded.

Source: https://learn.microsoft.com/en-us/advertising/guides/request-download-report
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from connectors.errors import BadDataError
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.microsoft_ads_api import MicrosoftApi
from connectors.microsoft_ads_errors import ReportLostError
from connectors.stream import Window

_IN_MEMORY_BYTES = 32 << 20


@dataclass(frozen=True)
class Patience:
    """Of a report: the pauses between looks at it, and how long it may take before it is given up, in seconds."""

    poll_s: float = 0.5
    longest_poll_s: float = 15.0
    longest_s: float = 1800.0


@dataclass(frozen=True)
class Anew(RetryPolicy):
    """Reports that were lost are made anew. All else was tried again by the call itself."""

    attempts: int = 3

    def again(self, error: BaseException) -> bool:
        return isinstance(error, ReportLostError)


@dataclass(frozen=True)
class Report:
    """A daily report of an account; `zone` is the account's own time zone, in the words of reports."""

    api: MicrosoftApi
    account_id: str
    columns: tuple[str, ...]
    zone: str | None
    patience: Patience

    @contextmanager
    def file(self, window: Window, load: Load) -> Iterator[IO[bytes] | None]:
        """The report's file, in memory or (unnamed) on disk while it is read; None when it has no rows."""
        link = self._link(window, load)
        if link is None:
            yield None
            return
        with SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
            self.api.download(link, spool, load)
            spool.seek(0)
            yield spool

    def _link(self, window: Window, load: Load) -> str | None:
        """Where the report is. Raises ReportLostError when it fails, or takes too long."""
        told = self.api.report("Submit", self.account_id, {"ReportRequest": self.request(window)}, load)
        request_id = told.get("ReportRequestId")
        if not isinstance(request_id, str):
            raise BadDataError("Microsoft took a report without telling its ReportRequestId")
        pause, began = self.patience.poll_s, time.monotonic()
        while time.monotonic() - began < self.patience.longest_s:
            status, link = self._step(request_id, load)
            if status == "Success":
                return link
            time.sleep(pause)
            pause = min(self.patience.longest_poll_s, pause * 1.5)
        raise ReportLostError(f"the report was not made within {self.patience.longest_s:.0f} s")

    def _step(self, request_id: str, load: Load) -> tuple[str, str | None]:
        answer = self.api.report("Poll", self.account_id, {"ReportRequestId": request_id}, load)
        told = answer.get("ReportRequestStatus")
        status = told.get("Status") if isinstance(told, dict) else None
        if not isinstance(told, dict) or status not in ("Pending", "Success", "Error"):
            raise BadDataError(f"Microsoft tells no status of the report that is known here: {status}")
        if status == "Error":
            raise ReportLostError("Microsoft could not make the report")
        return str(status), told.get("ReportDownloadUrl")

    def request(self, window: Window) -> dict[str, Any]:
        """The report as Microsoft wants it described. `TimePeriod` has to be a column, or days are added up."""
        zone = {"ReportTimeZone": self.zone} if self.zone else {}
        return {
            "Type": "CampaignPerformanceReportRequest",
            "ReportName": "campaign_day",
            "Format": "Csv",
            "FormatVersion": "2.0",  # numbers without thousands separators
            "ReturnOnlyCompleteData": False,
            "ExcludeReportHeader": True,
            "ExcludeReportFooter": True,
            "ExcludeColumnHeaders": False,
            "Aggregation": "Daily",
            "Columns": list(self.columns),
            "Scope": {"AccountIds": [self.account_id]},
            "Time": {"CustomDateRangeStart": _day(window.start), "CustomDateRangeEnd": _day(window.end)} | zone,
        }


def _day(day: date) -> dict[str, int]:
    return {"Day": day.day, "Month": day.month, "Year": day.year}
