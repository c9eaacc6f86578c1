"""Brevo in the standard suite."""

from __future__ import annotations

from sandbox.brevo_accounts import ACCOUNTS
from sandbox.brevo_errors import FORBIDDEN, KEY_NOT_FOUND, too_many
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

KEYS = {account.id: account.key for account in ACCOUNTS}
_WHOLE = "thirty days come in one answer, and no more can be asked for"
_REQUIRED = "all of its fields are required, and none is text"

CASE = Case(
    platform="brevo",
    streams=(
        StreamCase(
            "campaign_report",
            Rows("/v3/emailCampaigns", "sentDate"),
            optional=("subject", "subject"),
            text=("name", "campaign_name"),
            small_page={"connectors.brevo_api._PAGE_ROWS": 1},
            window_days=45,
        ),
        StreamCase(
            "transactional_day", Rows("/v3/smtp/statistics/reports", "requests"), number=("requests", "requests")
        ),
    ),
    accounts=lambda secret: [{"id": name, "api_key": secret(key)} for name, key in KEYS.items()],
    of_account=lambda request, account: request.headers["api-key"] == KEYS[account],
    quota=answer_of(too_many().answer()),
    expired=answer_of(KEY_NOT_FOUND.answer()),
    forbidden=answer_of(FORBIDDEN.answer()),
    secrets=tuple(KEYS.values()),
    refreshable=False,
    excused={
        "test_the_accounts_are_found": "an account is a key of its own, and its name is chosen",
        **{
            f"{test}[campaign_report]": "its figures lie deeper: tests/connectors/test_brevo.py looks at them"
            for test in (
                "test_a_null_is_never_zero",
                "test_odd_numbers_arrive_as_they_were_sent",
                "test_a_number_beyond_all_bounds_is_put_aside",
            )
        },
        **{
            f"{test}[transactional_day]": _WHOLE
            for test in (
                "test_all_pages_come_and_the_last_one_ends_it",
                "test_a_page_that_repeats_is_refused",
                "test_rows_are_handed_over_as_their_pages_arrive",
            )
        },
        "test_an_optional_field_that_is_missing_is_null[transactional_day]": _REQUIRED,
        "test_text_arrives_as_it_was_sent[transactional_day]": _REQUIRED,
    },
)
