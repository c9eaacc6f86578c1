"""What is special about TikTok Ads: errors in HTTP 200, dashes, names that mislead, and deleted campaigns."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.stream import Window
from connectors.tiktok_ads import TikTokAds, TikTokAdsSettings
from tests.connectors.ads_case import kept_secret, pulled
from tests.http_server import Answer, Handler, Request, Server, serving

ADVERTISER = "7100000000000000001"
WINDOW = Window(date(2026, 11, 16), date(2026, 11, 22))
BRIEF = RetryPolicy(attempts=2, first_wait_s=0.001)
FACTS = {
    "advertiser_id": ADVERTISER,
    "name": "Duurzame Mode",
    "currency": "EUR",
    "timezone": "Europe/Amsterdam",
    "status": "STATUS_ENABLE",
}
METRICS = {
    "campaign_name": "Launch",
    "spend": "57.10",
    "impressions": "10211",
    "clicks": "131",
    "reach": "8000",
    "conversion": "4",
    "real_time_conversion": "5",
    "complete_payment": "3",
    "total_complete_payment_rate": "148.50",
    "onsite_shopping": "0",
    "total_onsite_shopping_value": "0.00",
    "total_purchase": "0",
    "total_purchase_value": "0.00",
}


def row(day: str = "2026-11-20 00:00:00", **metrics: str) -> dict[str, Any]:
    dimensions = {"campaign_id": "1780000000000001", "stat_time_day": day}
    return {"dimensions": dimensions, "metrics": METRICS | metrics}


def ok(data: dict[str, Any]) -> Answer:
    return Answer(body={"code": 0, "message": "OK", "request_id": "1", "data": data})


def refusal(code: int, message: str = "no") -> Answer:
    return Answer(body={"code": code, "message": message, "request_id": "1", "data": {}})


def page(*rows: dict[str, Any], number: int = 1, of: int = 1, total: int | None = None) -> Answer:
    info = {"page": number, "page_size": 1000, "total_number": len(rows) if total is None else total, "total_page": of}
    return ok({"list": list(rows), "page_info": info})


def tiktok(report: Answer | Handler, info: Answer | None = None) -> Handler:
    """A TikTok with one advertiser."""

    def answer(request: Request) -> Answer:
        if request.path.endswith("/advertiser/info/"):
            return info or ok({"list": [FACTS]})
        return report if isinstance(report, Answer) else report(request)

    return answer


def connector(server: Server, folder: Path, **settings: Any) -> TikTokAds:
    token = kept_secret(folder, "tiktok.token", "secret-token")
    given = {"base_url": server.url, "access_token": token, "accounts": [{"id": ADVERTISER}]}
    return TikTokAds(TikTokAdsSettings.model_validate(given | settings), Company(), BRIEF)


def rows_of(report: Answer | Handler, folder: Path, load: Load | None = None) -> list[dict[str, Any]]:
    with serving(tiktok(report)) as server:
        return pulled(connector(server, folder), WINDOW, load)


def failure(report: Answer | Handler, folder: Path, info: Answer | None = None) -> ConnectorError:
    with serving(tiktok(report, info)) as server, pytest.raises(ConnectorError) as caught:
        pulled(connector(server, folder), WINDOW)
    return caught.value


class TestRows:
    def test_a_full_row(self, tmp_path: Path) -> None:
        load = Load()
        [found] = rows_of(page(row()), tmp_path, load)
        assert (found["date"], found["campaign_id"], found["currency"]) == (
            date(2026, 11, 20), "1780000000000001", "EUR",
        )  # fmt: skip
        assert (found["spend"], found["impressions"], found["clicks"]) == (Decimal("57.10"), 10211, 131)
        assert load.notes == {"time_zone": "Europe/Amsterdam"}

    def test_the_rate_that_is_none_is_the_value_of_purchases(self, tmp_path: Path) -> None:
        [found] = rows_of(page(row()), tmp_path)
        assert (found["purchases"], found["purchase_value"]) == (3, Decimal("148.50"))

    def test_events_that_are_optimised_for_are_no_purchases(self, tmp_path: Path) -> None:
        [found] = rows_of(page(row()), tmp_path)
        assert (found["results"], found["results_by_event_day"]) == (4, 5)

    def test_a_dash_is_unknown_and_not_zero(self, tmp_path: Path) -> None:
        [found] = rows_of(page(row(complete_payment="-", campaign_name="-")), tmp_path)
        assert found["purchases"] is found["campaign_name"] is None

    def test_a_dash_in_place_of_the_spend_puts_the_row_aside(self, tmp_path: Path) -> None:
        load = Load()
        assert rows_of(page(row(spend="-")), tmp_path, load) == []
        assert load.rejected[0].reason == "spend is missing"

    @pytest.mark.parametrize("day", ["2026-11-20 05:00:00", ""])
    def test_what_is_no_day_is_put_aside(self, tmp_path: Path, day: str) -> None:
        load = Load()
        assert rows_of(page(row(day)), tmp_path, load) == []
        assert load.rejected[0].reason.startswith("date is")

    def test_days_outside_the_window_are_left(self, tmp_path: Path) -> None:
        assert len(rows_of(page(row(), row("2026-11-23 00:00:00")), tmp_path)) == 1


class TestRequests:
    def asked(self, folder: Path, window: Window = WINDOW) -> list[Request]:
        with serving(tiktok(page())) as server:
            pulled(connector(server, folder), window)
        return [request for request in server.requests if "report" in request.path]

    def test_the_token_is_in_its_own_header(self, tmp_path: Path) -> None:
        [request] = self.asked(tmp_path)
        assert request.headers["Access-Token"] == "secret-token"
        assert "Authorization" not in request.headers

    def test_deleted_campaigns_are_asked_for(self, tmp_path: Path) -> None:
        [only] = json.loads(self.asked(tmp_path)[0].query["filtering"])
        assert (only["field_name"], json.loads(only["filter_value"])) == ("campaign_status", ["STATUS_ALL"])

    def test_no_more_days_are_asked_for_than_tiktok_takes(self, tmp_path: Path) -> None:
        asked = self.asked(tmp_path, Window(date(2026, 10, 1), date(2026, 11, 20)))
        assert [(each.query["start_date"], each.query["end_date"]) for each in asked] == [
            ("2026-10-01", "2026-10-30"),
            ("2026-10-31", "2026-11-20"),
        ]

    def test_a_query_that_is_too_large_is_asked_in_halves(self, tmp_path: Path) -> None:
        def report(request: Request) -> Answer:
            first, last = (date.fromisoformat(request.query[name]) for name in ("start_date", "end_date"))
            return refusal(40067) if (last - first).days > 3 else page(row(f"{first} 00:00:00"))

        assert [each["date"].day for each in rows_of(report, tmp_path)] == [16, 20]

    def test_a_day_that_is_too_large_is_refused(self, tmp_path: Path) -> None:
        assert isinstance(failure(refusal(40067), tmp_path), BadDataError)

    def test_a_list_that_lost_rows_on_the_way_is_refused(self, tmp_path: Path) -> None:
        assert "told of 5 rows, and 1 were sent" in str(failure(page(row(), total=5), tmp_path))

    def test_a_report_that_tiktok_cut_off_is_refused(self, tmp_path: Path) -> None:
        cut = page(row())
        cut.headers["X-Tt-Ads-Throttle"] = "only return the top 20k id's results"
        assert "cut the report off" in str(failure(cut, tmp_path))


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "message", "kind"),
        [
            (40100, "Too many requests. Please retry in some time.", QuotaError),
            (40132, "Request frequency limited", QuotaError),
            (50000, "System error", TransientError),
            (51010, "Internal time out", TransientError),
            (40105, "Access token is incorrect or has been revoked.", AuthorisationError),
            (40001, "No permission to operate advertiser", ConfigurationError),
            (40002, "You don't have permission to the advertiser", ConfigurationError),
            (40002, "metrics: Invalid metric fields", BadDataError),
            (40051, "Invalid API version", ConfigurationError),
            (49999, "something new", BadDataError),
        ],
    )
    def test_a_code_says_what_happens_next(
        self, tmp_path: Path, code: int, message: str, kind: type[ConnectorError]
    ) -> None:
        error = failure(refusal(code, message), tmp_path)
        assert type(error) is kind
        assert f"code {code}" in str(error)

    def test_a_server_error_without_a_code_is_tried_again(self, tmp_path: Path) -> None:
        assert isinstance(failure(Answer(502, b"<html>"), tmp_path), TransientError)

    def test_an_advertiser_of_whom_nothing_is_told_is_for_the_user(self, tmp_path: Path) -> None:
        error = failure(page(), tmp_path, ok({"list": []}))
        assert isinstance(error, ConfigurationError)
        assert "did this advertiser authorise the app" in error.hint


class TestCheck:
    def test_it_tells_name_currency_and_time_zone(self, tmp_path: Path) -> None:
        disabled = ok({"list": [FACTS | {"status": "STATUS_DISABLE"}]})
        with serving(tiktok(page(), disabled)) as server:
            source = connector(server, tmp_path)
            facts = source.check(source.accounts[0])
        assert (facts.name, facts.currency, facts.time_zone) == ("Duurzame Mode", "EUR", "Europe/Amsterdam")
        assert facts.notes == ("the account is not active: its status is STATUS_DISABLE",)

    def test_without_the_app_no_advertisers_are_found(self, tmp_path: Path) -> None:
        with serving(tiktok(page())) as server:
            assert connector(server, tmp_path).discover() == ()
        assert server.requests == []

    @pytest.mark.parametrize(
        "wrong", [{"app_id": "1"}, {"app_secret": "env:S"}, {"accounts": [{"id": "act_1"}]}], ids=str
    )
    def test_settings_that_cannot_work_are_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError):
            TikTokAdsSettings.model_validate({"access_token": "env:T", "accounts": [{"id": "1"}]} | wrong)
