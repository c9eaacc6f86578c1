"""What is read from Typeform: the score of each completed response. No texts, no addresses, no hidden fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.load import Load
from connectors.records import Record, Told, columns, note_unknown, objects, of_window
from connectors.stream import ACCOUNT_ID, DATE, NUMBER, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from connectors.typeform_question import Question

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.typeform import Typeform

_TOLD = (
    Told(Field("response_id", TEXT, "Typeform's token of the response"), "token"),
    Told(Field("submitted_at", TIMESTAMP, "When it was submitted"), "submitted_at"),
)
_LEFT_ALONE = (
    "landing_id", "response_id", "response_type", "landed_at", "metadata", "hidden", "calculated", "variables",
    "answers", "form_id", "tags", "outcome", "thankyou_screen_ref",
)  # fmt: skip
"""Sent as well. `hidden` and `answers` may hold names, addresses and texts of customers: none of it is kept."""


def _pull(connector: Typeform, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    _title, question = connector.question(account, load)
    start, after = window.instants(connector.company.tz)
    # Both bounds are inclusive, in whole seconds; partial responses, which have no cursor, are not asked for.
    params = {"since": _iso(start), "until": _iso(after - timedelta(seconds=1)), "response_type": "completed"}
    for page in connector.api.responses(account.id, load, params):
        note_unknown(load, _TOLD, page, _LEFT_ALONE)
        kept, days = of_window(page, pick(page, "submitted_at"), window, connector.company.time_zone)
        yield batch(RESPONSES, _columns(kept, question) | {"date": days, "account_id": [account.id] * len(kept)}, load)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _columns(responses: Sequence[Record], question: Question) -> dict[str, list[Any]]:
    told = columns(_TOLD, responses)
    told["question_id"] = [question.id] * len(responses)
    told["score"] = [question.scale.score(_number(response, question)) for response in responses]
    told["scale"] = [str(question.scale)] * len(responses)
    return told


def _number(response: Record, question: Question) -> Any:
    """The number answered; None where the question was skipped."""
    answers = objects(response.get("answers"), "answers")
    numbers = dict(zip(pick(answers, "field.id"), pick(answers, "number"), strict=True))
    return numbers.get(question.id)


RESPONSES = Stream(
    name="responses",
    description="One row per completed response, with the answer to the question about satisfaction",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of submission, in the company's time zone"),
        *(one.field for one in _TOLD),
        Field("question_id", TEXT, "The question whose answer is the score"),
        Field("score", NUMBER, "The answer, on `scale`; NULL where the question was skipped", nullable=True),
        Field("scale", TEXT, "Lowest and highest answer of the question, as 1-5; nps for a recommendation"),
    ),
    key=("account_id", "response_id"),
    day_field="date",
    pull=_pull,
    # Responses do not change any more; the newest may take half an hour to show up.
    look_back_days=2,
    slice_days=366,
    docs_url="https://www.typeform.com/developers/responses/reference/retrieve-responses/",
)
