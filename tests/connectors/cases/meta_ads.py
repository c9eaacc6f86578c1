"""Meta Ads in the standard suite."""

from __future__ import annotations

import json
from typing import Any

from sandbox.meta_errors import THROTTLED
from sandbox.meta_state import APP_SECRET, TOKEN, TOKEN_ERRORS
from tests.connectors.standard import Case, StreamCase
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_ONE = "the sandbox has one ad account only"
_DRAFT = "a slice is drawn whole, on disk where it is large, before it is handed over: ads_draft.py"
_HOURS = "Meta throttles by the hour and names minutes in a header of its own: test_meta_ads.py tests it"


def _error(code: int, message: str, subcode: int = 0) -> Answer:
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code, "error_subcode": subcode}
    return Answer(400, json.dumps({"error": error}).encode(), {"Content-Type": "application/json"})


CASE = Case(
    platform="meta_ads",
    streams=(
        StreamCase(
            "campaign_day",
            Rows("/insights", "impressions"),
            optional=("campaign_name", "campaign_name"),
            number=("impressions", "impressions"),
            text=("campaign_name", "campaign_name"),
            small_page={"connectors.graph_api._PAGE_ROWS": 5},
        ),
    ),
    accounts=lambda _: ["act_700800900"],
    of_account=lambda request, account: f"act_{account}" in request.target,
    quota=_error(80000, THROTTLED, 2446079),
    expired=_error(190, TOKEN_ERRORS[463], 463),
    forbidden=_error(10, "(#10) Application does not have permission for this action"),
    secrets=(TOKEN, APP_SECRET),
    refreshable=False,
    error_in_200=Answer(200, json.dumps({"error": {"message": "Oops", "code": 190}}).encode()),
    excused={
        "test_accounts_are_told_apart": _ONE,
        "test_one_account_without_permission_leaves_the_others": _ONE,
        "test_rows_are_handed_over_as_their_pages_arrive": _DRAFT,
        "test_a_quota_that_ends_soon_is_waited_for": _HOURS,
        "test_a_quota_that_ends_late_is_left_for_later": _HOURS,
        "test_a_field_that_nobody_knows_is_noted": "Meta sends only the fields that it is asked for",
    },
)
