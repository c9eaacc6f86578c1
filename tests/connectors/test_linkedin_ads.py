"""What is special about LinkedIn Ads: days of UTC, silence where access is missing, and a consent that ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import AuthorisationError, ConfigurationError, ConnectorError, QuotaError, TransientError
from connectors.http import RetryPolicy
from connectors.linkedin_ads import LinkedInAds, LinkedInAdsSettings
from connectors.linkedin_ads_streams import FIELDS
from connectors.load import Load
from connectors.stream import Window
from tests.connectors.ads_case import kept_secret, pulled
from tests.http_server import Answer, Handler, Request, Server, serving

WINDOW = Window(date(2026, 11, 16), date(2026, 11, 22))
BRIEF = RetryPolicy(attempts=2, first_wait_s=0.001, longest_wait_s=300.0)
ACCOUNT = {"id": 512345678, "name": "Duurzame Mode", "currency": "EUR", "status": "ACTIVE", "test": False}
CAMPAIGN = {
    "id": 187654321,
    "name": "Zakelijk NL",
    "status": "PAUSED",
    "type": "SPONSORED_UPDATES",
    "objectiveType": "LEAD_GENERATION",
}


def day(day_of_month: int) -> dict[str, int]:
    return {"year": 2026, "month": 11, "day": day_of_month}


ROW: dict[str, Any] = {
    "dateRange": {"start": day(20), "end": day(20)},
    "pivotValues": ["urn:li:sponsoredCampaign:187654321"],
    "impressions": 1204,
    "clicks": 17,
    "costInLocalCurrency": "48.3100000001",
    "landingPageClicks": 15,
    "totalEngagements": 21,
    "videoViews": 0,
    "oneClickLeads": 1,
    "externalWebsiteConversions": 3,
    "externalWebsitePostClickConversions": 2,
    "externalWebsitePostViewConversions": 1,
    "conversionValueInLocalCurrency": "180.0",
}


def linkedin(*rows: dict[str, Any], **answers: Answer | Callable[[Request], Answer]) -> Handler:
    """A LinkedIn with one account, one campaign and these rows; `answers` replace what the end of a path says."""
    usual: dict[str, Any] = {
        "512345678": Answer(body=ACCOUNT),
        "adAccounts": Answer(body={"elements": [ACCOUNT], "metadata": {}}),
        "adCampaigns": Answer(body={"elements": [CAMPAIGN], "metadata": {}}),
        "adAnalytics": Answer(body={"paging": {}, "elements": list(rows)}),
    }

    def answer(request: Request) -> Answer:
        told = (usual | answers)[request.path.rpartition("/")[2]]
        return told(request) if callable(told) else told

    return answer


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path


def connector(server: Server, secrets: Path, **settings: Any) -> LinkedInAds:
    given: dict[str, Any] = {"base_url": server.url, "accounts": [{"id": "512345678"}]}
    given["access_token"] = kept_secret(secrets, "access.token", "AQ-secret")
    return LinkedInAds(LinkedInAdsSettings.model_validate(given | settings), Company(), BRIEF)


def rows_of(handler: Handler, secrets: Path, load: Load | None = None) -> list[dict[str, Any]]:
    with serving(handler) as server:
        return pulled(connector(server, secrets), WINDOW, load)


def failure(handler: Handler, secrets: Path) -> ConnectorError:
    with serving(handler) as server, pytest.raises(ConnectorError) as caught:
        pulled(connector(server, secrets), WINDOW)
    return caught.value


class TestRows:
    def test_a_full_row(self, secrets: Path) -> None:
        [row] = rows_of(linkedin(ROW), secrets)
        assert (row["date"], row["campaign_id"], row["campaign_name"]) == (
            date(2026, 11, 20), "187654321", "Zakelijk NL",
        )  # fmt: skip
        assert (row["currency"], row["spend"], row["conversion_value"]) == ("EUR", Decimal("48.31"), Decimal(180))
        assert (row["impressions"], row["clicks"], row["leads"]) == (1204, 17, 1)
        assert (row["conversions"], row["post_click_conversions"], row["post_view_conversions"]) == (3, 2, 1)
        assert (row["objective"], row["campaign_status"]) == ("LEAD_GENERATION", "PAUSED")

    def test_a_deleted_campaign_has_no_name_and_keeps_its_spend(self, secrets: Path) -> None:
        nobody = Answer(body={"elements": [], "metadata": {}})
        [row] = rows_of(linkedin(ROW, adCampaigns=nobody), secrets)
        assert row["campaign_name"] is None
        assert row["spend"] == Decimal("48.31")

    def test_what_linkedin_does_not_tell_is_unknown_and_not_zero(self, secrets: Path) -> None:
        without = {name: value for name, value in ROW.items() if not name.startswith("externalWebsite")}
        [row] = rows_of(linkedin(without), secrets)
        assert row["conversions"] is None

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"pivotValues": ["urn:li:sponsoredAccount:1"]}, "campaign_id is missing"),
            ({"pivotValues": []}, "campaign_id is missing"),
            ({"dateRange": {"start": day(20), "end": day(21)}}, "date is not a date32"),
            ({"dateRange": None}, "date is not a date32"),
            ({"costInLocalCurrency": None}, "spend is missing"),
        ],
    )
    def test_a_row_that_cannot_be_placed_is_put_aside(
        self, secrets: Path, changes: dict[str, Any], reason: str
    ) -> None:
        load = Load()
        assert rows_of(linkedin(ROW | changes), secrets, load) == []
        assert load.rejected[0].reason.startswith(reason)

    def test_days_outside_the_window_are_left(self, secrets: Path) -> None:
        outside = ROW | {"dateRange": {"start": day(23), "end": day(23)}}
        assert len(rows_of(linkedin(ROW, outside), secrets)) == 1

    def test_days_are_those_of_utc(self, secrets: Path) -> None:
        load = Load()
        rows_of(linkedin(ROW), secrets, load)
        assert load.notes["time_zone"] == "UTC"


class TestRequests:
    def test_the_version_and_the_token_are_headers(self, secrets: Path) -> None:
        with serving(linkedin()) as server:
            pulled(connector(server, secrets, version="202607"), WINDOW)
        for request in server.requests:
            assert request.headers["LinkedIn-Version"] == "202607"
            assert request.headers["X-Restli-Protocol-Version"] == "2.0.0"
            assert request.headers["Authorization"] == "Bearer AQ-secret"

    def test_no_more_fields_are_asked_for_than_linkedin_takes(self) -> None:
        assert len(FIELDS) <= 20

    def test_campaigns_come_by_the_page(self, secrets: Path) -> None:
        def campaigns(request: Request) -> Answer:
            later = request.query.get("pageToken") == "next"
            found = [CAMPAIGN] if later else [CAMPAIGN | {"id": 1}]
            return Answer(body={"elements": found, "metadata": {} if later else {"nextPageToken": "next"}})

        [row] = rows_of(linkedin(ROW, adCampaigns=campaigns), secrets)
        assert row["campaign_name"] == "Zakelijk NL"


class TestNoSilence:
    """An account without access has an empty report, with HTTP 200."""

    def test_a_pull_asks_for_the_account_first(self, secrets: Path) -> None:
        denied = {"status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": "Not enough permissions"}
        error = failure(linkedin(**{"512345678": Answer(403, denied)}), secrets)
        assert isinstance(error, ConfigurationError)
        assert "needs a role on the ad account" in error.hint

    def test_a_report_that_may_have_been_cut_off_is_asked_for_in_halves(
        self, secrets: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.linkedin_ads_streams._MOST_ELEMENTS", 2)
        asked: list[str] = []

        def analytics(request: Request) -> Answer:
            asked.append(request.query["dateRange"])
            whole = "start:(year:2026,month:11,day:1)" in request.query["dateRange"] and "day:22" in asked[-1]
            return Answer(body={"elements": [ROW, ROW] if whole else [ROW] if len(asked) == 3 else []})

        with serving(linkedin(adAnalytics=analytics)) as server:
            rows = pulled(connector(server, secrets), Window(date(2026, 11, 1), date(2026, 11, 22)))
        assert len(rows) == 1
        assert [re.findall(r"day:(\d+)", each) for each in asked] == [["1", "22"], ["1", "11"], ["12", "22"]]

    def test_a_report_that_takes_too_long_is_asked_for_in_halves(self, secrets: Path) -> None:
        def analytics(request: Request) -> Answer:
            first, last = map(int, re.findall(r"day:(\d+)", request.query["dateRange"]))
            return Answer(504, {"status": 504}) if last - first > 14 else Answer(body={"elements": []})

        with serving(linkedin(adAnalytics=analytics)) as server:
            assert pulled(connector(server, secrets), Window(date(2026, 11, 1), date(2026, 11, 22))) == []

    def test_a_week_that_takes_too_long_is_an_outage(self, secrets: Path) -> None:
        assert isinstance(failure(linkedin(adAnalytics=Answer(504, {"status": 504})), secrets), TransientError)


class TestRefusals:
    def test_a_version_that_has_ended_says_what_to_do(self, secrets: Path) -> None:
        ended = {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version 20251101 is not active"}
        error = failure(linkedin(**{"512345678": Answer(426, ended)}), secrets)
        assert isinstance(error, ConfigurationError)
        assert "set version to a newer one" in error.hint

    def test_a_limit_of_the_day_is_left_until_midnight_utc(self, secrets: Path) -> None:
        message = "Resource level throttle APPLICATION DAY limit for calls to this resource is reached."
        limit = {"message": message, "serviceErrorCode": 101, "status": 429}
        now = datetime.now(UTC)
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
        error = failure(linkedin(**{"512345678": Answer(429, limit, {"Retry-After": ""})}), secrets)
        assert isinstance(error, QuotaError)
        assert error.retry_after == pytest.approx(max(60.0, (midnight - now).total_seconds()), abs=60)

    def test_a_revoked_token_is_not_tried_again(self, secrets: Path) -> None:
        revoked = {"status": 401, "serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN", "message": "revoked"}
        error = failure(linkedin(**{"512345678": Answer(401, revoked)}), secrets)
        assert isinstance(error, AuthorisationError)
        assert not error.refreshable


class TestConsent:
    def given(self, server: Server, secrets: Path) -> LinkedInAds:
        keys = {
            "client_id": "86app",
            "client_secret": kept_secret(secrets, "app.secret", "app-secret"),
            "refresh_token": kept_secret(secrets, "refresh.token", "AQ-refresh"),
            "access_token": None,
            "token_url": f"{server.url}/oauth/v2/accessToken",
        }
        return connector(server, secrets, **keys)

    def granting(self, days_left: int) -> Answer:
        left = {"refresh_token": "AQ-refresh", "refresh_token_expires_in": days_left * 86_400}
        return Answer(body={"access_token": "AQ-new", "expires_in": 5_184_000} | left)

    def test_the_refresh_token_gives_an_access_token(self, secrets: Path) -> None:
        with serving(linkedin(ROW, accessToken=self.granting(300))) as server:
            assert len(pulled(self.given(server, secrets), WINDOW)) == 1
        assert b"refresh_token=AQ-refresh" in server.requests[0].body
        assert server.requests[1].headers["Authorization"] == "Bearer AQ-new"

    @pytest.mark.parametrize(("days_left", "warned"), [(300, False), (10, True)])
    def test_a_consent_that_is_about_to_end_is_noted(self, secrets: Path, days_left: int, warned: bool) -> None:
        with serving(linkedin(accessToken=self.granting(days_left))) as server:
            source = self.given(server, secrets)
            notes = source.check(source.accounts[0]).notes
        assert any("the consent ends on" in note for note in notes) == warned

    def test_a_consent_that_has_ended_says_what_to_do(self, secrets: Path) -> None:
        ended = Answer(400, {"error": "invalid_grant", "error_description": "refresh token is invalid"})
        with serving(linkedin(accessToken=ended)) as server, pytest.raises(AuthorisationError) as caught:
            pulled(self.given(server, secrets), WINDOW)
        assert "connect LinkedIn again" in caught.value.hint


class TestSettings:
    @pytest.mark.parametrize("written", ["512345678", 512345678, "urn:li:sponsoredAccount:512345678"])
    def test_an_account_may_be_written_as_a_urn(self, written: Any) -> None:
        told = {"access_token": "env:TOKEN", "accounts": [{"id": written}]}
        assert LinkedInAdsSettings.model_validate(told).accounts[0].id == "512345678"

    @pytest.mark.parametrize(
        "keys",
        [
            {},
            {"refresh_token": "env:A"},
            {"access_token": "env:A", "client_id": "1", "client_secret": "env:B", "refresh_token": "env:C"},
        ],
    )
    def test_there_is_one_way_in(self, keys: dict[str, str]) -> None:
        with pytest.raises(ValidationError, match="give either client_id"):
            LinkedInAdsSettings.model_validate(keys | {"accounts": [{"id": "1"}]})

    def test_an_account_that_is_cancelled_is_noted(self, secrets: Path) -> None:
        told = Answer(body=ACCOUNT | {"status": "CANCELED"})
        with serving(linkedin(**{"512345678": told})) as server:
            source = connector(server, secrets)
            facts = source.check(source.accounts[0])
        assert (facts.name, facts.currency, facts.time_zone) == ("Duurzame Mode", "EUR", "UTC")
        assert facts.notes == ("the account is cancelled: what it has recorded can still be read",)
