"""Google Analytics 4 in the standard suite. It speaks gRPC, so no proxy can spoil its answers here."""

from __future__ import annotations

from tests.connectors.standard import Case, StreamCase
from tests.contract.our_requests import SECRETS
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_GRPC = "its answers are gRPC, which the proxy cannot change: test_ga4.py has them from a gRPC server of its own"
_ONE = "the sandbox has one property only"
_GRPC_ANSWER = Answer(500)

CASE = Case(
    platform="ga4",
    streams=tuple(
        StreamCase(name, Rows("runReport", "rows"), window_days=3)
        for name in ("site_day", "site_users", "channel_day", "key_event_day")
    ),
    accounts=lambda _: ["424242"],
    of_account=lambda *_: False,
    quota=_GRPC_ANSWER,
    expired=_GRPC_ANSWER,
    forbidden=_GRPC_ANSWER,
    secrets=tuple(SECRETS["google"].values()),
    excused={
        "test_accounts_are_told_apart": _ONE,
        "test_one_account_without_permission_leaves_the_others": _ONE,
        "test_the_accounts_are_found": "listing properties is another API, the Admin API, with a scope of its own",
        **dict.fromkeys(
            (
                "test_all_pages_come_and_the_last_one_ends_it",
                "test_a_page_that_repeats_is_refused",
                "test_rows_are_handed_over_as_their_pages_arrive",
                "test_a_quota_that_ends_soon_is_waited_for",
                "test_a_quota_that_ends_late_is_left_for_later",
                "test_a_quota_without_a_time_is_tried_a_few_times",
                "test_a_token_that_ends_on_the_way_is_renewed_or_told",
                "test_a_token_that_stays_refused_is_for_the_user",
                "test_an_error_in_a_200_is_an_error",
                "test_a_body_that_is_not_whole_is_an_error",
                "test_a_field_that_nobody_knows_is_noted",
                "test_a_missing_field_is_never_zero",
                "test_an_optional_field_that_is_missing_is_null",
                "test_a_null_is_never_zero",
                "test_odd_numbers_arrive_as_they_were_sent",
                "test_a_number_beyond_all_bounds_is_put_aside",
                "test_text_arrives_as_it_was_sent",
            ),
            _GRPC,
        ),
    },
)
