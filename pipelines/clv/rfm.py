"""Recency, frequency and money of each customer: all that the models know of him."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Days = NDArray[np.datetime64]
WEEK_DAYS = 7.0


@dataclass(frozen=True)
class Transactions:
    """One per row, m in all, in any order. customer: (m,) any sortable key. day: (m,) datetime64. amount: (m,), NaN
    where it is not known. Raises ValueError for columns of different lengths."""

    customer: NDArray[Any]
    day: Days
    amount: Reals

    def __post_init__(self) -> None:
        if not len(self.customer) == len(self.day) == len(self.amount):
            raise ValueError("customer, day and amount have different lengths")

    def until(self, end: date) -> Transactions:
        """Those up to the day `end`, with their times of day taken off."""
        day = self.day.astype("datetime64[D]")
        counted = day <= np.datetime64(end, "D")
        return Transactions(self.customer[counted], day[counted], np.asarray(self.amount[counted], np.float64))


@dataclass(frozen=True)
class Rfm:
    """One customer per row, n in all.

    customer: (n,) as given, ascending. first_day: (n,) datetime64[D]. frequency: (n,) purchases after the first one.
    recency: (n,) weeks from the first purchase to the last. age: (n,) weeks from the first purchase to the end.
    mean_value: (n,) mean amount of the purchases after the first one; 0 where there was none, NaN where one of them is
    not known.
    """

    customer: NDArray[Any]
    first_day: Days
    frequency: Reals
    recency: Reals
    age: Reals
    mean_value: Reals


def summarise(transactions: Transactions, end: date) -> Rfm:
    """The customers of these transactions, as they were known at the end of the day `end`.

    Transactions of one customer on one day are one purchase, as in the papers. Later ones are left out, and so are
    customers who have later ones only.
    """
    bought = _purchases(transactions.until(end))
    first = _starts(bought.customer)
    repeats = np.diff(first, append=len(bought.customer)) - 1
    return Rfm(
        customer=bought.customer[first],
        first_day=bought.day[first],
        frequency=repeats.astype(np.float64),
        recency=_weeks(bought.day[first + repeats] - bought.day[first]),
        age=_weeks(np.datetime64(end, "D") - bought.day[first]),
        mean_value=_sums_after_the_first(bought.amount, first) / np.maximum(repeats, 1),
    )


def _purchases(all_: Transactions) -> Transactions:
    """By customer and day. Amounts are sorted too: sums are then the same to the last bit, whatever the order was."""
    order = np.lexsort((all_.amount, all_.day, all_.customer))
    customer, day = all_.customer[order], all_.day[order]
    first = _starts(customer, day)
    return Transactions(customer[first], day[first], _sums(all_.amount[order], first))


def _sums_after_the_first(amount: Reals, first: NDArray[np.intp]) -> Reals:
    repeated = amount.copy()
    repeated[first] = 0.0
    return _sums(repeated, first)


def _sums(amount: Reals, first: NDArray[np.intp]) -> Reals:
    """Sums from each of the places `first` to the next."""
    sums: Reals = np.add.reduceat(amount, first) if len(first) else amount
    return sums


def _starts(*columns: NDArray[Any]) -> NDArray[np.intp]:
    """Where a row of sorted columns differs from the one before it."""
    changed = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(np.r_[True, changed]) if len(columns[0]) else np.empty(0, np.intp)


def _weeks(span: Any) -> Reals:
    weeks: Reals = span / np.timedelta64(1, "D") / WEEK_DAYS
    return weeks
