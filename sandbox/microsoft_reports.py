"""Reports of Microsoft Advertising: submitted, made while they are polled, and kept as a ZIP with one CSV.

The day of a row is that of the account's time zone. Rows without any activity are left out, and a report without rows
has no file. A link lives for five minutes; polled again, a report tells a new one.
"""

from __future__ import annotations

import csv
import io
import secrets
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.ad_facts import AdCampaign, AdDay, ad_days, campaigns
from sandbox.company import World
from sandbox.microsoft_errors import MicrosoftError
from sandbox.microsoft_request import ReportRequest
from sandbox.microsoft_state import MicrosoftState

PLATFORM = "microsoft_ads"
LINK_S = 300


@dataclass(frozen=True)
class Cell:
    """What a row is made of."""

    account: dict[str, Any]
    campaign: AdCampaign
    day: AdDay


COLUMNS: dict[str, Callable[[Cell], Any]] = {
    "TimePeriod": lambda cell: cell.day.day,
    "AccountId": lambda cell: cell.account["Id"],
    "AccountName": lambda cell: cell.account["Name"],
    "CurrencyCode": lambda cell: cell.account["CurrencyCode"],
    "CampaignId": lambda cell: cell.campaign.id,
    "CampaignName": lambda cell: cell.campaign.name,
    "CampaignStatus": lambda cell: cell.campaign.status,
    "CampaignType": lambda cell: cell.campaign.kind,
    "Impressions": lambda cell: cell.day.impressions,
    "Clicks": lambda cell: cell.day.clicks,
    "Spend": lambda cell: f"{cell.day.spend:.2f}",
    "Ctr": lambda cell: f"{100 * cell.day.clicks / cell.day.impressions:.2f}%" if cell.day.impressions else "",
    "ConversionsQualified": lambda cell: f"{cell.day.clicked:.2f}",
    "Revenue": lambda cell: f"{cell.day.amount:.2f}",
    "AllConversionsQualified": lambda cell: f"{cell.day.clicked + cell.day.leads:.2f}",
    "AllRevenue": lambda cell: f"{cell.day.amount:.2f}",
    "ViewThroughConversionsQualified": lambda cell: f"{cell.day.view_through:.2f}",
    "ViewThroughRevenue": lambda _cell: "0.00",
}


@dataclass
class Run:
    """A report: its request, what is left of its polls, and whether it fails. links: signature and when it ends."""

    request: ReportRequest
    pending: int
    fails: bool
    links: dict[str, float] = field(default_factory=dict)


@dataclass
class Reports:
    """The reports of one world. accounts: what is told of each, by id."""

    world: World
    state: MicrosoftState
    accounts: dict[str, dict[str, Any]]
    _runs: dict[str, Run] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, request: ReportRequest) -> str:
        """The id of a new report."""
        run_id = f"30000{secrets.token_hex(8)}_{secrets.token_hex(4)}"
        with self._lock:
            fails = self.state.fail_reports > 0
            self.state.fail_reports -= fails
            self._runs[run_id] = Run(request, self.state.polls, fails)
        return run_id

    def poll(self, run_id: Any, base_url: str) -> dict[str, Any]:
        """Its status, and a link to its file once it is made; raises MicrosoftError for one that is unknown."""
        with self._lock:
            run = self._runs.get(str(run_id))
            if run is None:
                raise MicrosoftError(2100)
            if run.pending:
                run.pending -= 1
                return {"Status": "Pending", "ReportDownloadUrl": None}
        if run.fails:
            return {"Status": "Error", "ReportDownloadUrl": None}
        if not self._rows(run.request):
            return {"Status": "Success", "ReportDownloadUrl": None}
        signature = secrets.token_urlsafe(24)
        run.links[signature] = self.state.clock() + LINK_S
        return {"Status": "Success", "ReportDownloadUrl": f"{base_url}reportstorage/{run_id}.zip?sig={signature}"}

    def file(self, name: str, signature: str) -> bytes | None:
        """The ZIP behind a link; None when the link is wrong or has ended."""
        run_id = name.removesuffix(".zip")
        run = self._runs.get(run_id)
        if run is None or self.state.clock() >= run.links.get(signature, 0):
            return None
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{run_id}.csv", self._text(run.request).encode("utf-8-sig"))
        return packed.getvalue()

    def _text(self, request: ReportRequest) -> str:
        rows, text = self._rows(request), io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        if request.header:
            writer.writerows([[line] for line in self._head(request, len(rows))] + [[]])
        if request.names:
            writer.writerow(request.columns)
        writer.writerows(rows)
        if request.footer:
            writer.writerows([[], [f"©{self.world.now:%Y} Microsoft Corporation. All rights reserved."]])
        return text.getvalue()

    def _head(self, request: ReportRequest, rows: int) -> list[str]:
        now: datetime = self.world.now
        days = f"{request.first:%-m/%-d/%Y}-{request.last:%-m/%-d/%Y}"
        return [f"Report Name: {request.name}", f"Report Time: {days}", f"Time Zone: {request.zone}",
                f"Last Completed Available Day: {now:%-m/%-d/%Y %-I:%M:%S %p}", "Report Aggregation: Daily",
                f"Potential Incomplete Data: {str(request.last >= now.date()).lower()}", f"Rows: {rows}"]  # fmt: skip

    def _rows(self, request: ReportRequest) -> list[list[Any]]:
        found: list[list[Any]] = []
        for account in request.accounts:
            known = {each.id: each for each in campaigns(self.world, PLATFORM, account)}
            for day in ad_days(self.world, PLATFORM, account, request.first, request.last):
                if day.impressions or day.clicked:
                    cell = Cell(self.accounts[account], known[day.campaign_id], day)
                    found.append([COLUMNS[name](cell) for name in request.columns])
        return found
