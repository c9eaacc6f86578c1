"""What is special about HubSpot: searches by id, deleted records, scopes by stream, limits by their policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.errors import TransientError as Transient
from connectors.http import RetryPolicy
from connectors.hubspot import Hubspot, HubspotSettings
from connectors.load import Load
from connectors.secret import Secret, pseudonym
from connectors.stream import Window
from tests.http_server import Answer, Request, Server, serving

HUB, KEY = "145801001", "pat-eu1-secret"
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))
DETAILS = {"portalId": 145801001, "companyCurrency": "EUR", "timeZone": "America/New_York"}
DEAL: dict[str, Any] = {
    "amount": "1200.50",
    "deal_currency_code": "USD",
    "dealstage": "closedwon",
    "pipeline": "default",
    "createdate": "2026-11-03T03:30:00.123Z",
    "closedate": "2026-11-21T10:00:00Z",
    "hs_is_closed": "true",
    "hs_is_closed_won": "true",
    "hs_analytics_source": "ORGANIC_SEARCH",
    "hs_lastmodifieddate": "2026-11-20T10:00:00Z",
}
CONTACT: dict[str, Any] = {
    "email": " Piet@Bedrijf.example ",
    "createdate": "2026-11-03T10:00:00Z",
    "lastmodifieddate": "2026-11-04T10:00:00Z",
    "lifecyclestage": "opportunity",
}
ANSWER: dict[str, Any] = {
    "hs_survey_type": "CSAT",
    "hs_value": "2",
    "hs_submission_timestamp": "2026-11-05T04:00:00Z",
    "hs_lastmodifieddate": "2026-11-05T04:00:00Z",
}
EMAIL: dict[str, Any] = {
    "id": "7001",
    "name": "November",
    "type": "BATCH_EMAIL",
    "publishDate": "2026-11-10T15:00:00Z",
    "publishedAt": "2026-11-06T15:00:00Z",
    "stats": {"counters": {"sent": 1000, "delivered": 990, "open": 400, "click": 50, "unsubscribed": 3}},
}
PROPERTIES = {"deals": DEAL, "contacts": CONTACT, "feedback_submissions": ANSWER}

Handle = Callable[[Request], Answer | None]


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUBSPOT_KEY", KEY)
    monkeypatch.setenv("HUBSPOT_APP_SECRET", "app-secret")
    monkeypatch.setenv("HUBSPOT_REFRESH", "refresh-secret")
    monkeypatch.setenv("HASH_KEY", "hash")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited between tries."""
    found: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", found.append)
    return found


def record(number: int, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"id": str(number), "properties": properties, "archived": False}
    return told | {"createdAt": "2026-11-03T10:00:00Z", "updatedAt": "2026-11-04T10:00:00Z"} | more


def results(*found: dict[str, Any], more: str | None = None, total: int | None = None) -> Answer:
    paging = {"paging": {"next": {"after": more}}} if more else {}
    return Answer(body={"total": len(found) if total is None else total, "results": found, **paging})


def hubspot(server: Server, **changes: Any) -> Hubspot:
    account = {"id": HUB, "service_key": "env:HUBSPOT_KEY"}
    told = {"base_url": server.url, "accounts": [account], **changes}
    return Hubspot(HubspotSettings.model_validate(told), Company(hash_key=Secret("env:HASH_KEY")))


def an_account(handle: Handle) -> Callable[[Request], Answer]:
    """A server of one account: its details, what the handler answers, and nothing else."""

    def answer(request: Request) -> Answer:
        if request.path.endswith("/details"):
            return Answer(body=DETAILS)
        return handle(request) or results()

    return answer


def pulled(
    handle: Handle, stream: str, load: Load | None = None, window: Window = WINDOW
) -> tuple[list[dict[str, Any]], list[Request]]:
    """The rows, and the requests for them."""
    with serving(an_account(handle)) as server:
        connector = hubspot(server)
        found = connector.stream(stream)
        batches = list(connector.pull(found, connector.accounts[0], window, load or Load()))
        asked = [request for request in server.requests if not request.path.endswith("/details")]
        return pa.Table.from_batches(batches, found.schema).to_pylist(), asked


def searching(*found: dict[str, Any]) -> Handle:
    return lambda request: results(*found) if request.path.endswith("/search") else None


def of(stream: str, load: Load | None = None, **changes: Any) -> list[dict[str, Any]]:
    """The rows of one record, its properties changed."""
    return pulled(searching(record(5, PROPERTIES[stream] | changes)), stream, load)[0]


def failure(answer: Answer, stream: str = "deals") -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        pulled(lambda _: answer, stream)
    return caught.value


# What a record becomes


def test_a_deal_becomes_a_row_with_days_of_the_account() -> None:
    [row] = of("deals")
    assert row["deal_id"] == "5"
    assert row["created_at"] == datetime(2026, 11, 3, 3, 30, 0, 123000, UTC)
    assert (row["created_date"], row["closed_date"]) == (date(2026, 11, 2), date(2026, 11, 21))
    assert (str(row["amount"]), row["currency"]) == ("1200.500000", "USD")
    assert row["is_closed_won"] is row["is_closed"] is True
    assert row["archived"] is False


def test_an_account_with_one_currency_leaves_it_out_of_its_deals() -> None:
    assert of("deals", deal_currency_code=None)[0]["currency"] == "EUR"


def test_a_property_that_was_emptied_is_null() -> None:
    [row] = of("deals", amount="", dealstage="", closedate="")
    assert row["amount"] is row["stage"] is row["closed_date"] is None


def test_a_contact_has_a_pseudonym_and_no_address() -> None:
    [row] = of("contacts")
    assert row["email_hash"] == pseudonym("piet@bedrijf.example", "hash")
    assert "example" not in str(row)


def test_a_stage_is_dated_by_whichever_property_the_account_has() -> None:
    newer, older = "2026-11-05T10:00:00Z", "2026-11-04T10:00:00Z"
    [alone] = of("contacts", hs_lifecyclestage_lead_date=older)
    [both] = of("contacts", hs_lifecyclestage_lead_date=older, hs_v2_date_entered_lead=newer)
    assert (alone["lead_at"].day, both["lead_at"].day) == (4, 5)


def test_an_answer_stands_on_the_account_s_day() -> None:
    [row] = of("feedback_submissions", hs_response_group="PROMOTER")
    assert (row["date"], row["value"], row["sentiment"]) == (date(2026, 11, 4), 2.0, "PROMOTER")


@pytest.mark.parametrize(("kind", "value"), [("CSAT", "5"), ("NPS", "11"), ("CES", "0")])
def test_an_answer_outside_the_scale_of_its_survey_is_put_aside(kind: str, value: str) -> None:
    load = Load()
    assert of("feedback_submissions", load, hs_survey_type=kind, hs_value=value) == []
    assert f"an answer of {value} to a {kind} survey" in load.rejected[0].reason


@pytest.mark.parametrize(("kind", "value"), [("NPS", "10"), ("CES", "7"), ("CUSTOM", "42"), ("CSAT", "")])
def test_other_answers_are_kept(kind: str, value: str) -> None:
    assert len(of("feedback_submissions", hs_survey_type=kind, hs_value=value)) == 1


# What is asked


def test_contacts_have_another_property_of_their_last_change_than_all_else() -> None:
    for stream, name in (("contacts", "lastmodifieddate"), ("deals", "hs_lastmodifieddate")):
        _, [search, _] = pulled(searching(), stream)
        assert search.json["filterGroups"][0]["filters"][0]["propertyName"] == name


def test_changes_are_asked_for_since_midnight_where_the_account_is_in_milliseconds() -> None:
    _, [search, _] = pulled(searching(), "deals")
    midnight = datetime(2026, 11, 1, 4, tzinfo=UTC)  # summer time in New York, which ends that night
    value = search.json["filterGroups"][0]["filters"][0]["value"]
    assert value == str(int(midnight.timestamp()) * 1000)


def test_neither_names_nor_what_people_wrote_are_asked_for() -> None:
    asked = {name for stream in PROPERTIES for name in pulled(searching(), stream)[1][0].json["properties"]}
    personal = {"firstname", "lastname", "phone", "address", "dealname", "hs_content", "hs_submission_name"}
    assert asked and not asked & personal


def test_a_search_goes_on_above_the_last_id_so_that_ten_thousand_rows_are_no_end() -> None:
    def handle(request: Request) -> Answer | None:
        if not request.path.endswith("/search"):
            return None
        filters = request.json["filterGroups"][0]["filters"]
        return results(record(7, DEAL)) if len(filters) > 1 else results(record(5, DEAL), record(6, DEAL), more="2")

    rows, asked = pulled(handle, "deals")
    assert [row["deal_id"] for row in rows] == ["5", "6", "7"]
    assert asked[1].json["filterGroups"][0]["filters"][1] == {
        "propertyName": "hs_object_id",
        "operator": "GT",
        "value": "6",
    }
    assert {request.json["after"] for request in asked[:2]} == {"0"}


def test_records_out_of_order_are_refused_as_some_would_be_passed_over() -> None:
    with pytest.raises(BadDataError, match="order of their ids"):
        pulled(searching(record(9, DEAL), record(10, DEAL), record(8, DEAL)), "deals")


def test_a_page_shorter_than_it_says_is_refused() -> None:
    with pytest.raises(BadDataError, match="told of 3 records, and sent 1"):
        pulled(lambda request: results(record(5, DEAL), total=3), "deals")


def test_an_empty_page_that_goes_on_is_refused() -> None:
    with pytest.raises(BadDataError, match="an empty page says that more follow"):
        pulled(lambda request: results(more="2"), "deals")


def test_a_deleted_record_comes_as_such_from_the_list_when_it_was_deleted_in_the_window() -> None:
    gone = {"archived": True, "archivedAt": "2026-11-19T10:00:00Z"}
    before = {"archived": True, "archivedAt": "2026-10-19T10:00:00Z"}

    def handle(request: Request) -> Answer | None:
        if request.query.get("archived") != "true":
            return None
        return results(record(3, DEAL, **before), record(4, DEAL, **gone))

    [row], _ = pulled(handle, "deals")
    assert (row["deal_id"], row["archived"]) == ("4", True)
    assert row["updated_at"] == datetime(2026, 11, 19, 10, tzinfo=UTC)


def test_a_deleted_record_without_its_moment_is_bad_data() -> None:
    with pytest.raises(BadDataError, match="when it was deleted"):
        pulled(lambda request: results(record(4, DEAL)) if "archived" in request.query else None, "deals")


# Marketing e-mails


def test_an_e_mail_stands_on_the_day_of_sending_not_on_that_of_publishing() -> None:
    [row], _ = pulled(lambda _: results(EMAIL), "marketing_emails")
    assert row["date"] == date(2026, 11, 10)
    assert (row["sent"], row["delivered"], row["opened"], row["clicked"]) == (1000, 990, 400, 50)
    assert row["spam_reports"] is None


def test_an_e_mail_without_a_day_of_its_own_was_sent_when_it_was_published() -> None:
    [row], _ = pulled(lambda _: results(EMAIL | {"publishDate": None}), "marketing_emails")
    assert row["date"] == date(2026, 11, 6)


def test_e_mails_published_a_month_before_are_asked_for_too_as_they_may_have_been_scheduled() -> None:
    _, [request] = pulled(lambda _: None, "marketing_emails")
    assert request.query["publishedAfter"] == "2026-10-01T04:00:00Z"
    assert request.query["publishedBefore"] == "2026-11-21T05:00:00Z"


def test_an_e_mail_sent_outside_the_window_is_left_out() -> None:
    load = Load()
    other = EMAIL | {"publishDate": "2026-11-21T05:00:00Z"}  # midnight in New York
    assert pulled(lambda _: results(other), "marketing_emails", load)[0] == []
    assert load.rejected == []


def test_an_e_mail_without_counters_is_put_aside() -> None:
    load = Load()
    assert pulled(lambda _: results(EMAIL | {"stats": None}), "marketing_emails", load)[0] == []
    assert "is missing" in load.rejected[0].reason


# Errors


def refused(status: int, **body: Any) -> Answer:
    return Answer(status, {"status": "error", "message": "no", "correlationId": "1", **body})


def test_a_missing_scope_is_named() -> None:
    errors = [{"context": {"requiredGranularScopes": ["crm.objects.deals.read"]}}]
    error = failure(refused(403, category="MISSING_SCOPES", errors=errors))
    assert isinstance(error, ConfigurationError)
    assert "crm.objects.deals.read" in error.hint


def test_a_refusal_without_scopes_is_one_of_the_credential() -> None:
    assert isinstance(failure(refused(403, category="BANNED")), AuthorisationError)


def test_a_version_that_ended_is_a_setting_to_mend() -> None:
    error = failure(refused(404, category="OBJECT_NOT_FOUND"))
    assert isinstance(error, ConfigurationError)
    assert "api_version" in error.hint


@pytest.mark.parametrize(("policy", "seconds"), [("SECONDLY", 1), ("TEN_SECONDLY_ROLLING", 10), ("ANOTHER", 10)])
def test_a_short_limit_is_waited_for_as_long_as_its_policy_says(policy: str, seconds: int, waits: list[float]) -> None:
    answers = [refused(429, policyName=policy), results(record(5, DEAL)), results()]
    rows, _ = pulled(lambda _: answers.pop(0), "deals")
    assert len(rows) == 1
    assert waits == [pytest.approx(seconds, abs=0.2)]


def test_the_day_s_limit_is_left_for_another_night(waits: list[float]) -> None:
    error = failure(refused(429, policyName="DAILY"))
    assert isinstance(error, QuotaError)
    assert "midnight" in error.hint
    assert waits == []


@pytest.mark.parametrize("status", [408, 423, 477, 500, 502, 504, 521, 524])
def test_what_passes_is_tried_again(status: int, waits: list[float]) -> None:
    assert isinstance(failure(Answer(status, b"<html>later</html>", {"Retry-After": "2"})), Transient)
    assert len(waits) == RetryPolicy().attempts - 1


def test_a_wrong_request_is_bad_data() -> None:
    assert isinstance(failure(refused(400, category="VALIDATION_ERROR")), BadDataError)


# The account


def checked(handle: Handle, **changes: Any) -> Any:
    with serving(an_account(handle)) as server:
        connector = hubspot(server, **changes)
        return connector.check(connector.accounts[0])


def test_the_check_tells_currency_and_time_zone() -> None:
    facts = checked(lambda _: None)
    assert (facts.currency, facts.time_zone, facts.notes) == ("EUR", "America/New_York", ())


def test_a_stream_without_its_scope_is_noted_and_the_others_are_left_to_work() -> None:
    errors = [{"context": {"requiredGranularScopes": ["crm.objects.feedback_submissions.read"]}}]

    def handle(request: Request) -> Answer | None:
        return refused(403, category="MISSING_SCOPES", errors=errors) if "feedback" in request.path else None

    [note] = checked(handle).notes
    assert note.startswith("feedback_submissions cannot be pulled")
    assert "crm.objects.feedback_submissions.read" in note


def test_a_key_that_opens_no_stream_fails_the_check() -> None:
    with pytest.raises(ConfigurationError, match="MISSING_SCOPES"):
        checked(lambda _: refused(403, category="MISSING_SCOPES", context={"missingScopes": ["content"]}))


def test_the_key_of_another_account_fails_the_check() -> None:
    with pytest.raises(ConfigurationError, match="the key is of the account 145801001, not of 42"):
        checked(lambda _: None, accounts=[{"id": "42", "service_key": "env:HUBSPOT_KEY"}])


APP = {
    "client_id": "app",
    "client_secret": "env:HUBSPOT_APP_SECRET",
    "accounts": [{"id": HUB, "refresh_token": "env:HUBSPOT_REFRESH"}],
}


def test_an_access_token_that_ended_is_renewed_by_the_refresh_token() -> None:
    given = iter(("first", "second"))

    def answer(request: Request) -> Answer:
        if request.path == "/oauth/2026-09/token":
            return Answer(body={"access_token": next(given), "expires_in": 1800})
        if request.headers["Authorization"] == "Bearer first":
            return refused(401, category="EXPIRED_AUTHENTICATION")
        return Answer(body=DETAILS) if request.path.endswith("/details") else results()

    with serving(answer) as server:
        connector = hubspot(server, **APP)
        assert connector.check(connector.accounts[0]).currency == "EUR"


def test_a_refresh_token_that_is_refused_is_told_and_not_shown() -> None:
    with serving(lambda _: refused(400, category="BAD_REFRESH_TOKEN")) as server:
        connector = hubspot(server, **APP)
        with pytest.raises(AuthorisationError, match="no access token: HTTP 400 BAD_REFRESH_TOKEN") as caught:
            connector.check(connector.accounts[0])
    assert "connect the account to the app again" in str(caught.value)
    assert "refresh-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"accounts": [{"id": HUB}]}, "service_key or a refresh_token"),
        (
            {"accounts": [{"id": HUB, "service_key": "env:A", "refresh_token": "env:B"}]},
            "service_key or a refresh_token",
        ),
        ({"accounts": [{"id": HUB, "refresh_token": "env:B"}]}, "needs client_id and client_secret"),
        ({"accounts": [{"id": "my-company", "service_key": "env:A"}]}, "should match pattern"),
    ],
)
def test_a_way_in_that_is_not_whole_is_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        HubspotSettings.model_validate(settings)
