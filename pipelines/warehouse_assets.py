"""From the lake to the published warehouse: register, dbt models, publishing, and the night's verdicts."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliResource, DbtProject, dbt_assets
from dagster_dbt.dbt_manifest import validate_manifest
from dagster_dbt.errors import DagsterDbtCliRuntimeError
from filelock import FileLock
from packaging.version import Version

from pipelines import dbt_failures, dbt_rows, freshness, in_words, night_figures, owners, publish, register, tags
from pipelines.dbt_translator import Translator, own_tables
from pipelines.lake import Lake
from pipelines.settings import Settings
from pipelines.vocabulary import DBT_PROJECT

WRITER_POOL = "duckdb_writer"
"""dbt's file takes one writer at a time, and no reader beside it."""
_KEPT_RUNS = 10
_PARSE = "partial_parse.msgpack"
SCORECARD = dg.AssetKey(["warehouse", "kpi", "kpi_scorecard"])
VERDICTS = dg.AssetKey(["warehouse", "kpi", "kpi_verdicts"])
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


class Dbt(DbtCliResource):
    """dbt, its version told by its package: `dbt --version` takes three CPU seconds, and asks PyPI for a newer one."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))


def dbt_resource() -> Dbt:
    """dbt from this very environment, whatever PATH says."""
    executable = Path(sys.executable).with_name("dbt")
    return Dbt(project_dir=str(DBT_PROJECT), dbt_executable=str(executable))


def warehouse_assets(settings: Settings) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """All assets of the build job, and the tables of the lake that they read beside those of the platforms."""
    os.environ.update(environment(settings))
    settings.build_file.parent.mkdir(parents=True, exist_ok=True)
    made = project(settings)
    own = own_tables(validate_manifest(made.manifest_path))
    written = [own.pop(name).merge_attributes(kinds={"yaml"}) for name in register.WRITTEN]
    return [_register(settings, written), _dbt(made, settings), _publish(settings), _verdicts(settings), *own.values()]


def _register(settings: Settings, written: list[dg.AssetSpec]) -> dg.AssetsDefinition:
    @dg.multi_asset(name="register", specs=written)
    def write_register(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        with in_words.failures("register"):
            lake = Lake.at(settings.lake_url)
            day = run_day(context, settings, lake)
            register.write(settings, lake, day)
        context.log.info("The night of %s", day)
        for spec in written:
            yield dg.MaterializeResult(asset_key=spec.key)

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
    manifest = validate_manifest(made.manifest_path)
    tables = {node["unique_id"]: f"{node['schema']}.{node['alias']}" for node in manifest["nodes"].values()}

    @dbt_assets(
        manifest=manifest,
        project=made,
        name="dbt_build",
        pool=WRITER_POOL,
        dagster_dbt_translator=Translator(settings),
    )
    def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        full = ["--full-refresh"] if tags.FULL_REFRESH in context.run.tags else []
        target = _target(settings.state / "dbt", context.run.run_id, made.manifest_path.with_name(_PARSE))
        events = dbt.cli(["build", *full], context=context, target_path=target).stream()
        try:
            yield from dbt_rows.counted(events, settings.build_file, tables)
        except DagsterDbtCliRuntimeError as error:
            raise dbt_failures.failure(target, settings.build_file) or error from error

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
        owners=owners.of_kpis(settings.kpis),
        pool=WRITER_POOL,
        freshness_policy=freshness.policy(settings),
        description="The file that BI tools open: marts and KPI tables, replaced whole",
    )
    def published() -> dg.MaterializeResult:
        with in_words.failures("published"):
            began = time.monotonic()
            done = publish.publish(settings.build_file, settings.warehouse, settings.company.language)
            seconds = time.monotonic() - began
            day = register.latest_run_day(Lake.at(settings.lake_url))
            with duckdb.connect(str(settings.build_file), read_only=True) as connection:
                figures = night_figures.of_day(connection, day)
        return dg.MaterializeResult(
            metadata={
                "run_day": day.isoformat(),
                "file": dg.MetadataValue.path(str(done.file)),
                "bytes": done.bytes,
                "seconds": seconds,
                "tables": len(done.tables),
                "dagster/row_count": sum(done.tables.values()),
                **figures,
            }
        )

    return published


def _verdicts(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=["kompas", "verdicts"],
        deps=[VERDICTS],
        group_name="published",
        kinds={"parquet"},
        owners=owners.of_kpis(settings.kpis),
        pool=WRITER_POOL,
        freshness_policy=freshness.policy(settings),
        description="The verdicts of every night as they were known then; kept in the lake",
    )
    def verdicts() -> dg.MaterializeResult:
        with in_words.failures("verdicts"):
            lake = Lake.at(settings.lake_url)
            with duckdb.connect(str(settings.build_file), read_only=True) as connection:
                judged = connection.execute("from kpi.kpi_verdicts").to_arrow_table()
                counts = night_figures.verdicts(connection)
            day = register.latest_run_day(lake)
            register.keep_verdicts(lake, day, judged)
        return dg.MaterializeResult(
            metadata={"dagster/row_count": judged.num_rows, "run_day": day.isoformat(), **counts}
        )

    return verdicts
