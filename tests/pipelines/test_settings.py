"""kompas.yaml: read, checked, and explained by line."""

from pathlib import Path

import pytest

from connectors.registry import CONNECTORS
from pipelines.settings import Settings, SettingsError, json_schema, parse, read

GOOD = """\
company: {name: Acme}
platforms:
  ecb: {}
kpis:
  - id: revenue
    targets:
      - {grain: month, from: 2026-01-01, target: € 80.000}
"""


def settings(text: str, folder: Path = Path()) -> Settings:
    return parse(text, folder / "kompas.yaml")


def problem(text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings(text)
    return str(caught.value)


def test_a_kpi_of_the_catalogue_needs_its_id_and_a_target_only() -> None:
    (kpi,) = settings(GOOD).kpis
    assert (kpi.numerator, kpi.unit, kpi.targets[0].quantities[0].value) == ("net_revenue", "EUR", 80000.0)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: Acme", "nam: Acme", 1, "company.nam: unknown key"),
        ("ecb: {}", "ecb: {}\n  tiktak: {}", 4, "platforms.tiktak: unknown key"),
        ("€ 80.000", "meer omzet", 7, "no number with a unit"),
        ("€ 80.000", "8 %", 5, "revenue is in EUR, but its target 8 % is in ratio"),
        ("grain: month", "grain: fortnight", 7, "'week', 'month', 'quarter', 'half_year' or 'year'"),
        ("from: 2026-01-01", "from: 1 januari", 7, "date"),
        ("revenue", "conversion_rate", 5, "conversion_rate is in ratio, but its target"),
        ("revenue", "revenue\n    review: {cadence: weekly, last: 2026-01-01}", 6, "'quarterly' or 'half_yearly'"),
        ("company: {name: Acme}", "company: {time_zone: Europe/Amsterdm}", 1, "is no IANA time zone"),
        ("company: {name: Acme}", "night: {at: '02:30'}", 1, "a day in March has no such time"),
        ("platforms:", "privacy: {hash_key: geheim}\nplatforms:", 2, "env:NAME or file:PATH"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, words: str) -> None:
    told = problem(GOOD.replace(old, new))
    assert f"line {line}: " in told
    assert words in told


def test_an_unreachable_target_is_refused() -> None:
    text = GOOD.replace("revenue", "email_open_rate").replace("€ 80.000", "120 %")
    assert "cannot be reached" in problem(text)


def test_a_kpi_without_a_target_is_no_kpi() -> None:
    text = GOOD.split("    targets:", maxsplit=1)[0]
    assert "revenue has no target" in problem(text)


def test_an_informational_kpi_needs_no_target() -> None:
    text = GOOD.split("    targets:", maxsplit=1)[0] + "    informational: true\n"
    assert settings(text).kpis[0].informational


def test_a_kpi_may_name_stakeholders_guardrails_and_its_last_review() -> None:
    added = "    stakeholders: [crm]\n    guardrails: [aov]\n    review: {last: 2026-10-01}\n"
    kpi = settings(GOOD + added + "  - {id: aov, informational: true}\n").kpis[0]
    assert (kpi.stakeholders, kpi.guardrails) == (["crm"], ["aov"])
    assert kpi.review is not None and kpi.review.cadence == "quarterly"


def test_a_key_that_stands_twice_is_refused() -> None:
    assert "line 2: company stands on line 1 already" in problem(GOOD.replace("platforms:", "company: {}\nplatforms:"))


def test_broken_yaml_names_its_line() -> None:
    assert "line 3" in problem("company:\n  name: Acme\n name: twice\n")


def test_every_mistake_is_told_at_once() -> None:
    told = problem(GOOD.replace("name: Acme", "nam: Acme").replace("grain: month", "grain: fortnight"))
    assert len(told.splitlines()) == 2


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    assert settings(GOOD, tmp_path).lake_url == str(tmp_path / "data/lake")


def test_a_lake_may_be_a_url() -> None:
    assert settings("paths: {lake: 's3://bucket/lake'}\n" + GOOD).lake_url == "s3://bucket/lake"


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kompas init"):
        read(tmp_path / "kompas.yaml")


def test_what_init_writes_is_right(tmp_path: Path) -> None:
    from importlib import resources

    text = resources.files("pipelines").joinpath("kompas.template.yaml").read_text(encoding="utf-8")
    assert len(settings(text).kpis) == 6


def test_the_demo_connects_every_platform() -> None:
    demo = Path(__file__).parents[2] / "kompas.yaml"
    assert {connector.name for connector in read(demo).connectors()} == set(CONNECTORS)


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("tops3cret")
    made = settings("privacy: {hash_key: 'file:key'}\n" + GOOD, tmp_path)
    assert made.privacy is not None
    assert made.privacy.hash_key.reveal() == "tops3cret"
    assert "tops3cret" not in repr(made)


def test_the_json_schema_knows_platforms_and_kpis() -> None:
    schema = json_schema()
    assert {"company", "platforms", "kpis"} <= schema["properties"].keys()
    assert "shopify" in schema["$defs"]["Platforms"]["properties"]


DEMO = (Path(__file__).parents[2] / "kompas.yaml").read_text(encoding="utf-8")
FIRST = "{grain: month, from: 2026-01-01, target: 3.2 %}"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (FIRST, FIRST[:-1] + ", brand: duurzaam}", "brand: there is no brand of an account duurzaam; is it"),
        (
            FIRST,
            FIRST[:-1] + ", brand: winkel}",
            "there is no brand of an account winkel: duurzame-mode, duurzame-mode-outlet, main",
        ),
        (FIRST, FIRST[:-1] + ", channel: SEO}", "kpis.1.targets.1.channel: there is no channel SEO"),
        (
            "id: conversion_rate",
            "id: conversion_rate\n    numerator: ad_cost",
            "kpis.1.numerator: there is no measure ad_cost",
        ),
        (
            "    login",
            "    look_back_days: {campaign_days: 14}\n    login",
            "no stream of google_ads campaign_days; is it",
        ),
        (
            "    login",
            "    look_back_days: {campaign_day: -3}\n    login",
            "campaign_day: -3 days are none: at least 1",
        ),
        (
            "    login",
            "    provisional_days: {campaign_days: 2}\n    login",
            "google_ads.provisional_days.campaign_days: there is no stream of google_ads campaign_days; is it",
        ),
        ("id: return_rate", "id: conversion_rate", "kpis.4.id: conversion_rate stands twice"),
        (
            "id: conversion_rate",
            "id: conversion_rate\n    guardrails: [mer]",
            "kpis.1.guardrails.1: there is no KPI in kompas.yaml mer: aov,",
        ),
        (
            "id: conversion_rate",
            "id: conversion_rate\n    guardrails: [conversion_rate]",
            "kpis.1.guardrails.1: conversion_rate cannot guard itself",
        ),
    ],
)
def test_a_name_that_nothing_answers_to_is_a_mistake_with_a_line(old: str, new: str, words: str) -> None:
    told = problem(DEMO.replace(old, new, 1))
    assert told.startswith("kompas.yaml, line ")
    assert words in told


CLV = GOOD.replace("revenue", "clv")


def test_a_lifetime_value_needs_to_know_what_a_customer_is_worth() -> None:
    assert problem(CLV) == (
        "kompas.yaml, line 5: kpis.1.id: clv needs to know what a customer is worth: a part `clv` with a gross_margin"
    )
    assert "profit needs a gross_margin" in problem(f"clv: {{horizon_years: 3}}\n{CLV}")
    assert settings(f"clv: {{gross_margin: 0.4}}\n{CLV}").kpis[0].name.nl == "Klantlevensduurwaarde (CLV)"


def test_a_lifetime_value_in_revenue_says_so_in_its_name() -> None:
    (kpi,) = settings(f"clv: {{basis: revenue}}\n{CLV}").kpis
    assert (kpi.name.nl, kpi.name.en) == (
        "Klantlevensduurwaarde (CLV) in omzet",
        "Customer lifetime value (CLV) in revenue",
    )


@pytest.mark.parametrize(
    "clv", ["{gross_margin: 0}", "{gross_margin: 45}", "{gross_margin: 0.4, horizon_years: 0}", "{basis: sales}"]
)
def test_terms_that_cannot_be_are_a_mistake_in_their_line(clv: str) -> None:
    assert problem(f"clv: {clv}\n{CLV}").startswith("kompas.yaml, line 1: clv.")
