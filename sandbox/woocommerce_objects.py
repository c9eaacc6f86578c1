"""Orders, refunds and customers of a shop as its API tells them: amounts as text, times without an offset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.company import World
from sandbox.company.outlet import SHOP_IDS, Outlet
from sandbox.woocommerce_query import Asked, Found

Object = dict[str, Any]
_ORDERS = f"""
    SELECT order_id % {SHOP_IDS} AS id, ordered_at AS created,
        list_max(list_filter([ordered_at, paid_at, completed_at, void_at], lambda one: one <= $clock)) AS modified,
        CASE WHEN void_at <= $clock THEN fate WHEN paid_at > $clock THEN 'on-hold'
            WHEN completed_at <= $clock THEN 'completed' ELSE 'processing' END AS status,
        CASE WHEN paid_at <= $clock THEN paid_at END AS paid,
        CASE WHEN completed_at <= $clock THEN completed_at END AS completed,
        customer_id % {SHOP_IDS} AS customer, country, by_mail, shipping, tax, total, order_id
    FROM outlet_orders WHERE shop = $shop AND ordered_at <= $clock"""
_REFUNDS = f"""
    SELECT refund_id % {SHOP_IDS} AS id, order_id % {SHOP_IDS} AS order_no, any_value(refunded_at) AS created,
        any_value(refunded_at) AS modified, sum(amount) AS amount, refund_id
    FROM outlet_refunds JOIN outlet_orders USING (order_id) WHERE shop = $shop AND refunded_at <= $clock
    GROUP BY refund_id, order_id"""
_CUSTOMERS = f"""
    SELECT customer_id % {SHOP_IDS} AS id, min(ordered_at) AS created, max(ordered_at) AS modified,
        bool_or(paid_at <= $clock) AS paying, any_value(country) AS country
    FROM outlet_orders WHERE shop = $shop AND ordered_at <= $clock AND customer_id IS NOT NULL GROUP BY customer_id"""
_MOMENTS = {
    "after": "created > $after",
    "before": "created < $before",
    "modified_after": "modified > $modified_after",
    "modified_before": "modified < $modified_before",
}
_SORTS = {"modified": "modified", "date": "created", "registered_date": "created"}


def orders(world: World, shop: Outlet, asked: Asked) -> Found:
    """Orders by a question, their lines and refunds with them."""
    where = ["id = $order"] if asked.order else []
    if asked.statuses == ("any",):
        where.append("status <> 'trash'")
    elif "any" not in asked.statuses:
        where.append("status IN (SELECT unnest($statuses::VARCHAR[]))")
    rows, total = _rows(world, shop, asked, _ORDERS, where)
    ids = [row["order_id"] for row in rows]
    lines, back = _lines(world, ids), _refunds_of(world, ids)
    return Found([_order(shop, row, lines[row["order_id"]], back[row["order_id"]]) for row in rows], total)


def refunds(world: World, shop: Outlet, asked: Asked) -> Found:
    """Refunds by a question."""
    rows, total = _rows(world, shop, asked, _REFUNDS, ["order_no = $order"] if asked.order else [])
    lines = _refunded_lines(world, [row["refund_id"] for row in rows])
    return Found([_refund(shop, row, lines[row["refund_id"]]) for row in rows], total)


def customers(world: World, shop: Outlet, asked: Asked) -> Found:
    """Customers with an account; a guest is none."""
    rows, total = _rows(world, shop, asked, _CUSTOMERS, [])
    return Found([_customer(shop, row) for row in rows], total)


def _rows(world: World, shop: Outlet, asked: Asked, sql: str, where: list[str]) -> tuple[list[Object], int]:
    """A page of rows, and how many there are in all. Moments are compared by the second, in the time that was meant."""
    conditions = [*where, *(_MOMENTS[name] for name in asked.times or {})]
    zone = "UTC" if asked.gmt else shop.time_zone
    face = f"date_trunc('second', {{}} AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    found = f"""FROM (SELECT * REPLACE ({face.format("created")} AS created, {face.format("modified")} AS modified),
            created AS created_utc, modified AS modified_utc FROM ({sql}))
        {"WHERE " + " AND ".join(conditions) if conditions else ""}"""
    params: Object = {"clock": world.clock, "shop": shop.name, **(asked.times or {})}
    params |= {"order": asked.order} if asked.order else {}
    params |= {"statuses": list(asked.statuses)} if any("$statuses" in one for one in where) else {}
    ways = "ASC" if asked.ascending else "DESC"
    page = f"ORDER BY {_SORTS.get(asked.order_by, 'id')} {ways}, id {ways} LIMIT {asked.per_page} OFFSET {asked.offset}"
    [[total]] = world.query(f"SELECT count(*) {found}", params)
    return world.arrow(f"SELECT * {found} {page}", params).to_pylist(), int(total)


def _by(rows: Iterable[Object], key: str) -> defaultdict[int, list[Object]]:
    grouped: defaultdict[int, list[Object]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return grouped


def _lines(world: World, order_ids: list[int]) -> defaultdict[int, list[Object]]:
    sql = "SELECT * FROM outlet_lines WHERE order_id IN (SELECT unnest($ids::BIGINT[])) ORDER BY line_id"
    return _by(world.arrow(sql, {"ids": order_ids}).to_pylist(), "order_id")


def _refunds_of(world: World, order_ids: list[int]) -> defaultdict[int, list[Object]]:
    sql = f"""SELECT order_id, refund_id % {SHOP_IDS} AS id, sum(amount) AS amount FROM outlet_refunds
        WHERE order_id IN (SELECT unnest($ids::BIGINT[])) AND refunded_at <= $clock GROUP BY ALL"""
    return _by(world.arrow(sql, {"ids": order_ids, "clock": world.clock}).to_pylist(), "order_id")


def _refunded_lines(world: World, refund_ids: list[int]) -> defaultdict[int, list[Object]]:
    sql = """SELECT r.refund_id, r.quantity AS back, l.* FROM outlet_refunds AS r JOIN outlet_lines AS l USING (line_id)
        WHERE r.refund_id IN (SELECT unnest($ids::BIGINT[])) ORDER BY line_id"""
    return _by(world.arrow(sql, {"ids": refund_ids}).to_pylist(), "refund_id")


def _times(shop: Outlet, name: str, moment: datetime | None) -> Object:
    """A moment in the shop's time and in GMT, neither of which says so."""
    if moment is None:
        return {name: None, f"{name}_gmt": None}
    gmt = moment.replace(tzinfo=UTC, microsecond=0)
    local = gmt.astimezone(ZoneInfo(shop.time_zone))
    return {name: f"{local:%Y-%m-%dT%H:%M:%S}", f"{name}_gmt": f"{gmt:%Y-%m-%dT%H:%M:%S}"}


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _order(shop: Outlet, row: Object, lines: list[Object], back: list[Object]) -> Object:
    shipping_tax = row["tax"] - sum(line["tax"] for line in lines)
    address = {"first_name": "Ada", "last_name": "Voorbeeld", "city": "Utrecht", "country": row["country"]}
    return {
        "id": row["id"],
        "parent_id": 0,
        "status": row["status"],
        "currency": "EUR",
        "version": "10.3.0",
        "prices_include_tax": True,
        **_times(shop, "date_created", row["created_utc"]),
        **_times(shop, "date_modified", row["modified_utc"]),
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": _money(row["shipping"] - shipping_tax),
        "shipping_tax": _money(shipping_tax),
        "cart_tax": _money(row["tax"] - shipping_tax),
        "total": _money(row["total"]),
        "total_tax": _money(row["tax"]),
        "customer_id": row["customer"] or 0,
        "order_key": f"wc_order_{row['id']}",
        "billing": address | {"email": f"bestelling{row['id']}@example.com", "phone": ""},
        "shipping": address,
        "payment_method": "ideal",
        "created_via": "checkout",
        **_times(shop, "date_paid", row["paid"]),
        **_times(shop, "date_completed", row["completed"]),
        "number": str(row["id"]),
        "meta_data": _attribution(row),
        "line_items": [_line(line) for line in lines],
        "refunds": [{"id": one["id"], "reason": "", "total": f"-{_money(one['amount'])}"} for one in back],
    }


def _attribution(row: Object) -> list[Object]:
    told = {"source_type": "typein", "utm_source": "(direct)"}
    if row["by_mail"]:
        told = {"source_type": "utm", "utm_source": "outletmail", "utm_medium": "email", "utm_campaign": "outlet"}
    names = {f"_wc_order_attribution_{name}": value for name, value in told.items()}
    return [{"id": row["id"] * 10 + n, "key": name, "value": value} for n, (name, value) in enumerate(names.items())]


def _line(line: Object) -> Object:
    net = line["total"] - line["tax"]
    return {
        "id": line["line_id"] % (10 * SHOP_IDS),
        "name": line["title"],
        "product_id": line["product_id"],
        "variation_id": 0,
        "quantity": line["quantity"],
        "tax_class": "",
        "subtotal": _money(net),
        "subtotal_tax": _money(line["tax"]),
        "total": _money(net),
        "total_tax": _money(line["tax"]),
        "meta_data": [],
        "sku": line["sku"],
        "price": float(net / line["quantity"]),
    }


def _refund(shop: Outlet, row: Object, lines: list[Object]) -> Object:
    return {
        "id": row["id"],
        "parent_id": row["order_no"],
        **_times(shop, "date_created", row["created_utc"]),
        "amount": _money(row["amount"]),
        "reason": "",
        "refunded_by": 1,
        "refunded_payment": False,
        "meta_data": [],
        "line_items": [_refunded(line) for line in lines],
    }


def _refunded(line: Object) -> Object:
    """A line that came back: its numbers are negative, and it names the line of the order."""
    told = _line(line)
    numbers = {name: f"-{told[name]}" for name in ("subtotal", "subtotal_tax", "total", "total_tax")}
    meta = {"id": told["id"], "key": "_refunded_item_id", "value": str(told["id"])}
    return told | numbers | {"id": told["id"] + 10**12, "quantity": -line["back"], "meta_data": [meta]}


def _customer(shop: Outlet, row: Object) -> Object:
    name = f"klant{row['id']}"
    return {
        "id": row["id"],
        **_times(shop, "date_created", row["created_utc"]),
        **_times(shop, "date_modified", row["modified_utc"]),
        "email": f"{name}@example.com",
        "first_name": "Ada",
        "last_name": "Voorbeeld",
        "role": "customer",
        "username": name,
        "billing": {"first_name": "Ada", "country": row["country"], "email": f"{name}@example.com"},
        "shipping": {"first_name": "Ada", "country": row["country"]},
        "is_paying_customer": row["paying"],
        "avatar_url": "",
        "meta_data": [],
    }
