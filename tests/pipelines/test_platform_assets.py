"""A platform as Dagster sees it: what came in is materialised, what failed fails the step and says what to do."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.lock import hold
from pipelines.platform_assets import COMPLETE, partitions, platform_assets
from sandbox.company import World
from tests.faults.one_platform import ROWS, last_night, spoiled, world_of_now
from tests.faults.spoiled import always, in_one_row
from tests.house import House
from tests.http_server import Answer

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning", "ignore::dagster.PreviewWarning")
REPORT, ACTIVITY = dg.AssetKey(["mailchimp", "campaign_report"]), dg.AssetKey(["mailchimp", "list_activity"])
HTML = Answer(200, b"<html>We will be right back</html>", {"Content-Type": "text/html"})


@pytest.fixture(scope="module")
def world() -> World:
    return world_of_now()


@pytest.fixture
def house(world: World, tmp_path: Path) -> Iterator[House]:
    with House(tmp_path, world, history_days=5) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


def assets(house: House, platform: str = "mailchimp") -> dg.AssetsDefinition:
    return platform_assets(house.settings.connector(platform), house.settings)


def materialize(
    house: House, instance: dg.DagsterInstance, last: date, selection: list[dg.AssetKey] | None = None
) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [assets(house)],
        partition_key=last.isoformat(),
        instance=instance,
        selection=selection,
        raise_on_error=False,
    )


def materialized(done: dg.ExecuteInProcessResult) -> set[dg.AssetKey]:
    return {event.asset_key for event in done.get_asset_materialization_events() if event.asset_key}


def checks(done: dg.ExecuteInProcessResult) -> dict[dg.AssetKey, dg.AssetCheckEvaluation]:
    return {check.asset_key: check for check in done.get_asset_check_evaluations()}


def failure(done: dg.ExecuteInProcessResult) -> str:
    (event,) = [event for event in done.all_events if event.is_step_failure]
    assert event.step_failure_data.user_failure_data is not None
    return event.step_failure_data.user_failure_data.description or ""


def test_every_stream_is_an_asset_with_a_check(house: House) -> None:
    made = assets(house)
    assert set(made.keys) == {REPORT, ACTIVITY}
    assert {(key.asset_key, key.name) for key in made.check_keys} == {(REPORT, COMPLETE), (ACTIVITY, COMPLETE)}


def test_an_asset_shows_its_columns_with_their_meaning(house: House) -> None:
    schema = assets(house).metadata_by_key[REPORT]["dagster/column_schema"]
    assert isinstance(schema, dg.TableSchema)
    assert all(column.description for column in schema.columns)


def test_a_platform_is_one_group(house: House) -> None:
    assert {spec.group_name for spec in assets(house).specs} == {"mailchimp"}


def test_a_partition_is_a_day_of_the_company(house: House) -> None:
    days = partitions(house.settings)
    assert days.timezone == "Europe/Amsterdam"
    assert days.get_partition_keys()[-1] == (house.world.today - timedelta(days=1)).isoformat()


def test_a_good_night_materialises_every_stream(house: House, world: World, instance: dg.DagsterInstance) -> None:
    done = materialize(house, instance, last_night(world))
    assert done.success
    assert materialized(done) == {REPORT, ACTIVITY}
    assert all(check.passed for check in checks(done).values())


def test_a_materialisation_tells_rows_days_and_the_figures_of_the_newest_day(
    house: House, world: World, instance: dg.DagsterInstance
) -> None:
    done = materialize(house, instance, last_night(world))
    (event,) = [event for event in done.get_asset_materialization_events() if event.asset_key == REPORT]
    told = {name: value.value for name, value in event.materialization.metadata.items()}
    assert told["dagster/row_count"] > 0
    assert told["last_day"] == last_night(world).isoformat()
    assert told["newest_day"] <= told["last_day"]
    assert told["emails_sent on newest_day"] > 0


def test_a_stream_that_failed_does_not_take_the_others_with_it(
    house: House, world: World, instance: dg.DagsterInstance
) -> None:
    with spoiled(house, "mailchimp", always(ROWS["mailchimp"], HTML)):
        done = materialize(house, instance, last_night(world))
    assert not done.success
    assert materialized(done) == {ACTIVITY}
    assert last_night(world) in house.lake.days("mailchimp", "list_activity")


def test_the_check_of_a_failed_stream_is_an_error_and_says_why(
    house: House, world: World, instance: dg.DagsterInstance
) -> None:
    with spoiled(house, "mailchimp", always(ROWS["mailchimp"], HTML)):
        found = checks(materialize(house, instance, last_night(world)))
    assert (found[REPORT].passed, found[REPORT].severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "mailchimp nieuwsbrief campaign_report" in (found[REPORT].description or "")
    assert found[ACTIVITY].passed


def test_the_failure_says_what_to_do(house: House, world: World, instance: dg.DagsterInstance) -> None:
    with spoiled(house, "mailchimp", always(ROWS["mailchimp"], HTML)):
        told = failure(materialize(house, instance, last_night(world)))
    assert told.startswith("mailchimp nieuwsbrief campaign_report: ")
    assert "the next night tries again" in told


def test_a_row_in_quarantine_is_a_warning_and_the_stream_is_materialised(
    house: House, world: World, instance: dg.DagsterInstance
) -> None:
    with spoiled(house, "mailchimp", in_one_row(ROWS["mailchimp"], lambda row: row.update(emails_sent="many"))):
        done = materialize(house, instance, last_night(world))
    check = checks(done)[REPORT]
    assert done.success
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "in quarantine" in (check.description or "")


def test_a_chosen_stream_is_pulled_alone(house: House, world: World, instance: dg.DagsterInstance) -> None:
    done = materialize(house, instance, last_night(world), [ACTIVITY])
    assert materialized(done) == {ACTIVITY}
    assert house.lake.days("mailchimp", "campaign_report") == []


def test_a_platform_that_is_pulled_already_is_left_alone(
    house: House, world: World, instance: dg.DagsterInstance
) -> None:
    with hold(house.settings.state, "mailchimp"):
        done = materialize(house, instance, last_night(world))
    assert failure(done).startswith("mailchimp: another run of mailchimp is under way")
    assert house.ledger("loads") == []
