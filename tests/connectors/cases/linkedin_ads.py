"""LinkedIn Ads in the standard suite."""

from __future__ import annotations

from sandbox.faults import Answer
from sandbox.linkedin_errors import LinkedInError, no_access
from sandbox.linkedin_state import CLIENT_SECRET, REFRESH_TOKEN
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_THROTTLED = LinkedInError(
    429, "TOO_MANY_REQUESTS", "Resource level throttle MEMBER MINUTE limit for calls to this resource is reached.", 101
)
_EXPIRED = LinkedInError(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)


def _answer(error: LinkedInError) -> Answer:
    return Answer(error.status, error.body())


_WHOLE = "a report has no pages: it comes whole, or in halves"

CASE = Case(
    platform="linkedin_ads",
    streams=(
        StreamCase(
            "campaign_day",
            Rows("/adAnalytics", "costInLocalCurrency"),
            optional=("videoViews", "video_views"),
            number=("impressions", "impressions"),
        ),
    ),
    accounts=lambda secret: ["512345678", "512345679"],
    of_account=lambda request, account: account in request.target,
    quota=answer_of(_answer(_THROTTLED)),
    expired=answer_of(_answer(_EXPIRED)),
    forbidden=answer_of(_answer(no_access("GET", "adAccounts"))),
    secrets=(CLIENT_SECRET, REFRESH_TOKEN),
    excused={
        "test_all_pages_come_and_the_last_one_ends_it": _WHOLE,
        "test_a_page_that_repeats_is_refused": _WHOLE,
        "test_rows_are_handed_over_as_their_pages_arrive": _WHOLE,
        "test_text_arrives_as_it_was_sent": "a report tells ids only: names come by another request",
    },
)
