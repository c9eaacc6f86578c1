"""Ratings and survey responses as Zendesk words them, with the comments and people that a reader should leave alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sandbox.company.questionnaires import Account
from sandbox.invitations import Invitation

Body = dict[str, Any]
OPEN_DAYS = 28
GOOD_FROM, BAD_TO = 4, 2
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SURVEY = {"id": "01J58KJ9RAE0D2EK7HRVM7Z8F2", "state": "enabled", "version": 3}
_SATISFIED = {"id": "01J1WBE8QR0YQVE373K2JDJR0F", "type": "rating_scale_numeric", "sub_type": "customer_satisfaction"}
_COMMENT = {"id": "01J1WBSAZWVY2XR1EFZKS3CM13", "type": "open_ended", "alias": "comment"}


def _scored(*scores: str, comment: bool | None = None) -> Callable[[Body], bool]:
    return lambda row: row["score"] in scores and (comment is None or bool(row["comment"]) is comment)


SCORES: dict[str, Callable[[Body], bool]] = {
    "offered": _scored("offered"),
    "unoffered": _scored("unoffered"),
    **{
        name + ending: _scored(*scores, comment=comment)
        for name, scores in (("received", ("good", "bad")), ("good", ("good",)), ("bad", ("bad",)))
        for ending, comment in (("", None), ("_with_comment", True), ("_without_comment", False))
    },
}
"""The values of the parameter score, and which ratings they choose."""


def rating(account: Account, one: Invitation) -> Body:
    """One satisfaction rating: offered, until the customer presses a thumb."""
    score = "offered" if one.score is None else "good" if one.score else "bad"
    comment = f"Bel mij terug, {one.customer}" if one.score is not None and one.number % 3 == 0 else None
    return {
        "url": f"https://{account.account_id}.zendesk.com/api/v2/satisfaction_ratings/{one.number}.json",
        "id": one.number, "ticket_id": one.order_id % 10**6, "requester_id": one.number + 1,
        "assignee_id": 135, "group_id": 44, "score": score, "comment": comment, "reason": None, "reason_id": None,
        "created_at": _iso(one.asked_at), "updated_at": _iso(one.answered_at or one.asked_at),
    }  # fmt: skip


def survey_response(one: Invitation) -> Body:
    """One survey response: without answers, until the customer gives them."""
    ticket = {"id": str(one.order_id % 10**6), "type": "ticket", "zrn": f"zen:ticket:{one.order_id % 10**6}"}
    return {
        "id": ulid(one), "responder_id": 4_398_000_000_000 + one.number, "subject_zrns": [ticket["zrn"]],
        "subjects": [ticket], "survey": SURVEY, "answers": _answers(one),
        "expires_at": f"{one.asked_at + timedelta(days=OPEN_DAYS):%Y-%m-%dT%H:%M:%S.000Z}",
    }  # fmt: skip


def _answers(one: Invitation) -> list[Body]:
    if one.answered_at is None or one.score is None:
        return []
    times = dict.fromkeys(("created_at", "updated_at"), f"{one.answered_at:%Y-%m-%dT%H:%M:%S.000Z}")
    category = "good" if one.score >= GOOD_FROM else "bad" if one.score <= BAD_TO else "neutral"
    rated = {"type": "rating_scale", "rating": one.score, "rating_category": category, "question": _SATISFIED}
    comment = {"type": "open_ended", "value": f"Mail {one.customer}"} if one.number % 3 == 0 else {"type": "skipped"}
    return [rated | times, comment | {"question": _COMMENT} | times]


def ulid(one: Invitation) -> str:
    """26 letters of base 32: milliseconds since 1970, and 80 bits of chance."""
    number = (int(one.asked_at.timestamp() * 1000) << 80) | (int(one.id, 16) % 2**80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
