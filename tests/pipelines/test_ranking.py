"""Ranked lists of several people, merged."""

import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scipy.stats import friedmanchisquare

from pipelines import ranking
from pipelines.cli import main
from pipelines.kpi import Words
from pipelines.ranking import RankingError


def written(folder: Path, *texts: str) -> list[Path]:
    files = [folder / f"{number}.txt" for number in range(1, len(texts) + 1)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def read(folder: Path, *texts: str) -> list[list[str]]:
    return ranking.read(written(folder, *texts), ranking.candidates(()))


def order(*lists: str) -> list[str]:
    return [place.kpi_id for place in ranking.merged([list(ranked) for ranked in lists])]


@pytest.mark.parametrize("name", ["csat", "CSAT", "Klanttevredenheidsscore (CSAT)", "customer satisfaction score"])
def test_a_kpi_is_known_by_its_id_name_and_abbreviation(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name) == [["csat"]]


@pytest.mark.parametrize(("name", "means"), [("omzet", "revenue"), ("be", "sales_be"), ("sales", None)])
def test_a_part_of_a_name_means_the_only_kpi_that_has_it(name: str, means: str | None) -> None:
    own = {"sales_nl": Words(nl="Omzet (NL)", en="Sales (NL)"), "sales_be": Words(nl="Omzet (BE)", en="Sales (BE)")}
    assert ranking._ids(ranking.candidates(()) | own).get(name) == means


def test_blank_lines_and_comments_do_not_count(tmp_path: Path) -> None:
    assert read(tmp_path, "# Ans\n\n cpa  # the ads\n\t\nroas\n") == [["cpa", "roas"]]


def test_every_mistake_names_its_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(RankingError) as caught:
        read(tmp_path, "cpa\n\nvibes\n", "roas\nROAS\n", "# nothing\n")
    first, second, third = str(caught.value).splitlines()
    assert first.endswith("1.txt, line 3: there is no KPI vibes")
    assert second.endswith("2.txt, line 2: ROAS stands on line 1 already")
    assert third.endswith("3.txt, line 1: no KPI is ranked here")


def test_the_best_on_most_lists_comes_first() -> None:
    assert order("abc", "bac", "abc") == ["a", "b", "c"]


def test_a_point_is_given_for_each_kpi_below() -> None:
    assert [(place.points, place.mean_rank) for place in ranking.merged([["a", "b", "c"]])] == [(2, 1), (1, 2), (0, 3)]


def test_what_is_left_out_shares_the_mean_of_the_ranks_that_are_left() -> None:
    places = {place.kpi_id: place.mean_rank for place in ranking.merged([["a"], ["a", "b", "c"]])}
    assert places == {"a": 1.0, "b": 2.25, "c": 2.75}


def test_equals_stand_by_name() -> None:
    assert order("ba", "ab") == ["a", "b"]


def test_the_same_order_is_full_agreement_and_the_reverse_is_none() -> None:
    assert ranking.agreement([list("abcd")] * 3) == pytest.approx(1.0)
    assert ranking.agreement([list("abcd"), list("dcba")]) == pytest.approx(0.0)


@pytest.mark.parametrize("lists", [["abc"], ["a", "a"]])
def test_one_list_or_one_kpi_says_nothing_of_agreement(lists: list[str]) -> None:
    assert ranking.agreement([list(ranked) for ranked in lists]) is None


@pytest.mark.parametrize("lists", [["abcde", "badce", "aebdc"], ["ab", "bcde", "cab", "e"], ["abcd", "bd", "dcab"]])
def test_agreement_is_friedman_s_statistic_over_its_greatest(lists: list[str]) -> None:
    everything = sorted(set("".join(lists)))
    ranks = [ranking._ranks(ranked, set(everything)) for ranked in lists]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statistic, _ = friedmanchisquare(*([of[kpi_id] for of in ranks] for kpi_id in everything))
    assert ranking.agreement([list(ranked) for ranked in lists]) == pytest.approx(
        statistic / (len(lists) * (len(everything) - 1))
    )


def rank(*files: Path, settings: Path | None = None) -> Result:
    named = ["--settings", str(settings)] if settings else []
    return CliRunner().invoke(main, [*named, "rank", *map(str, files)])


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """People rank before there is a kompas.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOMPAS_SETTINGS", raising=False)


def test_the_merged_order_is_a_table(tmp_path: Path) -> None:
    done = rank(*written(tmp_path, "cpa\nroas\n", "roas\ncpa\naov\n", "roas\n"))
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines()]
    assert [row[:2] for row in rows if row and row[0].isdigit()] == [["1", "roas"], ["2", "cpa"], ["3", "aov"]]
    assert "Eensgezindheid (Kendall's W, 0..1, 3): 0." in done.output


def test_an_own_kpi_of_kompas_yaml_can_be_ranked(tmp_path: Path) -> None:
    own = (
        "company: {language: en}\nplatforms: {ecb: {}}\nkpis:\n  - {id: leads, name: {nl: Leads, en: New leads},"
        " definition: {nl: a, en: a}, numerator: leads_created, unit: count, direction: higher, informational: true}\n"
    )
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    files = written(tmp_path, "New leads\n", "leads\n")
    assert "Agreement" in rank(*files, settings=tmp_path / "own.yaml").output
    assert "1.txt, line 1: there is no KPI New leads" in rank(*files).output.replace("\n", " ")


def test_settings_that_are_named_have_to_be_there(tmp_path: Path) -> None:
    done = rank(*written(tmp_path, "cpa\n"), settings=tmp_path / "none.yaml")
    assert (done.exit_code, "kompas init" in done.output) == (1, True)
