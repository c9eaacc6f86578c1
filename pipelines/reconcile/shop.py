"""What a shop's own reports may count otherwise: VAT, shipping, refunds, cancelled and test orders, midnight."""

from __future__ import annotations

from pipelines.reconcile.fit import Other
from pipelines.reconcile.known import Known

_VERSIONS = """
    with versions as (
        select *, row_number() over (
            partition by account_id, {key} order by updated_at desc, {then}) as version_number
        from rows)
    select * exclude (version_number) from versions where version_number = 1"""
_NET = "cast(total_amount - tax_amount as double)"
_SHARE = f"coalesce({_NET} / nullif(cast(total_amount as double), 0), 1)"
_IN = "order_date between $start and $through"
_GOOD = "not test and cancelled_at is null"
_AT = "cast(processed_at at time zone '{zone}' as date) between $start and $through"


def _sum(amount: str, where: str) -> str:
    return f"coalesce(sum({amount}) filter ({where}), 0)::double"


def others(known: Known) -> list[Other]:
    """How much more each way of counting gives than Kompas' figure, in the shop's currency or in orders."""
    orders = known.query(_VERSIONS.format(key="order_id", then="refunded_amount desc"), known.raw("orders"))
    if known.question.measure == "orders":
        return [Other(code, kind, _told(known, orders, f"{more}", "1")) for code, kind, more in _SETS]
    revenue = [
        Other(code, kind, _told(known, orders, more, _NET), _told(known, orders, more, "total_amount"))
        for code, kind, more in _SETS
    ]
    return [*_amounts(known, orders), *revenue, _refunds_by_day(known, orders)]


_SETS = (
    ("test_orders", "tests", _sum("{amount}", f"where test and {_IN}")),
    ("cancelled_orders", "cancelled", _sum("{amount}", f"where not test and cancelled_at is not null and {_IN}")),
    (
        "company_days",
        "midnight",
        _sum("{amount}", f"where {_GOOD} and {_AT.format(zone='{zone}')}")
        + " - "
        + _sum("{amount}", f"where {_GOOD} and {_IN}"),
    ),
)
"""Which orders: (code, kind, expression of how many more)."""


def _told(known: Known, orders: object, expression: str, amount: str) -> float:
    sql = f"select {expression.format(amount=amount, zone=known.settings.company.time_zone)} as more from rows"
    rows = known.query(sql, orders, start=known.question.period.start, through=known.through)  # type: ignore[arg-type]
    return float(rows["more"][0].as_py())


def _amounts(known: Known, orders: object) -> list[Other]:
    good = f"where {_GOOD} and {_IN}"
    return [
        Other("tax", "tax", _told(known, orders, _sum("tax_amount", good), "")),
        Other(
            "shipping",
            "shipping",
            -_told(known, orders, _sum(f"shipping_amount * {_SHARE}", good), ""),
            -_told(known, orders, _sum("shipping_amount", good), ""),
        ),
        Other(
            "refunds_by_order",
            "refunds",
            -_told(known, orders, _sum(f"refunded_amount * {_SHARE}", good), ""),
            -_told(known, orders, _sum("refunded_amount", good), ""),
        ),
    ]


def _refunds_by_day(known: Known, orders: object) -> Other:
    """Refunds on the day on which the money went back; each holds as much VAT as its order."""
    refunds = known.query(_VERSIONS.format(key="refund_id", then="amount desc"), known.raw("refunds"))
    shares = known.query(f"select account_id, order_id, {_SHARE} as share from rows where {_GOOD}", orders)  # type: ignore[arg-type]
    joined = refunds.join(shares, ["account_id", "order_id"], join_type="inner")
    within = "where refund_date between $start and $through"
    net, gross = (_told(known, joined, _sum(amount, within), "") for amount in ("amount * share", "amount"))
    return Other("refunds_by_day", "refunds", -net, -gross)
