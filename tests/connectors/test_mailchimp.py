"""The Mailchimp connector against a small Mailchimp."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.mailchimp import Mailchimp, MailchimpSettings
from connectors.mailchimp_api import CONCURRENT, MailchimpApi, data_centre
from connectors.stream import Window
from tests.http_server import Answer, Handler, Request, Server, serving

KEY = "0123456789abcdef0123456789abcdef-us21"
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))
TOO_MANY = {
    "type": "https://mailchimp.com/developer/marketing/docs/errors/",
    "title": "Too Many Requests",
    "status": 429,
    "detail": "You have exceeded the limit of 10 simultaneous connections.",
    "instance": "9f7bd5ad",
}
REPORT: dict[str, Any] = {
    "id": "42694e9e57",
    "campaign_title": "Black Friday",
    "type": "regular",
    "list_id": "57afe96172",
    "list_name": "News",
    "subject_line": "-20%",
    "emails_sent": 10000,
    "abuse_reports": 2,
    "unsubscribed": 31,
    "send_time": "2026-11-20T09:00:00+00:00",
    "bounces": {"hard_bounces": 10, "soft_bounces": 25, "syntax_errors": 0},
    "opens": {
        "opens_total": 5200,
        "unique_opens": 3900,
        "open_rate": 0.391,
        "proxy_excluded_opens": 2600,
        "proxy_excluded_unique_opens": 1800,
    },
    "clicks": {"clicks_total": 610, "unique_clicks": 500, "unique_subscriber_clicks": 430, "click_rate": 0.043},
    "ecommerce": {"total_orders": 12, "total_spent": 840.5, "total_revenue": 812.1, "currency_code": "USD"},
}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILCHIMP_KEY", KEY)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries at once, twice."""
    monkeypatch.setattr(RetryPolicy, "wait", lambda *_: 0.0)


def reports(*entries: dict[str, Any], total: int | None = None) -> Handler:
    return lambda _: Answer(body={"reports": entries, "total_items": len(entries) if total is None else total})


def mailchimp(server: Server, time_zone: str = "Europe/Amsterdam") -> Mailchimp:
    accounts = [{"id": "us21-main", "api_key": "env:MAILCHIMP_KEY"}]
    settings = MailchimpSettings.model_validate({"base_url": server.url, "accounts": accounts})
    return Mailchimp(settings, Company(time_zone=time_zone))


def pulled(
    server: Server, name: str = "campaign_report", window: Window = WINDOW, load: Load | None = None, **more: Any
) -> list[dict[str, Any]]:
    connector = mailchimp(server, **more)
    stream = connector.stream(name)
    batches: Iterator[pa.RecordBatch] = connector.pull(stream, connector.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def failure(answer: Answer) -> ConnectorError:
    with serving(lambda _: answer) as server, pytest.raises(ConnectorError) as caught:
        pulled(server)
    return caught.value


def test_a_report_becomes_a_row() -> None:
    with serving(reports(REPORT)) as server:
        [row] = pulled(server)
    assert row["account_id"] == "us21-main"
    assert row["date"] == date(2026, 11, 20)
    assert row["send_time"] == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (row["emails_sent"], row["hard_bounces"], row["unique_opens"]) == (10000, 10, 3900)
    assert (row["human_opens_total"], row["human_unique_opens"]) == (2600, 1800)
    assert (row["orders"], row["revenue"], row["currency"]) == (12, Decimal("812.100000"), "USD")


def test_rates_are_not_stored() -> None:
    assert not [name for name in Mailchimp.stream("campaign_report").schema.names if "rate" in name]


def test_human_opens_are_unknown_and_not_zero_where_mailchimp_does_not_tell() -> None:
    opens = {"opens_total": 5200, "unique_opens": 3900}
    with serving(reports(REPORT | {"opens": opens})) as server:
        [row] = pulled(server)
    assert row["unique_opens"] == 3900
    assert row["human_opens_total"] is row["human_unique_opens"] is None


def test_an_account_without_a_shop_has_no_revenue() -> None:
    without = {key: value for key, value in REPORT.items() if key != "ecommerce"}
    with serving(reports(without)) as server:
        [row] = pulled(server)
    assert row["revenue"] is row["orders"] is row["currency"] is None


def test_the_window_is_asked_for_in_the_company_time_zone() -> None:
    with serving(reports()) as server:
        pulled(server)
    query = server.requests[0].query
    assert query["since_send_time"] == "2026-10-31T22:59:59Z"  # a second before midnight in Amsterdam
    assert query["before_send_time"] == "2026-11-20T23:00:00Z"


def test_a_campaign_belongs_to_its_day_in_the_company_time_zone() -> None:
    with serving(reports(REPORT | {"send_time": "2026-11-18T23:30:00+00:00"})) as server:
        assert pulled(server)[0]["date"] == date(2026, 11, 19)
        assert pulled(server, time_zone="America/New_York")[0]["date"] == date(2026, 11, 18)


def test_a_campaign_sent_just_outside_the_window_is_left_out() -> None:
    before, after = "2026-10-31T22:59:59+00:00", "2026-11-20T23:00:00+00:00"
    with serving(reports(REPORT | {"send_time": before}, REPORT | {"send_time": after})) as server:
        load = Load()
        assert pulled(server, load=load) == []
        assert load.rejected == []


def test_only_the_fields_that_are_used_are_asked_for() -> None:
    with serving(reports()) as server:
        pulled(server)
    fields = server.requests[0].query["fields"].split(",")
    assert "reports.opens" in fields
    assert "total_items" in fields
    assert "reports.timeseries" not in fields


def test_a_campaign_never_sent_is_put_aside_with_its_reason() -> None:
    with serving(reports(REPORT, REPORT | {"id": "draft", "send_time": ""})) as server:
        load = Load()
        assert len(pulled(server, load=load)) == 1
    assert "never sent" in load.rejected[0].reason


def test_a_send_time_that_is_no_time_is_put_aside_and_shown() -> None:
    with serving(reports(REPORT, REPORT | {"id": "odd", "send_time": "yesterday"})) as server:
        load = Load()
        assert len(pulled(server, load=load)) == 1
    assert "yesterday" in load.rejected[0].reason


def of_collection(ids: list[str], rows: int = 1000) -> Callable[[Request], Answer]:
    def page(request: Request) -> Answer:
        offset, count = int(request.query["offset"]), min(rows, int(request.query["count"]))
        entries = [REPORT | {"id": name} for name in ids[offset : offset + count]]
        return Answer(body={"reports": entries, "total_items": len(ids)})

    return page


def test_pages_of_a_thousand_are_read_to_the_end() -> None:
    ids = [str(n) for n in range(2500)]
    with serving(of_collection(ids)) as server:
        assert [row["campaign_id"] for row in pulled(server)] == ids
    assert [request.query["offset"] for request in server.requests] == ["0", "1000", "2000"]


def test_a_server_that_gives_smaller_pages_is_read_to_the_end_too() -> None:
    with serving(of_collection([str(n) for n in range(25)], rows=10)) as server:
        assert len(pulled(server)) == 25


def test_fewer_rows_than_told_is_bad_data() -> None:
    def short(request: Request) -> Answer:
        entries = [REPORT] if request.query["offset"] == "0" else []
        return Answer(body={"reports": entries, "total_items": 2})

    with serving(short) as server, pytest.raises(BadDataError, match="told of 2 reports, and 1 were sent"):
        pulled(server)


def test_a_page_that_comes_again_is_noticed() -> None:
    with serving(reports(REPORT, total=5)) as server, pytest.raises(BadDataError, match="turns in circles"):
        pulled(server)


def test_an_answer_without_its_rows_is_bad_data() -> None:
    assert "lacks reports" in failure(Answer(body={"total_items": 3})).message


def test_an_answer_of_another_shape_is_bad_data() -> None:
    changed = {"reports": [REPORT | {"bounces": "none"}], "total_items": 1}
    assert "another shape" in failure(Answer(body=changed)).message


def activity(days: dict[str, list[dict[str, Any]]]) -> Handler:
    def answer(request: Request) -> Answer:
        if request.path == "/3.0/lists":
            return Answer(body={"lists": [{"id": name} for name in days], "total_items": len(days)})
        name = request.path.split("/")[3]
        return Answer(body={"activity": days[name], "list_id": name, "total_items": len(days[name])})

    return answer


def list_day(day: str, subs: int = 4) -> dict[str, Any]:
    zeros = dict.fromkeys(("emails_sent", "unique_opens", "recipient_clicks", "hard_bounce", "soft_bounce"), 0)
    return {"day": day, **zeros, "subs": subs, "unsubs": 1, "other_adds": 0, "other_removes": 0}


def test_activity_of_every_list_comes_by_day() -> None:
    lists = {"a": [list_day("2026-11-20", 4), list_day("2026-11-19", 5)], "b": [list_day("2026-11-20", 6)]}
    with serving(activity(lists)) as server:
        rows = pulled(server, "list_activity")
    found = {(row["list_id"], row["date"].day, row["subs"]) for row in rows}
    assert found == {("a", 20, 4), ("a", 19, 5), ("b", 20, 6)}


def test_activity_outside_the_window_is_left_out() -> None:
    with serving(activity({"a": [list_day("2026-11-21"), list_day("2026-11-20"), list_day("2026-10-31")]})) as server:
        assert [row["date"].day for row in pulled(server, "list_activity")] == [20]


def test_activity_of_180_days_is_asked_for() -> None:
    with serving(activity({"a": []})) as server:
        pulled(server, "list_activity")
    assert server.requests[1].query["count"] == "180"


def test_a_list_deleted_meanwhile_is_skipped() -> None:
    def deleted(request: Request) -> Answer:
        if request.path == "/3.0/lists/a/activity":
            return Answer(404, {"title": "Resource Not Found", "status": 404, "detail": "gone"})
        return activity({"a": [], "b": [list_day("2026-11-20")]})(request)

    with serving(deleted) as server:
        assert [row["list_id"] for row in pulled(server, "list_activity")] == ["b"]


def test_activity_that_is_cut_short_is_bad_data() -> None:
    def short(request: Request) -> Answer:
        if request.path == "/3.0/lists":
            return activity({"a": []})(request)
        return Answer(body={"activity": [list_day("2026-11-20")], "total_items": 30})

    with serving(short) as server, pytest.raises(BadDataError, match="30 days of activity, and 1 were sent"):
        pulled(server, "list_activity")


def test_a_window_older_than_mailchimp_remembers_is_noted() -> None:
    long_ago = Window(date.today() - timedelta(days=400), date.today())
    with serving(activity({"a": []})) as server:
        load = Load()
        pulled(server, "list_activity", long_ago, load)
    assert load.notes["since"] > long_ago.start


def test_the_key_is_sent_as_a_bearer() -> None:
    with serving(reports()) as server:
        pulled(server)
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_the_data_centre_is_the_end_of_the_key() -> None:
    assert data_centre(KEY) == "us21"
    assert MailchimpApi(KEY)._http.base_url == "https://us21.api.mailchimp.com"


def test_a_key_without_a_data_centre_is_a_setting_to_mend() -> None:
    with pytest.raises(ConfigurationError, match="data centre"):
        data_centre("0123456789abcdef")


def test_a_wrong_key_asks_for_a_new_one_and_is_not_shown() -> None:
    error = failure(Answer(401, {"title": "API Key Invalid", "status": 401, "detail": "Your API key may be invalid"}))
    assert isinstance(error, AuthorisationError)
    assert "API Key Invalid" in str(error)
    assert KEY not in str(error)


def test_the_wrong_data_centre_is_a_setting_to_mend() -> None:
    assert isinstance(failure(Answer(403, {"title": "WrongDatacenter", "status": 403})), ConfigurationError)


def test_a_disabled_user_cannot_be_mended_by_waiting() -> None:
    assert isinstance(failure(Answer(403, {"title": "User Disabled", "status": 403})), AuthorisationError)


@pytest.mark.parametrize("status", [403, 429])
def test_a_refusal_without_a_problem_document_means_too_many_calls(status: int, impatient: None) -> None:
    assert isinstance(failure(Answer(status, b"<html>Access denied</html>")), QuotaError)


def test_too_many_connections_is_tried_again(impatient: None) -> None:
    answers = [Answer(429, TOO_MANY), Answer(body={"reports": [REPORT], "total_items": 1})]
    with serving(lambda _: answers.pop(0)) as server:
        assert len(pulled(server)) == 1


def test_a_wrong_request_is_bad_data() -> None:
    error = failure(Answer(400, {"title": "Invalid Resource", "status": 400, "detail": "since_send_time"}))
    assert isinstance(error, BadDataError)


def test_fewer_connections_are_opened_than_the_platform_allows() -> None:
    assert Mailchimp.max_concurrent == CONCURRENT < 10


def test_the_check_pings() -> None:
    with serving(lambda _: Answer(body={"health_status": "Everything's Chimpy!"})) as server:
        connector = mailchimp(server)
        assert connector.check(connector.accounts[0]).name == "us21-main"
    assert server.requests[0].path == "/3.0/ping"
