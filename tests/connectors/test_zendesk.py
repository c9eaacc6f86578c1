"""The Zendesk connector against a small Zendesk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError
from connectors.load import Load
from connectors.stream import Window
from connectors.zendesk import Zendesk, ZendeskSettings
from tests.http_server import Answer, Handler, Request, Server, serving

WINDOW = Window(date(2026, 11, 19), date(2026, 11, 20))
SHOP = "my-shop"
RATING: dict[str, Any] = {
    "id": 35436, "url": "https://my-shop.zendesk.com/api/v2/satisfaction_ratings/35436.json", "ticket_id": 208,
    "requester_id": 7881, "assignee_id": 135, "group_id": 44, "score": "good", "comment": "Thanks, Ann Smit",
    "reason": None, "reason_id": None, "created_at": "2026-11-10T22:55:29Z", "updated_at": "2026-11-19T09:00:00Z",
}  # fmt: skip
TIMES = {"created_at": "2026-11-19T23:30:00.000Z", "updated_at": "2026-11-21T08:00:00.000Z"}
RATED: dict[str, Any] = {
    "type": "rating_scale", "rating": 4, "rating_category": "good", **TIMES,
    "question": {"id": "01Q", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
}  # fmt: skip
OTHER = RATED | {"rating": 1, "question": {"id": "02Q", "type": "rating_scale_numeric", "sub_type": "other"}}
COMMENT = {"type": "open_ended", "value": "Ann Smit, 06 1234", "question": {"id": "03Q", "type": "open_ended"}, **TIMES}
RESPONSE: dict[str, Any] = {
    "id": "01J1WB51MG6HXTYWE6Q0C93RNW", "responder_id": 4398080151295, "expires_at": "2026-12-14T12:00:00.000Z",
    "subject_zrns": ["zen:ticket:99"], "subjects": [{"id": "99", "type": "ticket", "zrn": "zen:ticket:99"}],
    "survey": {"id": "01S", "state": "enabled", "version": 3}, "answers": [COMMENT, OTHER, RATED],
}  # fmt: skip


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZENDESK_SECRET", "hush")


def zendesk(*rows: dict[str, Any], name: str = "satisfaction_ratings") -> Handler:
    def handle(request: Request) -> Answer:
        if request.path.endswith("/oauth/tokens"):
            return Answer(body={"access_token": "abc", "token_type": "bearer", "scope": "read"})
        return Answer(body={name: rows, "meta": {"has_more": False, "after_cursor": "x"}, "links": {"next": None}})

    return handle


def surveys(*rows: dict[str, Any]) -> Handler:
    return zendesk(*rows, name="survey_responses")


def connector(server: Server, **account: Any) -> Zendesk:
    told = {"id": SHOP, "client_id": "kompas", "client_secret": "env:ZENDESK_SECRET"} | account
    return Zendesk(ZendeskSettings.model_validate({"base_url": server.url, "accounts": [told]}), Company())


def pulled(server: Server, name: str = "satisfaction_ratings", load: Load | None = None) -> list[dict[str, Any]]:
    source = connector(server)
    batches = source.pull(source.stream(name), source.accounts[0], WINDOW, load or Load())
    return list(pa.Table.from_batches(batches, source.stream(name).schema).to_pylist())


def test_a_rating_becomes_a_row_on_the_day_of_its_answer() -> None:
    with serving(zendesk(RATING)) as server:
        assert pulled(server) == [{
            "account_id": SHOP, "date": date(2026, 11, 19), "response_id": "35436", "rating": "good",
            "offered_at": datetime(2026, 11, 10, 22, 55, 29, tzinfo=UTC),
            "updated_at": datetime(2026, 11, 19, 9, tzinfo=UTC),
        }]  # fmt: skip


def test_what_was_only_offered_is_no_answer() -> None:
    with serving(zendesk(RATING | {"score": "offered"}, RATING | {"score": "unoffered"})) as server:
        load = Load()
        assert pulled(server, load=load) == []
        assert load.rejected == []


def test_another_word_is_put_aside_without_the_comment() -> None:
    with serving(zendesk(RATING | {"score": "splendid"})) as server:
        load = Load()
        assert pulled(server, load=load) == []
    assert "splendid" in load.rejected[0].reason
    assert "Ann" not in str(load.rejected)


def test_ratings_are_asked_for_from_four_weeks_before_in_seconds() -> None:
    with serving(zendesk()) as server:
        pulled(server)
    assert server.requests[1].query == {
        "start_time": str(int(datetime(2026, 10, 21, 23, tzinfo=UTC).timestamp())),
        "end_time": str(int(datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp())),
        "score": "received", "page[size]": "100",
    }  # fmt: skip


def test_survey_responses_are_asked_for_in_milliseconds() -> None:
    with serving(surveys()) as server:
        pulled(server, "survey_responses")
    assert server.requests[1].query == {
        "filter[created_at_start]": str(int(datetime(2026, 10, 21, 23, tzinfo=UTC).timestamp()) * 1000),
        "filter[created_at_end]": str(int(datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp()) * 1000),
        "page[size]": "100",
    }  # fmt: skip


def test_a_survey_response_is_its_rating_of_satisfaction_on_the_day_it_was_given() -> None:
    with serving(surveys(RESPONSE)) as server:
        assert pulled(server, "survey_responses") == [{
            "account_id": SHOP, "date": date(2026, 11, 20), "response_id": "01J1WB51MG6HXTYWE6Q0C93RNW",
            "survey_id": "01S", "answered_at": datetime(2026, 11, 19, 23, 30, tzinfo=UTC), "score": 4.0,
        }]  # fmt: skip


@pytest.mark.parametrize("answers", [[], None, [COMMENT], [OTHER], [{"type": "skipped", "question": {}, **TIMES}]])
def test_a_survey_without_a_rating_of_satisfaction_is_no_row(answers: Any) -> None:
    with serving(surveys(RESPONSE | {"answers": answers})) as server:
        assert pulled(server, "survey_responses") == []


@pytest.mark.parametrize("rating", [0, 6, None])
def test_a_rating_that_is_none_of_1_to_5_is_put_aside(rating: int | None) -> None:
    with serving(surveys(RESPONSE | {"answers": [RATED | {"rating": rating}]})) as server:
        load = Load()
        assert pulled(server, "survey_responses", load) == []
    assert "score" in load.rejected[0].reason


def test_a_page_that_has_more_and_does_not_say_how_is_bad_data() -> None:
    def broken(request: Request) -> Answer:
        if request.path.endswith("/oauth/tokens"):
            return zendesk()(request)
        return Answer(body={"satisfaction_ratings": [RATING], "meta": {"has_more": True, "after_cursor": None}})

    with serving(broken) as server, pytest.raises(BadDataError, match="how its pages go on"):
        pulled(server)


def test_the_client_signs_in_itself_for_two_days() -> None:
    with serving(zendesk()) as server:
        pulled(server)
    token, ratings = server.requests
    assert token.path == f"/{SHOP}/oauth/tokens"
    assert token.json == {
        "grant_type": "client_credentials", "client_id": "kompas", "client_secret": "hush", "scope": "read",
        "expires_in": 172_000,
    }  # fmt: skip
    assert ratings.headers["Authorization"] == "Bearer abc"


def test_the_refresh_token_that_zendesk_replaces_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "refresh"
    file.write_text("r1")

    def rotating(request: Request) -> Answer:
        if request.path.endswith("/oauth/tokens"):
            assert (request.json["grant_type"], request.json["refresh_token"]) == ("refresh_token", "r1")
            return Answer(body={"access_token": "abc", "refresh_token": "r2", "expires_in": 1800})
        return surveys()(request)

    with serving(rotating) as server:
        source = connector(server, refresh_token=f"file:{file}")
        source.check(source.accounts[0])
    assert file.read_text() == "r2"


@pytest.mark.parametrize(
    ("csat", "asked"),
    [
        ("surveys", ["/api/v2/guide/survey_responses"]),
        ("ratings", ["/api/v2/satisfaction_ratings"]),
        ("both", ["/api/v2/guide/survey_responses", "/api/v2/satisfaction_ratings"]),
    ],
)
def test_only_the_kind_of_csat_that_is_set_is_asked_for(csat: str, asked: list[str]) -> None:
    with serving(zendesk()) as server:
        source = connector(server, csat=csat)
        source.check(source.accounts[0])
        assert [stream.name for stream in source.streams_of(source.accounts[0])] == [
            path.rpartition("/")[2] for path in asked
        ]
    assert [request.path.removeprefix(f"/{SHOP}") for request in server.requests[1:]] == asked


@pytest.mark.parametrize(("status", "kind"), [(403, AuthorisationError), (404, ConfigurationError)])
def test_a_kind_that_is_switched_off_says_which_setting_to_change(status: int, kind: type[Exception]) -> None:
    told = {"errors": [{"code": "Forbidden", "status": str(status), "title": "Access to the resource is forbidden"}]}

    def off(request: Request) -> Answer:
        return zendesk()(request) if request.path.endswith("/oauth/tokens") else Answer(status, told)

    with serving(off) as server, pytest.raises(kind, match="Access to the resource is forbidden") as caught:
        pulled(server, "survey_responses")
    assert "set csat to the kind" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "RecordNotFound", "description": "Not found"}, "RecordNotFound: Not found"),
        ({"error": {"title": "Forbidden", "message": "You do not have access"}}, "Forbidden: You do not have access"),
        (
            {"error": "invalid_token", "error_description": "The token is expired"},
            "invalid_token: The token is expired",
        ),
        (["odd"], "HTTP 422"),
    ],
)
def test_the_words_of_zendesk_are_told_in_all_their_shapes(body: Any, words: str) -> None:
    def refused(request: Request) -> Answer:
        return zendesk()(request) if request.path.endswith("/oauth/tokens") else Answer(404, body)

    with serving(refused) as server, pytest.raises(ConfigurationError) as caught:
        pulled(server)
    assert words.replace("HTTP 422", "HTTP 404") in caught.value.message


def test_a_refused_client_is_not_shown() -> None:
    told = {"error": "invalid_client", "error_description": "Client authentication failed"}
    with serving(lambda _: Answer(401, told)) as server, pytest.raises(AuthorisationError, match="invalid_client") as e:
        pulled(server)
    assert "hush" not in str(e.value)


def test_an_account_is_reached_at_its_own_address() -> None:
    account = {"id": SHOP, "client_id": "kompas", "client_secret": "env:ZENDESK_SECRET"}
    source = Zendesk(ZendeskSettings.model_validate({"accounts": [account]}), Company())
    assert source.api(source.accounts[0])._http.base_url == "https://my-shop.zendesk.com"


def test_a_third_kind_of_csat_is_refused() -> None:
    with pytest.raises(ValidationError, match="csat"):
        connector(Server("http://127.0.0.1", []), csat="nps")
