"""Surveys of platforms with an API: who is asked, and who answers. Two accounts a platform, one country each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.company import origins
from sandbox.company.calendar import DAY, MINUTE
from sandbox.company.chance import NULL, Bools, Chance, Floats, Ints
from sandbox.company.shop import Orders
from sandbox.company.span import Span
from sandbox.company.surveys import DELIVERY_DAYS, Tool
from sandbox.company.warehouse import late_days

PERCENT_GOOD = "percent_good"
GOOD_FROM = 3.5
"""Who would give more than this of 5 presses the green thumb."""
ANSWER_RATE = 0.3
LONGEST_ANSWER = 12 * DAY


@dataclass(frozen=True)
class Account:
    """Who asks the customers of a country. `tool` says how many answer, and what; `minutes` how long they take.

    `indexing_minutes`: how long the platform takes to show an answer.
    """

    platform: str
    account_id: str
    country: str
    tool: Tool
    minutes: float
    indexing_minutes: float = 0.0


ACCOUNTS = (
    Account("typeform", "Kt7nQx2L", "nl", Tool("typeform/nl", "1-10", 10, 4.0, 0.006, 0.003, 8.4, 0.27, 1.2), 2, 20),
    Account("typeform", "Kb5eWm8R", "be", Tool("typeform/be", "1-7", 7, 4.0, 0.022, 0.011, 5.9, 0.19, 0.9), 2, 20),
    Account("zendesk", "duurzame-mode", "nl", Tool("zendesk/nl", "1-5", 5, 1.0, 0.006, 0.004, 4.2, 0.15, 0.8), 1500),
    Account(
        "zendesk",
        "duurzame-mode-be",
        "be",
        Tool("zendesk/be", PERCENT_GOOD, 5, 1.0, 0.022, 0.014, 4.3, 0.15, 0.8),
        1500,
    ),
    Account("surveymonkey", "405511201", "nl", Tool("surveymonkey/nl", "1-5", 5, 6.0, 0.006, 0.003, 4.2, 0.14, 0.8), 3),
    Account("surveymonkey", "405511202", "be", Tool("surveymonkey/be", "1-5", 5, 6.0, 0.022, 0.011, 4.2, 0.14, 0.8), 3),
)


@dataclass(frozen=True)
class Asked:
    """Who was asked, one row each. What the answer is, and when, is drawn for all: `answers` says whether it comes."""

    account: Account
    order_id: Ints
    late: Floats
    asked: Ints
    answered: Ints
    answers: Bools


def ask(span: Span, orders: Orders) -> list[Asked]:
    """Who is asked for the orders of a span, by account; of tests and cancelled orders nobody is.

    A small company asks a larger share of its customers, so that its answers do not dwindle to nothing.
    """
    late = late_days(span.days)[orders.visits.position]
    real = ~orders.test & (orders.cancelled == NULL)
    return [_asked(span, account, orders, late, real) for account in ACCOUNTS]


def _asked(span: Span, account: Account, orders: Orders, late: Floats, real: Bools) -> Asked:
    chance, tool = span.chance, account.tool
    here = orders.visits.country == origins.COUNTRIES.index(account.country)
    share = np.minimum(ANSWER_RATE, (tool.share + tool.share_late * late) * max(1.0, 1 / span.scale))
    draw = chance.unit(f"{tool.name}/answers", orders.order_id)
    rows = np.flatnonzero(real & here & (draw < share / ANSWER_RATE))
    ids = orders.order_id[rows]
    wait = (DELIVERY_DAYS + late[rows] + chance.waits(f"{tool.name}/time", ids, tool.after_days)) * DAY
    asked = orders.ordered[rows] + wait.astype(np.int64)
    taken = np.minimum(chance.waits(f"{tool.name}/taken", ids, account.minutes) * MINUTE, LONGEST_ANSWER)
    return Asked(account, ids, late[rows], asked, asked + taken.astype(np.int64), (draw < share)[rows])


def invitation_columns(chance: Chance, everyone: list[Asked]) -> dict[str, Any]:
    """Columns of survey_invitations."""
    return _joined([
        {
            "response_id": response_ids(chance, one),
            "tool": np.full(len(one.order_id), one.account.platform, object),
            "account_id": np.full(len(one.order_id), one.account.account_id, object),
            "order_id": one.order_id,
            "asked_at": one.asked,
        }
        for one in everyone
    ])  # fmt: skip


def answer_columns(chance: Chance, everyone: list[Asked]) -> dict[str, Any]:
    """Columns of surveys."""
    return _joined([_answers(chance, one) for one in everyone])


def _answers(chance: Chance, one: Asked) -> dict[str, Any]:
    account, rows = one.account, one.answers
    name, ids = account.tool.name, one.order_id[rows]
    indexing = chance.unit(f"{name}/indexing", ids) * account.indexing_minutes * MINUTE
    return {
        "response_id": response_ids(chance, one)[rows],
        "tool": np.full(len(ids), account.platform, object),
        "order_id": ids,
        "answered_at": one.answered[rows],
        "known_at": one.answered[rows] + indexing.astype(np.int64),
        "score": _scores(chance, account.tool, ids, one.late[rows]),
        "scale": np.full(len(ids), account.tool.scale, object),
    }


def _scores(chance: Chance, tool: Tool, ids: Ints, late: Floats) -> Ints:
    felt = tool.score - tool.lost * late + tool.spread * chance.normal(f"{tool.name}/mood", ids)
    if tool.scale == PERCENT_GOOD:
        return np.where(felt > GOOD_FROM, 100, 0).astype(np.int64)
    return np.clip(np.rint(felt), 1, tool.highest).astype(np.int64)


def response_ids(chance: Chance, one: Asked) -> NDArray[np.object_]:
    """32 hex digits for each who was asked: each platform makes of them what its own ids look like."""
    halves = [chance.bits(f"{one.account.tool.name}/id/{half}", one.order_id).tolist() for half in ("high", "low")]
    return np.array([f"{high:016x}{low:016x}" for high, low in zip(*halves, strict=True)], object)


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
