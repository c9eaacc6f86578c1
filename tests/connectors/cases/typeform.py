"""Typeform in the standard suite."""

from __future__ import annotations

from sandbox.typeform import TOO_MANY
from sandbox.typeform_errors import TypeformError
from sandbox.typeform_oauth import PERSONAL_TOKEN
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_ANSWER = "the score stands in an answer of the row, and is held against its scale by tests of its own"
_QUOTA = answer_of(TOO_MANY)

CASE = Case(
    platform="typeform",
    streams=(
        StreamCase(
            "responses",
            Rows("/responses", "submitted_at"),
            optional=("answers", "score"),
            text=("token", "response_id"),
            small_page={"connectors.typeform_api.PAGE_ROWS": 2},
            window_days=39,
        ),
    ),
    accounts=lambda secret: ["Kt7nQx2L", "Kb5eWm8R"],
    of_account=lambda request, account: account in request.path,
    quota=Answer(_QUOTA.status, _QUOTA.body),
    expired=answer_of(TypeformError(401, "UNAUTHORIZED", "Unauthorized").answer()),
    forbidden=answer_of(TypeformError(403, "FORBIDDEN", "You do not have access to this form").answer()),
    secrets=(PERSONAL_TOKEN,),
    excused=dict.fromkeys(
        (
            "test_a_null_is_never_zero",
            "test_odd_numbers_arrive_as_they_were_sent",
            "test_a_number_beyond_all_bounds_is_put_aside",
        ),
        _ANSWER,
    )
    | {"test_its_requests_are_judged_by_the_vendor_s_schema": "Typeform publishes no schema of its Responses API"},
)
