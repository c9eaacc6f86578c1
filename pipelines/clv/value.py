"""Customer lifetime value: profit that customers have brought within a horizon, and what they are expected to bring."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from pipelines.clv.bgnbd import Bgnbd, expected_if_alive, probability_alive
from pipelines.clv.gamma_gamma import GammaGamma, expected_value
from pipelines.clv.rfm import WEEK_DAYS, Days, Rfm, Transactions
from pipelines.clv.terms import MONTHS, Terms

Reals = NDArray[np.float64]
YEAR_DAYS = 365.25


def expected_purchases(model: Bgnbd, rfm: Rfm, terms: Terms) -> tuple[Reals, Reals]:
    """(n,) purchases expected over the horizon from the end of `rfm`: as such, and discounted."""
    yearly = 1 + terms.discount_rate
    weights = np.array([[1.0] * terms.months, yearly ** (-np.arange(1, terms.months + 1) / MONTHS)])
    plain, discounted = weighted_purchases(model, rfm, YEAR_DAYS / MONTHS / WEEK_DAYS, weights)
    return plain, discounted


def weighted_purchases(model: Bgnbd, rfm: Rfm, period: float, weights: Reals) -> Reals:
    """Purchases expected in each of m periods of `period` weeks from now, times the period's weight, summed.

    weights: (k, m); the result is (k, n). Customers of the same frequency and age are reckoned once.
    """
    pairs, place = np.unique(np.stack((rfm.frequency, rfm.age), axis=1), axis=0, return_inverse=True)
    ends = period * np.arange(weights.shape[1] + 1)[:, np.newaxis]
    by_period = np.diff(expected_if_alive(model, pairs[:, 0], pairs[:, 1], ends), axis=0)
    alive = probability_alive(model, rfm.frequency, rfm.recency, rfm.age)
    return alive * (weights @ by_period)[:, place.ravel()]


def expected_profit(discounted_purchases: Reals, spend: GammaGamma, rfm: Rfm, terms: Terms) -> Reals:
    """(n,) gross profit expected over the horizon, in today's money: purchases times value times margin.

    NaN where a customer's own amounts are not known.
    """
    return terms.gross_margin * discounted_purchases * expected_value(spend, rfm.frequency, rfm.mean_value)


def historical_profit(rfm: Rfm, transactions: Transactions, end: date, terms: Terms) -> Reals:
    """(n,) gross profit of the customers of `rfm` from all their transactions up to the day `end` that fall within the
    horizon after their first one, which counts too. Not discounted: the money came in.

    `rfm` is the summary of the same transactions at the same end. NaN where an amount is not known.
    """
    known = transactions.until(end)
    place = np.searchsorted(rfm.customer, known.customer)
    within = known.day < _months_after(rfm.first_day, terms.months)[place]
    profit = terms.gross_margin * known.amount[within]
    sums = np.bincount(place[within], weights=profit, minlength=len(rfm.customer))
    return sums.astype(np.float64)  # bincount of nothing counts whole numbers


def _months_after(day: Days, months: int) -> Days:
    """The same day of the month, so many months later; the days after it in a month that has no such day."""
    month = day.astype("datetime64[M]")
    return (month + months).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
