"""The WooCommerce connector against a small shop: its clock, its statuses, its guests, and what stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError
from connectors.load import Load
from connectors.secret import Secret, pseudonym
from connectors.stream import Window
from connectors.woocommerce import WooCommerce, WooCommerceSettings
from tests.http_server import Answer, Handler, Request, Server, serving

WINDOW = Window(date(2026, 11, 16), date(2026, 11, 20))
ORDER: dict[str, Any] = {
    "id": 727,
    "number": "B-727",
    "status": "processing",
    "currency": "EUR",
    "date_created": "2026-11-20T00:15:00",
    "date_created_gmt": "2026-11-19T23:15:00",
    "date_modified_gmt": "2026-11-21T07:00:00",
    "date_paid_gmt": "2026-11-19T23:16:00",
    "date_completed_gmt": None,
    "discount_total": "10.00",
    "shipping_total": "5.00",
    "total": "104.00",
    "total_tax": "9.00",
    "customer_id": 26,
    "created_via": "checkout",
    "billing": {"country": "FR"},
    "shipping": {"country": ""},
    "meta_data": [
        {"id": 1, "key": "_wc_order_attribution_utm_source", "value": "google"},
        {"id": 2, "key": "_wc_order_attribution_source_type", "value": "organic"},
        {"id": 3, "key": "_some_plugin", "value": {"of": ["its", "own"]}},
    ],
    "line_items": [
        {"id": 315, "product_id": 93, "quantity": 2, "total": "80.00", "total_tax": "8.00", "sku": "X", "name": "Trui"},
        {"id": 316, "product_id": 0, "quantity": 1, "total": "5.00", "total_tax": "0.50", "sku": "", "name": "Kaart"},
    ],
}
REFUND: dict[str, Any] = {
    "id": 728,
    "parent_id": 727,
    "date_created": "2026-11-18T23:50:00",
    "date_created_gmt": "2026-11-18T22:50:00",
    "amount": "10.00",
    "line_items": [{"id": 900, "quantity": -1, "meta_data": [{"key": "_refunded_item_id", "value": "315"}]}],
}
CUSTOMER: dict[str, Any] = {
    "id": 26,
    "date_created": "2026-11-17T09:00:00",
    "date_created_gmt": "2026-11-17T08:00:00",
    "date_modified_gmt": "2026-11-19T08:00:00",
    "email": " Ada@Example.com",
    "is_paying_customer": True,
}


def records(**collections: list[dict[str, Any]]) -> Handler:
    """A shop with these records, each on the first page; nothing was thrown away."""

    def handle(request: Request) -> Answer:
        if request.path.endswith("/wp-json"):
            return Answer(body={"name": "Winkel", "timezone_string": "Europe/Amsterdam"})
        found = collections.get(request.path.rpartition("/")[2], [])
        shown = found if request.query.get("status") != "trash" and request.query.get("page", "1") == "1" else []
        return Answer(body=shown, headers={"X-WP-TotalPages": "1"})

    return handle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("key", "secret", "hash"):
        (tmp_path / name).write_text(name)
    return tmp_path


def settings(url: str, folder: Path) -> WooCommerceSettings:
    shop = {"id": "example.com", "consumer_key": f"file:{folder}/key", "consumer_secret": f"file:{folder}/secret"}
    return WooCommerceSettings.model_validate({"base_url": url, "accounts": [shop]})


def pulled(
    server: Server, folder: Path, name: str, load: Load | None = None, window: Window = WINDOW
) -> list[dict[str, Any]]:
    source = WooCommerce(settings(server.url, folder), Company(hash_key=Secret(f"file:{folder}/hash")))
    stream = source.stream(name)
    batches: Iterator[pa.RecordBatch] = source.pull(stream, source.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def failure(answer: Answer, folder: Path) -> ConnectorError:
    with serving(lambda _: answer) as server, pytest.raises(ConnectorError) as caught:
        pulled(server, folder, "orders")
    return caught.value


def test_an_order_becomes_a_row(folder: Path) -> None:
    with serving(records(orders=[ORDER])) as server:
        [row] = pulled(server, folder, "orders")
    assert (row["order_id"], row["order_number"], row["status"], row["customer_id"]) == (727, "B-727", "processing", 26)
    assert (row["total_amount"], row["tax_amount"], row["currency"]) == (Decimal("104"), Decimal("9"), "EUR")
    assert (row["source_type"], row["utm_source"], row["utm_medium"]) == ("organic", "google", None)


def test_times_without_an_offset_are_utc_where_they_are_called_gmt(folder: Path) -> None:
    with serving(records(orders=[ORDER])) as server:
        [row] = pulled(server, folder, "orders")
    assert row["created_at"] == datetime(2026, 11, 19, 23, 15, tzinfo=UTC)
    assert row["completed_at"] is None


def test_the_day_of_an_order_is_that_of_the_shops_clock(folder: Path) -> None:
    with serving(records(orders=[ORDER])) as server:
        assert pulled(server, folder, "orders")[0]["order_date"] == date(2026, 11, 20)


def test_the_country_is_that_of_the_shipping_address_else_of_the_billing_address(folder: Path) -> None:
    abroad = ORDER | {"id": 2, "shipping": {"country": "BE"}}
    with serving(records(orders=[ORDER, abroad])) as server:
        assert [row["country"] for row in pulled(server, folder, "orders")] == ["FR", "BE"]


def test_a_guest_has_no_customer(folder: Path) -> None:
    with serving(records(orders=[ORDER | {"customer_id": 0}])) as server:
        assert pulled(server, folder, "orders")[0]["customer_id"] is None


def test_an_order_without_a_total_is_put_aside(folder: Path) -> None:
    load = Load()
    with serving(records(orders=[ORDER | {"total": None}])) as server:
        assert pulled(server, folder, "orders", load) == []
    assert [one.reason for one in load.rejected] == ["total_amount is missing"]


def test_changes_are_asked_for_from_the_first_second_of_the_window(folder: Path) -> None:
    with serving(records()) as server:
        pulled(server, folder, "orders")
    query = next(request.query for request in server.requests if request.path.endswith("/orders"))
    # The shop takes what is later than this; midnight in Amsterdam is 23:00 in GMT.
    assert (query["modified_after"], query["dates_are_gmt"]) == ("2026-11-15T22:59:59", "true")


def test_orders_that_were_thrown_away_are_asked_for_as_well(folder: Path) -> None:
    with serving(records()) as server:
        pulled(server, folder, "orders")
    orders = [request for request in server.requests if request.path.endswith("/orders")]
    assert [request.query["status"] for request in orders] == ["any", "trash"]


def test_an_order_comes_again_with_a_refund_that_left_it_as_it_was(folder: Path) -> None:
    older = ORDER | {"id": 700}

    def handle(request: Request) -> Answer:
        asked = request.query.get("include")
        shown = [older] if asked else [ORDER]
        return records(orders=shown, refunds=[REFUND, REFUND | {"id": 729, "parent_id": 700}])(request)

    with serving(handle) as server:
        assert [row["order_id"] for row in pulled(server, folder, "orders")] == [727, 700]
    assert [request.query["include"] for request in server.requests if "include" in request.query] == ["700"]


def test_lines_stand_with_their_order(folder: Path) -> None:
    with serving(records(orders=[ORDER])) as server:
        rows = pulled(server, folder, "order_lines")
    assert [(row["order_id"], row["line_id"], row["quantity"], row["amount"]) for row in rows] == [
        (727, 315, 2, Decimal("80")),
        (727, 316, 1, Decimal("5")),
    ]
    assert [row["product_id"] for row in rows] == [93, None]


def test_an_order_that_tells_no_lines_at_all_is_an_error(folder: Path) -> None:
    without = {name: value for name, value in ORDER.items() if name != "line_items"}
    with serving(records(orders=[without])) as server, pytest.raises(BadDataError, match="line_items"):
        pulled(server, folder, "order_lines")


def test_a_refund_is_asked_for_and_booked_by_the_shops_clock(folder: Path) -> None:
    with serving(records(refunds=[REFUND])) as server:
        [row] = pulled(server, folder, "refunds")
    query = next(request.query for request in server.requests if request.path.endswith("/refunds"))
    assert (query["after"], query["before"]) == ("2026-11-15T23:59:59", "2026-11-21T00:00:00")
    assert "dates_are_gmt" not in query
    assert (row["refund_date"], row["order_id"], row["amount"]) == (date(2026, 11, 18), 727, Decimal("10"))


def test_a_refund_names_the_line_that_came_back(folder: Path) -> None:
    money_alone = REFUND | {"id": 729, "line_items": []}
    with serving(records(refunds=[REFUND, money_alone])) as server:
        [row] = pulled(server, folder, "refund_lines")
    assert (row["refund_id"], row["line_id"], row["quantity"]) == (728, 315, 1)


def test_a_customer_is_a_pseudonym(folder: Path) -> None:
    with serving(records(customers=[CUSTOMER])) as server:
        [row] = pulled(server, folder, "customers")
    assert row["email_hash"] == pseudonym("ada@example.com", "hash")
    assert (row["created_date"], row["updated_at"]) == (date(2026, 11, 17), datetime(2026, 11, 19, 8, tzinfo=UTC))


def test_customers_that_did_not_change_are_left_out(folder: Path) -> None:
    older = CUSTOMER | {"id": 1, "date_modified_gmt": "2026-10-01T00:00:00"}
    never_changed = CUSTOMER | {"id": 2, "date_modified_gmt": None}
    with serving(records(customers=[older, never_changed, CUSTOMER])) as server:
        assert [row["customer_id"] for row in pulled(server, folder, "customers")] == [2, 26]


def test_a_short_page_is_not_the_last_one_unless_the_shop_says_so(folder: Path) -> None:
    def handle(request: Request) -> Answer:
        order = [] if request.path.endswith("/refunds") else [ORDER | {"id": int(request.query["page"])}]
        return Answer(body=order, headers={"X-WP-TotalPages": "3"})

    with serving(handle) as server:
        assert [row["order_id"] for row in pulled(server, folder, "orders")] == [1, 2, 3, 1, 2, 3]


def test_an_answer_that_does_not_count_its_pages_is_an_error(folder: Path) -> None:
    error = failure(Answer(body=[]), folder)
    assert isinstance(error, BadDataError)
    assert "X-WP-TotalPages" in error.hint


def test_php_messages_before_the_answer_are_told(folder: Path) -> None:
    error = failure(Answer(body=b"<br />\n<b>Notice</b>: Undefined index in /www/x.php on line 3<br />\n[]"), folder)
    assert isinstance(error, BadDataError)
    assert "Notice" in str(error)
    assert "WP_DEBUG_DISPLAY" in error.hint


@pytest.mark.parametrize(
    ("answer", "kind", "hint"),
    [
        (Answer(401, {"code": "x", "message": "Consumer key is missing"}), AuthorisationError, "Authorization header"),
        (Answer(403, {"code": "rest_forbidden", "message": "No."}), AuthorisationError, "permission Read"),
        (Answer(403, b"<html>Attention Required! | Cloudflare</html>"), ConfigurationError, "firewall"),
        (Answer(404, {"code": "rest_no_route", "message": "No route."}), ConfigurationError, "9.0 or newer"),
    ],
)
def test_a_refusal_says_what_to_do(answer: Answer, kind: type[ConnectorError], hint: str, folder: Path) -> None:
    error = failure(answer, folder)
    assert isinstance(error, kind)
    assert hint in error.hint


@pytest.mark.parametrize("url", ["http://example.com", "ftp://example.com"])
def test_a_key_never_travels_unencrypted(url: str, folder: Path) -> None:
    with pytest.raises(ValidationError, match="https:// only"):
        settings(url, folder)


@pytest.mark.parametrize("name", ["https://example.com", "example.com/", "example"])
def test_a_shop_is_named_by_its_address(name: str, folder: Path) -> None:
    shop = {"id": name, "consumer_key": f"file:{folder}/key", "consumer_secret": f"file:{folder}/secret"}
    with pytest.raises(ValidationError):
        WooCommerceSettings.model_validate({"accounts": [shop]})
