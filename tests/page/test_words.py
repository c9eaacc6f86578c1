"""The words of the page, in both languages."""

from __future__ import annotations

import re

import pytest

from pipelines.page.voice import Voice
from pipelines.page.words import WORDS
from pipelines.scorecard import SIGNS


def test_both_languages_have_the_same_words() -> None:
    assert list(WORDS["nl"]) == list(WORDS["en"])


@pytest.mark.parametrize("word", WORDS["nl"])
def test_both_languages_fill_in_the_same(word: str) -> None:
    gaps = [sorted(re.findall(r"{(\w+)}", WORDS[language][word])) for language in ("nl", "en")]
    assert gaps[0] == gaps[1]


@pytest.mark.parametrize("verdict", SIGNS)
def test_every_sign_is_explained(verdict: str) -> None:
    assert f"legend_{verdict}" in WORDS["nl"]


def test_a_reason_is_told_in_the_language_of_the_page() -> None:
    told = {"reason": "gegevens ontbreken: ga4 duurzamemode.nl 2026-11-01", "guardrail_state": None}
    assert Voice("en", "nl", []).reason(told) == "data is missing: ga4 duurzamemode.nl 2026-11-01"


def test_a_reason_that_nobody_knows_is_told_as_it_is() -> None:
    assert Voice("en", "nl", []).reason({"reason": "een eigen reden"}) == "een eigen reden"
