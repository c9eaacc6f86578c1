"""Reasons for a verdict in another language than the one in which the night wrote them."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import vocabulary


def translated(text: str, written: str, spoken: str, names: Mapping[str, str]) -> str:
    """A reason with its fixed words in the language `spoken`; details stay as they are, but for the names of KPIs.

    `names` are those of the KPIs as they are `written`, and as they are `spoken`. A text that begins with no phrase of
    Kompas is left as it is.
    """
    if written == spoken:
        return text
    for phrase in vocabulary.reasons():
        if text.startswith(phrase[written]):
            rest = text.removeprefix(phrase[written])
            for before, after in names.items():
                rest = rest.replace(before, after)
            return phrase[spoken] + rest
    return text
