"""The Dutch pages say what the English ones say, in the words that Kompas itself uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.reconcile.words import CERTAINTIES
from pipelines.scorecard import SIGNS, VERDICTS
from tests.docs import tables, tongue
from tests.docs.outline import TABLE, outline, own
from tests.docs.pages import DOCS, FENCE, name, read

ENGLISH_ONLY = {
    "adding-a-connector.md": "for those who write Python",
    "how-it-works.md": "for those who read the code",
    "spark.md": "for those who run a cluster",
}
"""Pages without a Dutch one, and why."""
ENGLISH = sorted(page for page in DOCS.rglob("*.md") if not page.name.endswith(".nl.md"))
TRANSLATED = [page for page in ENGLISH if page.name not in ENGLISH_ONLY]
GLOSSARY = {
    "brand": "merk",
    "campaign": "campagne",
    "channel": "kana",
    "forecast": "prognose",
    "guardrail": "guardrail",
    "lake": "lake",
    "measures": "meetwaarde",
    "objective": "doelstelling",
    "quarantine": "quarantaine",
    "refund": "terugbeta",
    "target": "doel",
    "tolerance": "tolerantie",
    "verdict": "oorde",
    "warehouse": "warehouse",
}
"""What a word of ours is called in Dutch (or how that begins), so that it is called so on every page."""
NOT_DUTCH = {
    "vangrail": "guardrail",
    "grootboek": "logboek",
    "datameer": "lake",
    "maatstaf": "meetwaarde",
    "evenement": "gebeurtenis",
    "order-": "bestel-",
    "u kunt": "je kunt",
    "uw ": "je ",
}
"""Words that were chosen against, and what stands in their place."""


def prose(page: Path) -> str:
    """The page's own words in lower case, without code, addresses and tables of the code; one space between words."""
    text = TABLE.sub("", FENCE.sub("", read(page)))
    text = re.sub(r"`[^`\n]*`|\]\([^)]*\)|\bo(n|ff) target\b", " ", text)
    return re.sub(r"\s+", " ", text).lower()


@pytest.mark.parametrize("page", TRANSLATED, ids=name)
def test_a_user_s_page_is_there_in_dutch(page: Path) -> None:
    assert own(page).exists(), f"write {own(page).name} beside it"


def test_every_dutch_page_is_of_an_english_one() -> None:
    assert set(DOCS.rglob("*.nl.md")) <= {own(page) for page in TRANSLATED}


def test_a_page_without_a_dutch_one_is_there() -> None:
    assert set(ENGLISH_ONLY) <= {page.name for page in ENGLISH}


@pytest.mark.parametrize("page", TRANSLATED, ids=name)
def test_a_dutch_page_has_the_parts_of_its_english_one(page: Path) -> None:
    assert outline(own(page)) == outline(page), f"{own(page).name} says something else than {page.name}"


@pytest.mark.parametrize("change", ["\n- One more item.\n", "\n`kompas new`\n", "\n## More\n", "\n[a](kpis.md)\n"])
def test_a_change_of_the_english_page_alone_would_be_noticed(change: str, tmp_path: Path) -> None:
    changed = tmp_path / "verdicts.md"
    changed.write_text(read(DOCS / "verdicts.md") + change, encoding="utf-8")
    assert outline(changed) != outline(own(DOCS / "verdicts.md"))


def test_every_text_of_the_tables_has_its_dutch() -> None:
    say = tongue.dutch()
    for page in TRANSLATED:
        tables.written(read(page), say)
    assert say.missing() == [], "write its Dutch in tests/docs/nl.po"
    assert say.unused() == [], "run: .venv/bin/python -m tests.docs.tables"


@pytest.mark.parametrize("verdict", SIGNS)
@pytest.mark.parametrize(("page", "sign"), [("kpis", True), ("verdicts", False)])
def test_a_verdict_is_called_as_on_the_scorecard(verdict: str, page: str, sign: bool) -> None:
    called = f"{SIGNS[verdict][0]} " * sign + VERDICTS["nl"][verdict]
    assert f"| `{verdict}` | {called}" in read(DOCS / f"{page}.nl.md")


def test_how_sure_a_part_is_is_called_as_in_the_answer() -> None:
    table = read(DOCS / "reconcile.nl.md").split("| hoe zeker |")[1].split("\n\n")[0]
    assert [row.split("|")[1].strip() for row in table.splitlines()[2:]] == list(CERTAINTIES["nl"].values())


@pytest.mark.parametrize("page", TRANSLATED, ids=name)
def test_our_words_are_called_the_same_on_every_page(page: Path) -> None:
    english, dutch = prose(page), prose(own(page))
    assert [said for word, said in GLOSSARY.items() if re.search(rf"\b{word}s?\b", english) and said not in dutch] == []


@pytest.mark.parametrize("page", TRANSLATED, ids=name)
def test_a_word_that_was_chosen_against_is_not_used(page: Path) -> None:
    assert [word for word in NOT_DUTCH if f" {word}" in prose(own(page))] == []
