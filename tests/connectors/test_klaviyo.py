"""The Klaviyo connector against a small Klaviyo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Company, Found
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError
from connectors.klaviyo import Klaviyo, KlaviyoSettings
from connectors.klaviyo_api import REVISION
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Request, Server, serving

KEY = "pk_AbC123_0123456789"
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 3))
STATISTICS = {
    "recipients": 1000.0, "delivered": 990.0, "bounced": 10.0, "opens_unique": 420.0, "clicks_unique": 31.0,
    "unsubscribe_uniques": 2.0, "spam_complaints": 0.0, "conversions": 5.0, "conversion_value": 812.5,
}  # fmt: skip
RESULT = {
    "groupings": {"campaign_id": "C1", "campaign_message_id": "M1", "send_channel": "email"},
    "statistics": STATISTICS,
}
FLOW = {
    "flow_id": "F1", "flow_message_id": "M9", "flow_name": "Welcome", "flow_message_name": "Hello",
    "send_channel": "email",
}  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLAVIYO_KEY", KEY)


@dataclass
class Small:
    """A Klaviyo of one account: its campaigns by id with their send times, and the answers of its reports."""

    sent: dict[str, str | None] = field(default_factory=lambda: {"C1": "2026-11-02T09:00:00+00:00"})
    archived: set[str] = field(default_factory=set)
    results: list[dict[str, Any]] = field(default_factory=lambda: [RESULT])
    date_times: list[str] = field(default_factory=list)
    metrics: dict[str, str] = field(default_factory=lambda: {"RESQ6t": "Placed Order"})
    zone: str = "Europe/Amsterdam"

    def __call__(self, request: Request) -> Answer:
        tell = {"accounts": self._account, "metrics": self._metrics, "campaigns": self._campaigns}
        name = request.path.removeprefix("/api/")
        return Answer(body=tell[name](request) if name in tell else self._report(name))

    def _account(self, _request: Request) -> Any:
        told = {"timezone": self.zone, "preferred_currency": "EUR"}
        contact = {"contact_information": {"organization_name": "Acme"}}
        return {"data": [{"type": "account", "id": "AbC123", "attributes": told | contact}]}

    def _metrics(self, _request: Request) -> Any:
        return {"data": [{"id": one, "attributes": {"name": name}} for one, name in self.metrics.items()]}

    def _campaigns(self, request: Request) -> Any:
        wanted = re.findall(r'"(\w+)"', request.query["filter"])
        old = "archived,true" in request.query["filter"]
        found = [one for one in wanted if one in self.sent and (one in self.archived) == old]
        told = [{"id": one, "attributes": {"name": one.lower(), "send_time": self.sent[one]}} for one in found]
        return {"data": told, "links": {"next": None}}

    def _report(self, name: str) -> Any:
        told = {"results": self.results, "date_times": self.date_times}
        return {"data": {"type": name.removesuffix("s"), "attributes": told}, "links": {}}


def klaviyo(server: Server, account: str = "AbC123", **settings: Any) -> Klaviyo:
    told = {"base_url": server.url, "accounts": [{"id": account, "api_key": "env:KLAVIYO_KEY"}]} | settings
    return Klaviyo(KlaviyoSettings.model_validate(told), Company(time_zone="Europe/Amsterdam"))


def pulled(
    server: Server, name: str = "campaign_report", window: Window = WINDOW, load: Load | None = None, **settings: Any
) -> list[dict[str, Any]]:
    connector = klaviyo(server, **settings)
    stream = connector.stream(name)
    batches: Iterator[pa.RecordBatch] = connector.pull(stream, connector.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def campaign(name: str, **statistics: Any) -> dict[str, Any]:
    groupings = RESULT["groupings"] | {"campaign_id": name, "campaign_message_id": f"{name}-message"}
    return {"groupings": groupings, "statistics": STATISTICS | statistics}


def series(*delivered: float) -> dict[str, Any]:
    statistics: dict[str, Any] = {name: [value] * len(delivered) for name, value in STATISTICS.items()}
    return {"groupings": FLOW, "statistics": statistics | {"delivered": list(delivered)}}


# Campaigns


def test_a_result_becomes_a_row_with_the_name_and_day_of_its_campaign() -> None:
    with serving(Small()) as server:
        [row] = pulled(server)
    assert (row["account_id"], row["campaign_id"], row["message_id"]) == ("AbC123", "C1", "M1")
    assert (row["campaign_name"], row["send_time"]) == ("c1", datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert (row["recipients"], row["delivered"], row["opens_unique"]) == (1000, 990, 420)
    assert (row["conversions"], row["conversion_value"], row["currency"]) == (5, Decimal("812.5"), "EUR")


def test_a_campaign_belongs_to_its_day_in_the_account_s_time_zone() -> None:
    sent = {"C1": "2026-11-03T03:30:00+00:00"}
    with serving(Small(sent=sent, zone="America/New_York")) as server:
        assert [row["date"] for row in pulled(server)] == [date(2026, 11, 2)]


def test_a_report_is_asked_for_from_midnight_to_midnight() -> None:
    with serving(Small()) as server:
        pulled(server)
    [asked] = [request.json["data"]["attributes"] for request in server.requests if request.method == "POST"]
    assert asked["timeframe"] == {"start": "2026-11-01T00:00:00+00:00", "end": "2026-11-04T00:00:00+00:00"}


def test_a_campaign_sent_just_outside_the_window_is_left_out() -> None:
    sent: dict[str, str | None] = {"C1": "2026-10-31T22:59:59+00:00", "C2": "2026-11-03T23:00:00+00:00"}
    load = Load()
    with serving(Small(sent=sent, results=[campaign("C1"), campaign("C2")])) as server:
        assert pulled(server, load=load) == []
    assert load.rejected == []


def test_the_names_of_many_campaigns_are_asked_for_in_parts() -> None:
    names = [f"C{n}" for n in range(120)]
    sent: dict[str, str | None] = dict.fromkeys(names, "2026-11-02T09:00:00+00:00")
    with serving(Small(sent=sent, results=[campaign(name) for name in names])) as server:
        assert [row["campaign_id"] for row in pulled(server)] == names
    assert len([request for request in server.requests if request.path == "/api/campaigns"]) == 3


def test_an_archived_campaign_is_found_too() -> None:
    with serving(Small(archived={"C1"})) as server:
        assert [row["campaign_name"] for row in pulled(server)] == ["c1"]


def test_a_deleted_campaign_is_put_aside_with_its_reason() -> None:
    load = Load()
    with serving(Small(results=[campaign("C1"), campaign("gone")])) as server:
        assert [row["campaign_id"] for row in pulled(server, load=load)] == ["C1"]
    [rejected] = load.rejected
    assert "it was deleted" in rejected.reason and "gone" in rejected.row


def test_a_send_time_that_is_no_time_is_put_aside_and_shown() -> None:
    load = Load()
    with serving(Small(sent={"C1": "tomorrow"})) as server:
        assert pulled(server, load=load) == []
    assert "tomorrow" in load.rejected[0].reason


def test_half_an_opener_is_put_aside() -> None:
    load = Load()
    with serving(Small(results=[campaign("C1", opens_unique=4.5)])) as server:
        assert pulled(server, load=load) == []
    assert load.rejected[0].reason == "opens_unique is not a whole number: '4.5'"


# Flows


def test_a_series_becomes_a_row_a_day() -> None:
    days = ["2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00", "2026-11-03T00:00:00+00:00"]
    with serving(Small(results=[series(5.0, 0.0, 7.0)], date_times=days)) as server:
        rows = pulled(server, "flow_report")
    assert [(row["date"].day, row["delivered"]) for row in rows] == [(1, 5), (2, 0), (3, 7)]
    assert {(row["flow_id"], row["message_id"], row["flow_name"], row["message_name"]) for row in rows} == {
        ("F1", "M9", "Welcome", "Hello")
    }


@pytest.mark.parametrize("midnight", ["2026-11-02T00:00:00+00:00", "2026-11-02T00:00:00+01:00", "2026-11-01T23:00:00Z"])
def test_a_day_is_understood_as_a_local_midnight_and_as_an_instant(midnight: str) -> None:
    with serving(Small(results=[series(5.0)], date_times=[midnight])) as server:
        assert [row["date"] for row in pulled(server, "flow_report")] == [date(2026, 11, 2)]


def test_the_day_after_the_window_is_left_out() -> None:
    days = ["2026-11-03T00:00:00+00:00", "2026-11-04T00:00:00+00:00"]
    with serving(Small(results=[series(5.0, 1.0)], date_times=days)) as server:
        assert [row["delivered"] for row in pulled(server, "flow_report")] == [5]


def test_a_series_without_a_figure_for_each_day_is_bad_data() -> None:
    days = ["2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"]
    small, told = Small(results=[series(5.0)], date_times=days), "a series of 2 days has another number of figures"
    with serving(small) as server, pytest.raises(BadDataError, match=told):
        pulled(server, "flow_report")


def test_a_day_without_a_figure_is_put_aside_and_not_zero() -> None:
    days = ["2026-11-01T00:00:00+00:00", "2026-11-02T00:00:00+00:00"]
    holed, load = series(5.0, 6.0), Load()
    holed["statistics"]["opens_unique"] = [None, 4.0]
    with serving(Small(results=[holed], date_times=days)) as server:
        assert [row["opens_unique"] for row in pulled(server, "flow_report", load=load)] == [4]
    assert [rejected.reason for rejected in load.rejected] == ["opens_unique is missing"]


def test_a_series_of_sixty_days_is_never_asked_for() -> None:
    assert Klaviyo.stream("flow_report").slice_days < 60


# The conversion metric


def conversion_metric(metrics: dict[str, str], **settings: Any) -> str:
    with serving(Small(metrics=metrics)) as server:
        pulled(server, **settings)
    [asked] = [request.json["data"]["attributes"] for request in server.requests if request.method == "POST"]
    return str(asked["conversion_metric_id"])


def test_the_conversion_metric_is_found_by_its_name() -> None:
    assert conversion_metric({"Other1": "Opened Email", "RESQ6t": "Placed Order"}) == "RESQ6t"


def test_or_is_named_by_its_id_where_two_share_a_name() -> None:
    metrics = {"Shop1": "Placed Order", "Shop2": "Placed Order"}
    assert conversion_metric(metrics, conversion_metric="Shop2") == "Shop2"
    with pytest.raises(ConfigurationError, match="2 metrics are called Placed Order") as caught:
        conversion_metric(metrics)
    assert "Placed Order (Shop1), Placed Order (Shop2)" in caught.value.hint


def test_a_metric_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="no metric is called Bought") as caught:
        conversion_metric({"RESQ6t": "Placed Order"}, conversion_metric="Bought")
    assert "Placed Order (RESQ6t)" in caught.value.hint


# The account


def test_the_platform_tells_currency_and_time_zone() -> None:
    with serving(Small()) as server:
        connector = klaviyo(server)
        told = connector.check(connector.accounts[0])
    assert (told.name, told.currency, told.time_zone) == ("Acme", "EUR", "Europe/Amsterdam")


def test_the_account_of_a_key_is_found() -> None:
    with serving(Small()) as server:
        assert klaviyo(server).discover() == (Found("AbC123", "Acme", "EUR", "Europe/Amsterdam"),)


def test_the_key_of_another_account_is_refused() -> None:
    with (
        serving(Small()) as server,
        pytest.raises(ConfigurationError, match="opens the account AbC123, not XyZ789"),
    ):
        pulled(server, account="XyZ789")


def test_an_unknown_time_zone_is_bad_data() -> None:
    with serving(Small(zone="Mars/Olympus")) as server, pytest.raises(BadDataError, match="time zone is unknown"):
        pulled(server)


# Requests and refusals


def test_a_request_names_its_revision_and_does_not_want_another() -> None:
    with serving(Small()) as server:
        pulled(server)
    for request in server.requests:
        assert request.headers["revision"] == REVISION
        assert request.headers["X-Klaviyo-Revision-Fall-Forward-Opt-Out"] == "1"
        assert request.headers["Authorization"] == f"Klaviyo-API-Key {KEY}"


def test_the_next_page_is_asked_for_where_the_settings_say() -> None:
    def paged(request: Request) -> Answer:
        answer = Small()(request)
        if request.path == "/api/campaign-values-reports" and "page_cursor" not in request.query:
            answer.body["links"] = {"next": "https://elsewhere.example/api/campaign-values-reports?page_cursor=two"}
        return answer

    with serving(paged) as server:
        assert len(pulled(server)) == 2
    assert [request.query for request in server.requests if request.method == "POST"] == [{}, {"page_cursor": "two"}]


@pytest.mark.parametrize(
    ("status", "kind", "hint"),
    [
        (401, AuthorisationError, "make a new private API key"),
        (403, AuthorisationError, "read access to accounts, campaigns, flows and metrics"),
        (410, ConfigurationError, "set klaviyo.revision"),
        (400, BadDataError, ""),
    ],
)
def test_a_refusal_says_what_to_do(status: int, kind: type[ConnectorError], hint: str) -> None:
    error = {"id": "9c", "code": "no", "title": "No.", "detail": "Not this way.", "source": {"pointer": "/data/"}}
    with serving(lambda _: Answer(status, {"errors": [error]})) as server, pytest.raises(kind) as caught:
        pulled(server)
    assert f"HTTP {status} no Not this way. /data/" in caught.value.message
    assert hint in caught.value.hint
