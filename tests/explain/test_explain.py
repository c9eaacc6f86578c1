"""`kompas explain`, over the tables of a whole shop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.explain import facts, sentences
from pipelines.explain.words import MEASURES, WORDS
from pipelines.kpi import catalogue
from pipelines.period import parse
from pipelines.settings import Settings
from tests.spaces import plain


def asked(shop: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(shop.folder / "kompas.yaml"), "explain", *words])


def told(shop: Settings, *words: str) -> str:
    done = asked(shop, *words)
    assert done.exit_code == 0, done.output
    return plain(done.output)


def document(shop: Settings, *words: str) -> dict[str, Any]:
    return json.loads(told(shop, *words, "--json"))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "line",
    [
        "Kosten per acquisitie (CPA), 2026-03: € 25,97 tegen een doel van € 21,00: ✘ niet gehaald",
        "€ 4.024,80 advertentiekosten / 155 nieuwe klanten",
        "2025-07-01 tot en met 2026-01-31: € 24",
        "2026-02-01: € 21  ← geldt nu",
        "Klanttevredenheidsscore (CSAT), 2026-03: 7,50 tegen een doel van 8,00: ✘ niet gehaald",
        "Vergeleken met 2026-02, geschaald tot het doel.",
        "Advertentiekosten gedeeld door het aantal nieuwe klanten.",
        "Eigenaar: Ans",
    ],
)
def test_a_miss_is_explained_in_the_language_of_the_company(shop: Settings, line: str) -> None:
    assert line in told(shop, "cpa", "--period", "2026-03")


def test_the_parts_stand_above_the_total_largest_first(shop: Settings) -> None:
    lines = [
        line.split() for line in told(shop, "cpa", "--period", "2026-03").splitlines() if "€" in line and "−" in line
    ]
    names = [line[0] for line in lines]
    assert names == ["Paid", "Paid", "Direct", "Display", "totaal"]


def test_the_data_behind_it_names_streams_and_accounts(shop: Settings) -> None:
    feeds = document(shop, "cpa", "--period", "2026-03")["data"]
    assert [(feed["source"], feed["missing"]) for feed in feeds] == [("files.ad_performance", []), ("files.orders", [])]
    assert all(feed["newest_load"] for feed in feeds)


def test_the_newest_judged_period_of_its_own_grain_is_meant(shop: Settings) -> None:
    verdict = document(shop, "cpc")["verdict"]
    assert (verdict["grain"], verdict["period_start"], verdict["verdict"]) == ("month", "2026-04-01", "off_target")


def test_data_adds_up_as_the_page_does(shop: Settings) -> None:
    parts = document(shop, "cpa", "--period", "2026-03")["contributions"]
    total = sum(part["contribution"] for part in parts if part["level"] == "channel")
    assert total == pytest.approx(next(part["contribution"] for part in parts if part["level"] == "total"), rel=1e-9)


def test_a_first_period_says_that_there_is_nothing_to_compare_with(shop: Settings) -> None:
    assert "alleen het totaal" in told(shop, "cpa", "--period", "2026-01")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nps"], "kompas.yaml has no KPI nps"),
        (["cpa", "--period", "2024-01"], "cpa has no verdict of 2024-01"),
        (["cpa", "--channel", "Email"], "cpa has no verdict of Email"),
        (["cpa", "--period", "maart"], "'maart' is no period"),
    ],
)
def test_what_is_not_there_is_said(shop: Settings, words: list[str], message: str) -> None:
    done = asked(shop, *words)
    assert done.exit_code != 0
    assert message in done.output


def test_the_first_lines_are_three_and_name_the_largest_part(shop: Settings) -> None:
    found = facts.gather(shop, "cpa", parse("2026-03"), {})
    lines = plain(sentences.first_lines(found.row, found.contributions)).splitlines()
    assert len(lines) <= 3
    assert lines[0].startswith("**Kosten per acquisitie (CPA), 2026-03: € 25,97")
    assert lines[1].startswith("Verschil +€ 4,97: Paid Search +€ 11,95")


def test_both_languages_have_every_word() -> None:
    assert WORDS["nl"].keys() == WORDS["en"].keys()


def test_the_measures_of_the_catalogue_have_words() -> None:
    named = {entry[side] for entry in catalogue().values() for side in ("numerator", "denominator") if side in entry}
    assert named - set(MEASURES) == set()
