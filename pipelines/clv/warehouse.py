"""The expected value of every known customer, from the bookings of a night's warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipelines.clv import bgnbd, gamma_gamma, value
from pipelines.clv.no_figure import NoFigureError, Reason
from pipelines.clv.rfm import WEEK_DAYS, Rfm, Transactions, summarise
from pipelines.clv.tables import CUSTOMERS, FITS, Columns, table
from pipelines.clv.terms import Terms

Reals = NDArray[np.float64]
MINIMUM_HISTORY_DAYS = 182
"""Days since the oldest first order, without which there is no figure. On CDNOW, half a year gives the purchases of the
next half within about a tenth; a quarter gives a third more for five years than three quarters do."""
_KEYS = ("brand", "platform", "account_id", "customer_id")


class Minimum(NamedTuple):
    """What it takes for a figure: customers who came back, and days of history."""

    repeaters: int = bgnbd.MINIMUM_REPEATERS
    history_days: int = MINIMUM_HISTORY_DAYS


ENOUGH = Minimum()


def brand_fits(bookings: pa.Table, days: Collection[date], terms: Terms, minimum: Minimum = ENOUGH) -> pa.Table:
    """FITS: a row per brand and day, of what was known at the end of the day.

    bookings: columns of the model `customer_bookings`, in any order: an order on its day, less each refund on its own.
    Money is in EUR without VAT. Models are fitted brand by brand, over the customers whose first order ever is in the
    data. Where a brand has too little data the figures are NULL, and `reason` says why; those of purchases are still
    given where it is the amounts that say too little.
    """
    return table(FITS, [_fitted(brand, day, terms, minimum) for brand in _brands(bookings) for day in days])


def customer_values(bookings: pa.Table, fits: pa.Table) -> pa.Table:
    """CUSTOMERS: a row per brand, shop and known customer, with what is expected over the horizon that follows the day
    of the brand's row in `fits` (FITS, of one day).

    `gross_profit_eur` is what the customer has brought within a horizon after the first order. Of a customer whose
    first order ever is not in the data, the oldest order that is known stands for it, which makes the customer look
    younger (`is_first_order_known` is false). What cannot be told is NULL.
    """
    told = {row["brand"]: row for row in fits.to_pylist()}
    return table(CUSTOMERS, [_valued(brand, told[brand.name]) for brand in _brands(bookings) if brand.name in told])


@dataclass(frozen=True)
class _Brand:
    """customers: a row per customer. place: (m,) each booking's customer among them. booked: (m,) its day; a refund
    counts to the purchase of its order, and so has the day of that in `ordered`."""

    name: str
    customers: pa.Table
    place: NDArray[np.int64]
    booked: NDArray[np.datetime64]
    ordered: NDArray[np.datetime64]
    revenue: Reals

    def until(self, day: date) -> Transactions:
        known = self.booked <= np.datetime64(day, "D")
        return Transactions(self.place[known], self.ordered[known], self.revenue[known])

    def are_known(self, rfm: Rfm) -> NDArray[np.bool_]:
        """(n,) whether the first order ever of the customers of `rfm` is in the data."""
        known: NDArray[np.bool_] = self.customers["is_first_order_known"].to_numpy().astype(bool)[rfm.customer]
        return known


def _brands(bookings: pa.Table) -> Iterator[_Brand]:
    # Money is sorted too: sums are then the same to the last bit, whatever the order was.
    ordered = bookings.sort_by([(name, "ascending") for name in (*_KEYS, "day", "revenue_eur")]).combine_chunks()
    for name in ordered["brand"].unique().to_pylist():
        yield _brand(name, ordered.filter(pc.equal(ordered["brand"], name)))


def _brand(name: str, bookings: pa.Table) -> _Brand:
    keys = [bookings[key].combine_chunks().dictionary_encode().indices.to_numpy() for key in _KEYS]
    starts = np.logical_or.reduce([np.diff(key, prepend=-1) != 0 for key in keys])
    return _Brand(
        name=name,
        customers=bookings.filter(pa.array(starts)).select([*_KEYS, "is_first_order_known"]),
        place=np.cumsum(starts) - 1,
        booked=bookings["day"].to_numpy().astype("datetime64[D]"),
        ordered=bookings["order_date"].to_numpy().astype("datetime64[D]"),
        revenue=bookings["revenue_eur"].to_numpy(),
    )


def _fitted(brand: _Brand, day: date, terms: Terms, minimum: Minimum) -> Columns:
    rfm = summarise(brand.until(day), day)
    known = brand.are_known(rfm)
    fits = _fits(rfm, known, minimum)
    counts = {
        "customers": len(known),
        "fitted_customers": int(known.sum()),
        "repeat_customers": int(np.sum(rfm.frequency[known] > 0)),
        "expected_gross_profit_eur": float(np.sum(_expected(rfm, fits, terms)["expected_gross_profit_eur"])),
    }
    row = {"brand": brand.name, "through_day": day} | counts | fits.columns() | asdict(terms)
    return {name: [row[name]] for name in FITS.names}


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

    @classmethod
    def of(cls, row: dict[str, Any]) -> _Fits:
        """The models of a row of FITS."""
        purchases, spend = (row["r"], row["alpha_weeks"], row["a"], row["b"]), (row["p"], row["q"], row["v_eur"])
        return cls(
            purchases=None if None in purchases else bgnbd.Bgnbd(*purchases),
            spend=None if None in spend else gamma_gamma.GammaGamma(*spend),
        )


def _fits(rfm: Rfm, known: NDArray[np.bool_], minimum: Minimum) -> _Fits:
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


def _valued(brand: _Brand, fit: dict[str, Any]) -> Columns:
    day, terms = fit["through_day"], Terms(fit["gross_margin"], fit["horizon_years"], fit["discount_rate"])
    bookings = brand.until(day)
    rfm = summarise(bookings, day)
    profit = value.historical_profit(rfm, bookings, day, terms)
    names = brand.customers.take(pa.array(rfm.customer))
    of_names = {name: names[name] for name in names.column_names}
    return of_names | _history(rfm, profit) | _expected(rfm, _Fits.of(fit), terms)


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
