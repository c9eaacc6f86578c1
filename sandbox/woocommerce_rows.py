"""The rows of a shop at a moment: orders, refunds, customers by a question, and the lines that hang under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sandbox.company import World
from sandbox.company.outlet import SHOP_IDS, Outlet
from sandbox.woocommerce_query import Asked

Row = dict[str, Any]
Grouped = defaultdict[int, list[Row]]
ORDERS = f"""
    SELECT order_id % {SHOP_IDS} AS id, ordered_at AS created,
        list_max(list_filter([ordered_at, paid_at, completed_at, void_at], lambda one: one <= $clock)) AS modified,
        CASE WHEN void_at <= $clock THEN fate WHEN paid_at > $clock THEN 'on-hold'
            WHEN completed_at <= $clock THEN 'completed' ELSE 'processing' END AS status,
        CASE WHEN paid_at <= $clock THEN paid_at END AS paid,
        CASE WHEN completed_at <= $clock THEN completed_at END AS completed,
        customer_id % {SHOP_IDS} AS customer, country, by_mail, shipping, tax, total, order_id
    FROM outlet_orders WHERE shop = $shop AND ordered_at <= $clock"""
REFUNDS = f"""
    SELECT refund_id % {SHOP_IDS} AS id, order_id % {SHOP_IDS} AS order_no, any_value(refunded_at) AS created,
        any_value(refunded_at) AS modified, sum(amount) AS amount, refund_id
    FROM outlet_refunds JOIN outlet_orders USING (order_id) WHERE shop = $shop AND refunded_at <= $clock
    GROUP BY refund_id, order_id"""
CUSTOMERS = f"""
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


def page_of(world: World, shop: Outlet, asked: Asked, sql: str, where: list[str]) -> tuple[list[Row], int]:
    """A page of rows, and how many there are in all. Moments are compared by the second, in the time that was meant."""
    conditions = [*where, *(_MOMENTS[name] for name in asked.times or {})]
    conditions += ["id IN (SELECT unnest($include::BIGINT[]))"] if asked.include else []
    zone = "UTC" if asked.gmt else shop.time_zone
    face = f"date_trunc('second', {{}} AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    found = f"""FROM (SELECT * REPLACE ({face.format("created")} AS created, {face.format("modified")} AS modified),
            created AS created_utc, modified AS modified_utc FROM ({sql}))
        {"WHERE " + " AND ".join(conditions) if conditions else ""}"""
    params: Row = {"clock": world.clock, "shop": shop.name, **(asked.times or {})}
    params |= {"order": asked.order} if asked.order else {}
    params |= {"include": list(asked.include)} if asked.include else {}
    params |= {"statuses": list(asked.statuses)} if any("$statuses" in one for one in where) else {}
    ways = "ASC" if asked.ascending else "DESC"
    page = f"ORDER BY {_SORTS.get(asked.order_by, 'id')} {ways}, id {ways} LIMIT {asked.per_page} OFFSET {asked.offset}"
    [[total]] = world.query(f"SELECT count(*) {found}", params)
    return world.arrow(f"SELECT * {found} {page}", params).to_pylist(), int(total)


def _by(rows: Iterable[Row], key: str) -> Grouped:
    grouped: Grouped = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return grouped


def lines_of(world: World, order_ids: list[int]) -> Grouped:
    """The lines of each order."""
    sql = "SELECT * FROM outlet_lines WHERE order_id IN (SELECT unnest($ids::BIGINT[])) ORDER BY line_id"
    return _by(world.arrow(sql, {"ids": order_ids}).to_pylist(), "order_id")


def refunds_of(world: World, order_ids: list[int]) -> Grouped:
    """The refunds of each order until now."""
    sql = f"""SELECT order_id, refund_id % {SHOP_IDS} AS id, sum(amount) AS amount FROM outlet_refunds
        WHERE order_id IN (SELECT unnest($ids::BIGINT[])) AND refunded_at <= $clock GROUP BY ALL"""
    return _by(world.arrow(sql, {"ids": order_ids, "clock": world.clock}).to_pylist(), "order_id")


def refunded_lines_of(world: World, refund_ids: list[int]) -> Grouped:
    """The lines that came back with each refund; `back` is how many units."""
    sql = """SELECT r.refund_id, r.quantity AS back, l.* FROM outlet_refunds AS r JOIN outlet_lines AS l USING (line_id)
        WHERE r.refund_id IN (SELECT unnest($ids::BIGINT[])) ORDER BY line_id"""
    return _by(world.arrow(sql, {"ids": refund_ids}).to_pylist(), "refund_id")
