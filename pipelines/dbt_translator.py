"""dbt's models as Dagster shows them: whose group, which owners, what a test asks, where the SQL is."""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from pipelines import dbt_words, owners, sources
from pipelines.settings import Settings

KEPT_VERDICTS = ("kompas", "verdicts")
EARLIER_VERDICTS = dg.AssetKey(["kompas", "earlier_verdicts"])
"""What dbt reads of the verdicts are those of the nights before. As one asset with those of this night, which are made
from what dbt builds, they would be a circle: Dagster then cuts the step of dbt in two, and runs a part too early."""
NOT_CONNECTED = "not_connected"
"""The group of staging models that read an empty table, as their platform is not in kompas.yaml."""
_OWN = "kompas"
_KPI_LAYER = "kpi"
Props = Mapping[str, Any]


class Translator(DagsterDbtTranslator):
    """dbt sources are the raw assets; models live under `warehouse/<schema>`.

    A staging model stands in the group of its platform, beside the raw table that it reads: with sixty of them in one
    group, Dagster's graph shows nothing.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_code_references=True))
        self._connected = sources.configured(settings)
        self._platforms = {stream.partition(".")[0] for stream in self._connected}
        self._kpi_owners = owners.of_kpis(settings.kpis)

    def get_asset_key(self, dbt_resource_props: Props) -> dg.AssetKey:
        props = dbt_resource_props
        if props["resource_type"] == "source":
            source = (props["source_name"], props["name"])
            return EARLIER_VERDICTS if source == KEPT_VERDICTS else dg.AssetKey(source)
        return dg.AssetKey(["warehouse", props["config"].get("schema") or "main", props["name"]])

    def get_group_name(self, dbt_resource_props: Props) -> str:
        props = dbt_resource_props
        if props["resource_type"] == "source":
            return str(props["source_name"])
        layer = str(props["config"].get("schema") or "main")
        return self._of_platform(props["name"]) if layer == "staging" else layer

    def _of_platform(self, staging_model: str) -> str:
        platform = staging_model.removeprefix("stg_").partition("__")[0]
        return platform if platform in {*self._platforms, _OWN} else NOT_CONNECTED

    def get_owners(self, dbt_resource_props: Props) -> Sequence[str] | None:
        """The KPI tables are those of everybody who owns a KPI."""
        return self._kpi_owners if dbt_resource_props["config"].get("schema") == _KPI_LAYER else None

    def get_asset_spec(self, manifest: Props, unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Without the sources of platforms that are not connected: Dagster would draw each as an asset of its own."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        return spec.replace_attributes(deps=[dep for dep in spec.deps if self._is_there(dep.asset_key)])

    def _is_there(self, key: dg.AssetKey) -> bool:
        return key.path[0] in ("warehouse", _OWN) or ".".join(key.path) in self._connected

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Props, unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        """With what the test asks, in words."""
        made = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        return made and made._replace(description=dbt_words.asks(manifest["nodes"][unique_id]))


def own_tables(manifest: Props) -> dict[str, dg.AssetSpec]:
    """Kompas' own tables in the lake (the register and the ledgers) by name, as dbt's sources describe them."""
    own = {props["name"]: props for props in manifest["sources"].values() if props["source_name"] == _OWN}
    return {name: _own_table(name, props) for name, props in own.items()}


def _own_table(name: str, props: Props) -> dg.AssetSpec:
    key = EARLIER_VERDICTS if (_OWN, name) == KEPT_VERDICTS else dg.AssetKey([_OWN, name])
    columns = [
        dg.TableColumn(column["name"], description=column["description"]) for column in props["columns"].values()
    ]
    return dg.AssetSpec(
        key,
        group_name=_OWN,
        kinds={"parquet"},
        description=props["description"],
        metadata={"dagster/column_schema": dg.TableSchema(columns=columns)},
    )
