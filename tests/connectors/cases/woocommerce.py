"""WooCommerce in the standard suite."""

from __future__ import annotations

from sandbox.woocommerce_errors import cannot_view, too_many, unauthorised
from sandbox.woocommerce_keys import KEYS
from tests.connectors.standard import Case, StreamCase, answer_of
from tests.faults.spoiled import Rows
from tests.http_server import Answer

SMALL_PAGE = {"connectors.woocommerce_api.PAGE_ROWS": 2}
FORBIDDEN = cannot_view().answer()
_LINES = "the lines of an order or refund come with it, whole"

CASE = Case(
    platform="woocommerce",
    streams=(
        StreamCase(
            "orders",
            Rows("/orders", "total_tax"),
            optional=("created_via", "created_via"),
            number=("id", "order_id"),
            text=("number", "order_number"),
            small_page=SMALL_PAGE,
        ),
        StreamCase(
            "order_lines",
            Rows("/orders", "sku"),
            required="quantity",
            optional=("sku", "sku"),
            number=("quantity", "quantity"),
            text=("name", "title"),
            small_page=SMALL_PAGE,
        ),
        StreamCase(
            "refunds",
            Rows("/refunds", "amount"),
            number=("parent_id", "order_id"),
            small_page=SMALL_PAGE,
            window_days=40,
        ),
        StreamCase(
            "refund_lines",
            Rows("/refunds", "sku"),
            required="quantity",
            optional=("meta_data", "line_id"),
            number=("id", "refund_line_id"),
            small_page=SMALL_PAGE,
            window_days=40,
        ),
        StreamCase(
            "customers",
            Rows("/customers", "is_paying_customer"),
            required="id",
            optional=("email", "email_hash"),
            number=("id", "customer_id"),
            small_page=SMALL_PAGE,
            window_days=60,  # all of them: those of before are read as well, and left out
        ),
    ),
    accounts=lambda secret: [
        {"id": shop, "consumer_key": secret(key), "consumer_secret": secret(password)}
        for shop, (key, password) in KEYS.items()
    ],
    of_account=lambda request, account: f"/{account}/" in request.target,
    quota=answer_of(too_many()),
    expired=answer_of(unauthorised("Consumer key is invalid.").answer()),
    forbidden=Answer(403, FORBIDDEN.content(), dict(FORBIDDEN.all_headers())),
    secrets=tuple(text for pair in KEYS.values() for text in pair),
    refreshable=False,
    excused={
        "test_the_accounts_are_found": "a key opens one shop and sees no others",
        "test_text_arrives_as_it_was_sent[refunds]": "it has no text but the currency of its order",
        "test_text_arrives_as_it_was_sent[refund_lines]": "it has no text at all, only numbers",
        "test_text_arrives_as_it_was_sent[customers]": "its only text is a pseudonym of an address",
        "test_an_optional_field_that_is_missing_is_null[refunds]": "all of its fields are required",
        **{f"test_a_field_that_nobody_knows_is_noted[{stream}]": _LINES for stream in ("order_lines", "refund_lines")},
    },
)
