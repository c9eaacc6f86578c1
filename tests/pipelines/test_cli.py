"""The `kompas` command: each in a folder of its own."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.cli import main
from pipelines.settings import read
from sandbox.company import World
from tests.faults.one_platform import at, world_of_now
from tests.house import House, environment

COMMANDS = {
    "alerts",
    "export",
    "init",
    "watch",
    "check",
    "run",
    "backfill",
    "rebuild",
    "scorecard",
    "sandbox",
    "ui",
    "schema",
    "lint",
    "rank",
    "reconcile",
    "handbook",
    "explain",
    "verdicts",
    "review",
    "backtest",
    "serve",
}


def kompas(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def world() -> World:
    return world_of_now()


def test_init_writes_settings_that_are_right(tmp_path: Path) -> None:
    done = kompas("init", tmp_path / "new")
    assert done.exit_code == 0, done.output
    made = read(tmp_path / "new" / "kompas.yaml")
    assert len(made.kpis) >= 5


def test_init_explains_every_section(tmp_path: Path) -> None:
    kompas("init", tmp_path)
    text = (tmp_path / "kompas.yaml").read_text()
    assert text.count("#") > 20
    assert all(f"{name}:" in text for name in ("ga4", "google_ads", "meta_ads", "mailchimp", "shopify", "files"))


def test_init_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    kompas("init", tmp_path)
    key = tmp_path / "secrets" / "hash.key"
    assert len(key.read_text().strip()) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_init_never_overwrites_settings(tmp_path: Path) -> None:
    (tmp_path / "kompas.yaml").write_text("mine")
    done = kompas("init", tmp_path)
    assert done.exit_code == 1
    assert "stays as it is" in done.output
    assert (tmp_path / "kompas.yaml").read_text() == "mine"


def test_init_keeps_a_key_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "hash.key").write_text("old")
    kompas("init", tmp_path)
    assert (tmp_path / "secrets" / "hash.key").read_text() == "old"


@pytest.mark.parametrize("command", ["run", "check", "scorecard", "rebuild", "lint", "handbook"])
def test_without_settings_every_command_says_how_to_make_them(tmp_path: Path, command: str) -> None:
    done = kompas("--settings", tmp_path / "kompas.yaml", command)
    assert done.exit_code == 1
    assert "kompas init" in done.output


def test_a_wrong_setting_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "kompas.yaml"
    file.write_text("company: {nam: Acme}\nplatforms: {ecb: {}}\nkpis: []\n")
    done = kompas("--settings", file, "check")
    assert done.exit_code == 1
    assert "kompas.yaml, line 1: company.nam: unknown key" in done.output


def accounts_of(house: House) -> int:
    return sum(len(connector.accounts) for connector in house.settings.connectors())


def test_check_lists_every_account(world: World, tmp_path: Path) -> None:
    with House(tmp_path, world) as house:
        house.export()
        done, accounts = kompas("--settings", house.file, "check"), accounts_of(house)
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if line.startswith("✔")]
    named = ("ga4 duurzamemode.nl", "google_ads Agency UK", "meta_ads Meta", "mailchimp nieuwsbrief", "shopify Webshop")
    assert len(lines) == accounts
    assert all(any(name in line for line in lines) for name in named)


def test_check_lists_accounts_that_kompas_yaml_does_not_name(world: World, tmp_path: Path) -> None:
    with House(tmp_path, world) as house:
        house.export()
        at(house, "google_ads", accounts=[{"id": "1112223334", "name": "Duurzame Mode", "brand": "duurzame-mode"}])
        done = kompas("--settings", house.file, "check")
    assert done.exit_code == 0, done.output
    assert "+ 5556667778: Duurzame Mode (agency), GBP, Europe/London; not in kompas.yaml" in done.output


def test_check_names_the_account_that_cannot_be_reached_and_tests_the_others(world: World, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("not-the-secret")
    with House(tmp_path, world) as house:
        at(house, "shopify", client_secret="file:wrong")
        house.export()
        done, accounts = kompas("--settings", house.file, "check"), accounts_of(house)
    assert done.exit_code == 1
    assert [line.split(":")[0] for line in done.output.splitlines() if line.startswith("✘")] == ["✘ shopify Webshop"]
    assert f"1 of {accounts} accounts cannot be reached" in done.output
    assert "not-the-secret" not in done.output


def test_a_day_that_has_not_ended_is_refused(world: World, tmp_path: Path) -> None:
    with House(tmp_path, world) as house:
        done = kompas("--settings", house.file, "run", "--date", "2099-01-01")
    assert done.exit_code == 1
    assert "has not ended yet" in done.output


def test_a_range_that_ends_before_it_starts_is_refused(world: World, tmp_path: Path) -> None:
    with House(tmp_path, world) as house:
        done = kompas("--settings", house.file, "backfill", "2026-02-01", "2026-01-01")
    assert done.exit_code == 1
    assert "FROM is after TO" in done.output


def test_the_scorecard_before_the_first_night_says_what_to_do(world: World, tmp_path: Path) -> None:
    with House(tmp_path, world) as house:
        done = kompas("--settings", house.file, "scorecard")
    assert done.exit_code == 1
    assert "kompas run" in done.output


def test_schema_writes_a_json_schema(tmp_path: Path) -> None:
    done = kompas("schema", tmp_path / "kompas.schema.json")
    assert done.exit_code == 0
    assert json.loads((tmp_path / "kompas.schema.json").read_text())["title"] == "kompas.yaml"


def test_every_command_explains_itself() -> None:
    listed = kompas("--help").output
    assert all(command in listed for command in COMMANDS)
    assert set(main.commands) == COMMANDS
    assert all(command.help for command in main.commands.values())


def test_help_loads_neither_dagster_nor_dbt_nor_the_sandbox() -> None:
    code = (
        "import sys; from pipelines.cli import main; main(['--help'], standalone_mode=False); "
        "print(sorted({'dagster', 'dbt', 'sandbox'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), timeout=120
    )
    assert done.stdout.splitlines()[-1] == "[]"
