"""Instagram in the standard suite."""

from __future__ import annotations

from sandbox.meta_errors import MetaError
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import APP_SECRET, TOKEN, TOKEN_ERRORS
from tests.connectors.standard import Case, StreamCase
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_PAGING = ("test_a_page_that_repeats_is_refused", "test_rows_are_handed_over_as_their_pages_arrive")


def refusal(code: int, message: str, subcode: int = 0) -> Answer:
    return Answer(400, MetaError(code, message, subcode).body())


CASE = Case(
    platform="instagram",
    streams=(
        StreamCase(
            "posts",
            Rows("/media", "timestamp"),
            optional=("like_count", "likes"),
            number=("comments_count", "comments"),
            text=("permalink", "url"),
            small_page={"connectors.instagram_streams.PAGE_ROWS": 2},
            window_days=30,
        ),
        StreamCase("account_day", Rows("/insights", "value"), number=("value", "views")),
    ),
    accounts=lambda _secret: [{"id": page.instagram_id, "name": f"account {page.key}"} for page in PAGES],
    of_account=lambda request, account: account in request.target,
    quota=refusal(80002, "(#80002) There have been too many calls to this Instagram account."),
    expired=refusal(190, TOKEN_ERRORS[463], 463),
    forbidden=refusal(10, "(#10) Application does not have permission for this action"),
    secrets=(TOKEN, APP_SECRET),
    refreshable=False,
    excused={
        **{f"{test}[account_day]": "each day is an answer of its own, and one batch" for test in _PAGING},
        "test_an_optional_field_that_is_missing_is_null[account_day]": "a metric without its value is bad data",
        "test_text_arrives_as_it_was_sent[account_day]": "it has no text at all",
    },
)
