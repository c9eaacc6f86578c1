"""Which question of a form tells how satisfied someone is, and on which scale it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors.columns import pick
from connectors.errors import BadDataError, ConfigurationError
from connectors.records import objects
from connectors.survey_answers import NPS, Scale

_RECOMMENDATION = "nps"


@dataclass(frozen=True)
class Question:
    """A question that is answered with a number of a scale."""

    id: str
    title: str
    scale: Scale


def question_of(form: dict[str, Any], wanted: str | None) -> Question:
    """The wanted question, by ref, id or title; the first rating or opinion scale by default.

    Raises ConfigurationError where there is none, or the wanted one is not answered with a number.
    """
    fields = [field for field in _flat(form.get("fields")) if field.get("type") in _SCALES]
    if wanted is None:
        found = [field for field in fields if field["type"] != _RECOMMENDATION]
    else:
        found = [field for field in fields if wanted in (field.get("ref"), field.get("id"), field.get("title"))]
    if not found:
        raise ConfigurationError(_missing(wanted), hint=_offer(fields))
    [field, *_] = found
    return Question(str(field["id"]), str(field.get("title") or field["id"]), _SCALES[field["type"]](field))


def _flat(fields: Any) -> Iterator[dict[str, Any]]:
    """Fields in the order of the form; those of a group stand in its properties."""
    for field in objects(fields, "fields"):
        yield field
        yield from _flat(_property(field, "fields"))


def _property(field: dict[str, Any], name: str) -> Any:
    return pick([field], f"properties.{name}")[0]


def _missing(wanted: str | None) -> str:
    what = (
        "no rating and no opinion scale" if wanted is None else f"no question {wanted} that is answered with a number"
    )
    return f"the form has {what}"


def _offer(fields: list[dict[str, Any]]) -> str:
    names = ", ".join(str(field.get("ref") or field.get("id")) for field in fields)
    return f"set `question` of the form to one of: {names}" if names else "add such a question, or leave the form out"


def _steps(field: dict[str, Any]) -> int:
    steps = _property(field, "steps")
    if not isinstance(steps, int) or steps < 2:
        raise BadDataError(f"the question {field.get('ref') or field.get('id')} tells no number of steps: {steps!r}")
    return steps


def _rating(field: dict[str, Any]) -> Scale:
    return Scale(1, _steps(field))


def _opinion_scale(field: dict[str, Any]) -> Scale:
    low = 1 if _property(field, "start_at_one") else 0
    return Scale(low, low + _steps(field) - 1)


def _recommendation(_field: dict[str, Any]) -> Scale:
    return NPS


_SCALES: dict[str, Callable[[dict[str, Any]], Scale]] = {
    "rating": _rating,
    "opinion_scale": _opinion_scale,
    _RECOMMENDATION: _recommendation,
}
"""Types of questions that are answered with a number of a scale. Source: the Create API's field types."""
