"""Customers: invented people at domains that exist for no one, and how often each has ordered."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company import origins
from sandbox.company.calendar import MINUTE
from sandbox.company.chance import Chance, Ints
from sandbox.company.shop import Orders

_FIRST = (
    "Emma", "Daan", "Sophie", "Lucas", "Julia", "Sem", "Mila", "Finn", "Tess", "Levi", "Anna", "Noah", "Eva", "Milan",
    "Sara", "Bram", "Lotte", "Luuk", "Fleur", "Thijs", "Noor", "Jesse", "Lieke", "Lars", "Roos", "Stijn", "Isa",
    "Ruben", "Elin", "Jan", "Marie", "Pieter", "Hannah", "Jonas", "Lena", "Wout", "Charlotte", "Arthur", "Louise",
)  # fmt: skip
_LAST = (
    "de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Bos",
    "Peters", "Hendriks", "van Dijk", "Dekker", "Brouwer", "Peeters", "Maes", "Claes", "Wouters", "Goossens",
    "Schmidt", "Weber", "Fischer", "Koch", "Vermeulen", "van Leeuwen", "Kok", "Jacobs", "de Smet",
)  # fmt: skip
FIRST, LAST = np.array(_FIRST, object), np.array(_LAST, object)
DOMAINS = np.array(["example.com", "example.org", "example.net", "mail.example", "post.example"], object)
STATES = np.array(["SUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED"], object)


class Register:
    """How many orders each customer has placed. State, from span to span."""

    def __init__(self) -> None:
        self._customers = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)

    def index(self, orders: Orders) -> Ints:
        """customer_order_index of each order (1 for the first ever; 0 for guests); remembers them."""
        known = np.flatnonzero(~orders.guest)
        customer = orders.visits.customer[known]
        rows = np.lexsort((orders.order_id[known], orders.ordered[known], customer))
        sorted_customer = customer[rows]
        rank = np.arange(len(rows)) - np.searchsorted(sorted_customer, sorted_customer, side="left")
        index = np.zeros(len(orders.order_id), np.int64)
        index[known[rows]] = rank + 1 + self._before(sorted_customer)
        self._remember(customer)
        return index

    def _before(self, customer: Ints) -> Ints:
        if not len(self._customers):
            return np.zeros(len(customer), np.int64)
        at = np.minimum(np.searchsorted(self._customers, customer), len(self._customers) - 1)
        return np.where(self._customers[at] == customer, self._counts[at], 0)

    def _remember(self, customer: Ints) -> None:
        everyone = np.concatenate([self._customers, customer])
        counts = np.concatenate([self._counts, np.ones(len(customer), np.int64)])
        unique, inverse = np.unique(everyone, return_inverse=True)
        self._customers = unique
        self._counts = np.bincount(inverse.ravel(), counts, len(unique)).astype(np.int64)


def customer_columns(chance: Chance, orders: Orders, index: Ints) -> dict[str, Any]:
    """Columns of customers for those whose first order this is; their account is a minute older."""
    new = index == 1
    customer_id = orders.visits.customer[new]
    first = FIRST[chance.choice("first name", customer_id, np.ones(len(FIRST)))]
    last = LAST[chance.choice("last name", customer_id, np.ones(len(LAST)))]
    return {
        "customer_id": customer_id,
        "created_at": orders.ordered[new] - MINUTE,
        "first_name": first,
        "last_name": last,
        "email": _emails(chance, customer_id, first, last),
        "country": np.array(origins.COUNTRIES, object)[orders.visits.country[new]],
        "marketing_state": STATES[chance.choice("marketing", customer_id, (0.46, 0.46, 0.08))],
    }


def _emails(chance: Chance, customer_id: Ints, first: Any, last: Any) -> Any:
    """One address in thirty is written with capitals and a space in front, as people do."""
    domain = DOMAINS[chance.choice("domain", customer_id, (5, 3, 3, 2, 2))]
    sloppy = chance.hits("sloppy", customer_id, 1 / 30).tolist()
    people = zip(first, last, (customer_id % 10**11).tolist(), domain, sloppy, strict=True)
    return np.array([_email(f"{one}.{two}.{number}@{at}", bad) for one, two, number, at, bad in people], object)


def _email(address: str, sloppy: bool) -> str:
    address = address.replace(" ", "")
    return f" {address}" if sloppy else address.lower()
