"""What is read from SurveyMonkey: the score of each completed response. No texts, no names, no addresses.

Only the answer to one question is asked for, so that the others never leave SurveyMonkey.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.load import Load
from connectors.records import Record, Told, columns, note_unknown, objects, of_window
from connectors.stream import ACCOUNT_ID, DATE, NUMBER, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from connectors.surveymonkey_question import Question

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.surveymonkey import SurveyMonkey

_TOLD = (
    Told(Field("response_id", TEXT, "SurveyMonkey's id of the response"), "id"),
    Told(Field("started_at", TIMESTAMP, "When answering began"), "date_created"),
    Told(Field("updated_at", TIMESTAMP, "When it was submitted, or changed later"), "date_modified"),
)
_LEFT_ALONE = (
    "survey_id", "collector_id", "recipient_id", "response_status", "collection_mode", "total_time", "ip_address",
    "custom_variables", "custom_value", "logic_path", "metadata", "page_path", "pages", "href", "edit_url",
    "analyze_url", "email_address", "first_name", "last_name",
)  # fmt: skip
"""Sent as well. Names and addresses of people and of their computers are none of our business."""
_PREVIEWS = {"preview", "survey_preview"}


def _pull(connector: SurveyMonkey, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    _title, question = connector.question(account, load)
    start, after = window.instants(connector.company.tz)
    params = {
        "status": "completed",
        "question_ids": question.id,
        # Whether the bounds themselves are in is not documented: ask for a second more, and keep the window's.
        "start_modified_at": _iso(start - timedelta(seconds=1)),
        "end_modified_at": _iso(after),
        "sort_by": "date_modified",
        "sort_order": "ASC",
    }
    for page in connector.api.responses(account.id, load, params):
        note_unknown(load, _TOLD, page, _LEFT_ALONE)
        real = [response for response in page if response.get("collection_mode") not in _PREVIEWS]
        kept, days = of_window(real, pick(real, "date_modified"), window, connector.company.time_zone)
        yield batch(RESPONSES, _columns(kept, question) | {"date": days, "account_id": [account.id] * len(kept)}, load)


def _iso(instant: datetime) -> str:
    """As SurveyMonkey wants it: in UTC, without an offset."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S")


def _columns(responses: Sequence[Record], question: Question) -> dict[str, list[Any]]:
    told = columns(_TOLD, responses)
    told["question_id"] = [question.id] * len(responses)
    told["score"] = [_score(response, question) for response in responses]
    told["scale"] = [str(question.scale)] * len(responses)
    return told


def _score(response: Record, question: Question) -> Any:
    """The weight of the choice; None where the question was skipped or does not apply."""
    for page in objects(response.get("pages"), "pages"):
        for answered in objects(page.get("questions"), "questions"):
            choices = [str(one) for one in pick(objects(answered.get("answers"), "answers"), "choice_id") if one]
            if str(answered.get("id")) == question.id and choices:
                return question.score(choices[0])
    return None


RESPONSES = Stream(
    name="responses",
    description="One row per completed response, with the answer to the question about satisfaction",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        # SurveyMonkey does not keep the time of submission apart from that of a later change.
        Field("date", DATE, "The day of submission, or of a later change, in the company's time zone"),
        *(one.field for one in _TOLD),
        Field("question_id", TEXT, "The question whose answer is the score"),
        Field("score", NUMBER, "The weight of the answer, on `scale`; NULL where the question was skipped", "", True),
        Field("scale", TEXT, "Lowest and highest weight of the question, as 1-5"),
    ),
    key=("account_id", "response_id"),
    day_field="date",
    pull=_pull,
    look_back_days=7,
    slice_days=366,
    docs_url="https://api.surveymonkey.com/v3/docs#api-endpoints-survey-responses",
)
