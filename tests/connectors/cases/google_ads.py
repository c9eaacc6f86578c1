"""Google Ads in the standard suite."""

from __future__ import annotations

import json

from sandbox.google_ads_errors import NO_PERMISSION, AdsError
from tests.connectors.standard import Case, StreamCase
from tests.contract.our_requests import SECRETS
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_NO_PAGES = "searchStream sends all batches in one answer; test_google_ads.py reads many batches"
_OWN_DELAY = "Google names the delay in the body (retryDelay), which test_google_ads.py tests"


def _answer(status: int, kind: str, code: str, message: str) -> Answer:
    body = [AdsError(status, kind, code, message).body("v26", "SandboxCase")]
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


CASE = Case(
    platform="google_ads",
    streams=(
        StreamCase(
            "campaign_day",
            Rows("searchStream", "costMicros"),
            number=("costMicros", "cost"),
        ),
        StreamCase(
            "conversion_action_day",
            Rows("searchStream", "conversions"),
            number=("conversions", "conversions"),
        ),
    ),
    accounts=lambda _: ["111-222-3334", {"id": "555-666-7778", "name": "Agency UK"}],
    of_account=lambda request, account: f"/customers/{account}/" in request.target,
    quota=_answer(429, "quotaError", "RESOURCE_EXHAUSTED", "Too many requests."),
    expired=_answer(401, "authenticationError", "OAUTH_TOKEN_EXPIRED", "The OAuth token has expired."),
    forbidden=_answer(403, "authorizationError", "USER_PERMISSION_DENIED", NO_PERMISSION),
    secrets=tuple(SECRETS["google"].values()),
    error_in_200=Answer(
        200, json.dumps([AdsError(500, "internalError", "INTERNAL_ERROR", "Oops").body("v26", "x")]).encode()
    ),
    excused={
        "test_odd_numbers_arrive_as_they_were_sent[conversion_action_day]": "its numbers are doubles, not 2**53 + 1",
        "test_a_number_beyond_all_bounds_is_put_aside[conversion_action_day]": "a double has no bounds in JSON",
        "test_accounts_are_told_apart[conversion_action_day]": "the small company's agency account converts nobody",
        "test_odd_numbers_arrive_as_they_were_sent[campaign_day]": "its cost is in micros, which become units",
        "test_all_pages_come_and_the_last_one_ends_it": _NO_PAGES,
        "test_a_page_that_repeats_is_refused": _NO_PAGES,
        "test_rows_are_handed_over_as_their_pages_arrive": _NO_PAGES,
        "test_a_quota_that_ends_soon_is_waited_for": _OWN_DELAY,
        "test_a_quota_that_ends_late_is_left_for_later": _OWN_DELAY,
        "test_a_field_that_nobody_knows_is_noted": "GAQL sends only the fields that it is asked for",
        "test_a_missing_field_is_never_zero": "protobuf's JSON leaves out zeros: absent is 0 by Google's documentation",
        "test_an_optional_field_that_is_missing_is_null": "protobuf's JSON leaves out zeros: absent is 0",
        "test_a_null_is_never_zero": "protobuf's JSON knows no null",
        "test_text_arrives_as_it_was_sent": "the name stands in another object of the row; test_google_ads.py has it",
    },
)
