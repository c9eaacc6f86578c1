"""What the Dagster UI has to show of every asset, for the demo's own kompas.yaml."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.assets.graph.asset_graph import AssetGraph, AssetNode

from connectors.registry import CONNECTORS
from pipelines import settings as kompas_settings
from pipelines.platform_assets import streams_in_use
from pipelines.warehouse_assets import environment
from tests import parsed
from tests.house import REPOSITORY

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning", "ignore::dagster.PreviewWarning")
LAYERS = {"intermediate", "marts", "kpi", "bi", "published", "seeds", "kompas"}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(REPOSITORY / "kompas.yaml", tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def settings(file: Path) -> kompas_settings.Settings:
    return kompas_settings.read(file)


@pytest.fixture(scope="module")
def graph(file: Path, settings: kompas_settings.Settings) -> Iterator[AssetGraph]:
    parsed.hand_to(settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(kompas_settings.ENVIRONMENT, str(file))
        for name, value in environment(settings).items():
            patch.setenv(name, value)
        from pipelines.definitions import build_definitions  # it reads the settings when it is loaded

        yield build_definitions(settings).resolve_asset_graph()


def lacking(graph: AssetGraph, what: str) -> list[str]:
    return [node.key.to_user_string() for node in graph.asset_nodes if not getattr(node, what)]


def node(graph: AssetGraph, key: str) -> AssetNode:
    return graph.get(dg.AssetKey(key.split("/")))


def test_every_asset_has_a_description(graph: AssetGraph) -> None:
    assert lacking(graph, "description") == []


def test_every_asset_shows_its_kinds(graph: AssetGraph) -> None:
    assert lacking(graph, "kinds") == []


def test_every_group_is_a_platform_or_a_layer(graph: AssetGraph) -> None:
    assert {node.group_name for node in graph.asset_nodes} == LAYERS | set(CONNECTORS)


def test_every_table_shows_its_columns_with_their_meaning(graph: AssetGraph) -> None:
    shown = {
        node.key.to_user_string(): node.metadata.get("dagster/column_schema")
        for node in graph.asset_nodes
        if node.key.path[0] != "kompas" and node.group_name not in ("published", "seeds")
    }
    assert [key for key, schema in shown.items() if not schema] == []
    assert [key for key, schema in shown.items() for column in schema.columns if not column.description] == []


def test_a_staging_model_stands_beside_its_raw_table(graph: AssetGraph) -> None:
    groups = {node(graph, key).group_name for key in ("shopify/orders", "warehouse/staging/stg_shopify__orders")}
    assert groups == {"shopify"}


def test_a_raw_table_has_the_logo_of_its_platform(graph: AssetGraph) -> None:
    assert node(graph, "google_ads/campaign_day").kinds == {"google", "parquet"}


def test_a_raw_table_names_the_owners_of_the_kpis_that_rest_on_it(graph: AssetGraph) -> None:
    assert "team:performance_marketing" in node(graph, "google_ads/campaign_day").owners
    assert "team:seo" not in node(graph, "google_ads/campaign_day").owners


@pytest.mark.parametrize("key", ["warehouse/published", "warehouse/kpi/kpi_scorecard", "kompas/verdicts"])
def test_what_everybody_reads_belongs_to_every_owner_of_a_kpi(graph: AssetGraph, key: str) -> None:
    assert {"team:seo", "team:directie", "team:performance_marketing"} <= set(node(graph, key).owners)


def test_a_raw_table_leads_to_its_setup_guide_and_names_its_accounts(graph: AssetGraph) -> None:
    told = node(graph, "google_ads/campaign_day").metadata
    assert str(told["setup_guide"].value).endswith("docs/connect/google_ads.md")
    assert told["accounts"] == "Duurzame Mode, Agency UK"


def test_every_setup_guide_is_there() -> None:
    lacking = [name for name in CONNECTORS if not (REPOSITORY / "docs" / "connect" / f"{name}.md").exists()]
    assert lacking == []


def test_every_raw_table_has_to_be_there_in_the_morning(graph: AssetGraph, settings: kompas_settings.Settings) -> None:
    raw = [
        dg.AssetKey([connector.name, stream.name])
        for connector in settings.connectors()
        for stream in streams_in_use(connector)
    ]
    policies = {graph.get(key).freshness_policy for key in [*raw, dg.AssetKey(["warehouse", "published"])]}
    assert [policy.deadline_cron for policy in policies] == ["10 8 * * *"]


def test_every_model_leads_to_its_sql(graph: AssetGraph) -> None:
    told = node(graph, "warehouse/marts/channel_day").metadata["dagster/code_references"]
    assert [reference.file_path for reference in told.code_references] == [
        str(REPOSITORY / "dbt_project" / "models" / "marts" / "channel_day.sql")
    ]


def test_every_check_says_what_it_asks(graph: AssetGraph) -> None:
    silent = [str(key) for key in graph.asset_check_keys if not graph.get_check_spec(key).description]
    assert silent == []
