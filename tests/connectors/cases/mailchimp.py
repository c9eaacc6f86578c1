"""Mailchimp in the standard suite."""

from __future__ import annotations

from sandbox.mailchimp import KEY
from sandbox.mailchimp_errors import ProblemError
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows

_ONE_KEY = "an account is a key of its own, and the sandbox has one"

CASE = Case(
    platform="mailchimp",
    streams=(
        StreamCase(
            "campaign_report",
            Rows("/3.0/reports", "emails_sent"),
            optional=("subject_line", "subject_line"),
            number=("emails_sent", "emails_sent"),
            text=("campaign_title", "campaign_title"),
            small_page={"connectors.mailchimp_api._PAGE_ROWS": 2},
        ),
        StreamCase("list_activity", Rows("/activity", "emails_sent"), number=("emails_sent", "emails_sent")),
    ),
    accounts=lambda secret: [{"id": "us21-main", "api_key": secret(KEY)}],
    of_account=lambda request, account: account in request.target,
    quota=answer_of(ProblemError("Too Many Requests").answer()),
    expired=answer_of(ProblemError("API Key Invalid").answer()),
    forbidden=answer_of(ProblemError("Wrong Datacenter").answer()),
    secrets=(KEY, KEY.partition("-")[0]),
    refreshable=False,
    excused={
        "test_accounts_are_told_apart": _ONE_KEY,
        "test_one_account_without_permission_leaves_the_others": _ONE_KEY,
        "test_the_accounts_are_found": _ONE_KEY,
        "test_a_field_that_nobody_knows_is_noted": "Mailchimp sends only the fields that it is asked for",
        **{
            f"{test}[list_activity]": "the activity of a list comes as a whole, at most 180 days"
            for test in (
                "test_all_pages_come_and_the_last_one_ends_it",
                "test_a_page_that_repeats_is_refused",
                "test_rows_are_handed_over_as_their_pages_arrive",
            )
        },
        "test_an_optional_field_that_is_missing_is_null[list_activity]": "all of its fields are required",
        "test_text_arrives_as_it_was_sent[list_activity]": "it has no text",
    },
)
