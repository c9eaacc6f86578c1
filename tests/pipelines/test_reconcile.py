"""A platform's screen against Kompas: the simulated company knows the size of each cause."""

from __future__ import annotations

import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow.compute as pc
import pytest

from pipelines import contract as contracts
from pipelines import ingest, ledger, publish, register
from pipelines import period as periods
from pipelines.contract import Contract
from pipelines.reconcile import Answer, Certainty, Part, Question, explain
from pipelines.reconcile.fit import Other, fitting
from pipelines.reconcile.measures import MEASURES
from pipelines.reconcile.report import lines
from pipelines.reconcile.words import CAUSES
from sandbox.company import World
from tests import warehouse
from tests.conftest import morning_after
from tests.house import House

BEFORE, NIGHT = date(2026, 11, 9), date(2026, 11, 15)
"""Two nights: of the first week of November the second one knows what came late."""
ODD_WEEK = "2026-W46"
"""It has a test order, and two that were cancelled."""
WEEK, SEEN_BEFORE, SEEN = "2026-W45", date(2026, 11, 10), date(2026, 11, 16)
GBP, META, GOOGLE, SHOP = "5556667778", "700800900", "1112223334", "duurzame-mode.myshopify.com"
MODELS = "+path:models/marts +source_finality +measure_finality"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two nights pulled, and the marts built and published. About 40 seconds."""
    world = World(seed=7, scale=0.3, first_day=date(2026, 9, 1), now=morning_after(BEFORE))
    with House(tmp_path_factory.mktemp("reconcile") / "house", world, history_days=20) as made:
        for day in (BEFORE, NIGHT):
            world.now = morning_after(day)
            _pull(made, day)
        _publish(made)
        yield made


SCREENS = ("ga4", "google_ads", "meta_ads", "mailchimp", "shopify", "ecb")
"""The platforms whose screens these tests hold against Kompas, and the exchange rates."""


def _pull(house: House, day: date) -> None:
    night = ingest.Night(day.isoformat(), day, day, house.history_days, house.settings.tz)
    for connector in (found for found in house.settings.connectors() if found.name in SCREENS):
        with connector:
            assert all(result.complete for result in ingest.pull_night(connector, connector.streams, night, house.lake))


def _publish(house: House) -> None:
    settings = house.settings
    register.write(settings, house.lake, NIGHT)
    settings.state.mkdir(parents=True, exist_ok=True)
    warehouse._dbt(settings, house.folder / "dbt", MODELS)
    publish.publish(settings.build_file, settings.warehouse, contract=_of_what_is_built())


def _of_what_is_built() -> Contract:
    """The part of the contract that these models fill."""
    promised, finality = contracts.current(), ("kpi.source_finality", "kpi.measure_finality")
    tables = {
        name: columns for name, columns in promised.tables.items() if name.startswith("marts.") or name in finality
    }
    return Contract(promised.version, tables)


def asked(house: House, connector: str, measure: str, value: float = 0.0, **other: Any) -> Answer:
    """The answer to a screen that shows this value, seen the morning after the newest night unless said otherwise."""
    accounts = {"ga4": "424242", "google_ads": GOOGLE, "meta_ads": META, "mailchimp": "nieuwsbrief", "shopify": SHOP}
    period = periods.parse(other.pop("period", WEEK))
    told = {"seen": SEEN, "accounts": (accounts[connector],)} | other
    return explain(house.settings, Question(connector, measure, period, value, **told))


def shown(house: House, sql: str, at: datetime | None = None, period: str = WEEK) -> float:
    """What the platform's screen shows: a query over the company's own tables, as they are known at a moment."""
    days = periods.parse(period)
    clock = (at or morning_after(NIGHT)).replace(tzinfo=None)
    ((value,),) = house.world.query(sql, {"start": days.start, "through": days.end, "clock": clock})
    return float(value or 0)


def part(answer: Answer, code: str) -> Part:
    (found,) = [found for found in answer.parts if found.code == code]
    return found


def codes(answer: Answer, certainty: Certainty) -> set[str]:
    return {found.code for found in answer.parts if found.certainty is certainty}


COST = """select sum(cost) from ad_days where account_id = '{account}' and date between $start and $through
    and known_at <= $clock"""
CONVERSIONS = """select sum(conversions) from ad_conversions where account_id = '{account}' and action = 'purchase'
    and click_date between $start and $through and known_at <= $clock"""
ORDERS = """select {what} from orders where known_at <= $clock and order_date between $start and $through and {which}"""
GOOD = "not test and (cancelled_at is null or cancelled_at > $clock)"


def test_the_same_value_leaves_nothing_to_explain(house: House) -> None:
    value = shown(house, COST.format(account=GOOGLE))
    answer = asked(house, "google_ads", "ad_spend", value)
    assert answer.difference == pytest.approx(0, abs=1e-6)
    assert codes(answer, Certainty.EXACT) == set()


def test_what_nothing_explains_is_said_whole(house: House) -> None:
    value = shown(house, COST.format(account=GOOGLE)) + 1234
    assert asked(house, "google_ads", "ad_spend", value).rest == pytest.approx(1234)


def test_another_currency_is_exact_to_the_cent(house: House) -> None:
    value = shown(house, COST.format(account=GBP))
    answer = asked(house, "google_ads", "ad_spend", value, accounts=(GBP,))
    assert part(answer, "currency").amount == pytest.approx(answer.difference)
    assert abs(answer.difference) > 1
    assert answer.rest == pytest.approx(0, abs=0.005)


def test_accounts_in_two_currencies_are_asked_one_by_one(house: House) -> None:
    with pytest.raises(LookupError, match="EUR, GBP: choose one"):
        asked(house, "google_ads", "ad_spend", 1.0, accounts=(GOOGLE, GBP))


def test_an_account_of_another_zone_is_bounded(house: House) -> None:
    found = part(asked(house, "google_ads", "ad_spend", 1.0, accounts=(GBP,)), "time_zone")
    assert (found.certainty, found.facts["hours"]) == (Certainty.BOUND, 1.0)


@pytest.mark.parametrize(("connector", "account"), [("google_ads", GOOGLE), ("meta_ads", META)])
def test_late_conversions_are_those_that_came_after_the_screen(house: House, connector: str, account: str) -> None:
    sql = CONVERSIONS.format(account=account)
    value, now = shown(house, sql, morning_after(BEFORE)), shown(house, sql)
    answer = asked(house, connector, "ad_conversions", value, seen=SEEN_BEFORE)
    assert now > value
    assert part(answer, "late").amount == pytest.approx(value - now)
    assert answer.rest == pytest.approx(0, abs=1e-6)


def test_days_after_the_screen_are_taken_out(house: House) -> None:
    answer = asked(house, "google_ads", "ad_spend", 0.0, period="2026-11", seen=SEEN_BEFORE)
    later = COST.format(account=GOOGLE) + " and date > '2026-11-10'"
    assert part(answer, "after_screen").amount == pytest.approx(-shown(house, later, period="2026-11"))
    assert part(answer, "day_of_screen").certainty is Certainty.BOUND


def test_days_that_the_lake_does_not_have_are_estimated_by_the_others(house: House) -> None:
    value = shown(house, COST.format(account=GOOGLE), period="2026-10")
    answer = asked(house, "google_ads", "ad_spend", value, period="2026-10")
    found = part(answer, "missing")
    assert found.certainty is Certainty.ESTIMATED
    # The first night brings the look-back of thirty days, from the 11th on.
    assert (found.facts["days"], found.facts["last"]) == (10, date(2026, 10, 10))
    assert abs(answer.rest) < abs(answer.difference) / 2


def test_what_may_still_come_is_unknown_until_the_ledger_has_learnt_it(house: House) -> None:
    assert part(asked(house, "meta_ads", "ad_conversions", 1.0), "coming").certainty is Certainty.UNKNOWN


def test_visitors_of_each_day_added_up_are_recognised(house: House) -> None:
    sql = """select sum(visitors) from (select count(distinct visitor_id) as visitors from visits
        where date between $start and $through and known_at <= $clock group by date)"""
    answer = asked(house, "ga4", "visitors", shown(house, sql))
    assert part(answer, "sum_of_days").certainty is Certainty.FITS
    assert answer.rest == pytest.approx(0, abs=1e-6)


def test_rows_that_ga4_withholds_are_the_site_s_total_less_its_parts(house: House) -> None:
    day = date(2026, 11, 4)
    held = house.lake.read("ga4", "site_day", day)
    assert held is not None
    at = held.schema.get_field_index("sessions")
    more = held.set_column(at, held.schema.field(at), pc.add(held["sessions"], 7))
    house.lake.write("ga4", "site_day", day, held.schema, more.to_batches())
    try:
        value = asked(house, "ga4", "sessions").kompas + 7
        answer = asked(house, "ga4", "sessions", value)
    finally:
        house.lake.write("ga4", "site_day", day, held.schema, held.to_batches())
    assert part(answer, "withheld").amount == 7
    assert answer.rest == 0


def test_a_screen_with_vat_is_recognised(house: House) -> None:
    answer = asked(house, "shopify", "order_revenue", shown(house, ORDERS.format(what="sum(total)", which=GOOD)))
    assert codes(answer, Certainty.FITS) == {"tax"}
    assert answer.rest == pytest.approx(0, abs=0.005)


def test_a_screen_with_vat_and_test_orders_is_recognised(house: House) -> None:
    value = shown(house, ORDERS.format(what="sum(total)", which=f"(test or {GOOD})"), period=ODD_WEEK)
    answer = asked(house, "shopify", "order_revenue", value, period=ODD_WEEK)
    tests = shown(house, ORDERS.format(what="sum(total)", which="test"), period=ODD_WEEK)
    assert part(answer, "test_orders").amount == pytest.approx(tests)
    assert answer.rest == pytest.approx(0, abs=0.005)


def test_a_screen_that_takes_off_refunds_is_recognised_with_its_vat(house: House) -> None:
    refunds = """select sum(r.amount) from refunds as r join orders as o using (order_id)
        where (r.refunded_at at time zone 'UTC' at time zone 'Europe/Amsterdam')::date between $start and $through
            and r.known_at <= $clock and not o.test and (o.cancelled_at is null or o.cancelled_at > $clock)"""
    paid_back = shown(house, refunds)
    value = shown(house, ORDERS.format(what="sum(total)", which=GOOD)) - paid_back
    answer = asked(house, "shopify", "order_revenue", value)
    assert part(answer, "refunds_by_day").amount == pytest.approx(-paid_back)
    assert answer.rest == pytest.approx(0, abs=0.005)


def test_what_does_not_fit_is_possible_and_explains_nothing(house: House) -> None:
    kompas = asked(house, "shopify", "order_revenue").kompas
    answer = asked(house, "shopify", "order_revenue", kompas * 7)
    assert "tax" in codes(answer, Certainty.POSSIBLE)
    assert answer.rest == pytest.approx(answer.difference)


def test_cancelled_orders_are_counted(house: House) -> None:
    every, good = (
        shown(house, ORDERS.format(what="count(*)", which=which), period=ODD_WEEK) for which in ("not test", GOOD)
    )
    answer = asked(house, "shopify", "orders", every, period=ODD_WEEK)
    assert answer.kompas == good < every
    assert part(answer, "cancelled_orders").amount == every - good


def test_opens_by_machines_are_recognised(house: House) -> None:
    kompas = asked(house, "mailchimp", "email_unique_opens").kompas
    found = part(asked(house, "mailchimp", "email_unique_opens", kompas * 9), "machine_opens")
    assert found.amount is not None and found.amount > 0
    answer = asked(house, "mailchimp", "email_unique_opens", kompas + found.amount)
    assert codes(answer, Certainty.FITS) == {"machine_opens"}


def test_quarantined_rows_are_counted_and_have_no_amount(house: House) -> None:
    row = ledger.QuarantineRow(
        datetime.now().astimezone(), NIGHT, "meta_ads", "campaign_day", META, "spend is not a number: 'x'", "{}"
    )
    ledger.write(house.lake, "quarantine", NIGHT, "meta_ads", [row])
    found = part(asked(house, "meta_ads", "ad_spend", 1.0), "quarantined")
    assert (found.amount, found.facts["rows"]) == (None, 1)


def test_the_parts_and_the_rest_are_the_difference(house: House) -> None:
    answer = asked(house, "meta_ads", "ad_spend", 5000.0, period="2026-11", seen=SEEN_BEFORE)
    counted = {Certainty.EXACT, Certainty.FITS, Certainty.ESTIMATED}
    amounts = [found.amount or 0 for found in answer.parts if found.certainty in counted]
    assert answer.kompas + sum(amounts) + answer.rest == pytest.approx(5000)


def test_a_period_after_the_newest_night_is_refused(house: House) -> None:
    with pytest.raises(LookupError, match="begins after the newest night, 2026-11-15"):
        asked(house, "meta_ads", "ad_spend", 1.0, period="2026-12")


def test_the_command_tells_it_in_the_company_s_language(house: House) -> None:
    value = shown(house, COST.format(account=GBP))
    done = house.kompas(
        "reconcile", "google_ads", "--period", WEEK, "--value", str(value), "--account", GBP, "--seen", "2026-11-16"
    )
    assert done.code == 0, done.output
    assert "Valuta: het scherm telt in GBP" in done.words
    assert "Onverklaard 0" in done.words


def test_the_command_names_the_measures_that_there_are(house: House) -> None:
    done = house.kompas("reconcile", "meta_ads", "--period", WEEK, "--value", "1", "--measure", "orders")
    assert done.code == 1
    assert "meta_ads has no measure orders; it has ad_spend, ad_clicks" in done.words


def test_a_fit_takes_the_fewest_ways() -> None:
    ways = [Other("a", "a", 10), Other("b", "b", 4), Other("c", "c", 6)]
    assert [found.code for found in fitting(10, 1000, ways)] == ["a"]
    assert [found.code for found in fitting(20, 100, ways)] == ["a", "b", "c"]


def test_of_one_kind_a_fit_takes_one() -> None:
    ways = [Other("a", "refunds", 10), Other("b", "refunds", 4)]
    assert {found.certainty for found in fitting(14, 100, ways)} == {Certainty.POSSIBLE}


def test_no_rest_needs_no_other_way() -> None:
    assert fitting(0.4, 100, [Other("a", "a", 10)]) == []


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_a_cause_has_the_same_facts_in_both_languages(code: str) -> None:
    named = [{field for _, field, _, _ in string.Formatter().parse(CAUSES[code][of]) if field} for of in ("nl", "en")]
    assert named[0] == named[1]


def test_every_other_way_of_counting_has_words() -> None:
    ways = {code for measures in MEASURES.values() for measured in measures.values() for code in measured.others}
    assert ways <= set(CAUSES)


def test_a_bound_is_told_as_one() -> None:
    question = Question("meta_ads", "ad_spend", periods.parse(WEEK), 10.0, SEEN, (META,))
    answer = Answer(question, 8.0, NIGHT, (Part("coming", Certainty.BOUND, 1.5, {"night": NIGHT}),))
    told = lines(answer, "en")
    assert told[3][1:] == ("± 1.50", "at most")
    assert told[-1][:2] == ("Unexplained", "2")
    assert replace(answer, parts=()).rest == 2
