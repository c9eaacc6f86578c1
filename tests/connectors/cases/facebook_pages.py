"""Facebook Pages in the standard suite."""

from __future__ import annotations

from sandbox.meta_errors import MetaError
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import APP_SECRET, TOKEN, TOKEN_ERRORS
from tests.connectors.standard import Case, StreamCase
from tests.faults.spoiled import Rows
from tests.http_server import Answer

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


def refusal(code: int, message: str, subcode: int = 0) -> Answer:
    return Answer(400, MetaError(code, message, subcode).body())


CASE = Case(
    platform="facebook_pages",
    streams=(
        StreamCase(
            "posts",
            Rows("/published_posts", "created_time"),
            optional=("status_type", "post_type"),
            text=("permalink_url", "url"),
            small_page={"connectors.facebook_pages_streams.PAGE_ROWS": 2},
            window_days=38,
        ),
        StreamCase("page_day", Rows("/insights", "end_time"), optional=("value", "views")),
    ),
    accounts=lambda _secret: [{"id": page.id, "name": f"page {page.key}"} for page in PAGES],
    of_account=lambda request, account: account in request.target,
    quota=refusal(80001, "(#80001) There have been too many calls to this Page account."),
    expired=refusal(190, TOKEN_ERRORS[463], 463),
    forbidden=refusal(10, "(#10) This endpoint requires the 'pages_read_engagement' permission"),
    secrets=(TOKEN, APP_SECRET, *(page.token for page in PAGES)),
    refreshable=False,
    excused={
        **{
            f"{test}[posts]": "its numbers stand deeper in a post: test_facebook_pages.py changes them"
            for test in _NUMBERS
        },
        **{f"{test}[page_day]": "its first value is of the day before the window" for test in _NUMBERS},
        **{f"{test}[page_day]": "the days of a window come in one answer" for test in _PAGING},
        "test_text_arrives_as_it_was_sent[page_day]": "it has no text at all",
    },
)
