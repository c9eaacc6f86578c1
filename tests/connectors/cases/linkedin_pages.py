"""LinkedIn Pages in the standard suite."""

from __future__ import annotations

from sandbox.faults import Answer
from sandbox.linkedin_errors import LinkedInError, no_access
from sandbox.linkedin_organizations import ORGANIZATIONS
from sandbox.linkedin_state import CLIENT_SECRET, REFRESH_TOKEN
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_THROTTLED = LinkedInError(
    429, "TOO_MANY_REQUESTS", "Resource level throttle MEMBER MINUTE limit for calls to this resource is reached.", 101
)
_EXPIRED = LinkedInError(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)
_DEEPER = "its figures stand deeper, in another answer: test_linkedin_pages.py changes them"
_WHOLE = "the days of a window come in one answer"
_NUMBERS = (
    "test_a_null_is_never_zero",
    "test_odd_numbers_arrive_as_they_were_sent",
    "test_a_number_beyond_all_bounds_is_put_aside",
)
_PAGING = (
    "test_all_pages_come_and_the_last_one_ends_it",
    "test_a_page_that_repeats_is_refused",
    "test_rows_are_handed_over_as_their_pages_arrive",
)


def _answer(error: LinkedInError) -> Answer:
    return Answer(error.status, error.body())


CASE = Case(
    platform="linkedin_pages",
    streams=(
        StreamCase(
            "posts",
            Rows("/posts", "publishedAt"),
            small_page={"connectors.linkedin_pages_posts.PAGE_ROWS": 2},
            window_days=38,
        ),
        StreamCase(
            "page_day",
            Rows("/organizationalEntityShareStatistics", "timeRange"),
            optional=("totalShareStatistics", "impressions"),
        ),
    ),
    accounts=lambda _secret: [{"id": one.id, "name": f"page {one.key}"} for one in ORGANIZATIONS],
    of_account=lambda request, account: account in request.target,
    quota=answer_of(_answer(_THROTTLED)),
    expired=answer_of(_answer(_EXPIRED)),
    forbidden=answer_of(_answer(no_access("FINDER", "posts"))),
    secrets=(CLIENT_SECRET, REFRESH_TOKEN),
    excused={
        **dict.fromkeys(_NUMBERS, _DEEPER),
        **{f"{test}[page_day]": _WHOLE for test in _PAGING},
        "test_an_optional_field_that_is_missing_is_null[posts]": _DEEPER,
        "test_text_arrives_as_it_was_sent": "its only texts are URNs, and the kind that is read from them",
    },
)
