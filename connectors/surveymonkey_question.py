"""Which question of a survey tells how satisfied someone is, and what its choices are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.columns import pick
from connectors.errors import ConfigurationError
from connectors.records import objects
from connectors.survey_answers import Scale


@dataclass(frozen=True)
class Question:
    """A rating in one row: stars, or a scale with a weight for each choice.

    `weights` are by the id of the choice; that of "not applicable" is None.
    """

    id: str
    title: str
    scale: Scale
    weights: dict[str, int | None] = field(repr=False)

    def score(self, choice_id: str) -> Any:
        """The weight of a choice. One that the survey does not have becomes a text, and its row is rejected."""
        return self.weights.get(choice_id, f"choice {choice_id}, which the question does not have")


def question_of(survey: dict[str, Any], wanted: str | None) -> Question:
    """The wanted rating, by id or text; by default the first one whose scale does not start at 0.

    A scale from 0 to 10 may ask whether someone would recommend, which is not satisfaction: it has to be named.
    Raises ConfigurationError where there is no such question.
    """
    ratings = list(_ratings(survey))
    if wanted is None:
        found = [rating for rating in ratings if rating.scale.low > 0]
    else:
        found = [rating for rating in ratings if wanted in (rating.id, rating.title)]
    if not found:
        raise ConfigurationError(f"the survey has no rating {wanted or 'that starts above 0'}", hint=_offer(ratings))
    return found[0]


def _offer(ratings: list[Question]) -> str:
    ids = ", ".join(rating.id for rating in ratings)
    return f"set `question` of the survey to one of: {ids}" if ids else "add a rating of one row, or leave it out"


def _ratings(survey: dict[str, Any]) -> Iterator[Question]:
    for page in objects(survey.get("pages"), "pages"):
        for told in objects(page.get("questions"), "questions"):
            if (told.get("family"), told.get("subtype")) == ("matrix", "rating"):
                yield from _rating(told)


def _rating(told: dict[str, Any]) -> Iterator[Question]:
    """The rating, where it has one row and a weight of its own for each choice. "Not applicable" is no choice."""
    rows, choices = (objects(pick([told], f"answers.{name}")[0], name) for name in ("rows", "choices"))
    weights = {str(one.get("id")): None if one.get("is_na") else one.get("weight") for one in choices}
    values = [weight for weight in weights.values() if weight is not None]
    distinct = len(set(values)) == len(values) > 1 and all(isinstance(one, int) and one >= 0 for one in values)
    if len(rows) == 1 and distinct:
        title = next(iter(pick(objects(told.get("headings"), "headings"), "heading")), None)
        yield Question(str(told.get("id")), str(title or told.get("id")), Scale(min(values), max(values)), weights)
