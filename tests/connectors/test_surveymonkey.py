"""The SurveyMonkey connector against a small SurveyMonkey."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Company
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, QuotaError
from connectors.load import Load
from connectors.stream import Window
from connectors.surveymonkey import SurveyMonkey, SurveyMonkeySettings
from tests.http_server import Answer, Handler, Request, Server, serving

SURVEY = "105723396"
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 20))


def question(name: str, heading: str, weights: list[int | None], rows: int = 1) -> dict[str, Any]:
    choices = [
        {"id": f"{name}-{weight}", "weight": weight or 0, "text": str(weight), "is_na": weight is None}
        for weight in weights
    ]
    answers = {"rows": [{"id": f"row{n}", "text": ""} for n in range(rows)], "choices": choices}
    return {"id": name, "family": "matrix", "subtype": "rating", "headings": [{"heading": heading}], "answers": answers}


TEN = question("10", "Would you recommend us?", list(range(11)))
STARS = question("20", "How satisfied are you?", [1, 2, 3, 4, 5, None])
MATRIX = question("30", "And each of these?", [1, 2, 3], rows=2)
CHOICE = {"id": "40", "family": "single_choice", "subtype": "vertical", "headings": [{"heading": "Which?"}]}
QUESTIONS = [TEN, MATRIX, CHOICE, STARS]
RESPONSE: dict[str, Any] = {
    "id": "5007154325", "survey_id": SURVEY, "collector_id": "50253586", "recipient_id": "", "total_time": 31,
    "response_status": "completed", "collection_mode": "default", "ip_address": "203.0.113.7",
    "date_created": "2026-11-20T10:00:00+00:00", "date_modified": "2026-11-20T10:00:31+00:00",
    "custom_variables": {"order": "1001"}, "first_name": "Ann", "email_address": "ann@example.com",
    "pages": [{"id": "1", "questions": [{"id": "20", "answers": [{"choice_id": "20-4", "row_id": "row0"}]}]}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEYMONKEY_TOKEN", "hush")


def surveymonkey(*responses: dict[str, Any], questions: list[dict[str, Any]] = QUESTIONS) -> Handler:
    def handle(request: Request) -> Answer:
        if request.path.endswith("/details"):
            return Answer(body={"id": SURVEY, "title": "After delivery", "pages": [{"questions": questions}]})
        return Answer(body={"data": responses, "per_page": 100, "page": 1, "total": len(responses), "links": {}})

    return handle


def connector(server: Server, wanted: str | None = None) -> SurveyMonkey:
    account = {"id": SURVEY} | ({"question": wanted} if wanted else {})
    told = {"base_url": server.url, "access_token": "env:SURVEYMONKEY_TOKEN", "accounts": [account]}
    return SurveyMonkey(SurveyMonkeySettings.model_validate(told), Company())


def pulled(server: Server, load: Load | None = None, wanted: str | None = None) -> list[dict[str, Any]]:
    source = connector(server, wanted)
    batches = source.pull(source.stream("responses"), source.accounts[0], WINDOW, load or Load())
    return list(pa.Table.from_batches(batches, source.stream("responses").schema).to_pylist())


def answering(*choices: str) -> dict[str, Any]:
    answers = [{"choice_id": choice, "row_id": "row0"} for choice in choices]
    return RESPONSE | {"pages": [{"id": "1", "questions": [{"id": "20", "answers": answers}]}]}


def test_a_response_becomes_a_row() -> None:
    with serving(surveymonkey(RESPONSE)) as server:
        assert pulled(server) == [{
            "account_id": SURVEY, "date": date(2026, 11, 20), "response_id": "5007154325", "question_id": "20",
            "score": 4.0, "scale": "1-5", "started_at": datetime(2026, 11, 20, 10, tzinfo=UTC),
            "updated_at": datetime(2026, 11, 20, 10, 0, 31, tzinfo=UTC),
        }]  # fmt: skip


def test_it_counts_on_the_day_of_submission() -> None:
    late = RESPONSE | {"date_created": "2026-11-19T22:59:00+00:00", "date_modified": "2026-11-19T23:01:00+00:00"}
    with serving(surveymonkey(late)) as server:
        assert pulled(server)[0]["date"] == date(2026, 11, 20)


def test_only_completed_answers_to_the_one_question_are_asked_for() -> None:
    with serving(surveymonkey()) as server:
        pulled(server)
    assert server.requests[1].query == {
        "status": "completed", "question_ids": "20", "per_page": "100", "page": "1", "sort_by": "date_modified",
        "sort_order": "ASC", "start_modified_at": "2026-10-31T22:59:59", "end_modified_at": "2026-11-20T23:00:00",
    }  # fmt: skip


@pytest.mark.parametrize("mode", ["preview", "survey_preview"])
def test_previews_by_the_makers_of_the_survey_are_no_answers(mode: str) -> None:
    with serving(surveymonkey(RESPONSE | {"collection_mode": mode})) as server:
        assert pulled(server) == []


@pytest.mark.parametrize("skipped", [RESPONSE | {"pages": []}, answering(), answering("20-None")])
def test_a_question_that_is_skipped_or_does_not_apply_has_no_score(skipped: dict[str, Any]) -> None:
    with serving(surveymonkey(skipped)) as server:
        assert pulled(server)[0]["score"] is None


def test_a_choice_that_the_question_does_not_have_is_put_aside() -> None:
    with serving(surveymonkey(RESPONSE, answering("20-9") | {"id": "2"})) as server:
        load = Load()
        assert len(pulled(server, load)) == 1
    assert "choice 20-9, which the question does not have" in load.rejected[0].reason


@pytest.mark.parametrize("wanted", ["10", "Would you recommend us?"])
def test_a_question_that_starts_at_0_has_to_be_named(wanted: str) -> None:
    named = RESPONSE | {"pages": [{"questions": [{"id": "10", "answers": [{"choice_id": "10-9"}]}]}]}
    with serving(surveymonkey(named)) as server:
        [row] = pulled(server, wanted=wanted)
    assert (row["score"], row["scale"]) == (9.0, "0-10")


@pytest.mark.parametrize(
    "questions", [[TEN], [MATRIX], [CHOICE], [question("50", "Flavour?", [1, 1, 1])], [question("60", "?", [-1, 0, 1])]]
)
def test_a_survey_without_a_rating_of_its_own_is_a_setting_to_mend(questions: list[dict[str, Any]]) -> None:
    with serving(surveymonkey(questions=questions)) as server, pytest.raises(ConfigurationError, match="no rating"):
        pulled(server)


def test_an_unknown_question_is_told_with_those_that_can_be_named() -> None:
    with serving(surveymonkey()) as server, pytest.raises(ConfigurationError, match="no rating 40") as caught:
        pulled(server, wanted="40")
    assert "10, 20" in caught.value.hint


def pages(total: int) -> Handler:
    def handle(request: Request) -> Answer:
        if request.path.endswith("/details"):
            return surveymonkey()(request)
        page = int(request.query["page"])
        rows = [RESPONSE | {"id": str(n)} for n in range(250)][(page - 1) * 100 : page * 100]
        following = {"next": f"https://api.surveymonkey.com{request.path}?page={page + 1}&per_page=100"}
        return Answer(body={"data": rows, "total": total, "links": following if page < 3 else {}})

    return handle


def test_pages_are_followed_at_our_own_address_until_there_is_no_next() -> None:
    with serving(pages(250)) as server:
        assert len(pulled(server)) == 250
    assert [request.query["page"] for request in server.requests[1:]] == ["1", "2", "3"]


def test_fewer_responses_than_told_are_bad_data() -> None:
    with serving(pages(251)) as server, pytest.raises(BadDataError, match="told of 251 records, and 250 were sent"):
        pulled(server)


def test_a_night_takes_two_of_the_500_calls_of_a_day() -> None:
    with serving(surveymonkey(RESPONSE)) as server:
        load = Load()
        pulled(server, load)
    assert load.requests == 2


def refused(status: int, number: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"error": {"id": number, "name": "Refused", "message": "No."}}, headers or {})


def limits(day: int, minute: int) -> dict[str, str]:
    left = {"Day-Remaining": day, "Day-Reset": 30_000, "Minute-Remaining": minute, "Minute-Reset": 400}
    return {f"X-Ratelimit-App-Global-{name}": str(value) for name, value in left.items()}


@pytest.mark.parametrize(("day", "wait"), [(0, 30_000), (7, 400)])
def test_a_limit_tells_when_calls_are_allowed_again(day: int, wait: float) -> None:
    with serving(lambda _: refused(429, "1040", limits(day, 0))) as server, pytest.raises(QuotaError) as caught:
        pulled(server)
    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    ("status", "number", "kind", "hint"),
    [
        (401, "1012", AuthorisationError, "copy the access token"),
        (403, "1015", AuthorisationError, "paid plan"),
        (403, "1018", ConfigurationError, "base_url"),
        (404, "1020", ConfigurationError, "kompas check"),
        (410, "1053", ConfigurationError, "kompas check"),
    ],
)
def test_a_refusal_says_what_to_do(status: int, number: str, kind: type[Exception], hint: str) -> None:
    with serving(lambda _: refused(status, number)) as server, pytest.raises(kind, match=number) as caught:
        pulled(server)
    assert hint in str(caught.value)
    assert "hush" not in str(caught.value)


def test_the_check_tells_which_question_is_the_score() -> None:
    with serving(surveymonkey()) as server:
        source = connector(server)
        facts = source.check(source.accounts[0])
    assert facts.name == "After delivery; the score is “How satisfied are you?”, 1-5"
