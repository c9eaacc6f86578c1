"""The Brevo connector against a small Brevo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from connectors.brevo import Brevo, BrevoSettings
from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Handler, Request, Server, serving

KEY = "xkeysib-0123456789abcdef-aB3d"
NOW = datetime.now(UTC)
DAY = NOW.date() - timedelta(days=10)
WINDOW = Window(DAY, DAY + timedelta(days=2))
SENT = f"{DAY + timedelta(days=1)}T09:00:00.000+01:00"
GLOBAL = {
    "sent": 1000, "delivered": 987, "hardBounces": 2, "softBounces": 11, "deferred": 3, "uniqueViews": 390,
    "viewed": 520, "trackableViews": 210, "trackableViewsRate": 21.3, "estimatedViews": 260, "appleMppOpens": 170,
    "opensRate": 39.5, "uniqueClicks": 41, "clickers": 62, "complaints": 1, "unsubscriptions": 3, "returnBounce": 0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREVO_KEY", KEY)


def campaign(number: int = 42, at: str | None = SENT, received: int = 1000, **statistics: Any) -> dict[str, Any]:
    told = {"globalStats": GLOBAL | statistics, "campaignStats": [{"listId": 11, "sent": received}]}
    named = {"id": number, "name": "BF", "subject": "-20%", "type": "classic", "status": "sent", "sentDate": at}
    return named | {"statistics": told}


def brevo_with(*campaigns: dict[str, Any], count: int | None = None, zone: str | None = None) -> Handler:
    """A Brevo of so many campaigns, in one page; another one is known by its number."""

    def answer(request: Request) -> Answer:
        if request.path == "/v3/account":
            return Answer(body={"companyName": "Acme"} | ({"dateTimePreferences": {"timezone": zone}} if zone else {}))
        number = request.path.removeprefix("/v3/emailCampaigns").strip("/")
        if number:
            return Answer(body=campaign(int(number), at=campaigns[0]["sentDate"], viewed=9999))
        rows = list(campaigns) if request.query["offset"] == "0" else []
        told = len(campaigns) if count is None else count
        return Answer(body={"count": told} | ({"campaigns": rows} if rows else {}))

    return answer


def brevo(server: Server, time_zone: str = "Europe/Amsterdam", policy: RetryPolicy | None = None) -> Brevo:
    told = {"base_url": server.url, "accounts": [{"id": "zakelijk", "api_key": "env:BREVO_KEY"}]}
    return Brevo(BrevoSettings.model_validate(told), Company(time_zone=time_zone), policy)


def pulled(
    server: Server, name: str = "campaign_report", window: Window = WINDOW, load: Load | None = None, **more: Any
) -> list[dict[str, Any]]:
    connector = brevo(server, **more)
    stream = connector.stream(name)
    batches: Iterator[pa.RecordBatch] = connector.pull(stream, connector.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def asked_for(server: Server) -> dict[str, str]:
    return next(request.query for request in server.requests if request.path == "/v3/emailCampaigns")


# Campaigns


def test_a_campaign_becomes_a_row() -> None:
    with serving(brevo_with(campaign())) as server:
        [row] = pulled(server)
    assert (row["account_id"], row["campaign_id"], row["campaign_name"]) == ("zakelijk", "42", "BF")
    assert row["send_time"] == datetime.fromisoformat(SENT)
    assert (row["sent"], row["delivered"], row["unsubscribed"]) == (1000, 987, 3)
    assert (row["views"], row["unique_views"], row["trackable_views"], row["apple_mpp_opens"]) == (520, 390, 210, 170)


def test_clickers_are_clicks_and_not_people() -> None:
    with serving(brevo_with(campaign(clickers=62, uniqueClicks=41))) as server:
        [row] = pulled(server)
    assert (row["clicks"], row["unique_clicks"]) == (62, 41)


def test_statistics_are_asked_for_and_texts_are_not() -> None:
    with serving(brevo_with()) as server:
        pulled(server)
    asked = asked_for(server)
    assert (asked["statistics"], asked["excludeHtmlContent"]) == ("globalStats", "true")
    assert "status" not in asked, "an archived campaign would be missing"


def test_the_window_is_asked_for_as_instants() -> None:
    with serving(brevo_with()) as server:
        pulled(server, window=Window(date(2026, 3, 28), date(2026, 3, 29)))
    asked = asked_for(server)
    assert (asked["startDate"], asked["endDate"]) == ("2026-03-27T23:00:00.000Z", "2026-03-29T22:00:00.000Z")


def test_an_end_in_the_future_is_not_asked_for() -> None:
    with serving(brevo_with()) as server:
        pulled(server, window=Window(NOW.date(), NOW.date() + timedelta(days=1)))
    assert datetime.fromisoformat(asked_for(server)["endDate"]) <= datetime.now(UTC)


@pytest.mark.parametrize(("zone", "days"), [("Pacific/Auckland", 2), (None, 1)])
def test_a_campaign_belongs_to_its_day_where_the_account_is_or_else_the_company(zone: str | None, days: int) -> None:
    evening = f"{DAY + timedelta(days=1)}T18:00:00.000Z"
    with serving(brevo_with(campaign(at=evening), zone=zone)) as server:
        assert [row["date"] for row in pulled(server)] == [DAY + timedelta(days=days)]


def test_a_campaign_sent_just_outside_the_window_is_left_out() -> None:
    load = Load()
    with serving(brevo_with(campaign(at=f"{DAY + timedelta(days=3)}T12:00:00.000Z"))) as server:
        assert pulled(server, load=load) == []
    assert load.rejected == []


def test_no_campaigns_may_be_no_list() -> None:
    with serving(brevo_with()) as server:
        assert pulled(server) == []


def test_a_list_that_is_missing_though_there_are_campaigns_is_bad_data() -> None:
    with serving(brevo_with(count=3)) as server, pytest.raises(BadDataError, match="lacks campaigns"):
        pulled(server)


def test_fewer_campaigns_than_told_is_bad_data() -> None:
    told = "told of 2 campaigns, and 1 were sent"
    with serving(brevo_with(campaign(), count=2)) as server, pytest.raises(BadDataError, match=told):
        pulled(server)


def test_zeros_of_a_campaign_that_its_lists_received_are_put_aside() -> None:
    load = Load()
    nothing = campaign(**dict.fromkeys(GLOBAL, 0))
    with serving(brevo_with(nothing, campaign(43))) as server:
        assert [row["campaign_id"] for row in pulled(server, load=load)] == ["43"]
    assert [rejected.reason for rejected in load.rejected] == [
        "the campaign's statistics are left out: its lists received it"
    ]


def test_a_campaign_that_reached_nobody_is_a_row_of_zeros() -> None:
    with serving(brevo_with(campaign(received=0, **dict.fromkeys(GLOBAL, 0)))) as server:
        assert [row["delivered"] for row in pulled(server)] == [0]


def test_a_campaign_never_sent_is_put_aside_with_its_reason() -> None:
    load = Load()
    with serving(brevo_with(campaign(at=None), campaign(43))) as server:
        assert len(pulled(server, load=load)) == 1
    assert "never sent" in load.rejected[0].reason


def test_a_time_that_is_none_is_put_aside_and_shown() -> None:
    load = Load()
    with serving(brevo_with(campaign(at="yesterday"))) as server:
        assert pulled(server, load=load) == []
    assert "yesterday" in load.rejected[0].reason


def test_a_campaign_of_more_than_six_months_ago_is_asked_for_by_itself() -> None:
    old = NOW.date() - timedelta(days=200)
    with serving(brevo_with(campaign(at=f"{old}T09:00:00.000Z"))) as server:
        assert [row["views"] for row in pulled(server, window=Window(old, old))] == [9999]
    [single] = [request for request in server.requests if request.path == "/v3/emailCampaigns/42"]
    assert single.query == {"statistics": "globalStats", "excludeHtmlContent": "true"}


@pytest.mark.parametrize("statistic", ["delivered", "uniqueViews", "unsubscriptions"])
def test_a_statistic_that_is_missing_is_no_zero(statistic: str) -> None:
    load = Load()
    with serving(brevo_with(campaign(**{statistic: None}), campaign(43))) as server:
        assert [row["campaign_id"] for row in pulled(server, load=load)] == ["43"]
    assert load.rejected[0].reason.endswith("is missing")


def test_people_are_unknown_and_not_zero_where_brevo_does_not_tell() -> None:
    with serving(brevo_with(campaign(trackableViews=None, appleMppOpens=None))) as server:
        [row] = pulled(server)
    assert row["trackable_views"] is row["apple_mpp_opens"] is None


@pytest.mark.parametrize("number", [-5, 2**53 + 1])
def test_an_odd_number_arrives_as_it_was_sent(number: int) -> None:
    with serving(brevo_with(campaign(viewed=number))) as server:
        assert [row["views"] for row in pulled(server)] == [number]


def test_a_number_beyond_all_bounds_is_put_aside() -> None:
    load = Load()
    with serving(brevo_with(campaign(viewed=10**40))) as server:
        assert pulled(server, load=load) == []
    assert "views is not a whole number" in load.rejected[0].reason


# Transactional e-mails


def report(day: date) -> dict[str, Any]:
    names = ("requests", "delivered", "hardBounces", "softBounces", "clicks", "uniqueClicks", "opens", "uniqueOpens",
             "spamReports", "blocked", "invalid", "unsubscribed")  # fmt: skip
    return {"date": str(day)} | {name: number for number, name in enumerate(names)}


def test_a_day_becomes_a_row_and_days_outside_are_left_out() -> None:
    days = [report(DAY + timedelta(days=n)) for n in range(-1, 4)]
    with serving(lambda _: Answer(body={"reports": days})) as server:
        rows = pulled(server, "transactional_day")
    assert [row["date"] for row in rows] == WINDOW.days
    assert (rows[0]["requests"], rows[0]["unique_opens"], rows[0]["unsubscribed"]) == (0, 7, 11)


def test_thirty_days_are_asked_for_at_most_and_all_of_them_come() -> None:
    with serving(lambda _: Answer(body={"reports": []})) as server:
        pulled(server, "transactional_day")
    assert Brevo.stream("transactional_day").slice_days == int(server.requests[0].query["limit"]) == 30


def test_no_mails_may_be_no_list() -> None:
    with serving(lambda _: Answer(body={})) as server:
        assert pulled(server, "transactional_day") == []


# Limits and refusals


def refused(answer: Answer) -> ConnectorError:
    with serving(lambda _: answer) as server, pytest.raises(ConnectorError) as caught:
        pulled(server, policy=RetryPolicy(attempts=1))
    return caught.value


def test_brevo_s_own_header_tells_when_the_limit_is_full_again() -> None:
    body = {"code": "too_many_requests", "message": "Slow down"}
    error = refused(Answer(429, body, {"x-sib-ratelimit-reset": "1800"}))
    assert isinstance(error, QuotaError)
    assert error.retry_after == 1800


@pytest.mark.parametrize(
    ("status", "message", "kind", "hint"),
    [
        (401, "Key not found", AuthorisationError, "make a new API key"),
        (401, "We have detected you are using an unrecognised IP address", AuthorisationError, "Authorised IPs"),
        (402, "Not enough credits", ConfigurationError, "see the plan"),
        (400, "limit exceeds max value", BadDataError, ""),
    ],
)
def test_a_refusal_says_what_to_do(status: int, message: str, kind: type[ConnectorError], hint: str) -> None:
    error = refused(Answer(status, {"code": "no", "message": message}))
    assert isinstance(error, kind)
    assert f"HTTP {status} no: {message}" in error.message
    assert hint in error.hint


def test_the_key_travels_in_brevo_s_own_header() -> None:
    with serving(brevo_with()) as server:
        pulled(server)
    assert {request.headers["api-key"] for request in server.requests} == {KEY}


def test_the_platform_tells_name_and_time_zone() -> None:
    with serving(brevo_with(zone="Europe/London")) as server:
        connector = brevo(server)
        told = connector.check(connector.accounts[0])
    assert (told.name, told.time_zone) == ("Acme", "Europe/London")


def test_an_unknown_time_zone_is_bad_data() -> None:
    with serving(brevo_with(zone="Mars/Olympus")) as server, pytest.raises(BadDataError, match="time zone is unknown"):
        pulled(server)
