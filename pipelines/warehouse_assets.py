"""From the lake to the published warehouse: register, dbt models, publishing, and the night's verdicts."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, DbtProject, dbt_assets
from filelock import FileLock
from packaging.version import Version

from pipelines import publish, register, tags
from pipelines.lake import Lake
from pipelines.settings import Settings
from pipelines.vocabulary import DBT_PROJECT

WRITER_POOL = "duckdb_writer"
"""dbt's file takes one writer at a time, and no reader beside it."""
_KEPT_RUNS = 10
_PARSE = "partial_parse.msgpack"
SCORECARD = dg.AssetKey(["warehouse", "kpi", "kpi_scorecard"])
VERDICTS = dg.AssetKey(["warehouse", "kpi", "kpi_verdicts"])
KEPT_VERDICTS = ("kompas", "verdicts")
EARLIER_VERDICTS = dg.AssetKey(["kompas", "earlier_verdicts"])
"""What dbt reads of the verdicts are those of the nights before. As one asset with those of this night, which are made
from what dbt builds, they would be a circle: Dagster then cuts the step of dbt in two, and runs a part too early."""
PUBLISHED = dg.AssetKey(["warehouse", "published"])
_SKIP = {"target", "logs", "dbt_packages"}
_SOURCES = {".sql", ".py", ".yml", ".yaml", ".csv", ".md"}


def environment(settings: Settings) -> dict[str, str]:
    """What the dbt project reads from the environment. Its Python models look for a maximum over four numbers, for
    which BLAS would wake a thread per core, and burn six times as much as one takes."""
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "1")
    places = {"KOMPAS_LAKE": settings.lake_url, "KOMPAS_BUILD": str(settings.build_file)}
    return places | {"OPENBLAS_NUM_THREADS": threads}


def project(settings: Settings) -> DbtProject:
    """The dbt project, parsed for these settings when its sources are newer than its manifest.

    dbt's parse holds for one lake and one file to build in. A parse beside the project would be that of whichever
    kompas.yaml came first, and every night of another one would parse anew, which takes ten CPU seconds.
    """
    made = DbtProject(project_dir=DBT_PROJECT, profiles_dir=DBT_PROJECT, target_path=settings.dbt_parse)
    made.manifest_path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(made.manifest_path.with_suffix(".lock")):
        if _is_stale(made.manifest_path):
            # DbtProject's own preparer takes `dbt` from PATH, and parses in every process of `dagster dev`.
            dbt_resource().cli(["parse", "--quiet"], target_path=made.manifest_path.parent).wait()
    return made


def _is_stale(manifest: Path) -> bool:
    sources = (path for path in DBT_PROJECT.rglob("*") if path.suffix in _SOURCES)
    newest = max(path.stat().st_mtime for path in sources if not _SKIP & set(path.relative_to(DBT_PROJECT).parts))
    return not manifest.exists() or manifest.stat().st_mtime < newest


class Translator(DagsterDbtTranslator):
    """dbt sources are the raw assets; models live under `warehouse/<schema>`."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        props = dbt_resource_props
        if props["resource_type"] == "source":
            source = (props["source_name"], props["name"])
            return EARLIER_VERDICTS if source == KEPT_VERDICTS else dg.AssetKey(source)
        return dg.AssetKey(["warehouse", props["config"].get("schema") or "main", props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return str(dbt_resource_props["config"].get("schema") or "main")


class Dbt(DbtCliResource):
    """dbt, its version told by its package: `dbt --version` takes three CPU seconds, and asks PyPI for a newer one."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))


def dbt_resource() -> Dbt:
    """dbt from this very environment, whatever PATH says."""
    executable = Path(sys.executable).with_name("dbt")
    return Dbt(project_dir=str(DBT_PROJECT), dbt_executable=str(executable))


def warehouse_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """All assets of the build job."""
    os.environ.update(environment(settings))
    settings.build_file.parent.mkdir(parents=True, exist_ok=True)
    made = project(settings)
    return [_register(settings), _dbt(made, settings), _publish(settings), _verdicts(settings)]


def _register(settings: Settings) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name="register",
        specs=[
            dg.AssetSpec(
                ["kompas", name], group_name="kompas", kinds={"yaml"}, description=f"kompas.yaml: {name}, for dbt"
            )
            for name in register.WRITTEN
        ],
    )
    def write_register(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        lake = Lake.at(settings.lake_url)
        register.write(settings, lake, run_day(context, settings, lake))
        for name in register.WRITTEN:
            yield dg.MaterializeResult(asset_key=dg.AssetKey(["kompas", name]))

    return write_register


def run_day(context: dg.AssetExecutionContext, settings: Settings, lake: Lake) -> date:
    """The night that is built: the run's tag, else the newest that the lake knows, else yesterday."""
    told = context.run.tags.get(tags.RUN_DAY)
    if told:
        return date.fromisoformat(told)
    try:
        return register.latest_run_day(lake)
    except LookupError:
        return datetime.now(settings.tz).date() - timedelta(days=1)


def _dbt(made: DbtProject, settings: Settings) -> dg.AssetsDefinition:
    translator = Translator(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))

    @dbt_assets(
        manifest=made.manifest_path,
        project=made,
        name="dbt_build",
        pool=WRITER_POOL,
        dagster_dbt_translator=translator,
    )
    def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        full = ["--full-refresh"] if tags.FULL_REFRESH in context.run.tags else []
        target = _target(settings.state / "dbt", context.run.run_id, made.manifest_path.with_name(_PARSE))
        yield from dbt.cli(["build", *full], context=context, target_path=target).stream()

    return dbt_models


def _target(folder: Path, run_id: str, parse: Path) -> Path:
    """Where dbt puts the run's artefacts and log, with its parse of the project. Those of older runs go: each is two
    megabytes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT_RUNS:]:
        shutil.rmtree(old)
    target = folder / run_id
    target.mkdir(exist_ok=True)
    if parse.exists():
        shutil.copy(parse, target)
    return target


def _publish(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=PUBLISHED,
        deps=[SCORECARD],
        group_name="published",
        kinds={"duckdb"},
        pool=WRITER_POOL,
        description="The file that BI tools open: marts and KPI tables, replaced whole",
    )
    def published() -> dg.MaterializeResult:
        done = publish.publish(settings.build_file, settings.warehouse)
        return dg.MaterializeResult(
            metadata={
                "file": dg.MetadataValue.path(str(done.file)),
                "bytes": done.bytes,
                "tables": len(done.tables),
                "dagster/row_count": sum(done.tables.values()),
            }
        )

    return published


def _verdicts(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=["kompas", "verdicts"],
        deps=[VERDICTS],
        group_name="kompas",
        kinds={"parquet"},
        pool=WRITER_POOL,
        description="The verdicts of every night as they were known then; kept in the lake",
    )
    def verdicts() -> dg.MaterializeResult:
        lake = Lake.at(settings.lake_url)
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            judged = connection.execute("from kpi.kpi_verdicts").to_arrow_table()
        day = register.latest_run_day(lake)
        register.keep_verdicts(lake, day, judged)
        return dg.MaterializeResult(metadata={"dagster/row_count": judged.num_rows, "run_day": day.isoformat()})

    return verdicts
