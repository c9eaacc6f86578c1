"""What is read from Zendesk: ratings of tickets, good or bad, and answers to CSAT surveys, 1 to 5. No comments.

Both can be asked for only by the time at which they were offered, and are answered days later. So each window asks for
what was offered in the four weeks before it as well, and keeps what was answered in the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.load import Load
from connectors.records import Record, Told, columns, note_unknown, objects, of_window
from connectors.stream import ACCOUNT_ID, DATE, NUMBER, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from connectors.survey_answers import Scale

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.zendesk import Zendesk

PATHS = {
    "satisfaction_ratings": "/api/v2/satisfaction_ratings",
    "survey_responses": "/api/v2/guide/survey_responses",
}
_OFFERED = timedelta(days=28)
"""How long a survey can be answered after it was offered."""
_SCALE = Scale(1, 5)
_RATED, _NO_ANSWER = {"good", "bad"}, {"offered", "unoffered"}

_RATING = (
    Told(Field("rating", TEXT, "good or bad"), "score"),
    Told(Field("offered_at", TIMESTAMP, "When the customer was asked"), "created_at"),
    Told(Field("updated_at", TIMESTAMP, "When the customer answered, or changed the answer"), "updated_at"),
)
_RATING_LEFT = ("id", "url", "ticket_id", "requester_id", "assignee_id", "group_id", "comment", "reason",
                "reason_id", "reason_code")  # fmt: skip
_RESPONSE = (
    Told(Field("response_id", TEXT, "Zendesk's id of the answer"), "id"),
    Told(Field("survey_id", TEXT, "The survey that was answered", nullable=True), "survey.id"),
    Told(Field("answered_at", TIMESTAMP, "When the question about satisfaction was answered"), "rated.created_at"),
)
_RESPONSE_LEFT = ("answers", "responder_id", "expires_at", "subject_zrns", "subjects")
"""Sent as well. Comments, customers and agents are none of our business."""


def _offered(window: Window, connector: Zendesk, per_second: int) -> tuple[int, int]:
    """First and last moment at which what was answered in the window can have been offered, in epoch time."""
    start, after = window.instants(connector.company.tz)
    return int((start - _OFFERED).timestamp()) * per_second, int(after.timestamp()) * per_second


def _pull_ratings(connector: Zendesk, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    start, end = _offered(window, connector, per_second=1)
    params = {"start_time": start, "end_time": end, "score": "received"}
    path = PATHS["satisfaction_ratings"]
    for page in connector.api(account).pages(path, "satisfaction_ratings", load, params):
        note_unknown(load, _RATING, page, _RATING_LEFT)
        rated = _rated(page, load)
        kept, days = of_window(rated, pick(rated, "updated_at"), window, connector.company.time_zone)
        told = _ratings(kept) | {"date": days, "account_id": [account.id] * len(kept)}
        yield batch(SATISFACTION_RATINGS, told, load)


def _rated(ratings: list[dict[str, Any]], load: Load) -> list[dict[str, Any]]:
    """Those that are good or bad. Another word is no answer that we know; the row itself may hold a comment."""
    for rating in ratings:
        if rating.get("score") not in _RATED | _NO_ANSWER:
            load.reject(f"the rating is neither good nor bad: {rating.get('score')!r}", f"rating {rating.get('id')}")
    return [rating for rating in ratings if rating.get("score") in _RATED]


def _ratings(ratings: Sequence[Record]) -> dict[str, list[Any]]:
    ids = [None if number is None else str(number) for number in pick(ratings, "id")]
    return columns(_RATING, ratings) | {"response_id": ids}


def _pull_responses(connector: Zendesk, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    # Survey responses want milliseconds where ratings want seconds.
    start, end = _offered(window, connector, per_second=1000)
    params = {"filter[created_at_start]": start, "filter[created_at_end]": end}
    for page in connector.api(account).pages(PATHS["survey_responses"], "survey_responses", load, params):
        note_unknown(load, _RESPONSE, page, _RESPONSE_LEFT)
        rated = list(_with_rating(page))
        kept, days = of_window(rated, pick(rated, "rated.created_at"), window, connector.company.time_zone)
        told = columns(_RESPONSE, kept) | {"date": days, "account_id": [account.id] * len(kept)}
        told["score"] = [_SCALE.score(rating) for rating in pick(kept, "rated.rating")]
        yield batch(SURVEY_RESPONSES, told, load)


def _with_rating(responses: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Responses in which the question about satisfaction was answered, and that answer as `rated`."""
    for response in responses:
        answers = objects(response.get("answers"), "answers")
        sub_types = pick(answers, "question.sub_type")
        rated = [
            answer
            for answer, sub_type in zip(answers, sub_types, strict=True)
            if answer.get("type") == "rating_scale" and sub_type != "other"
        ]
        if rated:
            yield response | {"rated": rated[0]}


SATISFACTION_RATINGS = Stream(
    name="satisfaction_ratings",
    description="One row per rated ticket, good or bad: Zendesk's older kind of CSAT",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of the answer, in the company's time zone"),
        Field("response_id", TEXT, "Zendesk's id of the rating"),
        *(one.field for one in _RATING),
    ),
    key=("account_id", "response_id"),
    day_field="date",
    pull=_pull_ratings,
    look_back_days=14,
    slice_days=366,
    docs_url="https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/",
)

SURVEY_RESPONSES = Stream(
    name="survey_responses",
    description="One row per answered CSAT survey, with its rating of 1 to 5",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of the answer, in the company's time zone"),
        *(one.field for one in _RESPONSE),
        Field("score", NUMBER, "The rating, from 1 to 5"),
    ),
    key=("account_id", "response_id"),
    day_field="date",
    pull=_pull_responses,
    look_back_days=14,
    slice_days=366,
    docs_url="https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/",
)
