"""Search Console in the standard suite."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.company.searches import SITES
from sandbox.google_tokens import TokenState
from sandbox.search_console_errors import SearchError, check_token, forbidden, load_exceeded
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.contract.our_requests import SECRETS
from tests.faults.spoiled import Rows
from tests.http_server import Answer

SMALL_PAGE = {"connectors.search_console_api.PAGE_ROWS": 2}


def refused(state: TokenState) -> Answer:
    """What Google answers to such a token."""
    try:
        check_token(state)
    except SearchError as error:
        return answer_of(error.answer())
    raise ValueError(f"a token that is {state} is good")


CASE = Case(
    platform="search_console",
    streams=(
        StreamCase(
            "site_day", Rows("searchAnalytics", "clicks"), number=("impressions", "impressions"), small_page=SMALL_PAGE
        ),
        StreamCase(
            "query_day", Rows('"query"', "clicks"), number=("impressions", "impressions"), small_page=SMALL_PAGE
        ),
    ),
    accounts=lambda _secret: [{"id": site.name} for site in SITES],
    of_account=lambda request, account: quote(account, safe="") in request.target,
    quota=answer_of(load_exceeded().answer()),
    expired=refused(TokenState.EXPIRED),
    forbidden=answer_of(forbidden(SITES[1].name).answer()),
    secrets=tuple(SECRETS["google"].values()),
    excused={
        "test_an_optional_field_that_is_missing_is_null": "all fields of a row are required",
        "test_text_arrives_as_it_was_sent[site_day]": "it has no text but the day",
        "test_text_arrives_as_it_was_sent[query_day]": "the term stands in a list of keys, not in a field",
        "test_accounts_are_told_apart[query_day]": "all terms of the second site are rare, so that none is told",
    },
)
