"""The expected value of every known customer, from the warehouse of a night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.clv import bgnbd, gamma_gamma, value
from pipelines.clv.no_figure import NoFigureError, Reason
from pipelines.clv.rfm import WEEK_DAYS, Rfm, Transactions, summarise
from pipelines.clv.tables import CUSTOMERS, FITS, Columns, table
from pipelines.clv.value import Terms

Reals = NDArray[np.float64]
MINIMUM_HISTORY_DAYS = 182
"""Days since the oldest first order, without which there is no figure. On CDNOW, half a year gives the purchases of the
next half within about a tenth; a quarter gives a third more for five years than three quarters do."""
_KEYS = ("brand", "platform", "account_id", "customer_id")
_ORDERS = """
    with
    orders as (
        select * from intermediate.orders where customer_id is not null and order_date <= $through_day
    ),
    refunds as (
        select
            platform, order_account_id as account_id, order_id,
            case when count(*) = count(refund_eur) then sum(refund_eur) end as refund_eur
        from intermediate.refunds
        where order_id is not null and order_account_id is not null and refund_date <= $through_day
        group by all
    )
    select
        brand, platform, account_id, customer_id, order_date,
        cast(revenue_eur - case when refunds.order_id is null then 0 else refund_eur end as double) as net_revenue_eur,
        bool_or(is_new_customer) over (partition by brand, platform, account_id, customer_id) as is_first_order_known,
        dense_rank() over (partition by brand order by platform, account_id, customer_id) - 1 as place
    from orders
    left join refunds using (platform, account_id, order_id)
    order by brand, place
"""
"""A sum with an unknown part is unknown: an order with a refund of unknown worth is one of unknown worth."""


@dataclass(frozen=True)
class CustomerValues:
    """customers: CUSTOMERS, a row per brand, shop and known customer. fits: FITS, a row per brand."""

    customers: pa.Table
    fits: pa.Table


def customer_values(
    build_file: Path,
    through_day: date,
    terms: Terms,
    minimum_repeaters: int = bgnbd.MINIMUM_REPEATERS,
    minimum_history_days: int = MINIMUM_HISTORY_DAYS,
) -> CustomerValues:
    """What each known customer of each brand is expected to bring over the horizon that follows `through_day`.

    Money is in EUR without VAT, less refunds that name their order; `gross_profit_eur` is what the customer has brought
    within a horizon after the first order. Models are fitted brand by brand, over the customers whose first order ever
    is in the data; of the others the oldest order that is known stands for the first, which makes them look younger
    than they are (`is_first_order_known` is false). Where a brand has too little data its figures are NULL, and
    `reason` of its fit says why; purchases are still given where it is the amounts that say too little.

    Raises duckdb.Error where there is no build.
    """
    minimum = _Minimum(minimum_repeaters, minimum_history_days)
    made = [_brand(brand, through_day, terms, minimum) for brand in _brands(build_file, through_day)]
    return CustomerValues(
        customers=table(CUSTOMERS, [customers for customers, _ in made]),
        fits=table(FITS, [fits for _, fits in made]),
    )


class _Minimum(NamedTuple):
    repeaters: int
    history_days: int


@dataclass(frozen=True)
class _Brand:
    """names: columns of CUSTOMERS, a row per customer; orders: by the place of the customer in them."""

    names: Columns
    is_known: NDArray[np.bool_]
    orders: Transactions


def _brands(build_file: Path, through_day: date) -> Iterator[_Brand]:
    with duckdb.connect(str(build_file), read_only=True) as connection:
        orders = connection.execute(_ORDERS, {"through_day": through_day}).to_arrow_table()
    for brand in orders["brand"].unique().to_pylist():
        yield _of_brand(orders.filter(pc.equal(orders["brand"], brand)))


def _of_brand(orders: pa.Table) -> _Brand:
    place = orders["place"].to_numpy()
    _, first = np.unique(place, return_index=True)
    customers = orders.take(first)
    return _Brand(
        names={name: customers[name] for name in (*_KEYS, "is_first_order_known")},
        is_known=customers["is_first_order_known"].to_numpy().astype(bool),
        orders=Transactions(place, orders["order_date"].to_numpy(), orders["net_revenue_eur"].to_numpy()),
    )


def _brand(brand: _Brand, through_day: date, terms: Terms, minimum: _Minimum) -> tuple[Columns, Columns]:
    rfm = summarise(brand.orders, through_day)
    fits = _fits(rfm, brand.is_known, minimum)
    profit = value.historical_profit(rfm, brand.orders, through_day, terms)
    counts = {
        "customers": len(brand.is_known),
        "fitted_customers": int(brand.is_known.sum()),
        "repeat_customers": int(np.sum(rfm.frequency[brand.is_known] > 0)),
    }
    told = {"brand": brand.names["brand"][0].as_py(), "through_day": through_day}
    row = told | counts | fits.columns() | asdict(terms)
    return brand.names | _history(rfm, profit) | _expected(rfm, fits, terms), {name: [row[name]] for name in FITS.names}


@dataclass
class _Fits:
    """What could be fitted, and why not more."""

    purchases: bgnbd.Bgnbd | None = None
    spend: gamma_gamma.GammaGamma | None = None
    reason: Reason | None = None

    def columns(self) -> Columns:
        one, other = self.purchases, self.spend
        purchases = (one.r, one.alpha, one.a, one.b) if one else (None,) * 4
        spend = (other.p, other.q, other.v) if other else (None,) * 3
        names = ("r", "alpha_weeks", "a", "b", "p", "q", "v_eur", "reason")
        return dict(zip(names, (*purchases, *spend, self.reason), strict=True))


def _fits(rfm: Rfm, known: NDArray[np.bool_], minimum: _Minimum) -> _Fits:
    fits = _Fits()
    try:
        _refuse_short(rfm.age[known], minimum.history_days)
        fits.purchases = bgnbd.fit(rfm.frequency[known], rfm.recency[known], rfm.age[known], minimum.repeaters)
        fits.spend = gamma_gamma.fit(rfm.frequency[known], rfm.mean_value[known], minimum.repeaters)
    except NoFigureError as refused:
        fits.reason = refused.reason
    return fits


def _refuse_short(age: Reals, minimum_days: int) -> None:
    days = float(np.max(age, initial=0.0)) * WEEK_DAYS
    if days < minimum_days:
        message = f"the oldest first order was {days:.0f} days ago, and {minimum_days} are needed"
        raise NoFigureError(Reason.TOO_SHORT_HISTORY, message)


def _history(rfm: Rfm, profit: Reals) -> Columns:
    return {
        "first_order_date": rfm.first_day,
        "frequency": rfm.frequency.astype(np.int64),
        "recency_days": _days(rfm.recency),
        "age_days": _days(rfm.age),
        "mean_repeat_revenue_eur": np.where(rfm.frequency > 0, rfm.mean_value, np.nan),
        "gross_profit_eur": profit,
    }


def _expected(rfm: Rfm, fits: _Fits, terms: Terms) -> Columns:
    nothing = np.full(len(rfm.customer), np.nan)
    alive = purchases = spend = profit = nothing
    if fits.purchases:
        alive = bgnbd.probability_alive(fits.purchases, rfm.frequency, rfm.recency, rfm.age)
        purchases, discounted = value.expected_purchases(fits.purchases, rfm, terms)
        if fits.spend:
            spend = gamma_gamma.expected_value(fits.spend, rfm.frequency, rfm.mean_value)
            profit = value.expected_profit(discounted, fits.spend, rfm, terms)
    return {
        "probability_alive": alive,
        "expected_purchases": purchases,
        "expected_purchase_revenue_eur": spend,
        "expected_gross_profit_eur": profit,
    }


def _days(weeks: Reals) -> NDArray[np.int64]:
    return np.rint(weeks * WEEK_DAYS).astype(np.int64)
