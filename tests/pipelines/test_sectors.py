"""What `kompas init` starts with, sector by sector."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import lint, sectors
from pipelines.cli import main
from pipelines.settings import parse, read

TEMPLATE = (Path(sectors.__file__).parent / "kompas.template.yaml").read_text(encoding="utf-8")
ALL = pytest.mark.parametrize("sector", sectors.presets())


@ALL
def test_a_sector_starts_with_settings_that_are_right(sector: str) -> None:
    kpis = parse(sectors.template(sector), Path("kompas.yaml")).kpis
    assert [kpi.id for kpi in kpis] == [entry["id"] for entry in sectors.presets()[sector]]


@ALL
def test_a_sector_starts_with_five_to_ten_kpis_below_the_revenue(sector: str) -> None:
    kpis = [entry["id"] for entry in sectors.presets()[sector]]
    assert kpis[0] == "revenue"
    assert lint.FEWEST <= len(kpis) - 1 <= lint.MOST


@ALL
def test_the_comments_are_those_of_the_template(sector: str) -> None:
    assert sectors.template(sector).split("\nkpis:\n")[0] == TEMPLATE.split("\nkpis:\n")[0]


def test_the_template_is_that_of_a_web_shop() -> None:
    assert sectors.template(sectors.DEFAULT) == TEMPLATE


@pytest.mark.parametrize(
    ("sector", "kpis"),
    [
        ("ecommerce", {"return_rate", "conversion_rate", "cpa", "website_traffic", "email_open_rate"}),
        ("services", {"lead_time", "csat"}),
        ("b2b", {"lead_time", "csat"}),
        ("retail", {"return_rate", "csat"}),
    ],
)
def test_a_sector_has_the_kpis_that_the_method_names(sector: str, kpis: set[str]) -> None:
    assert kpis <= {entry["id"] for entry in sectors.presets()[sector]}


def test_init_takes_the_sector(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path), "--sector", "b2b"])
    assert done.exit_code == 0, done.output
    assert "lead_time" in {kpi.id for kpi in read(tmp_path / "kompas.yaml").kpis}


def test_a_sector_that_is_not_there_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["init", str(tmp_path), "--sector", "mining"])
    assert done.exit_code == 2
    assert not (tmp_path / "kompas.yaml").exists()
