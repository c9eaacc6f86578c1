"""What the simulated company promises: a fixed past, tables that agree with each other, and facts that arrive late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.company import World, visits, world
from sandbox.company.calendar import black_friday, easter
from sandbox.company.questionnaires import ACCOUNTS
from sandbox.company.rates import is_target_day
from sandbox.company.tables import TABLES

FIRST = date(2026, 3, 20)
EARLY, LATE = datetime(2026, 4, 10, 6, tzinfo=UTC), datetime(2026, 5, 5, 6, tzinfo=UTC)
LOCAL = "({} AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam')::DATE"


@pytest.fixture(scope="module")
def company() -> World:
    return World(seed=3, scale=0.2, first_day=date(2025, 5, 1), now=datetime(2026, 10, 20, 6, tzinfo=UTC))


@pytest.fixture(scope="module")
def grown() -> tuple[World, World, World]:
    """A company up to EARLY, the same one carried on to LATE day by day, and one that was simulated at once."""
    extended = World(5, 0.05, FIRST, EARLY)
    moment = EARLY
    while moment < LATE:
        moment += timedelta(days=1)
        extended.now = moment
    return World(5, 0.05, FIRST, EARLY), extended, World(5, 0.05, FIRST, LATE)


def contents(of: World, table: str) -> list[tuple[Any, ...]]:
    return sorted(of.query(f"SELECT * FROM {table}"), key=repr)


def value(of: World, sql: str) -> Any:
    return of.query(sql)[0][0]


@pytest.mark.parametrize("table", [*TABLES, "visits"])
def test_every_table_has_rows(company: World, table: str) -> None:
    assert value(company, f"SELECT count(*) FROM {table}") > 0


class TestPast:
    def test_the_same_seed_gives_the_same_company(self) -> None:
        one, two = (World(5, 0.05, FIRST, EARLY) for _ in range(2))
        assert all(contents(one, table) == contents(two, table) for table in TABLES)

    def test_another_seed_gives_another_company(self) -> None:
        one, two = (World(seed, 0.05, FIRST, EARLY) for seed in (5, 6))
        assert contents(one, "orders") != contents(two, "orders")

    @pytest.mark.parametrize("table", TABLES)
    def test_going_on_adds_days_and_changes_none(self, grown: tuple[World, World, World], table: str) -> None:
        short, extended, at_once = grown
        before, after = contents(short, table), contents(extended, table)
        assert after == contents(at_once, table)
        assert set(before) <= set(after)

    def test_the_size_of_the_pieces_does_not_matter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        usual = World(5, 0.2, FIRST, EARLY)
        for module in (visits, world):
            monkeypatch.setattr(module, "VISITS_PER_PIECE", 217)
        small = World(5, 0.2, FIRST, EARLY)
        assert all(contents(usual, table) == contents(small, table) for table in TABLES)

    def test_moving_the_clock_back_keeps_what_is_simulated(self) -> None:
        company = World(5, 0.05, FIRST, LATE)
        company.now = EARLY
        assert company.clock == EARLY.replace(tzinfo=None)
        assert value(company, "SELECT max(date) FROM visits") == LATE.date()

    def test_a_new_day_appears_when_the_clock_reaches_it(self) -> None:
        company = World(5, 0.05, FIRST, EARLY)
        company.now = EARLY + timedelta(days=1)
        assert value(company, "SELECT max(date) FROM visits") == EARLY.date() + timedelta(days=1)

    def test_without_a_fixed_moment_it_is_now(self) -> None:
        today = datetime.now(UTC).date()
        company = World(5, 0.01, today - timedelta(days=2))
        assert abs(company.now - datetime.now(UTC)) < timedelta(minutes=1)

    def test_a_moment_without_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            World(5, 0.05, FIRST, datetime(2026, 4, 10))

    def test_threads_may_ask_at_once(self, company: World) -> None:
        with ThreadPoolExecutor(8) as pool:
            counts = set(pool.map(lambda _: value(company, "SELECT count(*) FROM visits"), range(40)))
        assert len(counts) == 1

    def test_sessions_run_in_utc(self, company: World) -> None:
        assert value(company, "SELECT current_setting('TimeZone')") == "UTC"

    def test_scale_multiplies_the_visits(self) -> None:
        small, large = (World(5, scale, FIRST, EARLY) for scale in (0.1, 0.4))
        sizes = [value(of, "SELECT count(*) FROM visits") for of in (small, large)]
        assert 3.9 < sizes[1] / sizes[0] < 4.1


class TestVisits:
    def test_every_visit_has_an_origin(self, company: World) -> None:
        assert value(company, "SELECT count(*) FROM visits") == value(company, "SELECT count(*) FROM visit_facts")

    def test_ids_are_unique(self, company: World) -> None:
        assert value(company, "SELECT count(*) - count(DISTINCT visit_id) FROM visits") == 0

    def test_the_date_is_the_local_day(self, company: World) -> None:
        assert value(company, f"SELECT count(*) FROM visits WHERE date <> {LOCAL.format('started_at')}") == 0

    def test_a_visitor_is_new_once(self, company: World) -> None:
        sql = "SELECT max(n) FROM (SELECT count(*) FILTER (new_user) AS n FROM visits GROUP BY visitor_id)"
        assert value(company, sql) == 1

    def test_some_visitors_return(self, company: World) -> None:
        assert 1.3 < value(company, "SELECT count(*) / count(DISTINCT visitor_id) FROM visits") < 1.7

    def test_analytics_shows_them_within_two_days_and_most_within_hours(self, company: World) -> None:
        late = "SELECT avg((known_at - started_at > INTERVAL {} HOUR)::INTEGER) FROM visits"
        assert 0.015 < value(company, late.format(6)) < 0.025
        assert value(company, late.format(48)) == 0

    def test_newsletter_visits_come_after_the_send(self, company: World) -> None:
        sql = """SELECT count(*) FROM visits JOIN newsletters ON title = campaign
            WHERE channel = 'Email' AND (started_at < send_time OR started_at > send_time + INTERVAL 29 DAY)"""
        assert value(company, sql) == 0

    def test_in_the_troubled_quarter_traffic_rises_and_conversion_falls(self, company: World) -> None:
        sql = """SELECT v.visitors, o.orders / v.visitors
            FROM (SELECT count(DISTINCT visitor_id) AS visitors FROM visits WHERE date BETWEEN $1 AND $2) AS v,
                 (SELECT count(*) AS orders FROM orders WHERE order_date BETWEEN $1 AND $2) AS o"""
        before = company.query(sql, [date(2026, 4, 1), date(2026, 6, 30)])[0]
        trouble = company.query(sql, [date(2026, 7, 1), date(2026, 9, 30)])[0]
        assert trouble[0] > 1.1 * before[0]
        assert trouble[1] < 0.9 * before[1]

    def test_black_friday_is_the_busiest_day(self, company: World) -> None:
        sql = "SELECT date FROM visits WHERE year(date) = 2025 GROUP BY date ORDER BY count(*) DESC LIMIT 1"
        assert value(company, sql) == black_friday(2025) == date(2025, 11, 28)


class TestShop:
    def test_an_order_belongs_to_a_visit_with_its_channel(self, company: World) -> None:
        sql = """SELECT count(*) FROM orders AS o JOIN visits AS v USING (visit_id)
            WHERE o.channel = v.channel AND o.source = v.source AND o.medium = v.medium AND o.campaign = v.campaign
                AND o.country = v.country AND o.order_date = v.date AND o.ordered_at >= v.started_at
                AND o.ga4_known_at >= v.known_at"""
        assert value(company, sql) == value(company, "SELECT count(*) FROM orders")

    def test_the_order_date_is_the_local_day(self, company: World) -> None:
        assert value(company, f"SELECT count(*) FROM orders WHERE order_date <> {LOCAL.format('ordered_at')}") == 0

    def test_amounts_add_up(self, company: World) -> None:
        sql = """SELECT count(*) FROM orders JOIN (
                SELECT order_id, sum(quantity * unit_price_after_discount) AS after, sum(quantity * unit_price) AS full
                FROM order_lines GROUP BY order_id) USING (order_id)
            WHERE total = subtotal + shipping AND subtotal = after AND discount = "full" - after
                AND abs(tax - total * 21 / 121) <= 0.005001 AND total > 0"""
        assert value(company, sql) == value(company, "SELECT count(*) FROM orders")

    def test_names_count_orders_by_time(self, company: World) -> None:
        names = [row[0] for row in company.query("SELECT name FROM orders ORDER BY ordered_at, order_id")]
        assert names == [f"#{1001 + number}" for number in range(len(names))]

    def test_the_order_index_counts_a_customers_orders(self, company: World) -> None:
        sql = """SELECT count(*) FROM (
            SELECT customer_order_index, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at) AS number
            FROM orders WHERE customer_id IS NOT NULL) WHERE customer_order_index <> number"""
        assert value(company, sql) == 0

    def test_customers_come_back(self, company: World) -> None:
        share = "SELECT avg((customer_order_index > 1)::INTEGER) FROM orders WHERE customer_id IS NOT NULL"
        assert 0.15 < value(company, share) < 0.4

    def test_each_customer_is_known_before_the_first_order(self, company: World) -> None:
        sql = """SELECT count(*) FROM customers JOIN orders USING (customer_id)
            WHERE customer_order_index = 1 AND created_at < ordered_at AND customers.country = orders.country"""
        assert value(company, sql) == value(company, "SELECT count(*) FROM customers")

    def test_guests_and_tests_have_no_customer(self, company: World) -> None:
        assert 0.05 < value(company, "SELECT avg((customer_id IS NULL)::INTEGER) FROM orders") < 0.2
        assert (
            value(company, "SELECT count(*) FROM orders WHERE test AND (customer_id IS NOT NULL OR seen_by_ga4)") == 0
        )

    def test_consent_lets_analytics_see_most_orders(self, company: World) -> None:
        assert 0.9 < value(company, "SELECT avg(seen_by_ga4::INTEGER) FROM orders WHERE NOT test") < 0.97

    def test_about_a_fifth_of_the_units_comes_back(self, company: World) -> None:
        sql = """SELECT sum(r.units) / sum(quantity) FROM order_lines LEFT JOIN (
            SELECT line_id, sum(quantity) AS units FROM refunds GROUP BY line_id) AS r USING (line_id)"""
        assert 0.18 < value(company, sql) < 0.26

    def test_no_more_comes_back_than_was_sold(self, company: World) -> None:
        sql = """SELECT count(*) FROM orders JOIN (
            SELECT order_id, sum(amount) AS back FROM refunds GROUP BY order_id) USING (order_id) WHERE back > total"""
        assert value(company, sql) == 0

    def test_returns_take_days_or_weeks(self, company: World) -> None:
        sql = """SELECT min(refunded_at - ordered_at), max(refunded_at - ordered_at) FROM refunds
            JOIN orders USING (order_id) WHERE NOT test AND cancelled_at IS NULL"""
        shortest, longest = company.query(sql)[0]
        assert timedelta(days=3) <= shortest < longest <= timedelta(days=45)

    def test_a_cancelled_order_is_paid_back_whole(self, company: World) -> None:
        sql = """SELECT count(*), count(*) FILTER (back = total) FROM orders LEFT JOIN (
            SELECT order_id, sum(amount) AS back FROM refunds GROUP BY order_id) USING (order_id)
            WHERE cancelled_at IS NOT NULL"""
        cancelled, whole = company.query(sql)[0]
        assert cancelled == whole > 0

    def test_a_refund_has_one_moment_and_one_order(self, company: World) -> None:
        sql = """SELECT count(*) FROM (SELECT refund_id FROM refunds GROUP BY refund_id
            HAVING count(DISTINCT refunded_at) > 1 OR count(DISTINCT order_id) > 1)"""
        assert value(company, sql) == 0

    def test_there_is_money_back_without_goods(self, company: World) -> None:
        assert value(company, "SELECT count(*) FROM refunds WHERE quantity = 0 AND amount = 5") > 0


class TestAds:
    def test_days_never_fall_below_zero(self, company: World) -> None:
        sql = """SELECT min(least(cost, clicks, impressions, interactions, reach)) FROM (
            SELECT sum(cost) AS cost, sum(clicks) AS clicks, sum(impressions) AS impressions,
                sum(interactions) AS interactions, sum(reach) AS reach FROM ad_days GROUP BY campaign_id, date)"""
        assert value(company, sql) == 0

    def test_invalid_clicks_are_taken_back_within_days(self, company: World) -> None:
        sql = "SELECT min(known_at - date), max(known_at - date) FROM ad_days WHERE clicks < 0"
        soonest, latest = company.query(sql)[0]
        assert timedelta(days=2) < soonest < latest < timedelta(days=5)

    def test_campaigns_run_between_their_dates(self, company: World) -> None:
        sql = """SELECT count(*) FROM ad_days JOIN ad_campaigns USING (platform, account_id, campaign_id)
            WHERE date < start_date OR date > end_date"""
        assert value(company, sql) == 0

    def test_clicks_follow_the_visits(self, company: World) -> None:
        sql = """SELECT sum(clicks) / (SELECT count(*) FROM visits WHERE campaign = 'Shopping') FROM ad_days
            JOIN ad_campaigns USING (campaign_id) WHERE name = 'Shopping'"""
        assert 1.05 < value(company, sql) < 1.15

    @pytest.mark.parametrize(("platform", "window", "look_back"), [("google_ads", 27, 30), ("meta_ads", 7, 28)])
    def test_conversions_arrive_late_but_within_the_look_back(
        self, company: World, platform: str, window: int, look_back: int
    ) -> None:
        sql = """SELECT min(conversion_date - click_date), max(conversion_date - click_date), max(known_at - click_date)
            FROM ad_conversions WHERE platform = ?"""
        shortest, longest, known = company.query(sql, [platform])[0]
        assert (shortest, longest) == (0, window)
        assert timedelta(days=window) < known < timedelta(days=look_back)

    @pytest.mark.parametrize("platform", ["meta_ads", "linkedin_ads", "tiktok_ads"])
    def test_views_are_claimed_for_a_day(self, company: World, platform: str) -> None:
        sql = """SELECT DISTINCT conversion_date - click_date FROM ad_conversions
            WHERE view_through AND platform = ? ORDER BY 1"""
        assert company.query(sql, [platform]) == [(0,), (1,)]

    @pytest.mark.parametrize("platform", ["google_ads", "microsoft_ads"])
    def test_views_are_no_conversions_elsewhere(self, company: World, platform: str) -> None:
        sql = "SELECT count(*), count(*) FILTER (view_through) FROM ad_conversions WHERE platform = ?"
        [(all_of_them, viewed)] = company.query(sql, [platform])
        assert all_of_them > 0 == viewed

    def test_leads_are_worth_nothing(self, company: World) -> None:
        assert value(company, "SELECT sum(value) FROM ad_conversions WHERE action = 'lead'") == 0

    def test_accounts_have_their_currency_and_their_days(self, company: World) -> None:
        sql = "SELECT DISTINCT platform, account_id, currency, time_zone FROM ad_campaigns ORDER BY ALL"
        assert company.query(sql) == [
            ("google_ads", "1112223334", "EUR", "Europe/Amsterdam"),
            ("google_ads", "5556667778", "GBP", "Europe/London"),
            ("linkedin_ads", "512345678", "EUR", "UTC"),
            ("linkedin_ads", "512345679", "GBP", "UTC"),
            ("meta_ads", "700800900", "EUR", "Europe/Amsterdam"),
            ("microsoft_ads", "180001001", "EUR", "Europe/Amsterdam"),
            ("microsoft_ads", "180001002", "GBP", "Europe/London"),
            ("tiktok_ads", "7100000000000000001", "EUR", "Europe/Amsterdam"),
            ("tiktok_ads", "7100000000000000002", "GBP", "Europe/London"),
        ]

    def test_a_claim_counts_on_its_day_where_the_account_is(self, company: World) -> None:
        sql = """SELECT count(*), count(*) FILTER (conversion_date = click_date), count(*) FILTER (known_at::DATE
            < conversion_date) FROM ad_conversions WHERE platform IN ('linkedin_ads', 'tiktok_ads', 'microsoft_ads')"""
        [(all_of_them, same_day, too_early)] = company.query(sql)
        assert 0 < same_day < all_of_them
        assert too_early == 0


class TestNewsletters:
    def test_two_go_out_a_week_to_each_list(self, company: World) -> None:
        sql = """SELECT DISTINCT count(*) FROM newsletters WHERE send_time BETWEEN '2025-06-02' AND '2026-10-05'
            GROUP BY list_id, date_trunc('week', send_time)"""
        assert company.query(sql) == [(2,)]

    def test_they_go_out_at_the_same_local_hour_all_year(self, company: World) -> None:
        sql = """SELECT DISTINCT strftime(send_time AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam', '%a %H:%M')
            FROM newsletters ORDER BY 1"""
        assert company.query(sql) == [("Fri 15:30",), ("Tue 10:00",)]

    def test_counters_keep_growing_for_weeks(self, company: World) -> None:
        sql = (
            "SELECT max(d.known_at - n.send_time) FROM newsletter_deltas AS d JOIN newsletters AS n USING (campaign_id)"
        )
        assert timedelta(days=21) < value(company, sql) < timedelta(days=29)

    def test_almost_half_of_the_opens_are_machines(self, company: World) -> None:
        share = "SELECT 1 - sum(human_unique_opens) / sum(unique_opens) FROM newsletter_deltas"
        assert 0.42 < value(company, share) < 0.48

    def test_unique_counts_stay_within_their_totals(self, company: World) -> None:
        sql = """SELECT count(*) FROM (
            SELECT sum(opens_total) AS a, sum(unique_opens) AS b, sum(human_unique_opens) AS c,
                sum(clicks_total) AS d, sum(unique_clicks) AS e, sum(unique_subscriber_clicks) AS f
            FROM newsletter_deltas GROUP BY campaign_id) WHERE NOT (a >= b AND b >= c AND d >= e AND e >= f)"""
        assert value(company, sql) == 0

    def test_their_orders_are_orders_of_the_shop(self, company: World) -> None:
        told = company.query("SELECT sum(orders), sum(revenue) FROM newsletter_deltas")
        assert told == company.query("SELECT count(*), sum(total) FROM orders WHERE channel = 'Email' AND NOT test")

    def test_list_days_are_what_the_newsletters_did(self, company: World) -> None:
        sql = """SELECT sum(unique_opens), sum(unique_subscriber_clicks), sum(unsubscribed) FROM newsletter_deltas
            WHERE {} <= (SELECT max(date) FROM list_days)"""
        days = "SELECT sum(unique_opens), sum(recipient_clicks), sum(unsubs) FROM list_days"
        assert company.query(days) == company.query(sql.format(LOCAL.format("known_at")))

    def test_sign_ups_join_the_list_of_their_country(self, company: World) -> None:
        by_list = company.query("SELECT sum(subs) FROM list_days GROUP BY list_id ORDER BY 1")
        by_country = company.query("SELECT count(*) FROM visits WHERE newsletter_signup GROUP BY country ORDER BY 1")
        assert by_list == by_country


class TestRates:
    def test_no_rate_on_weekends_and_bank_holidays(self, company: World) -> None:
        days = [row[0] for row in company.query("SELECT DISTINCT date FROM fx_rates")]
        assert all(is_target_day(day) for day in days)
        assert {date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2025, 12, 25)}.isdisjoint(days)
        assert date(2026, 4, 7) in days

    @pytest.mark.parametrize(("year", "day"), [(2023, (4, 9)), (2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5))])
    def test_easter(self, year: int, day: tuple[int, int]) -> None:
        assert easter(year) == date(year, *day)

    def test_levels_are_those_of_real_life(self, company: World) -> None:
        levels = dict(company.query("SELECT currency, avg(units_per_eur) FROM fx_rates GROUP BY currency"))
        assert 1.0 < levels["USD"] < 1.25
        assert 0.8 < levels["GBP"] < 0.9
        assert 7.4 < levels["DKK"] < 7.5

    def test_a_rate_moves_little_from_day_to_day(self, company: World) -> None:
        sql = """SELECT max(abs(units_per_eur / before - 1)) FROM (
            SELECT units_per_eur, lag(units_per_eur) OVER (PARTITION BY currency ORDER BY date) AS before
            FROM fx_rates)"""
        assert value(company, sql) < 0.03

    def test_it_is_published_in_the_afternoon(self, company: World) -> None:
        sql = (
            "SELECT DISTINCT strftime(known_at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Berlin', '%H:%M') FROM fx_rates"
        )
        assert company.query(sql) == [("16:00",)]


class TestOtherTools:
    def test_late_parcels_make_customers_dissatisfied_while_revenue_rises(self) -> None:
        company = World(seed=3, scale=0.2, first_day=date(2026, 6, 1), now=datetime(2027, 1, 1, 6, tzinfo=UTC))
        score = f"SELECT avg(score) FROM surveys WHERE scale = '1-10' AND quarter({LOCAL.format('answered_at')}) = "
        revenue = "SELECT sum(total) FROM orders WHERE quarter(order_date) = "
        assert value(company, score + "4") < value(company, score + "3") - 0.5
        assert value(company, revenue + "4") > value(company, revenue + "3")

    def test_scales_are_used_to_their_ends(self, company: World) -> None:
        ends = company.query("SELECT scale, min(score), max(score) FROM surveys GROUP BY scale ORDER BY scale")
        assert [(scale, high) for scale, _, high in ends] == [
            ("1-10", 10),
            ("1-5", 5),
            ("1-7", 7),
            ("percent_good", 100),
        ]
        assert all(low >= (0 if scale == "percent_good" else 1) for scale, low, _ in ends)

    def test_about_as_many_answer_on_platforms_as_to_the_help_desk(self) -> None:
        company = World(seed=3, first_day=date(2026, 9, 1), now=datetime(2026, 11, 30, 6, tzinfo=UTC))
        counts = dict(company.query("SELECT tool, count(*) FROM surveys GROUP BY tool"))
        assert counts.keys() == {"enquete", "helpdesk", "typeform", "zendesk", "surveymonkey"}
        assert 0.5 < sum(counts[name] for name in ("typeform", "zendesk", "surveymonkey")) / counts["helpdesk"] < 2

    def test_nobody_answers_a_platform_before_being_asked(self, company: World) -> None:
        waits = "SELECT min(answered_at - asked_at), max(answered_at - asked_at) FROM survey_invitations JOIN surveys "
        [(shortest, longest)] = company.query(waits + "USING (response_id)")
        assert timedelta(0) <= shortest <= longest <= timedelta(days=14)

    def test_each_account_of_a_platform_asks_customers_of_one_country(self, company: World) -> None:
        countries = """SELECT account_id, count(DISTINCT country) FROM survey_invitations JOIN orders USING (order_id)
            GROUP BY account_id"""
        assert sorted(company.query(countries)) == sorted((account.account_id, 1) for account in ACCOUNTS)

    def test_lead_times_are_skewed(self, company: World) -> None:
        times = "SELECT {}(won_date - created_date) FROM leads WHERE won_date >= created_date"
        assert value(company, times.format("avg")) > 1.15 * value(company, times.format("median"))

    def test_a_few_leads_were_won_before_they_came_in(self, company: World) -> None:
        share = "SELECT avg((won_date < created_date)::INT) FROM leads WHERE won_date IS NOT NULL"
        assert 0 < value(company, share) < 0.08

    def test_the_counters_of_a_post_only_rise(self, company: World) -> None:
        assert value(company, "SELECT min(least(likes, comments, shares, reach, impressions)) FROM post_deltas") >= 0

    def test_places_drift_and_none_is_above_the_first(self, company: World) -> None:
        spread = "SELECT min(s) FROM (SELECT max(position) - min(position) AS s FROM search_days GROUP BY keyword)"
        assert value(company, spread) > 0
        assert value(company, "SELECT min(position) FROM search_days") >= 1
