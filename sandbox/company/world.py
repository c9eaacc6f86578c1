"""The simulated company: years of visits, orders, ads and newsletters in an in-memory database."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from sandbox.company import (
    business,
    business_voice,
    conversions,
    customers,
    delivery,
    leads,
    mail_results,
    mailings,
    newsletters,
    origins,
    other_ads,
    other_conversions,
    outlet,
    posts,
    questionnaires,
    refunds,
    searches,
    shop,
    social_pages,
    surveys,
)
from sandbox.company.calendar import AMSTERDAM, day_number, days
from sandbox.company.chance import Chance, Ints
from sandbox.company.comebacks import Comebacks, plan
from sandbox.company.rates import RATES_FROM, Rates
from sandbox.company.span import Span
from sandbox.company.store import Store
from sandbox.company.visits import VISITS_PER_DAY, VISITS_PER_PIECE, Visits, browse, come_back

FIRST_DAY = date(2023, 1, 1)
FIRST_ORDER_NUMBER = 1_001
ORIGIN_TEXTS = ("channel", "source", "medium", "campaign")


class World:
    """Everything that happened at the company from first_day to now, and when the outside may learn it.

    The tables are described in `tables.py`. seed, scale and first_day decide the past; now only decides how far it
    goes: moving `world.now` forward adds days and changes none. Without now the real clock is used.
    scale multiplies volume: 1.0 is about 1,500 visits and 40 orders a day.

    Measured on two busy cores (Python 3.11, DuckDB 1.5): scale 1 from 2023-01-01 to 2026-11-23, 2.3 million visits:
    3.5 s, 0.5 GB. Scale 1,000 for four days of November, 11.9 million visits: 12.5 s, 1.3 GB. So a million visits
    take 1 to 1.5 s and 0.1 GB; memory is what the tables hold, the pieces in which visits are made add nothing to it.
    Limits: a day's visits are numbered to ten million (scale 3,000 at Black Friday), and all tables are in memory.
    """

    def __init__(
        self, seed: int = 7, scale: float = 1.0, first_day: date = FIRST_DAY, now: datetime | None = None
    ) -> None:
        self.seed, self.scale, self.first_day = seed, scale, first_day
        self._fixed = _utc(now)
        self._chance = Chance(seed)
        self._store = Store()
        self._extending = threading.Lock()
        self._first = day_number(first_day)
        self._simulated_to = self._first - 1
        self._rates_to = day_number(RATES_FROM) - 1
        self._mailing = newsletters.Mailing(self._chance, scale)
        self._list_days = mail_results.ListDays()
        self._register = customers.Register()
        self._due = Comebacks.none()
        self._orders = 0
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
        if day_number(self.today) <= self._simulated_to:
            return
        with self._extending:
            first, last = self._simulated_to + 1, day_number(self.today)
            if first > last:
                return
            calendar = days(self._chance, self._first, last)
            rates = Rates(self._chance, last)
            self._store.append("fx_rates", rates.columns(self._rates_to + 1, last))
            self._rates_to = last
            step = max(1, int(VISITS_PER_PIECE / (VISITS_PER_DAY * 1.5 * self.scale)))
            for start in range(first, last + 1, step):
                end = min(start + step - 1, last)
                span = Span(self._chance, calendar, start - self._first, end - self._first, self.scale)
                self._simulate(span, rates)
                self._simulated_to = self._first + span.last

    def _simulate(self, span: Span, rates: Rates) -> None:
        """Append the days of the span."""
        visits, came = self._visits(span)
        subs = span.tally(visits.position[visits.signup], visits.country[visits.signup], len(newsletters.LISTS))
        sent = self._mailing.post(span, subs)
        self._store.append("newsletters", newsletters.newsletter_columns(self._chance, sent, span.days))
        self._store.append("origins", newsletters.origin_columns(sent, span.days))
        orders = self._sell(span, visits.take(visits.ordered))
        self._store.append("ad_days", delivery.delivery_columns(span, came))
        self._store.append("ad_conversions", conversions.conversion_columns(span, visits, orders, rates))
        opens = mail_results.open_deltas(sent)
        clicks = mail_results.click_deltas(self._chance, visits.take(visits.origin == origins.EMAIL))
        mailed = (orders.visits.origin == origins.EMAIL) & ~orders.test
        sales = mail_results.order_deltas(orders.without_lines(mailed))
        self._store.append("newsletter_deltas", mail_results.delta_columns(self._chance, [opens, clicks, sales]))
        self._store.append("list_days", self._list_days.columns(span, sent, subs, [opens, clicks]))
        self._store.append("mailings", mailings.mailing_columns(span))
        self._store.append("mailing_deltas", mailings.delta_columns(span))
        self._store.append("surveys", surveys.survey_columns(span, orders))
        asked = questionnaires.ask(span, orders)
        self._store.append("survey_invitations", questionnaires.invitation_columns(self._chance, asked))
        self._store.append("surveys", questionnaires.answer_columns(self._chance, asked))
        self._other_platforms(span, orders, rates)
        self._other_tools(span)
        self._trade(span)

    def _other_platforms(self, span: Span, orders: shop.Orders, rates: Rates) -> None:
        """Ads by which no visit of this world came: they only add to what the platforms report."""
        self._store.append("ad_days", other_ads.delivery_columns(span))
        self._store.append("ad_conversions", other_conversions.conversion_columns(span, orders, rates))

    def _other_tools(self, span: Span) -> None:
        """What does not hang on the shop's visits and orders: other tools, places in search results, the outlet."""
        sold = outlet.sell(span)
        self._store.append("outlet_orders", outlet.order_columns(span, sold))
        self._store.append("outlet_lines", outlet.line_columns(sold))
        self._store.append("outlet_refunds", outlet.refund_columns(self._chance, sold))
        self._store.append("leads", leads.lead_columns(span))
        self._store.append("posts", posts.post_columns(span))
        self._store.append("post_deltas", posts.delta_columns(span))
        self._store.append("post_pages", social_pages.page_columns(span))
        self._store.append("post_actions", social_pages.action_columns(span))
        self._store.append("page_days", social_pages.day_columns(span))
        self._store.append("search_days", searches.search_columns(span))
        self._store.append("rare_searches", searches.rare_columns(span))

    def _trade(self, span: Span) -> None:
        """The trade with companies abroad."""
        enquiries, mailings = business.enquire(span), business_voice.mail(span)
        self._store.append("crm_contacts", business.contact_columns(self._chance, enquiries))
        self._store.append("crm_deals", business.deal_columns(self._chance, enquiries))
        self._store.append("mailings", business_voice.mailing_columns(self._chance, mailings))
        self._store.append("mailing_deltas", business_voice.delta_columns(self._chance, mailings))
        self._store.append("crm_answers", business_voice.answer_columns(span))

    def _visits(self, span: Span) -> tuple[Visits, Ints]:
        """Append the span's visits. Keeps those that something comes of, and how many came by each ad campaign.

        Visits are the bulk of the world: they are made piece by piece, so that memory does not grow with a day's.
        """
        kept: list[Visits] = []
        came = np.zeros((span.length, len(delivery.CAMPAIGNS)), np.int64)
        for visits in browse(span):
            shop.recognise(self._chance, visits)
            kept.append(self._put_visits(span, visits))
            came += delivery.arrivals(span, visits)
        customers_now = Visits.joined([visits.take(visits.customer > 0) for visits in kept])
        more = plan(span, customers_now)
        due, self._due = self._due.with_more(more).split(int(span.days.numbers[span.last]))
        again = come_back(span, due)
        kept.append(self._put_visits(span, again))
        return Visits.joined(kept), came + delivery.arrivals(span, again)

    def _put_visits(self, span: Span, visits: Visits) -> Visits:
        """Append visits; gives those back of which orders, sign-ups or newsletter clicks come."""
        self._store.append("visit_facts", _visit_columns(span, visits))
        return visits.take(visits.ordered | visits.signup | (visits.origin == origins.EMAIL))

    def _sell(self, span: Span, buying: Visits) -> shop.Orders:
        orders = shop.sell(span, buying)
        index = self._register.index(orders)
        columns = shop.order_columns(span, orders, index, self._order_names(orders))
        self._store.append("orders", columns | self._origin_texts(buying.origin_no))
        self._store.append("order_lines", shop.line_columns(orders))
        self._store.append("refunds", refunds.refund_columns(self._chance, orders))
        self._store.append("customers", customers.customer_columns(self._chance, orders, index))
        return orders

    def _order_names(self, orders: shop.Orders) -> Any:
        """#1001 and on, by time."""
        numbers = np.empty(len(orders.order_id), np.int64)
        numbers[np.lexsort((orders.order_id, orders.ordered))] = np.arange(len(numbers))
        numbers += FIRST_ORDER_NUMBER + self._orders
        self._orders += len(numbers)
        return np.array([f"#{number}" for number in numbers.tolist()], object)

    def _origin_texts(self, origin_no: Ints) -> dict[str, Any]:
        """The traffic columns of orders, from the table origins."""
        rows = self._store.query(f"SELECT origin_no, {', '.join(ORIGIN_TEXTS)} FROM origins ORDER BY origin_no")
        at = np.searchsorted(np.array([row[0] for row in rows], np.int64), origin_no)
        return {name: np.array([row[n + 1] for row in rows], object)[at] for n, name in enumerate(ORIGIN_TEXTS)}

    def _put_names(self) -> None:
        for name, words in (("country", origins.COUNTRIES), ("device", origins.DEVICES)):
            columns = {f"{name}_no": np.arange(len(words)), name: np.array(words, object)}
            self._store.append(f"{name}_names", columns)
        fixed = {n: origin for n, origin in enumerate(origins.ORIGINS) if n != origins.EMAIL}
        texts = {name: [getattr(origin, name) for origin in fixed.values()] for name in ORIGIN_TEXTS}
        self._store.append("origins", {"origin_no": np.array(list(fixed)), **texts})
        self._store.append("ad_campaigns", delivery.campaign_columns())
        self._store.append("crm_accounts", business.account_columns())
        self._store.append("ad_campaigns", other_ads.campaign_columns())


def _utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC; a naive one is an error, because it could mean two things."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("World.now needs an aware datetime")
    return moment.astimezone(UTC)


def _visit_columns(span: Span, visits: Visits) -> dict[str, Any]:
    return {
        "visit_id": visits.visit_id, "visitor_id": visits.visitor_id, "date": span.days.numbers[visits.position],
        "started_at": visits.started, "known_at": visits.known, "country_no": visits.country,
        "origin_no": visits.origin_no, "device_no": visits.device, "engaged": visits.engaged,
        "new_user": visits.new_user, "newsletter_signup": visits.signup,
    }  # fmt: skip
