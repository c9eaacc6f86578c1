"""The European Central Bank in the standard suite."""

from __future__ import annotations

from tests.connectors.standard import Case, StreamCase
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_ONE = "the ECB is one account, open to all"
_OPEN = "the ECB asks for no token"
_CSV = "the answer is CSV, whose columns are found by name: test_ecb.py has its odd answers"
_NO_PAGES = "an answer has no pages"

CASE = Case(
    platform="ecb",
    streams=(StreamCase("daily_rate", Rows("/EXR/", "")),),
    accounts=lambda _: ["ecb"],
    of_account=lambda *_: False,
    quota=Answer(429, b"Too many requests", {"Content-Type": "text/plain"}),
    expired=Answer(401, b""),
    forbidden=Answer(403, b""),
    secrets=(),
    excused={
        "test_its_requests_are_judged_by_the_vendor_s_schema": "no package carries a schema of the ECB's service",
        "test_the_vendor_s_own_code_reads_the_sandbox": "the ECB publishes no client",
        **dict.fromkeys(
            (
                "test_accounts_are_told_apart",
                "test_the_accounts_are_found",
                "test_one_account_without_permission_leaves_the_others",
            ),
            _ONE,
        ),
        "test_a_token_that_ends_on_the_way_is_renewed_or_told": _OPEN,
        "test_a_token_that_stays_refused_is_for_the_user": _OPEN,
        **dict.fromkeys(
            (
                "test_all_pages_come_and_the_last_one_ends_it",
                "test_a_page_that_repeats_is_refused",
                "test_rows_are_handed_over_as_their_pages_arrive",
            ),
            _NO_PAGES,
        ),
        **dict.fromkeys(
            (
                "test_a_field_that_nobody_knows_is_noted",
                "test_a_missing_field_is_never_zero",
                "test_an_optional_field_that_is_missing_is_null",
                "test_a_null_is_never_zero",
                "test_odd_numbers_arrive_as_they_were_sent",
                "test_a_number_beyond_all_bounds_is_put_aside",
                "test_text_arrives_as_it_was_sent",
            ),
            _CSV,
        ),
        "test_no_days_before_the_company_is_no_rows": "rates are older than any company",
    },
)
