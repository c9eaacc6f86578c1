"""The answer as lines of a table: what, how much, how sure."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import figures
from pipelines.reconcile.answer import Answer, Certainty, Part
from pipelines.reconcile.words import CAUSES, CERTAINTIES, FRAME

Line = tuple[str, str, str]


def lines(answer: Answer, language: str) -> list[Line]:
    """From the screen's value by Kompas' and each part to the rest. Amounts after the currency's part are native."""
    frame, question = FRAME[language], answer.question
    return [
        (frame["screen"].format(seen=question.seen), _figure(question.value, language), ""),
        (frame["kompas"].format(through=answer.through), _figure(answer.kompas, language), ""),
        (frame["difference"], _figure(answer.difference, language), ""),
        *(_line(part, language) for part in answer.parts),
        (frame["rest"], _figure(answer.rest, language), ""),
    ]


def _line(part: Part, language: str) -> Line:
    sign = "± " if part.certainty is Certainty.BOUND else ""
    amount = "" if part.amount is None else sign + _figure(part.amount, language)
    return (
        CAUSES[part.code][language].format(**_told(part.facts, language)),
        amount,
        CERTAINTIES[language][part.certainty],
    )


def _told(facts: Mapping[str, object], language: str) -> dict[str, object]:
    return {name: _figure(fact, language) if name == "of_which" else fact for name, fact in facts.items()}


def _figure(value: object, language: str) -> str:
    number = round(float(str(value)), 2) + 0.0  # no -0
    return figures.figure(number, "count" if number == round(number) else "number", language)
