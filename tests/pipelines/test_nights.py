"""What starts a night, and what follows it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines import nights, tags
from pipelines.settings import Settings, parse
from pipelines.warehouse_assets import dbt_resource, environment, warehouse_assets
from tests import parsed

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def settings(night: str = "{at: '05:10'}", zone: str = "Europe/Amsterdam") -> Settings:
    text = f"company: {{time_zone: {zone}}}\nnight: {night}\nplatforms: {{ecb: {{}}}}\nkpis: []\n"
    return parse(text, Path("kompas.yaml"))


def request_at(moment: datetime, told: Settings | None = None) -> dg.RunRequest:
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    asked = nights.schedule(told or settings())(context)
    assert isinstance(asked, dg.RunRequest)
    return asked


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 16, 4, 10, tzinfo=UTC), "2026-11-15"),
        (datetime(2026, 7, 16, 3, 10, tzinfo=UTC), "2026-07-15"),
        (datetime(2026, 3, 29, 3, 10, tzinfo=UTC), "2026-03-28"),
        (datetime(2026, 10, 25, 4, 10, tzinfo=UTC), "2026-10-24"),
        (datetime(2027, 1, 1, 4, 10, tzinfo=UTC), "2026-12-31"),
    ],
)
def test_a_night_is_for_the_day_that_has_just_ended(moment: datetime, day: str) -> None:
    assert request_at(moment).partition_key == day


def test_the_day_is_that_of_the_company_and_not_of_utc() -> None:
    # A quarter to midnight in New York is the next day in UTC.
    late = datetime(2026, 11, 17, 4, 45, tzinfo=UTC)
    assert request_at(late, settings("{at: '23:45'}", "America/New_York")).partition_key == "2026-11-15"


def test_a_night_has_one_run_key_so_that_a_second_tick_starts_nothing() -> None:
    moment = datetime(2026, 11, 16, 4, 10, tzinfo=UTC)
    assert request_at(moment).run_key == request_at(moment + timedelta(minutes=5)).run_key == "2026-11-15"


def test_the_schedule_is_in_the_time_zone_of_the_company() -> None:
    made = nights.schedule(settings("{at: '06:05'}", "Europe/Lisbon"))
    assert (made.cron_schedule, made.execution_timezone) == ("5 6 * * *", "Europe/Lisbon")


@pytest.mark.parametrize("first", [date(2026, 3, 26), date(2026, 10, 22)], ids=["spring", "autumn"])
def test_every_day_is_pulled_once_also_when_the_clock_changes(first: date) -> None:
    made = nights.schedule(settings())
    start = datetime(first.year, first.month, first.day, tzinfo=AMSTERDAM).timestamp()
    ticks = schedule_execution_time_iterator(start, str(made.cron_schedule), made.execution_timezone, ascending=True)
    days = [request_at(next(ticks)).partition_key for _ in range(7)]
    assert days == [(first + timedelta(days=n - 1)).isoformat() for n in range(7)]


@dg.op(config_schema={"fails": bool})
def pulling(context: dg.OpExecutionContext) -> None:
    if context.op_config["fails"]:
        raise dg.Failure("shopify is down")


@dg.job(name=nights.INGEST)
def ingest() -> None:
    pulling()


@dg.job(name=nights.BUILD)
def build() -> None:
    pulling()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


@dg.job(name=nights.ALERTS)
def tell() -> None:
    pulling()


def follow(instance: dg.DagsterInstance, fails: bool, marks: dict[str, str], job: Any = ingest) -> Any:
    """What the sensors ask for after an ingestion, or a build, that ended so."""
    config = {"ops": {"pulling": {"config": {"fails": fails}}}}
    done = job.execute_in_process(instance=instance, tags=marks, run_config=config, raise_on_error=False)
    made = nights.sensors(ingest, build, tell)
    after_success, after_failure = made[:2] if job is ingest else made[2:]
    sensor = after_failure if fails else after_success
    event = done.get_run_failure_event() if fails else done.get_run_success_event()
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name, dagster_event=event, dagster_instance=instance, dagster_run=done.dagster_run
    )
    return sensor(context)


@pytest.mark.parametrize("fails", [False, True], ids=["success", "failure"])
def test_the_build_follows_ingestion_however_it_ended(instance: dg.DagsterInstance, fails: bool) -> None:
    asked = follow(instance, fails, {tags.PARTITION: "2026-11-15"})
    assert isinstance(asked, dg.RunRequest)
    assert asked.tags[tags.RUN_DAY] == "2026-11-15"


@pytest.mark.parametrize("fails", [False, True], ids=["success", "failure"])
def test_the_alerts_follow_the_build_however_it_ended_and_name_it(instance: dg.DagsterInstance, fails: bool) -> None:
    asked = follow(instance, fails, {tags.RUN_DAY: "2026-11-15"}, build)
    assert asked.tags[tags.RUN_DAY] == "2026-11-15"
    assert instance.get_run_by_id(asked.tags[tags.FOLLOWS]).job_name == nights.BUILD


def test_without_channels_nothing_follows_the_build() -> None:
    assert [sensor.name for sensor in nights.sensors(ingest, build)] == [
        "build_after_ingest",
        "build_after_failed_ingest",
    ]


def test_a_night_says_which_day_it_is_for_and_that_the_schedule_began_it() -> None:
    asked = request_at(datetime(2026, 11, 16, 4, 10, tzinfo=UTC))
    assert (asked.tags[tags.RUN_DAY], asked.tags[tags.TRIGGER]) == ("2026-11-15", tags.BY_SCHEDULE)


def test_the_build_says_which_platforms_failed_and_what_began_the_night(instance: dg.DagsterInstance) -> None:
    asked = follow(instance, True, {tags.PARTITION: "2026-11-15", tags.TRIGGER: tags.BY_SCHEDULE})
    assert (asked.tags[tags.FAILED], asked.tags[tags.TRIGGER]) == ("pulling", tags.BY_SCHEDULE)


def test_the_pull_says_which_platforms_failed(instance: dg.DagsterInstance) -> None:
    follow(instance, True, {tags.PARTITION: "2026-11-15"})
    (run,) = instance.get_runs()
    assert run.tags[tags.FAILED] == "pulling"


def test_a_night_that_went_well_names_no_platform(instance: dg.DagsterInstance) -> None:
    assert tags.FAILED not in follow(instance, False, {tags.PARTITION: "2026-11-15"}).tags


def test_the_build_of_a_range_is_for_its_last_day(instance: dg.DagsterInstance) -> None:
    asked = follow(instance, False, {tags.RANGE_START: "2026-11-01", tags.RANGE_END: "2026-11-15"})
    assert asked.tags[tags.RUN_DAY] == "2026-11-15"


def test_a_run_that_somebody_waits_for_is_not_followed(instance: dg.DagsterInstance) -> None:
    asked = follow(instance, False, {tags.PARTITION: "2026-11-15", tags.ATTENDED: "true"})
    assert isinstance(asked, dg.SkipReason)


def test_a_run_without_a_day_is_not_followed(instance: dg.DagsterInstance) -> None:
    assert isinstance(follow(instance, False, {}), dg.SkipReason)


def test_schedule_and_sensors_are_on_from_the_start() -> None:
    assert nights.schedule(settings()).default_status == dg.DefaultScheduleStatus.RUNNING
    sensors = nights.sensors(ingest, build, tell)
    assert {sensor.default_status for sensor in sensors} == {dg.DefaultSensorStatus.RUNNING}


def test_the_build_begins_with_the_register_and_runs_dbt_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = parse("platforms: {ecb: {}}\nkpis: []\n", tmp_path / "kompas.yaml")
    parsed.hand_to(told)
    for name, value in environment(told).items():
        monkeypatch.setenv(name, value)
    made = dg.Definitions(
        warehouse_assets(told), jobs=[dg.define_asset_job("build")], resources={"dbt": dbt_resource()}
    )
    graph = made.resolve_job_def("build").graph
    outputs = graph.dependency_structure.all_upstream_outputs_from_node("dbt_build")
    assert {output.node_name for output in outputs} == {"register"}
    assert "dbt_build_2" not in graph.node_names()
