"""The two forms of the company, and their responses, as Typeform words them.

Both ask how the customer would recommend the shop as well (nps), which is another question than satisfaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.company.questionnaires import Account
from sandbox.invitations import Invitation

Body = dict[str, Any]
UPDATED = "2025-11-03T09:30:00Z"
NEVER = "0001-01-01T00:00:00Z"
_RECOMMEND: Body = {
    "id": "Np2sRecommend", "ref": "recommend", "type": "nps", "title": "Would you recommend us?",
    "properties": {"steps": 11, "start_at_one": False},
}  # fmt: skip
_WHY: Body = {"id": "Wh7yLongText", "ref": "why", "type": "long_text", "title": "Why?", "properties": {}}
TITLES = {"nl": "Hoe tevreden bent u?", "be": "Uw bestelling bij ons"}


def _fields(account: Account) -> list[Body]:
    if account.country == "nl":
        satisfied = {"id": "Cs1aOpinion0", "ref": "tevreden", "type": "opinion_scale", "title": "Hoe tevreden bent u?"}
        return [satisfied | {"properties": {"steps": account.tool.highest, "start_at_one": True}}, _RECOMMEND, _WHY]
    stars = {"id": "Cs9bRating00", "ref": "tevreden", "type": "rating", "title": "Geef ons sterren"}
    return [_RECOMMEND, stars | {"properties": {"steps": account.tool.highest, "shape": "star"}}, _WHY]


def summary(account: Account) -> Body:
    """One item of /forms."""
    return {
        "id": account.account_id, "type": "form", "title": TITLES[account.country], "last_updated_at": UPDATED,
        "created_at": UPDATED, "self": {"href": f"https://api.typeform.com/forms/{account.account_id}"},
        "settings": {"is_public": True}, "theme": {"href": "https://api.typeform.com/themes/qHWOQ7"},
        "_links": {"display": f"https://duurzame-mode.typeform.com/to/{account.account_id}"},
    }  # fmt: skip


def form(account: Account) -> Body:
    """A form with its questions."""
    fields = [field | {"validations": {"required": False}} for field in _fields(account)]
    settings = {"language": "nl", "is_public": True, "progress_bar": "proportion"}
    return {
        "id": account.account_id, "type": "quiz", "title": TITLES[account.country], "fields": fields,
        "hidden": ["email", "order_id"], "settings": settings, "workspace": {"href": "https://api.typeform.com/"},
        "theme": {"href": "https://api.typeform.com/themes/qHWOQ7"}, "last_updated_at": UPDATED,
        "_links": {"display": f"https://duurzame-mode.typeform.com/to/{account.account_id}"},
    }  # fmt: skip


def response(account: Account, one: Invitation) -> Body:
    """One item of /responses: completed, or only started where there is no answer."""
    done = one.answered_at is not None
    browser = {"user_agent": "Mozilla/5.0", "platform": "mobile", "referer": "", "network_id": one.id[:10],
               "browser": "touch"}  # fmt: skip
    return {
        "landing_id": one.id, "token": one.id, "response_id": one.id, "form_id": account.account_id,
        "response_type": "completed" if done else "started", "landed_at": _iso(one.asked_at),
        "submitted_at": _iso(one.answered_at) if one.answered_at else NEVER, "metadata": browser,
        "hidden": {"email": one.customer, "order_id": str(one.order_id)}, "calculated": {"score": 0},
        "answers": _answers(account, one) if done else None,
    }  # fmt: skip


def _answers(account: Account, one: Invitation) -> list[Body]:
    """Every fourth customer skips the last question, which is left out then."""
    told: dict[str, Any] = {"nps": {"number": one.number % 11}, "long_text": {"text": f"Mail {one.customer}"}}
    score = {"number": one.score}
    return [
        {"field": {name: field[name] for name in ("id", "type", "ref")}}
        | {"type": "text" if field["type"] == "long_text" else "number"}
        | told.get(field["type"], score)
        for field in _fields(account)
        if field["type"] != "long_text" or one.number % 4
    ]


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
