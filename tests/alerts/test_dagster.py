"""Alerts as the last job of a night: what they hear of the others, and what the UI and `kompas run` hear of them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from pipelines import nights, tags
from pipelines.alerts import asset, known
from pipelines.lake import Lake
from pipelines.settings import Settings
from tests.alerts.company import FIRST, Company, verdict
from tests.explain import company as shop
from tests.house import REPOSITORY, closed_port, environment
from tests.http_server import Server
from tests.spaces import plain


@dg.op(config_schema={"fails": bool})
def dbt_build(context: dg.OpExecutionContext) -> None:
    if context.op_config["fails"]:
        raise dg.Failure("a key stands twice")


@dg.job(name=nights.INGEST)
def ingest() -> None:
    dbt_build()


@dg.job(name=nights.BUILD)
def build() -> None:
    dbt_build()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def after(instance: dg.DagsterInstance, job: Any, fails: bool, follows: str | None = None) -> str:
    """The id of a run of a job that ended so."""
    config = {"ops": {"dbt_build": {"config": {"fails": fails}}}}
    marks = {tags.FOLLOWS: follows} if follows else {}
    return str(job.execute_in_process(instance=instance, run_config=config, tags=marks, raise_on_error=False).run_id)


def tell(instance: dg.DagsterInstance, settings: Settings, follows: str | None) -> dg.ExecuteInProcessResult:
    marks = {tags.RUN_DAY: FIRST.isoformat()} | ({tags.FOLLOWS: follows} if follows else {})
    made = asset.assets(settings)
    return dg.materialize(made, instance=instance, tags=marks, raise_on_error=False)


def company_of(folder: Path, server: Server) -> Company:
    (folder / "beat.url").write_text(f"{server.url}/hart", encoding="utf-8")
    made = Company(folder, [{"name": "alles", "url": f"{server.url}/alles"}], heartbeat_url="file:beat.url")
    made.judge(FIRST, verdict("cpa", "off_target"))
    return made


def paths(server: Server) -> list[str]:
    return [request.path for request in server.requests]


def test_a_night_that_ended_well_is_told_and_pings_the_heartbeat(
    tmp_path: Path, server: Server, instance: dg.DagsterInstance
) -> None:
    built = after(instance, build, False, after(instance, ingest, False))
    done = tell(instance, company_of(tmp_path, server).settings, built)
    assert done.success
    assert paths(server) == ["/alles", "/hart"]
    (made,) = done.asset_materializations_for_node("kompas__alerts")
    assert made.metadata["sent"].value == 1
    assert [check.passed for check in done.get_asset_check_evaluations()] == [True]


def test_a_build_that_failed_is_told_and_pings_nothing(
    tmp_path: Path, server: Server, instance: dg.DagsterInstance
) -> None:
    built = after(instance, build, True, after(instance, ingest, False))
    tell(instance, company_of(tmp_path, server).settings, built)
    assert paths(server) == ["/alles"]
    assert "a key stands twice" in server.requests[0].json["message"]


def test_an_ingestion_that_failed_is_heard_through_the_build(
    tmp_path: Path, server: Server, instance: dg.DagsterInstance
) -> None:
    built = after(instance, build, False, after(instance, ingest, True))
    tell(instance, company_of(tmp_path, server).settings, built)
    assert paths(server) == ["/alles"]
    assert [change["kpi_id"] for change in server.requests[0].json["digest"]["changes"]] == ["cpa"]
    assert "a key stands twice" in server.requests[0].json["message"]


def test_a_build_that_did_not_start_is_told(tmp_path: Path, server: Server, instance: dg.DagsterInstance) -> None:
    tell(instance, company_of(tmp_path, server).settings, after(instance, ingest, False))
    assert "build: the job did not start" in server.requests[0].json["message"]


def test_a_channel_that_failed_fails_the_step_and_the_check_by_name(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "stuk", "url": f"http://127.0.0.1:{port}/geheim-pad"}])
        company.judge(FIRST, verdict("cpa", "off_target"))
        done = tell(instance, company.settings, after(instance, build, False))
    assert not done.success
    (failure,) = [event for event in done.all_events if event.is_step_failure]
    told = failure.step_failure_data.user_failure_data.description
    assert told.startswith("alerts: stuk: ")
    assert "geheim-pad" not in told
    assert [check.passed for check in done.get_asset_check_evaluations()] == [False]


def test_kompas_run_s_own_process_tells_once_and_its_log_holds_no_secret(tmp_path: Path, server: Server) -> None:
    company = Company(tmp_path, [{"name": "alles", "url": f"{server.url}/geheim-pad"}])
    company.judge(FIRST, verdict("cpa", "off_target"))
    script = tmp_path / "tell.py"
    script.write_text(_TELL, encoding="utf-8")
    for _ in range(2):
        done = command(tmp_path, str(script), str(company.file), FIRST.isoformat())
        assert done.returncode == 0, done.stdout
        assert "✓ kompas__alerts" in done.stdout
    assert paths(server) == ["/geheim-pad"]
    logs = (tmp_path / "data" / "state" / "logs" / "alerts.log").read_text(encoding="utf-8")
    assert "geheim-pad" not in logs + done.stdout


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, with both outputs in one."""
    where = environment() | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=where,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


_TELL = """\
import sys
from pathlib import Path
from pipelines import night_run, settings, tags
told, outcome = settings.read(Path(sys.argv[1])), night_run.Outcome()
night_run.prepare(told, Path(sys.argv[1]))
night_run._job(told, "alerts", {tags.RUN_DAY: sys.argv[2]}, outcome, print)
print(outcome.problems)
"""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_night_of_kompas_run_tells_its_channels_at_its_end(tmp_path: Path, server: Server) -> None:
    shop.export(tmp_path)
    (tmp_path / "team.url").write_text(f"{server.url}/team", encoding="utf-8")
    told = shop.document() | {"alerts": {"channels": [{"name": "team", "url": "file:team.url"}]}}
    file = tmp_path / "kompas.yaml"
    file.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    words = ("-m", "pipelines.cli", "--settings", str(file), "run", "--date", shop.NIGHT.isoformat())
    done = command(tmp_path, *words)
    assert done.returncode == 0, done.stdout
    (request,) = server.requests
    assert "E-mail open rate" in plain(request.json["message"])
    assert known.entry(Lake.at(str(tmp_path / "data" / "lake")), "team", shop.NIGHT).state == known.SENT
