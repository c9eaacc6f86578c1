"""HubSpot in the standard suite."""

from __future__ import annotations

from sandbox.hubspot_access import BELGIUM, BRITAIN, BRITISH_KEY, CONTACTS, KEY
from sandbox.hubspot_errors import expired, missing_scopes, too_many
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows
from tests.http_server import Request

_KEYS = {BELGIUM: KEY, BRITAIN: BRITISH_KEY}
_SMALL = {"connectors.hubspot_api.SEARCH_ROWS": 2, "connectors.hubspot_api.LIST_ROWS": 2}
_DAYS = 38
"""The company has few deals: as many days as the small one of the suite has."""


def _of_account(request: Request, account: str) -> bool:
    """Nothing but the key says whose request it is."""
    return request.headers.get("Authorization", "").endswith(_KEYS[account])


CASE = Case(
    platform="hubspot",
    streams=(
        StreamCase(
            "contacts",
            Rows("/contacts/search", "lastmodifieddate"),
            optional=("hs_analytics_source", "source"),
            text=("lifecyclestage", "lifecycle_stage"),
            small_page=_SMALL,
            window_days=_DAYS,
        ),
        StreamCase(
            "deals",
            Rows("/deals/search", "hs_lastmodifieddate"),
            optional=("dealstage", "stage"),
            number=("amount", "amount"),
            text=("pipeline", "pipeline"),
            small_page=_SMALL,
            window_days=_DAYS,
        ),
        StreamCase(
            "marketing_emails",
            Rows("/marketing/emails/", "delivered"),
            optional=("spamreport", "spam_reports"),
            number=("sent", "sent"),
            small_page=_SMALL,
            window_days=_DAYS,
        ),
        StreamCase(
            "feedback_submissions",
            Rows("/feedback_submissions/search", "hs_lastmodifieddate"),
            optional=("hs_survey_name", "survey_name"),
            number=("hs_value", "value"),
            text=("hs_survey_name", "survey_name"),
            small_page=_SMALL,
            window_days=_DAYS,
        ),
    ),
    accounts=lambda secret: [{"id": name, "service_key": secret(key)} for name, key in _KEYS.items()],
    of_account=_of_account,
    quota=answer_of(too_many("SECONDLY").answer()),
    expired=answer_of(expired(5).answer()),
    forbidden=answer_of(missing_scopes([CONTACTS]).answer()),
    secrets=(KEY, BRITISH_KEY),
    refreshable=False,
    excused={
        "test_the_accounts_are_found": "a key opens one account, whose id `kompas check` compares",
        "test_a_field_that_nobody_knows_is_noted": "HubSpot sends only the properties that it is asked for",
        **{
            f"{test}[contacts]": "it has no numbers"
            for test in (
                "test_a_null_is_never_zero",
                "test_odd_numbers_arrive_as_they_were_sent",
                "test_a_number_beyond_all_bounds_is_put_aside",
            )
        },
        "test_odd_numbers_arrive_as_they_were_sent[deals]": "the huge one has more digits than an amount of money",
        "test_odd_numbers_arrive_as_they_were_sent[feedback_submissions]": "an answer outside its scale is put aside",
        "test_text_arrives_as_it_was_sent[marketing_emails]": "its text stands apart from the counters that are tried",
    },
)
