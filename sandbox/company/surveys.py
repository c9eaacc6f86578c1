"""What customers say of their orders: a survey that asks for 1 to 10, and a help desk that asks for 1 to 5."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY
from sandbox.company.chance import NULL, Bools, Chance, Floats, Ints
from sandbox.company.shop import Orders
from sandbox.company.span import Span
from sandbox.company.warehouse import late_days


@dataclass(frozen=True)
class Tool:
    """Who asks. Each day late adds `share_late` to those who answer, and takes `lost` off what they answer."""

    name: str
    scale: str
    highest: int
    after_days: float
    share: float
    share_late: float
    score: float
    lost: float
    spread: float


TOOLS = (
    Tool("enquete", "1-10", 10, 4.0, 0.14, 0.0, 8.5, 0.28, 1.2),
    Tool("helpdesk", "1-5", 5, 1.0, 0.02, 0.012, 4.2, 0.15, 0.8),
)
DELIVERY_DAYS = 1.5


def survey_columns(span: Span, orders: Orders) -> dict[str, Any]:
    """Columns of surveys for the orders of a span; of tests and cancelled orders nobody is asked."""
    late = late_days(span.days)[orders.visits.position]
    asked = ~orders.test & (orders.cancelled == NULL)
    parts = [_answers(span.chance, tool, orders, late, asked) for tool in TOOLS]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _answers(chance: Chance, tool: Tool, orders: Orders, late: Floats, asked: Bools) -> dict[str, Any]:
    answered = chance.hits(f"{tool.name}/answers", orders.order_id, tool.share + tool.share_late * late)
    rows = np.flatnonzero(asked & answered)
    ids = orders.order_id[rows]
    moment = orders.ordered[rows] + _until_answer(chance, tool, ids, late[rows])
    felt = tool.score - tool.lost * late[rows] + tool.spread * chance.normal(f"{tool.name}/mood", ids)
    return {
        "response_id": np.array([f"{tool.name[0].upper()}{number}" for number in ids.tolist()], object),
        "tool": np.full(len(ids), tool.name, object),
        "order_id": ids,
        "answered_at": moment,
        "known_at": moment,
        "score": np.clip(np.rint(felt), 1, tool.highest).astype(np.int64),
        "scale": np.full(len(ids), tool.scale, object),
    }


def _until_answer(chance: Chance, tool: Tool, ids: Ints, late: Floats) -> Ints:
    """From order to answer: the parcel has to come first, and people take their time. Microseconds."""
    days = DELIVERY_DAYS + late + chance.waits(f"{tool.name}/time", ids, tool.after_days)
    return (days * DAY).astype(np.int64)
