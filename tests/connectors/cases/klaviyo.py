"""Klaviyo in the standard suite."""

from __future__ import annotations

from sandbox.klaviyo_accounts import ACCOUNTS
from sandbox.klaviyo_errors import KlaviyoError
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_SMALL = {"sandbox.klaviyo.REPORT_ROWS": 1}
"""How many rows a page has is Klaviyo's choice: nothing can be asked for."""
_OF_NUMBERS = (
    "test_a_null_is_never_zero",
    "test_odd_numbers_arrive_as_they_were_sent",
    "test_a_number_beyond_all_bounds_is_put_aside",
)
_ELSEWHERE = "the name of a campaign comes in another answer than its figures"
_SERIES = "its figures are series, which tests/connectors/test_klaviyo.py looks at"

CASE = Case(
    platform="klaviyo",
    streams=(
        StreamCase(
            "campaign_report",
            Rows("/api/campaign-values-reports", "recipients"),
            number=("recipients", "recipients"),
            small_page=_SMALL,
        ),
        StreamCase(
            "flow_report",
            Rows("/api/flow-series-reports", "flow_id"),
            optional=("flow_name", "flow_name"),
            text=("flow_message_name", "message_name"),
            small_page=_SMALL,
        ),
    ),
    accounts=lambda secret: [{"id": it.id, "api_key": secret(it.key)} for it in ACCOUNTS],
    of_account=lambda request, account: account in request.headers["Authorization"],
    quota=answer_of(KlaviyoError("throttled").answer()),
    expired=answer_of(KlaviyoError("authentication_failed").answer()),
    forbidden=answer_of(KlaviyoError("permission_denied").answer()),
    secrets=tuple(it.key for it in ACCOUNTS),
    refreshable=False,
    excused={
        "test_an_optional_field_that_is_missing_is_null[campaign_report]": f"{_ELSEWHERE}; all statistics are required",
        "test_text_arrives_as_it_was_sent[campaign_report]": _ELSEWHERE,
        **{f"{test}[flow_report]": _SERIES for test in _OF_NUMBERS},
    },
)
