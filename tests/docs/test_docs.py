"""The README and docs/ are true: what they name exists, what they show is accepted, and nothing is left out."""

from __future__ import annotations

import ast
import re
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from rich.console import Console

from connectors.registry import CONNECTORS
from pipelines import vocabulary
from pipelines.cli import main as kompas
from pipelines.kpi import catalogue
from pipelines.scorecard import SIGNS, table
from pipelines.settings import Settings, SettingsError, json_schema, parse
from tests.docs import tables, tongue
from tests.docs.outline import LINK, anchors, target
from tests.docs.pages import DOCS, FENCE, PAGES, Block, blocks, code, commands, name, read
from tests.docs.tables import REPOSITORY

TEMPLATE = (REPOSITORY / "pipelines" / "kompas.template.yaml").read_text(encoding="utf-8")
MINIMAL = """\
platforms: {ecb: {}}
kpis:
  - id: revenue
    targets: [{from: 2026-01-01, target: € 80000}]
"""
_MAKE = re.compile(r"^make (?P<target>[a-z-]+)", re.MULTILINE)


def settings(document: dict[str, Any]) -> Settings:
    return parse(yaml.safe_dump(document, allow_unicode=True), Path("kompas.yaml"))


# Tables


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_tables_are_those_of_the_code(page: Path) -> None:
    assert read(page) == tables.written(read(page), tongue.of(page)), "run: .venv/bin/python -m tests.docs.tables"


def test_a_page_with_another_table_would_be_noticed() -> None:
    changed = read(DOCS / "kpis.md").replace("Conversieratio", "Conversie")
    assert tables.written(changed, tongue.of(DOCS / "kpis.md")) != changed


# YAML


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_a_yaml_block_is_accepted_by_the_settings(block: Block) -> None:
    settings(yaml.safe_load(MINIMAL) | yaml.safe_load(block.text))


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_the_kpis_of_a_yaml_block_are_over_measures_that_exist(block: Block) -> None:
    found = settings(yaml.safe_load(MINIMAL) | yaml.safe_load(block.text))
    named = {measure for kpi in found.kpis for measure in (kpi.numerator, kpi.denominator) if measure}
    assert named <= vocabulary.measures()


def test_a_part_that_is_wrong_would_be_noticed() -> None:
    with pytest.raises(SettingsError):
        settings(yaml.safe_load(MINIMAL) | {"night": {"att": "05:10"}})


@pytest.mark.parametrize("snippet", ["look_back_days: {campaign_day: 90}", "look_back_days: {campaign_report: 90}"])
def test_a_look_back_of_the_docs_names_a_stream(snippet: str) -> None:
    assert any(snippet in read(page) for page in PAGES)
    (stream,) = yaml.safe_load(snippet)["look_back_days"]
    assert stream in {stream.name for connector in CONNECTORS.values() for stream in connector.streams}


def uncommented(platform: str) -> str:
    """The template of `kompas init` with one platform switched on, as a user does it."""
    before, block, rest = re.split(
        rf"(^  # {platform}:.*?\n)(?=\n|\S)", TEMPLATE, maxsplit=1, flags=re.MULTILINE | re.DOTALL
    )
    return before + re.sub(r"^  # ", "  ", block, flags=re.MULTILINE) + rest


@pytest.mark.parametrize("platform", sorted(set(CONNECTORS) - {"ecb"}))
def test_a_platform_of_the_template_can_be_uncommented(platform: str) -> None:
    found = parse(uncommented(platform), Path("kompas.yaml"))
    assert {connector.name for connector in found.connectors()} == {"ecb", platform}


def test_the_template_is_accepted_as_it_is() -> None:
    assert [connector.name for connector in parse(TEMPLATE, Path("kompas.yaml")).connectors()] == ["ecb"]


# Commands


@pytest.mark.parametrize(("page", "words"), sorted(set(commands())))
def test_a_kompas_command_exists(page: str, words: str) -> None:
    command = named(re.sub(r"^--settings \S+ ", "", words).split())
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"--[a-z-]+", re.sub(r"^--settings", "", words))) <= known


def named(words: list[str]) -> click.Command:
    """The command of these words; of a group, the one that the second word names."""
    command = kompas.commands[words[0]]
    return command.commands[words[1]] if isinstance(command, click.Group) and len(words) > 1 else command


def test_the_commands_are_found() -> None:
    assert {"run", "check", "backfill 2025-01-01 2025-12-31"} <= {words for _, words in commands()}


@pytest.mark.parametrize("command", sorted(kompas.commands))
def test_every_kompas_command_is_in_the_readme(command: str) -> None:
    assert f"| `kompas {command}` |" in read(REPOSITORY / "README.md")


def every_command() -> dict[str, click.Command]:
    """All commands, and those of groups, by their words."""
    groups = {name: group for name, group in kompas.commands.items() if isinstance(group, click.Group)}
    below = {f"{name} {part}": command for name, group in groups.items() for part, command in group.commands.items()}
    return dict(kompas.commands) | below


@pytest.mark.parametrize("command", sorted(every_command()))
def test_every_option_of_a_command_is_documented(command: str) -> None:
    told = "".join(map(read, PAGES))
    options = [parameter for parameter in every_command()[command].params if isinstance(parameter, click.Option)]
    assert [option.opts[0] for option in options if option.opts[0] not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_make_target_exists(page: Path) -> None:
    makefile = read(REPOSITORY / "Makefile")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(_MAKE.findall(code(page))) <= targets


# Links and files


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_relative_link_points_to_a_file_and_a_heading(page: Path) -> None:
    links = [link for link in LINK.findall(FENCE.sub("", read(page))) if "://" not in link]
    assert [link for link in links if not is_there(page, link)] == []


def is_there(page: Path, link: str) -> bool:
    file, anchor = target(page, link)
    return file.exists() and (not anchor or anchor in anchors(file))


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name)
def test_every_page_can_be_reached_from_the_readme(page: Path) -> None:
    assert name(page).replace(".nl.md", ".md") in read(REPOSITORY / "README.md")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_path_of_our_own_exists(page: Path) -> None:
    named = re.findall(r"`((?:connectors|pipelines|dbt_project|sandbox|tests|bench)/[\w./]*)`", read(page))
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


# Platforms


def connect(platform: str) -> str:
    return read(DOCS / "connect" / f"{platform}.md")


def test_every_connect_page_is_of_a_platform() -> None:
    assert {page.name.partition(".")[0] for page in (DOCS / "connect").glob("*.md")} == set(CONNECTORS)


@pytest.mark.parametrize("platform", CONNECTORS)
def test_a_platform_s_page_names_its_streams(platform: str) -> None:
    text = connect(platform)
    assert [stream.name for stream in CONNECTORS[platform].streams if f"| `{stream.name}` |" not in text] == []


@pytest.mark.parametrize("platform", CONNECTORS)
def test_a_platform_s_page_names_its_keys(platform: str) -> None:
    text, definitions = connect(platform), json_schema()["$defs"]
    part = definitions[CONNECTORS[platform].Settings.__name__]["properties"]
    account = definitions[part["accounts"]["items"]["$ref"].split("/")[-1]]["properties"]
    assert [key for key in {**part, **account} if f"| `{key}` |" not in text] == []


@pytest.mark.parametrize("platform", CONNECTORS)
def test_a_platform_s_page_shows_its_block(platform: str) -> None:
    shown = [yaml.safe_load(block.text) for block in blocks("yaml") if block.page == f"docs/connect/{platform}.md"]
    assert any(platform in block.get("platforms", {}) for block in shown)


@pytest.mark.parametrize("platform", CONNECTORS)
def test_a_message_on_a_platform_s_page_is_one_that_the_code_says(platform: str) -> None:
    rows = connect(platform).split("| the message says |")[1].split("\n\n")[0].splitlines()[2:]
    quoted = [words for row in rows for words in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert quoted
    assert [words for words in quoted if not any(words in text for text in literals())] == []


@cache
def literals() -> frozenset[str]:
    """All texts in the code of connectors and pipelines, the fixed parts of f-strings among them."""
    files = [file for folder in ("connectors", "pipelines") for file in (REPOSITORY / folder).glob("*.py")]
    nodes = (node for file in files for node in ast.walk(ast.parse(read(file))))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


# The scorecard of the README


def test_the_readme_shows_the_demo_s_own_scorecard() -> None:
    demo = parse(read(REPOSITORY / "kompas.yaml"), REPOSITORY / "kompas.yaml")
    (shown,) = (block.text for block in blocks("text") if block.page == "README.md")
    assert shown.split()[:2] == demo.company.name.split()
    # Long words are folded: the column has room for twenty letters at 80 columns.
    places = [shown.index(f"\n {kpi.name.nl.split()[0][:20]} ") for kpi in demo.kpis]
    assert places == sorted(places)


def test_the_readme_shows_the_scorecard_as_it_is_printed() -> None:
    (shown,) = (block.text for block in blocks("text") if block.page == "README.md")
    console = Console(width=80, record=True, file=StringIO())
    console.print(table([], "nl", "Duurzame Mode"))
    header = [line.strip() for line in console.export_text().splitlines() if "KPI" in line]
    assert [line.split() for line in header] == [line.split() for line in shown.splitlines() if "Periode" in line]


# KPIs, warehouse, settings


@pytest.mark.parametrize("kpi", catalogue())
def test_every_kpi_of_the_catalogue_is_in_kpis(kpi: str) -> None:
    text, entry = read(DOCS / "kpis.md"), catalogue()[kpi]
    assert f"| `{kpi}` | {entry['name']['nl']} | `{entry['numerator']}`" in text


def test_every_reason_is_explained() -> None:
    told = re.findall(r"^(?:\d+\.|-) `(\w+)`:", read(DOCS / "kpis.md"), re.MULTILINE)
    assert sorted(told) == sorted(row.split("`")[1] for row in tables.made("reasons", tongue.of(DOCS)).splitlines()[2:])


@pytest.mark.parametrize("verdict", SIGNS)
def test_every_verdict_is_explained(verdict: str) -> None:
    assert f"| `{verdict}` | {SIGNS[verdict][0]} " in read(DOCS / "kpis.md")


@pytest.mark.parametrize("table", tables.published())
def test_every_published_table_is_in_the_warehouse_page(table: str) -> None:
    section = read(DOCS / "warehouse.md").split(f"### {table}\n")[1].split("\n### ")[0]
    assert [column for column in tables.published()[table] if f"| `{column}` |" not in section] == []


def test_settings_has_every_key_of_the_schema() -> None:
    text, schema = read(DOCS / "settings.md"), json_schema()
    keys = {key for definition in schema["$defs"].values() for key in parts(definition)}
    assert [key for key in sorted(keys) if f"| `{key}` |" not in text] == []
    assert [section for section in schema["properties"] if f"\n## {section}\n" not in text] == []


def parts(definition: dict[str, Any]) -> set[str]:
    return set() if "enum" in definition else set(tables.keyed(definition)["properties"])
