"""TikTok Ads in the standard suite."""

from __future__ import annotations

from sandbox.faults import Answer
from sandbox.tiktok_ads import TOO_MANY_CALLS
from sandbox.tiktok_errors import NO_PERMISSION, TikTokError
from sandbox.tiktok_state import APP_SECRET, TOKEN
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_EXPIRED = TikTokError(40102, "Access token has expired.")

CASE = Case(
    platform="tiktok_ads",
    streams=(
        StreamCase(
            "campaign_day",
            Rows("/report/integrated/get/", "spend"),
            optional=("complete_payment", "purchases"),
            number=("impressions", "impressions"),
            text=("campaign_name", "campaign_name"),
            small_page={"connectors.tiktok_ads_api._PAGE_ROWS": 5},
        ),
    ),
    accounts=lambda secret: ["7100000000000000001", "7100000000000000002"],
    of_account=lambda request, account: account in request.target,
    quota=answer_of(Answer(200, TOO_MANY_CALLS.body())),
    expired=answer_of(Answer(200, _EXPIRED.body())),
    forbidden=answer_of(Answer(200, TikTokError(40001, NO_PERMISSION.format("7100000000000000002")).body())),
    secrets=(TOKEN, APP_SECRET),
    refreshable=False,
    excused={
        "test_rows_are_handed_over_as_their_pages_arrive": "a slice is handed over whole or not at all",
    },
)
