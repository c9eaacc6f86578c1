"""Microsoft Advertising in the standard suite."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

from sandbox.microsoft_errors import MicrosoftError
from sandbox.microsoft_state import DEVELOPER_TOKEN, REFRESH_TOKEN
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows
from tests.http_server import Request

_WHOLE = "a report has no pages: it comes as one file"


class ReportRows(Rows):
    """Asked for by Submit, and downloaded as a CSV in a ZIP."""

    def asked(self, request: Request) -> bool:
        return request.path.endswith("/Submit") or "/reportstorage/" in request.path

    def read(self, body: bytes) -> Any:
        if not body.startswith(b"PK"):
            return json.loads(body)
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    def written(self, document: Any) -> bytes:
        if not isinstance(document, list):
            return json.dumps(document).encode()
        text, packed = io.StringIO(), io.BytesIO()
        names = dict.fromkeys(name for row in document for name in row)
        writer = csv.DictWriter(text, list(names))
        writer.writeheader()
        writer.writerows(document)
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("report.csv", text.getvalue().encode("utf-8-sig"))
        return packed.getvalue()


CASE = Case(
    platform="microsoft_ads",
    streams=(
        StreamCase(
            "campaign_day",
            ReportRows("/Submit", "Spend"),
            optional=("ViewThroughRevenue", "view_through_value"),
            number=("Impressions", "impressions"),
            text=("CampaignName", "campaign_name"),
        ),
    ),
    accounts=lambda secret: ["180001001", "180001002"],
    of_account=lambda request, account: account.encode() in request.body,
    quota=answer_of(MicrosoftError(117).answer()),
    expired=answer_of(MicrosoftError(109).answer()),
    forbidden=answer_of(MicrosoftError(106).answer()),
    secrets=(DEVELOPER_TOKEN, REFRESH_TOKEN),
    excused={
        "test_all_pages_come_and_the_last_one_ends_it": _WHOLE,
        "test_a_page_that_repeats_is_refused": _WHOLE,
        "test_rows_are_handed_over_as_their_pages_arrive": _WHOLE,
    },
)
