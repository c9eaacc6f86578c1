"""The two surveys of the company, and their responses, as SurveyMonkey words them.

Each asks first whether the customer would recommend the shop (0 to 10), which is another question than satisfaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.company.questionnaires import Account
from sandbox.invitations import Invitation

Body = dict[str, Any]
MADE = "2025-11-03T09:30:00+00:00"
TITLES = {"nl": "Klanttevredenheid Nederland", "be": "Klanttevredenheid België"}
PREVIEWED = 7
"""One of so many who did not answer is a preview by the company itself, which looks like an answer."""


def summary(account: Account) -> Body:
    """One item of /surveys."""
    return {
        "id": account.account_id, "title": TITLES[account.country], "nickname": "",
        "href": f"https://api.surveymonkey.com/v3/surveys/{account.account_id}",
    }  # fmt: skip


def details(account: Account) -> Body:
    """A survey with its questions, choices and weights."""
    known = summary(account) | {"language": "nl", "question_count": 3, "page_count": 1, "date_created": MADE}
    page = {"id": _page_id(account), "title": "", "position": 1, "question_count": 3, "questions": _questions(account)}
    return known | {"date_modified": MADE, "response_count": 0, "pages": [page]}


def _page_id(account: Account) -> str:
    return f"{account.account_id}1"


def question_id(account: Account, number: int) -> str:
    """Of the questions: 1 is the recommendation, 2 the stars, 3 the text."""
    return f"{account.account_id}0{number}"


def _questions(account: Account) -> list[Body]:
    stars = {"display_options": {"display_type": "emoji", "display_subtype": "star"}}
    texts = {"family": "open_ended", "subtype": "essay", "headings": [{"heading": "Wat kan beter?"}], "position": 3}
    return [
        _rating(account, 1, "Hoe waarschijnlijk beveelt u ons aan?", range(11)),
        _rating(account, 2, "Hoe tevreden bent u?", range(1, account.tool.highest + 1)) | stars,
        {"id": question_id(account, 3)} | texts,
    ]


def _rating(account: Account, number: int, heading: str, weights: range) -> Body:
    name = question_id(account, number)
    choices = [
        {"id": _choice(name, weight), "weight": weight, "text": str(weight), "is_na": False} for weight in weights
    ]
    not_applicable = {"id": _choice(name, 99), "weight": 0, "text": "n.v.t.", "is_na": True}
    return {
        "id": name, "family": "matrix", "subtype": "rating", "position": number, "headings": [{"heading": heading}],
        "forced_ranking": False,
        "answers": {"rows": [{"id": f"{name}5", "text": "", "position": 1}], "choices": [*choices, not_applicable]},
    }  # fmt: skip


def _choice(question: str, weight: int) -> str:
    return f"{question}{weight:02d}"


def response(account: Account, one: Invitation) -> Body:
    """One item of /responses/bulk: completed, partial, or a preview."""
    preview = one.answered_at is None and one.number % PREVIEWED == 0
    done = one.answered_at or one.asked_at
    return {
        "id": str(one.number), "survey_id": account.account_id, "collector_id": "50253586", "recipient_id": "",
        "response_status": "completed" if one.answered_at or preview else "partial", "ip_address": "203.0.113.7",
        "collection_mode": "survey_preview" if preview else "default", "custom_value": "",
        "total_time": int((done - one.asked_at).total_seconds()), "custom_variables": {"order": str(one.order_id)},
        "date_created": _iso(one.asked_at), "date_modified": _iso(done), "logic_path": {}, "page_path": [],
        "metadata": {"contact": {"email": {"type": "string", "value": one.customer}}},
        "href": f"https://api.surveymonkey.com/v3/surveys/{account.account_id}/responses/{one.number}",
        "edit_url": "https://www.surveymonkey.com/r/", "analyze_url": "https://www.surveymonkey.com/analyze/browse/",
        "pages": [{"id": _page_id(account), "questions": _answers(account, one, 1 if preview else one.score)}],
    }  # fmt: skip


def _answers(account: Account, one: Invitation, score: int | None) -> list[Body]:
    weights = {1: one.number % 11, 2: score}
    rated = [
        {"id": name, "answers": [{"choice_id": _choice(name, weight), "row_id": f"{name}5"}]}
        for name, weight in ((question_id(account, number), weight) for number, weight in weights.items())
        if weight is not None
    ]
    return [*rated, {"id": question_id(account, 3), "answers": [{"text": f"Mail {one.customer}"}]}]


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
