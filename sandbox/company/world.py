"""The simulated company: years of visits, orders, ads and newsletters in an in-memory database."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from sandbox.company import advertising, newsletters, origins, shop
from sandbox.company.calendar import AMSTERDAM, Days, day_number, days
from sandbox.company.chance import Chance, Ints
from sandbox.company.rates import RATES_FROM, Rates
from sandbox.company.store import Store
from sandbox.company.visits import (
    VISITS_PER_DAY,
    Comebacks,
    Visits,
    browse,
    come_back,
    schedule_comebacks,
)

FIRST_DAY = date(2023, 1, 1)
VISITS_PER_CHUNK = 400_000


class World:
    """Everything that happened at the company from first_day to now, and when the outside may learn it.

    The tables are described in `tables.py`. seed, scale and first_day decide the past; now only decides how far it
    goes: moving `world.now` forward adds days and changes none. Without now the real clock is used.
    scale multiplies volume: 1.0 is about 1,500 visits and 40 orders a day.
    """

    def __init__(
        self, seed: int = 7, scale: float = 1.0, first_day: date = FIRST_DAY, now: datetime | None = None
    ) -> None:
        self.seed, self.scale, self.first_day = seed, scale, first_day
        self._chance = Chance(seed)
        self._store = Store()
        self._fixed = _utc(now)
        self._extending = threading.Lock()
        self._first = day_number(first_day)
        self._simulated_to = self._first - 1
        self._register = shop.Register()
        self._mailing = newsletters.Mailing(self._chance, scale)
        self._due = Comebacks.none()
        self._orders = 0
        self._mail_days = newsletters.ListDays()
        self._rates_to = day_number(RATES_FROM) - 1
        self._put_names()
        self._extend()

    @property
    def now(self) -> datetime:
        """The moment of the world: fixed, or the real clock; UTC, aware."""
        return self._fixed or datetime.now(UTC)

    @now.setter
    def now(self, moment: datetime | None) -> None:
        self._fixed = _utc(moment)
        self._extend()

    @property
    def clock(self) -> datetime:
        """`now` as a naive UTC datetime, to compare with known_at in queries."""
        self._extend()
        return self.now.replace(tzinfo=None)

    @property
    def today(self) -> date:
        """The local date in Amsterdam."""
        return self.now.astimezone(AMSTERDAM).date()

    def query(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query. Safe from any thread."""
        self._extend()
        return self._store.query(sql, params)

    def arrow(self, sql: str, params: Any = None) -> pa.Table:
        """The result of a query as an Arrow table. Safe from any thread."""
        self._extend()
        return self._store.arrow(sql, params)

    def _extend(self) -> None:
        """Simulate the days up to today that are still missing, in chunks of bounded size."""
        last = day_number(self.today)
        if last <= self._simulated_to:
            return
        with self._extending:
            first, last = self._simulated_to + 1, max(day_number(self.today), self._simulated_to)
            if first > last:
                return
            calendar = days(self._chance, self._first, last)
            rates = Rates(self._chance, last)
            self._store.append("fx_rates", rates.columns(self._rates_to + 1, last))
            self._rates_to = last
            step = max(1, int(VISITS_PER_CHUNK / (VISITS_PER_DAY * 1.5 * self.scale)))
            for start in range(first, last + 1, step):
                end = min(start + step - 1, last)
                self._simulate(calendar, rates, start - self._first, end - self._first)
            self._simulated_to = last

    def _simulate(self, calendar: Days, rates: Rates, first: int, last: int) -> None:
        """Append the days at positions first..last."""
        visits = self._visits(calendar, first, last)
        subs = _by_day_and_list(visits, first, last)
        sent = self._mailing.post(calendar, first, last, subs)
        self._store.append("newsletters", newsletters.newsletter_columns(self._chance, sent, calendar))
        self._store.append("origins", newsletters.origin_columns(sent, calendar))
        orders = self._sell(calendar, visits)
        self._advertise(calendar, rates, first, last, visits, orders)
        self._mail(calendar, first, last, sent, subs, visits, orders)
        self._store.append("visit_facts", _visit_columns(calendar, visits))

    def _visits(self, calendar: Days, first: int, last: int) -> Visits:
        visits = browse(self._chance, calendar, self.scale, first, last)
        shop.recognise(self._chance, visits)
        loyal = visits.take(visits.ordered & (visits.customer > 0))
        more = schedule_comebacks(
            self._chance, calendar, loyal.visit_id, loyal.visitor_id, loyal.position, loyal.customer
        )
        due, self._due = self._due.with_more(more).split(int(calendar.numbers[last]))
        return visits.with_more(come_back(self._chance, calendar, self.scale, due))

    def _sell(self, calendar: Days, visits: Visits) -> shop.Orders:
        orders = shop.sell(self._chance, calendar, visits.take(visits.ordered))
        customer = np.where(orders.guest, -orders.order_id, orders.visits.customer)
        index = self._register.index(customer[~orders.guest], orders.ordered[~orders.guest])
        all_index = np.zeros(len(customer), np.int64)
        all_index[~orders.guest] = index
        numbers = np.empty(len(customer), np.int64)
        numbers[np.lexsort((orders.order_id, orders.ordered))] = np.arange(len(customer))
        numbers += shop.FIRST_ORDER_NAME + self._orders
        self._orders += len(customer)
        texts = self._origin_texts(orders.visits.origin_no)
        columns = shop.order_columns(self._chance, calendar, orders, all_index, numbers, texts)
        self._store.append("orders", columns)
        self._store.append("order_lines", shop.line_columns(orders))
        self._store.append("refunds", shop.refund_columns(self._chance, orders))
        self._store.append("customers", shop.new_customer_columns(self._chance, orders, all_index))
        return orders

    def _origin_texts(self, origin_no: Ints) -> dict[str, Any]:
        rows = self._store.query("SELECT origin_no, channel, source, medium, campaign FROM origins ORDER BY origin_no")
        known = np.array([row[0] for row in rows], np.int64)
        at = np.searchsorted(known, origin_no)
        names = ("channel", "source", "medium", "campaign")
        return {name: np.array([row[n + 1] for row in rows], object)[at] for n, name in enumerate(names)}

    def _advertise(
        self, calendar: Days, rates: Rates, first: int, last: int, visits: Visits, orders: shop.Orders
    ) -> None:
        delivery = advertising.delivery_columns(self._chance, calendar, first, last, visits, self.scale)
        self._store.append("ad_days", delivery)
        conversions = advertising.conversion_columns(self._chance, calendar, visits, orders, rates)
        self._store.append("ad_conversions", conversions)

    def _mail(
        self, calendar: Days, first: int, last: int, sent: dict[str, Ints], subs: Ints, visits: Visits,
        orders: shop.Orders,
    ) -> None:  # fmt: skip
        clicked = np.flatnonzero(visits.origin == origins.EMAIL)
        clicks = newsletters.click_deltas(
            self._chance, visits.visit_id[clicked], visits.origin_no[clicked], visits.started[clicked]
        )
        bought = np.flatnonzero((orders.visits.origin == origins.EMAIL) & ~orders.test)
        sales = newsletters.order_deltas(
            orders.visits.origin_no[bought], orders.ordered[bought], orders.total[bought]
        )
        opens = newsletters.open_deltas(sent)
        self._store.append("newsletter_deltas", newsletters.delta_columns(self._chance, [opens, clicks, sales]))
        activity = self._mail_days.columns(self._chance, calendar, first, last, sent, subs, [opens, clicks])
        self._store.append("list_days", activity)

    def _put_names(self) -> None:
        numbered = (("country", origins.COUNTRIES), ("device", origins.DEVICES))
        for name, words in numbered:
            columns = {f"{name}_no": np.arange(len(words)), name: np.array(words, object)}
            self._store.append(f"{name}_names", columns)
        rows = [n for n in range(len(origins.ORIGINS)) if n != origins.EMAIL]
        texts = {
            name: np.array([getattr(origins.ORIGINS[n], name) for n in rows], object)
            for name in ("channel", "source", "medium", "campaign")
        }
        self._store.append("origins", {"origin_no": np.array(rows), **texts})
        self._store.append("ad_campaigns", advertising.campaign_columns())


def _utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC; a naive one is an error, because it could mean two things."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("World.now needs an aware datetime")
    return moment.astimezone(UTC)


def _by_day_and_list(visits: Visits, first: int, last: int) -> Ints:
    """Newsletter sign-ups: (days, lists)."""
    lists = len(newsletters.LISTS)
    keys = (visits.position[visits.signup] - first) * lists + visits.country[visits.signup]
    return np.bincount(keys, minlength=(last - first + 1) * lists).reshape(-1, lists).astype(np.int64)


def _visit_columns(calendar: Days, visits: Visits) -> dict[str, Any]:
    return {
        "visit_id": visits.visit_id, "visitor_id": visits.visitor_id, "date": calendar.numbers[visits.position],
        "started_at": visits.started, "known_at": visits.known, "country_no": visits.country,
        "origin_no": visits.origin_no, "device_no": visits.device, "engaged": visits.engaged,
        "new_user": visits.new_user, "newsletter_signup": visits.signup,
    }  # fmt: skip


__all__ = ["FIRST_DAY", "World", "timedelta"]
