"""Zendesk in the standard suite: two accounts that have moved from ratings to surveys, and show both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.zendesk import COPIES, TRANSIENT
from sandbox.zendesk_errors import FORBIDDEN, UNAUTHORISED
from sandbox.zendesk_oauth import CLIENT_ID, client_secret
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_ANSWER = "the score stands in an answer of the row, and is held against its scale by tests of its own"
_WORDS = "a rating is the word good or bad, and no number"
_QUOTA = answer_of(TRANSIENT[0])
_NUMBERS = (
    "test_a_null_is_never_zero",
    "test_odd_numbers_arrive_as_they_were_sent",
    "test_a_number_beyond_all_bounds_is_put_aside",
)


def _accounts(secret: Callable[[str], str]) -> list[Any]:
    return [
        {"id": name, "client_id": CLIENT_ID, "client_secret": secret(client_secret(name)), "csat": "both"}
        for name in COPIES
    ]


CASE = Case(
    platform="zendesk",
    streams=(
        StreamCase(
            "satisfaction_ratings",
            Rows("/satisfaction_ratings", "ticket_id"),
            required="updated_at",
            small_page={"connectors.zendesk_api._PAGE_ROWS": 1},
            window_days=39,
        ),
        StreamCase(
            "survey_responses",
            Rows("/survey_responses", "expires_at"),
            required="id",
            optional=("survey", "survey_id"),
            small_page={"connectors.zendesk_api._PAGE_ROWS": 2},
            window_days=39,
        ),
    ),
    accounts=_accounts,
    of_account=lambda request, account: f"/{account}/" in request.path,
    quota=Answer(_QUOTA.status, _QUOTA.body),
    expired=answer_of(UNAUTHORISED.answer),
    forbidden=answer_of(FORBIDDEN.answer),
    secrets=tuple(map(client_secret, COPIES)),
    excused={
        "test_its_requests_are_judged_by_the_vendor_s_schema": "no package carries Zendesk's specification",
        "test_the_accounts_are_found": "a client belongs to one account, and sees no other",
        "test_an_optional_field_that_is_missing_is_null[satisfaction_ratings]": "all of its fields are required",
        "test_text_arrives_as_it_was_sent[satisfaction_ratings]": _WORDS,
        "test_text_arrives_as_it_was_sent[survey_responses]": "the first row of a page may be one without an answer",
        **dict.fromkeys((f"{test}[satisfaction_ratings]" for test in _NUMBERS), _WORDS),
        **dict.fromkeys((f"{test}[survey_responses]" for test in _NUMBERS), _ANSWER),
    },
)
