"""The Typeform connector against a small Typeform."""

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
from connectors.typeform import Typeform, TypeformSettings
from tests.http_server import Answer, Handler, Request, Server, serving

FORM = "u6nXL7"
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))
STARS = {"id": "st4r", "ref": "satisfied", "type": "rating", "title": "How was it?", "properties": {"steps": 5}}
SCALE = {"id": "sc4l", "ref": "scale", "type": "opinion_scale", "title": "And us?", "properties": {"steps": 11}}
RECOMMEND = {"id": "npsq", "ref": "recommend", "type": "nps", "title": "Would you?", "properties": {"steps": 11}}
WHY = {"id": "txt1", "ref": "why", "type": "long_text", "title": "Why?", "properties": {}}
FIELDS = [RECOMMEND, WHY, STARS, SCALE]


def answer(field: dict[str, Any], value: Any) -> dict[str, Any]:
    kind = "text" if isinstance(value, str) else "number"
    return {"field": {name: field[name] for name in ("id", "type", "ref")}, "type": kind, kind: value}


RESPONSE: dict[str, Any] = {
    "landing_id": "a1", "token": "a1", "response_id": "a1", "response_type": "completed",
    "landed_at": "2026-11-20T09:58:00Z", "submitted_at": "2026-11-20T10:00:00Z", "metadata": {"browser": "touch"},
    "hidden": {"email": "ann@example.com"}, "calculated": {"score": 0},
    "answers": [answer(RECOMMEND, 9), answer(WHY, "Ann Smit, 06 1234"), answer(STARS, 4), answer(SCALE, 0)],
}  # fmt: skip


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYPEFORM_TOKEN", "tfp_secret")


def typeform(*responses: dict[str, Any], fields: list[dict[str, Any]] = FIELDS) -> Handler:
    def handle(request: Request) -> Answer:
        if request.path.endswith("/responses"):
            return Answer(body={"total_items": len(responses), "page_count": 1, "items": responses})
        return Answer(body={"id": FORM, "title": "After delivery", "fields": fields})

    return handle


def connector(server: Server, question: str | None = None, **settings: Any) -> Typeform:
    account = {"id": FORM} | ({"question": question} if question else {})
    told = {"base_url": server.url, "access_token": "env:TYPEFORM_TOKEN", "accounts": [account]} | settings
    return Typeform(TypeformSettings.model_validate({k: v for k, v in told.items() if v is not None}), Company())


def pulled(server: Server, load: Load | None = None, question: str | None = None) -> list[dict[str, Any]]:
    source = connector(server, question)
    batches = source.pull(source.stream("responses"), source.accounts[0], WINDOW, load or Load())
    return list(pa.Table.from_batches(batches, source.stream("responses").schema).to_pylist())


def one(*responses: dict[str, Any], question: str | None = None, **changed: Any) -> dict[str, Any]:
    with serving(typeform(*(responses or (RESPONSE,)), **changed)) as server:
        [row] = pulled(server, question=question)
    return row


def test_a_response_becomes_a_row() -> None:
    assert one() == {
        "account_id": FORM, "date": date(2026, 11, 20), "response_id": "a1", "question_id": "st4r", "score": 4.0,
        "submitted_at": datetime(2026, 11, 20, 10, tzinfo=UTC), "scale": "1-5",
    }  # fmt: skip


def test_nothing_that_customers_wrote_is_kept() -> None:
    assert not {"Ann Smit, 06 1234", "ann@example.com"} & {str(value) for value in one().values()}


def test_the_score_is_the_first_rating_and_never_a_recommendation() -> None:
    assert one(fields=[RECOMMEND, SCALE, STARS])["question_id"] == "sc4l"


@pytest.mark.parametrize("wanted", ["scale", "sc4l", "And us?"])
def test_another_question_is_found_by_ref_id_or_title(wanted: str) -> None:
    row = one(question=wanted)
    assert (row["score"], row["scale"]) == (0.0, "0-10")


def test_an_opinion_scale_may_start_at_one() -> None:
    from_one = SCALE | {"properties": {"steps": 10, "start_at_one": True}}
    assert one(RESPONSE | {"answers": [answer(SCALE, 10)]}, fields=[from_one])["scale"] == "1-10"


def test_a_question_in_a_group_is_found() -> None:
    group = {"id": "grp1", "ref": "g", "type": "group", "title": "About us", "properties": {"fields": [STARS]}}
    assert one(fields=[group])["score"] == 4.0


def test_a_recommendation_is_pulled_where_it_is_asked_for_and_said_to_be_none_of_satisfaction() -> None:
    assert (one(question="recommend")["score"], one(question="recommend")["scale"]) == (9.0, "nps")
    with serving(typeform()) as server:
        source = connector(server, "recommend")
        [note] = source.check(source.accounts[0]).notes
    assert "do not count in CSAT" in note


@pytest.mark.parametrize("answers", [None, [], [answer(RECOMMEND, 9)]])
def test_a_skipped_question_has_no_score(answers: Any) -> None:
    assert one(RESPONSE | {"answers": answers})["score"] is None


def test_a_score_off_the_scale_is_put_aside() -> None:
    with serving(typeform(RESPONSE, RESPONSE | {"token": "b2", "answers": [answer(STARS, 9)]})) as server:
        load = Load()
        assert len(pulled(server, load)) == 1
    assert "9, off the scale 1-5" in load.rejected[0].reason


def test_a_form_without_a_rating_is_a_setting_to_mend() -> None:
    with serving(typeform(fields=[WHY, RECOMMEND])) as server, pytest.raises(ConfigurationError) as caught:
        pulled(server)
    assert "no rating and no opinion scale" in caught.value.message
    assert "recommend" in caught.value.hint


def test_an_unknown_question_is_a_setting_to_mend() -> None:
    with serving(typeform()) as server, pytest.raises(ConfigurationError, match="no question why") as caught:
        pulled(server, question="why")
    assert "recommend, satisfied, scale" in caught.value.hint


def test_a_rating_without_steps_is_bad_data() -> None:
    with serving(typeform(fields=[STARS | {"properties": {}}])) as server, pytest.raises(BadDataError, match="steps"):
        pulled(server)


def test_only_completed_responses_of_whole_days_are_asked_for() -> None:
    with serving(typeform()) as server:
        pulled(server)
    query = server.requests[1].query
    assert query == {
        "since": "2026-10-31T23:00:00Z", "until": "2026-11-20T22:59:59Z", "response_type": "completed",
        "page_size": "1000",
    }  # fmt: skip


def test_older_responses_are_asked_for_before_the_last_one() -> None:
    everyone = [RESPONSE | {"token": f"t{n}"} for n in range(1500)]

    def pages(request: Request) -> Answer:
        if not request.path.endswith("/responses"):
            return typeform()(request)
        start = int(request.query.get("before", "t-1")[1:]) + 1
        left = everyone[start:]
        return Answer(body={"total_items": len(left), "page_count": -(-len(left) // 1000), "items": left[:1000]})

    with serving(pages) as server:
        assert [row["response_id"] for row in pulled(server)] == [row["token"] for row in everyone]
    assert [request.query.get("before") for request in server.requests[1:]] == [None, "t999"]


def test_fewer_responses_than_told_are_bad_data() -> None:
    def short(request: Request) -> Answer:
        if not request.path.endswith("/responses"):
            return typeform()(request)
        return Answer(body={"total_items": 2, "page_count": 1, "items": [RESPONSE]})

    with serving(short) as server, pytest.raises(BadDataError, match="told of 2 responses, and 1 were sent"):
        pulled(server)


def test_unknown_fields_are_noted() -> None:
    with serving(typeform(RESPONSE | {"sentiment": "glad"})) as server:
        load = Load()
        pulled(server, load)
    assert load.notes["unknown_fields"] == ["sentiment"]


def test_the_check_tells_which_question_is_the_score() -> None:
    with serving(typeform()) as server:
        source = connector(server)
        facts = source.check(source.accounts[0])
    assert facts.name == "After delivery; the score is “How was it?”, 1-5"
    assert facts.notes == ()


def test_all_forms_are_found() -> None:
    def forms(request: Request) -> Answer:
        page = int(request.query["page"])
        return Answer(body={"page_count": 2, "items": [{"id": f"f{page}", "title": f"Form {page}"}]})

    with serving(forms) as server:
        assert [(found.id, found.name) for found in connector(server).discover()] == [
            ("f1", "Form 1"),
            ("f2", "Form 2"),
        ]


def test_an_unknown_form_is_a_setting_to_mend() -> None:
    body = {"code": "FORM_NOT_FOUND", "description": "Non existing form with uid u6nXL7"}
    with serving(lambda _: Answer(404, body)) as server, pytest.raises(ConfigurationError, match="FORM_NOT_FOUND"):
        pulled(server)


def oauth(expected: list[str]) -> Handler:
    """Accepts each refresh token once, in order, and answers with the next one."""

    def handle(request: Request) -> Answer:
        if request.path == "/oauth/token":
            assert f"refresh_token={expected[0]}&" in request.body.decode()
            expected.pop(0)
            return Answer(body={"access_token": f"access-for-{expected[0]}", "refresh_token": expected[0]})
        if request.headers["Authorization"] != f"Bearer access-for-{expected[0]}":
            return Answer(401, {"code": "UNAUTHORIZED", "description": "Unauthorized"})
        return typeform(RESPONSE)(request)

    return handle


def test_the_refresh_token_that_typeform_replaces_is_kept(tmp_path: Path) -> None:
    for name, value in (("refresh", "r1"), ("client", "secret")):
        (tmp_path / name).write_text(value)
    app = {
        "access_token": None, "client_id": "me", "client_secret": f"file:{tmp_path}/client",
        "refresh_token": f"file:{tmp_path}/refresh",
    }  # fmt: skip
    with serving(oauth(["r1", "r2"])) as server:
        source = connector(server, **app)
        assert source.check(source.accounts[0]).name.startswith("After delivery")
    assert (tmp_path / "refresh").read_text() == "r2"


@pytest.mark.parametrize(
    "changes", [{"access_token": None}, {"client_id": "me"}, {"access_token": None, "client_id": "me"}]
)
def test_one_whole_way_in_has_to_be_set(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="either access_token, or client_id"):
        connector(Server("http://127.0.0.1", []), **changes)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_shown(status: int) -> None:
    body = {"code": "AUTHENTICATION_FAILED", "description": "Authentication credentials not found"}
    with serving(lambda _: Answer(status, body)) as server, pytest.raises(AuthorisationError) as caught:
        pulled(server)
    assert "AUTHENTICATION_FAILED" in str(caught.value)
    assert "tfp_secret" not in str(caught.value)
