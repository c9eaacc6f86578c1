"""Each data test of dbt finds the fault that it is for, and keeps what it found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import NIGHT, Built

DAY = f"date '{NIGHT}'"
VERDICT = f"('cpa', 'month', {DAY}, 'all', 'all', 'on_target', 'higher', 'complete')"
PERIOD_MEASURES = """insert into kpi.kpi_period_measures
        (grain, period_start, brand, country, channel, keyword, measure, is_additive, value)"""
FAULTS = {
    "keys_of_ga4": "insert into staging.stg_ga4__site_day (account_id, day) from twice",
    "keys_of_google_ads": "insert into staging.stg_google_ads__campaign_day (account_id, day) from twice",
    "keys_of_meta_ads": "insert into staging.stg_meta_ads__campaign_day (account_id, day) from twice",
    "keys_of_linkedin_ads": "insert into staging.stg_linkedin_ads__campaign_day (account_id, day) from twice",
    "keys_of_tiktok_ads": "insert into staging.stg_tiktok_ads__campaign_day (account_id, day) from twice",
    "keys_of_microsoft_ads": "insert into staging.stg_microsoft_ads__campaign_day (account_id, day) from twice",
    "keys_of_search_console": "insert into staging.stg_search_console__site_day (account_id, day) from twice",
    "keys_of_facebook_pages": "insert into staging.stg_facebook_pages__page_day (account_id, day) from twice",
    "keys_of_instagram": "insert into staging.stg_instagram__account_day (account_id, day) from twice",
    "keys_of_linkedin_pages": "insert into staging.stg_linkedin_pages__page_day (account_id, day) from twice",
    "keys_of_hubspot": "insert into staging.stg_hubspot__marketing_emails (account_id, day) from twice",
    "keys_of_woocommerce": "insert into staging.stg_woocommerce__orders (account_id, order_date) from twice",
    "keys_of_mailchimp": "insert into staging.stg_mailchimp__list_activity (account_id, day) from twice",
    "keys_of_klaviyo": "insert into staging.stg_klaviyo__flow_report (account_id, day) from twice",
    "keys_of_brevo": "insert into staging.stg_brevo__transactional_day (account_id, day) from twice",
    "keys_of_shopify": "insert into staging.stg_shopify__orders (account_id, order_date) from twice",
    "keys_of_typeform": "insert into staging.stg_typeform__responses (account_id, day) from twice",
    "keys_of_zendesk": "insert into staging.stg_zendesk__survey_responses (account_id, day) from twice",
    "keys_of_surveymonkey": "insert into staging.stg_surveymonkey__responses (account_id, day) from twice",
    "keys_of_ecb": "insert into staging.stg_ecb__daily_rate (currency, day) from twice",
    "keys_of_files": "insert into staging.stg_files__orders (account_id, order_date) from twice",
    "keys_of_kompas": "insert into staging.stg_kompas__night from staging.stg_kompas__night",
    "unique_together_clv_fit_brand__through_day": f"""
        insert into marts.clv_fit (brand, through_day) from (values ('a', {DAY}), ('a', {DAY}))""",
    "a_brand_s_files_name_an_order_once": """
        insert into intermediate.orders (platform, account_id, brand, order_id)
        values ('files', 'shop 1', 'a', '1'), ('files', 'shop 2', 'a', '1')""",
    "amounts_have_a_rate": f"""
        insert into intermediate.ad_performance (platform, account_id, campaign_id, currency, day, spend)
        values ('meta_ads', 'a', 'c', 'GBP', {DAY}, 10)""",
    "nothing_is_lost_on_the_way": "insert into staging.stg_meta_ads__campaign_day (spend) values (5)",
    "periods_are_the_sum_of_their_days": f"""
        {PERIOD_MEASURES}
        values ('month', date '2026-01-01', 'all', 'NL', 'all', 'all', 'sessions', true, 1)""",
    "net_revenue_is_orders_less_refunds": f"""
        {PERIOD_MEASURES}
        values ('week', date '2026-01-26', 'all', 'NL', 'all', 'all', 'order_revenue', true, null),
            ('week', date '2026-01-26', 'all', 'NL', 'all', 'all', 'net_revenue', true, 7)""",
    "contributions_add_up_to_the_gap": """
        insert into kpi.kpi_contributions (kpi_id, grain, period_start, brand, level, contribution)
        values ('cpa', 'month', date '2026-01-01', 'all', 'channel', 1)""",
    "campaigns_add_up_to_their_channel": f"""
        insert into kpi.kpi_campaign_measures (day, brand, channel, campaign_id, measure, value)
        values ({DAY}, 'a', 'Email', 'm1', 'email_delivered', 5)""",
    "ga4_channels_add_up_to_the_site": f"""
        insert into intermediate.load_days (connector, stream, account_id, day, is_complete)
        values ('ga4', 'channel_day', 'g', {DAY}, true), ('ga4', 'site_day', 'g', {DAY}, true);
        insert into staging.stg_ga4__site_day (account_id, day, sessions, purchases) values ('g', {DAY}, 5, 0)""",
    "verdicts_say_why": f"""
        insert into kpi.kpi_verdicts (kpi_id, grain, period_start, brand, channel, verdict, direction, period_state)
        values {VERDICT}""",
    "words_are_known": f"""
        insert into kpi.kpi_verdicts (kpi_id, grain, period_start, brand, channel, verdict, direction, period_state)
        values {VERDICT.replace("on_target", "splendid")}""",
    "channels_are_known": f"insert into kpi.kpi_measures (day, channel, measure) values ({DAY}, 'AI', 'sessions')",
    "kpis_name_known_measures": "insert into staging.stg_kompas__kpis (kpi_id, numerator) values ('nps', 'promoters')",
}
WARNINGS = {
    "amounts_have_a_rate",
    "ga4_channels_add_up_to_the_site",
    "channels_are_known",
    "kpis_name_known_measures",
}
"""What leaves most KPIs as they are, or may well be so; all other faults block what is built upon them."""
Found = dict[str, tuple[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def found(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """What each test says of the faulty tables: its status, and the rows that it kept. About ten seconds."""
    folder = tmp_path_factory.mktemp("data_tests")
    file = Path(shutil.copy(built.settings.build_file, folder / built.settings.build_file.name))
    with duckdb.connect(str(file)) as connection:
        _break(connection)
    done = built.dbt("test", "--select", *FAULTS, file=file, target=folder)
    results = json.loads((folder / "run_results.json").read_text(encoding="utf-8"))["results"]
    statuses = {result["unique_id"].split(".")[2]: result["status"] for result in results if result["failures"]}
    assert set(statuses) >= set(FAULTS), done.stdout[-3000:]
    with duckdb.connect(str(file), read_only=True) as connection:
        return {name: (statuses[name], _kept(connection, name)) for name in FAULTS}


def _break(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create temp view twice as from (values ('a', {DAY}), ('a', {DAY}))")
    views = connection.execute("select view_name from duckdb_views() where schema_name = 'staging'").fetchall()
    for (view,) in views:
        connection.execute(f"create table staging.rows_of_{view} as from staging.{view}")
        connection.execute(f"drop view staging.{view}; alter table staging.rows_of_{view} rename to {view}")
    for fault in FAULTS.values():
        connection.execute(fault)


def _kept(connection: duckdb.DuckDBPyConnection, test: str) -> list[dict[str, Any]]:
    return connection.execute(f'from problems."{test}"').to_arrow_table().to_pylist()


@pytest.mark.parametrize("test", FAULTS)
def test_a_fault_is_found_and_blocks_or_warns(found: Found, test: str) -> None:
    status, kept = found[test]
    assert kept
    assert status == ("warn" if test in WARNINGS else "fail")


def test_a_missing_rate_is_named_by_currency_and_day(found: Found) -> None:
    _, kept = found["amounts_have_a_rate"]
    assert {(row["currency"], row["day"], row["model"]) for row in kept} == {("GBP", NIGHT, "ad_performance")}


def test_a_broken_key_is_named_by_model_and_value(found: Found) -> None:
    _, kept = found["keys_of_kompas"]
    assert [(row["model"], row["copies"]) for row in kept] == [("stg_kompas__night", 2)]


def test_every_test_is_tried_or_is_a_key(built: Built) -> None:
    names = {node["name"] for node in built.nodes("test")}
    assert {name for name in names - set(FAULTS) if not name.startswith("unique_together_")} == set()
