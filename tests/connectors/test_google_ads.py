"""The Google Ads connector against a small Google Ads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.auth import jwt
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
from connectors.google_ads import GoogleAds, GoogleAdsSettings
from connectors.google_ads_errors import failure
from connectors.google_ads_search import elements
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Handler, Request, Server, serving

WINDOW = Window(date(2026, 10, 24), date(2026, 11, 22))
PERSON = {
    "type": "authorized_user",
    "client_id": "the-client",
    "client_secret": "the-client-secret",
    "refresh_token": "the-refresh-token",
}
ROW: dict[str, Any] = {
    "customer": {"resourceName": "customers/1112223334", "currencyCode": "EUR", "timeZone": "Europe/Amsterdam"},
    "campaign": {
        "resourceName": "customers/1112223334/campaigns/777",
        "id": "777",
        "name": "Brand",
        "status": "ENABLED",
        "advertisingChannelType": "SEARCH",
    },
    "segments": {"date": "2026-11-20"},
    "metrics": {
        "costMicros": "12345678",
        "impressions": "1500",
        "clicks": "75",
        "interactions": "76",
        "conversions": 3.5,
        "conversionsValue": 210.75,
        "allConversions": 4,
        "allConversionsValue": 300.5,
        "viewThroughConversions": "1",
        "conversionsByConversionDate": 2.25,
        "conversionsValueByConversionDate": 99,
    },
}
BROKEN = object()


def batch_of(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"results": list(rows), "fieldMask": "segments.date", "requestId": "AbC", "queryResourceConsumption": "15"}


def error(number: int, status: str, family: str = "", code: str = "", text: str = "", **details: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"code": number, "status": status, "message": "Request failed."}
    if family:
        entry = {"errorCode": {family: code}, "message": text, **({"details": details} if details else {})}
        kind = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
        told["details"] = [{"@type": kind, "errors": [entry], "requestId": "AbC"}]
    return {"error": told}


def google(*bodies: Any) -> Handler:
    """A Google that grants tokens, and answers its searches in turn; the last answer stays. A list is a stream."""
    left = list(bodies)
    tokens = iter(range(1, 100))

    def handler(request: Request) -> Answer:
        if request.path == "/token":
            return Answer(body={"access_token": f"token-{next(tokens)}", "expires_in": 3599})
        body = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(body, Answer):
            return body
        failed = body[0] if isinstance(body, list) and body else body
        return Answer(failed["error"]["code"] if isinstance(failed, dict) and "error" in failed else 200, body)

    return handler


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_ADS_JSON", json.dumps(PERSON))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the retries would have waited; they do not."""
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    return waited


def google_ads(server: Server, **settings: Any) -> GoogleAds:
    told = {
        "base_url": server.url,
        "token_url": f"{server.url}/token",
        "credentials": "env:GOOGLE_ADS_JSON",
        "accounts": [{"id": "111-222-3334"}],
    }
    return GoogleAds(GoogleAdsSettings.model_validate(told | settings), Company())


def pull(
    connector: GoogleAds, name: str = "campaign_day", window: Window = WINDOW, load: Load | None = None
) -> list[dict[str, Any]]:
    stream = connector.stream(name)
    batches = list(connector.pull(stream, connector.accounts[0], window, load or Load()))
    assert all(batch.schema.equals(stream.schema) for batch in batches)
    return pa.Table.from_batches(batches, stream.schema).to_pylist()


def pulled(*bodies: Any, name: str = "campaign_day", load: Load | None = None, **settings: Any) -> list[dict[str, Any]]:
    with serving(google(*bodies)) as server:
        return pull(google_ads(server, **settings), name, load=load)


@contextmanager
def refused(kind: type[ConnectorError], match: str | None = None) -> Iterator[None]:
    with pytest.raises(kind, match=match) as caught:
        yield
    assert type(caught.value) is kind
    assert caught.value.platform == "google_ads"


def searches(server: Server) -> list[Request]:
    return [request for request in server.requests if request.path != "/token"]


def without(*metrics: str) -> dict[str, Any]:
    return ROW | {"metrics": {name: value for name, value in ROW["metrics"].items() if name not in metrics}}


class TestRows:
    def test_every_column_is_filled_from_a_full_row(self) -> None:
        assert pulled([batch_of(ROW)]) == [
            {
                "account_id": "1112223334",
                "date": date(2026, 11, 20),
                "campaign_id": "777",
                "campaign_name": "Brand",
                "campaign_status": "ENABLED",
                "channel_type": "SEARCH",
                "currency": "EUR",
                "time_zone": "Europe/Amsterdam",
                "cost": Decimal("12.345678"),
                "impressions": 1500,
                "clicks": 75,
                "interactions": 76,
                "conversions": 3.5,
                "conversions_value": 210.75,
                "all_conversions": 4.0,
                "all_conversions_value": 300.5,
                "view_through_conversions": 1,
                "conversions_by_conversion_date": 2.25,
                "conversions_value_by_conversion_date": 99.0,
            }
        ]

    def test_conversions_are_split_by_action(self) -> None:
        segments = {
            "date": "2026-11-20",
            "conversionAction": "customers/1112223334/conversionActions/5",
            "conversionActionName": "Purchase",
        }
        row = ROW | {"segments": segments, "metrics": {"conversions": 1.5, "conversionsValue": 80}}
        (told,) = pulled([batch_of(row)], name="conversion_action_day")
        assert told["conversion_action"] == "customers/1112223334/conversionActions/5"
        assert (told["conversion_action_name"], told["conversions"], told["conversions_value"]) == ("Purchase", 1.5, 80)

    def test_metrics_that_are_left_out_are_zero(self) -> None:
        (row,) = pulled([batch_of(without("costMicros", "clicks", "conversions"))])
        assert (row["cost"], row["clicks"], row["conversions"]) == (0, 0, 0.0)

    def test_no_metrics_at_all_are_zeros(self) -> None:
        (row,) = pulled([batch_of({**ROW, "metrics": {}}), batch_of()])
        assert (row["cost"], row["impressions"]) == (0, 0)

    def test_a_campaign_without_a_name_has_none(self) -> None:
        (row,) = pulled([batch_of(ROW | {"campaign": {"id": "777"}})])
        assert (row["campaign_name"], row["channel_type"]) == (None, None)

    def test_micros_are_exact_beyond_what_binary_floats_hold(self) -> None:
        (row,) = pulled([batch_of(ROW | {"metrics": {"costMicros": "90071992547409931"}})])
        assert row["cost"] == Decimal("90071992547.409931")

    def test_micros_sent_as_numbers_count_as_well(self) -> None:
        (row,) = pulled([batch_of(ROW | {"metrics": {"costMicros": 12345678}})])
        assert row["cost"] == Decimal("12.345678")

    def test_a_row_without_currency_is_put_aside_with_its_reason(self) -> None:
        load = Load()
        rows = pulled([batch_of(ROW, ROW | {"customer": {}})], load=load)
        assert len(rows) == 1
        assert [rejected.reason for rejected in load.rejected] == ["currency is missing"]

    def test_micros_that_are_no_number_put_their_row_aside(self) -> None:
        load = Load()
        rows = pulled([batch_of(ROW, ROW | {"metrics": {"costMicros": "a lot"}})], load=load)
        assert [row["cost"] for row in rows] == [Decimal("12.345678")]
        assert [rejected.reason for rejected in load.rejected] == ["cost is not an amount of money: 'a lot micros'"]

    def test_an_amount_too_large_for_money_puts_its_row_aside(self) -> None:
        load = Load()
        assert pulled([batch_of(ROW | {"metrics": {"costMicros": "9" * 19}})], load=load) == []
        assert len(load.rejected) == 1

    def test_batches_come_one_by_one(self) -> None:
        with serving(google([batch_of(ROW, ROW), batch_of(ROW)])) as server:
            connector = google_ads(server)
            stream = connector.stream("campaign_day")
            batches = connector.pull(stream, connector.accounts[0], WINDOW, Load())
            assert [batch.num_rows for batch in batches] == [2, 1]

    @pytest.mark.parametrize("body", [[], [{"fieldMask": "segments.date", "requestId": "AbC"}], [batch_of()]])
    def test_an_account_without_delivery_has_no_rows(self, body: Any) -> None:
        assert pulled(body) == []

    def test_every_field_tells_what_it_means(self) -> None:
        for stream in GoogleAds.streams:
            assert all(field.description for field in stream.fields)

    def test_every_additive_quantity_is_a_measure(self) -> None:
        measures = set(GoogleAds.stream("campaign_day").measures)
        assert {"cost", "impressions", "clicks", "conversions", "conversions_value"} < measures
        assert GoogleAds.stream("conversion_action_day").measures == ("conversions", "conversions_value")


class TestRequest:
    def sent(self, **settings: Any) -> Request:
        with serving(google([batch_of(ROW)])) as server:
            pull(google_ads(server, **settings))
            return searches(server)[0]

    def test_it_is_a_search_stream_of_the_customer(self) -> None:
        request = self.sent()
        assert (request.method, request.path) == ("POST", "/v26/customers/1112223334/googleAds:searchStream")

    def test_the_window_is_in_the_query_and_no_page_size(self) -> None:
        sent = self.sent().json
        assert set(sent) == {"query"}
        assert sent["query"].endswith("FROM campaign WHERE segments.date BETWEEN '2026-10-24' AND '2026-11-22'")

    def test_a_conversion_query_asks_no_cost(self) -> None:
        with serving(google([])) as server:
            pull(google_ads(server), "conversion_action_day")
            query = searches(server)[0].json["query"]
        assert "segments.conversion_action," in query
        assert "cost_micros" not in query
        assert "clicks" not in query

    def test_the_token_is_in_the_authorization_header(self) -> None:
        assert self.sent().headers["Authorization"] == "Bearer token-1"

    def test_a_manager_is_named_without_dashes(self) -> None:
        assert self.sent(login_customer_id="999-000-1112").headers["login-customer-id"] == "9990001112"

    def test_optional_headers_are_left_out(self) -> None:
        names = {name.lower() for name in self.sent().headers}
        assert not names & {"login-customer-id", "developer-token"}

    def test_a_developer_token_is_sent_where_there_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEVELOPER_TOKEN", "dev")
        assert self.sent(developer_token="env:DEVELOPER_TOKEN").headers["developer-token"] == "dev"

    def test_one_pull_is_one_request(self) -> None:
        load = Load()
        pulled([batch_of(ROW)], load=load)
        assert load.requests == 1


class TestSettings:
    def settings(self, **told: Any) -> GoogleAdsSettings:
        base = {"credentials": "env:GOOGLE_ADS_JSON", "accounts": [{"id": 1112223334}]}
        return GoogleAdsSettings.model_validate(base | told)

    @pytest.mark.parametrize("written", [1112223334, "1112223334", "111-222-3334", " customers/1112223334 "])
    def test_customer_ids_are_written_in_any_usual_way(self, written: Any) -> None:
        assert self.settings(accounts=[{"id": written}]).accounts[0].id == "1112223334"

    @pytest.mark.parametrize("written", ["111222333", "AW-1112223334", "duurzame mode", "１112223334"])
    def test_other_ids_are_refused(self, written: str) -> None:
        with pytest.raises(ValidationError, match="ten digits"):
            self.settings(accounts=[{"id": written}])

    def test_a_manager_id_may_be_a_number(self) -> None:
        assert self.settings(login_customer_id=9990001112).login_customer_id == "9990001112"

    def test_google_is_the_default_address(self) -> None:
        assert self.settings().base_url == "https://googleads.googleapis.com"


class TestHistory:
    def test_days_before_37_months_are_cut_off_and_noted(self) -> None:
        load = Load()
        today = datetime.now(UTC).date()
        with serving(google([])) as server:
            pull(google_ads(server), window=Window(today - timedelta(days=2000), today), load=load)
            query = searches(server)[0].json["query"]
        assert timedelta(days=37 * 30) < today - load.notes["since"] < timedelta(days=37 * 31)
        assert f"BETWEEN '{load.notes['since']}' AND '{today}'" in query

    def test_a_window_wholly_before_is_not_asked_for(self) -> None:
        load = Load()
        with serving(google([batch_of(ROW)])) as server:
            rows = pull(google_ads(server), window=Window(date(2019, 1, 1), date(2019, 1, 31)), load=load)
        assert (rows, server.requests, "since" in load.notes) == ([], [], True)

    def test_a_usual_window_is_left_alone(self) -> None:
        load = Load()
        today = datetime.now(UTC).date()
        with serving(google([])) as server:
            pull(google_ads(server), window=Window(today - timedelta(days=29), today), load=load)
        assert load.notes == {}


EXHAUSTED = error(
    429,
    "RESOURCE_EXHAUSTED",
    "quotaError",
    "RESOURCE_EXHAUSTED",
    "Too many requests. Retry in 900 seconds.",
    quotaErrorDetails={"rateScope": "DEVELOPER", "rateName": "Operations", "retryDelay": "900s"},
)
DENIED = error(403, "PERMISSION_DENIED", "authorizationError", "USER_PERMISSION_DENIED", "User has no permission.")
EXPIRED = error(401, "UNAUTHENTICATED", "authenticationError", "OAUTH_TOKEN_EXPIRED", "Expired.")


class TestErrors:
    def test_a_long_quota_is_left_for_later_with_its_delay(self) -> None:
        with pytest.raises(QuotaError, match=r"Retry in 900 seconds") as caught:
            pulled(EXHAUSTED)
        assert caught.value.retry_after == 900

    def test_an_error_wrapped_in_an_array_is_the_same_error(self) -> None:
        with pytest.raises(QuotaError) as caught:
            pulled([EXHAUSTED])
        assert caught.value.retry_after == 900

    def test_a_short_delay_is_waited_for(self, waits: list[float]) -> None:
        brief = json.loads(json.dumps(EXHAUSTED).replace("900s", "7s"))
        assert len(pulled(brief, [batch_of(ROW)])) == 1
        assert 7 <= waits[0] < 7.2

    def test_retry_info_of_google_rpc_counts_as_well(self) -> None:
        told = {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "12.5s"}]}
        assert getattr(failure(told), "retry_after", None) == 12.5

    def test_a_quota_without_delay_waits_half_a_minute(self, waits: list[float]) -> None:
        told = error(429, "RESOURCE_EXHAUSTED", "quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED")
        assert len(pulled(told, [batch_of(ROW)])) == 1
        assert 30 <= waits[0] < 31

    @pytest.mark.parametrize(("term", "least_s"), [("SHORT", 121), ("LONG", 3600)])
    def test_expensive_queries_are_left_for_later(self, term: str, least_s: float) -> None:
        told = error(429, "RESOURCE_EXHAUSTED", "quotaError", f"EXCESSIVE_{term}_TERM_QUERY_RESOURCE_CONSUMPTION")
        with pytest.raises(QuotaError) as caught:
            pulled(told)
        assert (caught.value.retry_after or 0) >= least_s

    @pytest.mark.parametrize(
        "told",
        [
            error(500, "INTERNAL", "internalError", "INTERNAL_ERROR"),
            error(500, "INTERNAL", "internalError", "TRANSIENT_ERROR"),
            error(504, "DEADLINE_EXCEEDED", "internalError", "DEADLINE_EXCEEDED"),
            error(503, "UNAVAILABLE"),
            Answer(502, b"<html>Bad Gateway</html>"),
        ],
    )
    def test_failures_of_google_are_tried_again(self, told: Any, waits: list[float]) -> None:
        load = Load()
        assert len(pulled(told, told, [batch_of(ROW)], load=load)) == 1
        assert (len(waits), load.requests) == (2, 3)

    def test_the_tries_end(self, waits: list[float]) -> None:
        load = Load()
        with refused(TransientError):
            pulled(error(503, "UNAVAILABLE"), load=load)
        assert load.requests == 5

    def test_an_expired_token_is_replaced_once(self) -> None:
        with serving(google(EXPIRED, [batch_of(ROW)])) as server:
            assert len(pull(google_ads(server))) == 1
            sent = [request.headers["Authorization"] for request in searches(server)]
        assert sent == ["Bearer token-1", "Bearer token-2"]

    def test_a_token_that_stays_refused_is_an_error(self) -> None:
        with serving(google(EXPIRED)) as server:
            with refused(AuthorisationError, "OAUTH_TOKEN_EXPIRED"):
                pull(google_ads(server))
            assert len(searches(server)) == 2

    @pytest.mark.parametrize("code", ["OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_DISABLED", "GOOGLE_ACCOUNT_DELETED"])
    def test_a_revoked_token_is_not_replaced(self, code: str) -> None:
        with serving(google(error(401, "UNAUTHENTICATED", "authenticationError", code))) as server:
            with refused(AuthorisationError, code):
                pull(google_ads(server))
            assert len(searches(server)) == 1

    def test_a_missing_permission_names_login_customer_id(self) -> None:
        with refused(ConfigurationError, "login-customer-id"):
            pulled(DENIED)

    def test_the_message_tells_platform_account_and_stream(self) -> None:
        with refused(ConfigurationError, "^google_ads 1112223334 campaign_day: USER_PERMISSION_DENIED"):
            pulled(DENIED)

    @pytest.mark.parametrize(
        ("family", "code", "advice"),
        [
            ("authorizationError", "CUSTOMER_NOT_ENABLED", "suspended or closed"),
            ("authorizationError", "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION", "Cloud project"),
            ("authorizationError", "MISSING_TOS", "terms"),
            ("authorizationError", "METRIC_ACCESS_DENIED", "may not see"),
            ("requestError", "UNSUPPORTED_VERSION", "update Kompas"),
            ("requestError", "INVALID_CUSTOMER_ID", "ten digits"),
            ("queryError", "REQUESTED_METRICS_FOR_MANAGER", "login_customer_id"),
            ("dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED", "37 months"),
        ],
    )
    def test_what_the_user_can_mend_is_said(self, family: str, code: str, advice: str) -> None:
        with refused(ConfigurationError, advice):
            pulled(error(400, "INVALID_ARGUMENT", family, code))

    def test_a_query_that_google_refuses_is_ours_to_mend(self) -> None:
        with refused(BadDataError, "UNRECOGNIZED_FIELD"):
            pulled(error(400, "INVALID_ARGUMENT", "queryError", "UNRECOGNIZED_FIELD"))

    def test_a_dead_version_is_said(self) -> None:
        with refused(ConfigurationError, "update Kompas"):
            pulled(Answer(404, b"<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"))

    def test_a_known_error_among_others_decides(self) -> None:
        told = error(403, "PERMISSION_DENIED", "someError", "UNKNOWN")["error"]
        told["details"].append(DENIED["error"]["details"][0])
        assert isinstance(failure(told), ConfigurationError)

    @pytest.mark.parametrize("details", [None, "text", [None], [{"errors": None}], [{"errors": [{"errorCode": None}]}]])
    def test_details_of_another_shape_do_no_harm(self, details: Any) -> None:
        assert isinstance(failure({"code": 503, "status": "UNAVAILABLE", "details": details}), TransientError)


class TestStream:
    """An answer that begins well and ends badly."""

    def test_an_error_in_the_middle_is_raised(self, waits: list[float]) -> None:
        with refused(ConfigurationError, "USER_PERMISSION_DENIED"):
            pulled(Answer(200, [batch_of(ROW), DENIED]))

    def test_a_passing_error_in_the_middle_makes_no_row_come_twice(self, waits: list[float]) -> None:
        load = Load()
        stumbling = Answer(200, [batch_of(ROW, ROW | {"customer": {}}), error(500, "INTERNAL")])
        rows = pulled(stumbling, [batch_of(ROW, ROW | {"customer": {}}), batch_of(ROW)], load=load)
        assert (len(rows), len(load.rejected), load.requests) == (2, 1, 2)

    def test_the_delay_of_a_quota_in_the_middle_is_waited_for(self, waits: list[float]) -> None:
        brief = json.loads(json.dumps(EXHAUSTED).replace("900s", "7s"))
        assert len(pulled(Answer(200, [batch_of(ROW), brief]), [batch_of(ROW)])) == 1
        assert 7 <= waits[0] < 7.2

    def test_an_error_object_with_http_200_is_raised(self, waits: list[float]) -> None:
        with refused(ConfigurationError, "USER_PERMISSION_DENIED"):
            pulled(Answer(200, DENIED))

    def test_a_truncated_answer_is_fetched_again(self, waits: list[float]) -> None:
        assert len(pulled(Answer(200, [batch_of(ROW)], truncate=True), [batch_of(ROW), batch_of(ROW)])) == 2

    @pytest.mark.parametrize("cut", [0, 1, 40, -1])
    def test_an_array_without_its_end_is_fetched_again(self, cut: int, waits: list[float]) -> None:
        whole = json.dumps([batch_of(ROW), batch_of(ROW)]).encode()
        assert len(pulled(Answer(200, whole[:cut]), [batch_of(ROW)])) == 1

    @pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[{]", b'[{"results": 5}]', b"[1]", b'[{"what": 1}]'])
    def test_an_answer_of_another_shape_is_bad_data(self, body: bytes) -> None:
        with refused(BadDataError):
            pulled(Answer(200, body))

    def test_a_row_of_another_shape_is_bad_data(self) -> None:
        with refused(BadDataError, "another shape"):
            pulled([batch_of(ROW | {"metrics": 5})])

    def test_elements_may_be_cut_anywhere(self) -> None:
        whole = json.dumps([batch_of(ROW), {"error": {"message": 'a "quote" } ]'}}]).encode()
        for size in range(1, 60):
            pieces = [whole[start : start + size] for start in range(0, len(whole), size)]
            assert list(elements(pieces)) == json.loads(whole)

    def test_an_endless_batch_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("connectors.google_ads_search._BATCH_BYTES", 1000)
        with pytest.raises(BadDataError, match="larger than"):
            list(elements([b'[{"results": ["', *[b"x" * 100] * 20]))


class TestCheck:
    def checked(self, *bodies: Any) -> Any:
        with serving(google(*bodies)) as server:
            connector = google_ads(server)
            return connector.check(connector.accounts[0])

    def customer(self, **told: Any) -> list[dict[str, Any]]:
        facts = {"id": "1112223334", "descriptiveName": "Mode", "currencyCode": "EUR", "timeZone": "Europe/Amsterdam"}
        return [batch_of({"customer": facts | told})]

    def test_it_tells_name_currency_and_time_zone(self) -> None:
        facts = self.checked(self.customer())
        assert (facts.name, facts.currency, facts.time_zone, facts.notes) == ("Mode", "EUR", "Europe/Amsterdam", ())

    def test_a_manager_account_is_refused_and_its_clients_are_named(self) -> None:
        clients = batch_of(
            {"customerClient": {"id": "1112223334", "descriptiveName": "Mode", "level": "1"}},
            {"customerClient": {"id": "2223334445", "manager": True, "level": "1"}},
        )
        with pytest.raises(ConfigurationError, match=r"manager account.*\(1112223334 Mode\).*login_customer_id: 1112"):
            self.checked(self.customer(manager=True), [clients])

    def test_a_manager_account_is_refused_even_if_its_clients_are_not_told(self) -> None:
        with pytest.raises(ConfigurationError, match="manager account"):
            self.checked(self.customer(manager=True), DENIED)

    def test_a_test_account_is_noted(self) -> None:
        assert self.checked(self.customer(testAccount=True)).notes == (
            "this is a test account: it has no real figures",
        )


class TestCredentials:
    def refresh(self, answer: Callable[[Request], Answer] | None = None, **settings: Any) -> dict[str, list[str]]:
        """The form that a pull sends to the token endpoint."""

        def handler(request: Request) -> Answer:
            return answer(request) if answer and request.path == "/token" else google([batch_of(ROW)])(request)

        with serving(handler) as server:
            pull(google_ads(server, **settings))
            (token,) = (request for request in server.requests if request.path == "/token")
        return parse_qs(token.body.decode())

    def test_a_person_sends_the_refresh_token(self) -> None:
        assert self.refresh() == {
            "grant_type": ["refresh_token"],
            "client_id": ["the-client"],
            "client_secret": ["the-client-secret"],
            "refresh_token": ["the-refresh-token"],
        }

    def test_a_token_is_fetched_once_for_all_streams(self) -> None:
        with serving(google([])) as server:
            connector = google_ads(server)
            pull(connector)
            pull(connector, "conversion_action_day")
            assert [request.path for request in server.requests].count("/token") == 1

    def test_the_token_uri_of_the_json_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving(google([])) as server:
            monkeypatch.setenv("GOOGLE_ADS_JSON", json.dumps(PERSON | {"token_uri": f"{server.url}/token"}))
            assert pull(google_ads(server, token_url="")) == []

    def test_a_service_account_signs_an_assertion(self, monkeypatch: pytest.MonkeyPatch) -> None:
        key = rsa.generate_private_key(65537, 2048)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        robot = {"type": "service_account", "client_email": "robot@example.iam", "private_key": pem}
        monkeypatch.setenv("GOOGLE_ADS_JSON", json.dumps(robot))
        form = self.refresh()
        claims = jwt.decode(form["assertion"][0], verify=False)
        assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        assert (claims["iss"], claims["scope"]) == ("robot@example.iam", "https://www.googleapis.com/auth/adwords")
        assert claims["aud"].endswith("/token")
        assert claims["exp"] - claims["iat"] == 3600

    def test_a_revoked_consent_says_what_to_do(self) -> None:
        no = Answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        with refused(AuthorisationError, r"invalid_grant.*connect the account again.*7 days"):
            self.refresh(lambda _: no)

    @pytest.mark.parametrize(
        ("told", "reason"),
        [
            ("not json", "no JSON"),
            ("[]", "Expected `object`"),
            (json.dumps({"client_id": "the-client-secret", "refresh_token": "the-refresh-token"}), "client_secret"),
            (json.dumps({"installed": {"client_secret": "the-client-secret"}}), "client_id"),
            (json.dumps({"type": "external_account"}), "external_account"),
            (
                json.dumps({"type": "service_account", "client_email": "a", "private_key": "the-client-secret"}),
                "private_key",
            ),
        ],
    )
    def test_a_credential_that_is_none_is_refused(
        self, told: str, reason: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GOOGLE_ADS_JSON", told)
        with pytest.raises(ConfigurationError, match=reason) as caught:
            self.refresh()
        assert "the-client-secret" not in str(caught.value)
        assert "the-refresh-token" not in str(caught.value)

    def test_no_credential_at_all_is_said(self, tmp_path: Path) -> None:
        with refused(ConfigurationError, "cannot be read"):
            self.refresh(credentials=f"file:{tmp_path}/none.json")
