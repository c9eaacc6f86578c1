"""SurveyMonkey in the standard suite."""

from __future__ import annotations

from sandbox.surveymonkey import TOKEN
from sandbox.surveymonkey_errors import SurveyMonkeyError
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_ANSWER = "the score stands in an answer of the row, and is held against the question by tests of its own"

CASE = Case(
    platform="surveymonkey",
    streams=(
        StreamCase(
            "responses",
            Rows("/responses/bulk", "date_modified"),
            optional=("pages", "score"),
            text=("id", "response_id"),
            small_page={"connectors.surveymonkey_api._BULK_ROWS": 2},
            window_days=39,
        ),
    ),
    accounts=lambda secret: ["405511201", "405511202"],
    of_account=lambda request, account: account in request.path,
    quota=answer_of(SurveyMonkeyError("1040").answer()),
    expired=answer_of(SurveyMonkeyError("1011").answer()),
    forbidden=answer_of(SurveyMonkeyError("1014").answer()),
    secrets=(TOKEN,),
    excused=dict.fromkeys(
        (
            "test_a_null_is_never_zero",
            "test_odd_numbers_arrive_as_they_were_sent",
            "test_a_number_beyond_all_bounds_is_put_aside",
        ),
        _ANSWER,
    )
    | {
        "test_its_requests_are_judged_by_the_vendor_s_schema": "SurveyMonkey publishes no schema",
        "test_the_vendor_s_own_code_reads_the_sandbox": "SurveyMonkey publishes no client for Python",
    },
)
