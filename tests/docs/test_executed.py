"""What the docs show to type is typed here: every `kompas …`, and every block for a shell, for SQL and for Python.

What cannot be run here stands in a table below, with the test that runs it or the reason why none can.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import click
import duckdb
import pytest
from click.testing import CliRunner

from pipelines.cli import main
from tests.docs.pages import PAGES, SHELL, Block, blocks, blocks_of, commands, own_blocks
from tests.docs.tables import REPOSITORY
from tests.docs.typing_shell import session
from tests.house import House

pytestmark = pytest.mark.timeout(900)  # the first night comes before the first test
ELSEWHERE = {
    "alerts": "tests/alerts/test_command.py",
    "run": "tests/end_to_end/test_one_night.py",
    "backfill": "tests/end_to_end/test_later_nights.py",
    "rebuild": "tests/end_to_end/test_one_night.py",
    "sandbox": "tests/docs/test_start.py",
    "serve": "tests/docs/test_postgres_page.py",
    "ui": "tests/docs/test_start.py",
    "watch": "tests/alerts/test_watch.py",
}
"""Commands that take minutes, or do not end by themselves: the test that runs them."""
_POSTGRES = "tests/docs/test_postgres_page.py"
BLOCKS_ELSEWHERE = {
    "alerts": "tests/alerts/test_command.py",
    ("docs/index.md", "make run"): "tests/docs/test_start.py",
    ("docs/bi/postgres.md", "create role kompas_writer login password 'choose one';"): _POSTGRES,
    ("docs/bi/postgres.md", "export KOMPAS_POSTGRES_URL='postgresql://kompas_writer:choose%20one@db.example.nl:5432/bi"
     "?sslmode=verify-full'"): _POSTGRES,
    ("docs/start.md", "make run"): "tests/docs/test_start.py",
    ("docs/start.md", "kompas init ../mijn-bedrijf"): "tests/docs/test_start.py",
    ("docs/start.md", "kompas check"): "tests/docs/test_start.py",
    ("docs/start.md", "kompas run"): "tests/docs/test_start.py",
    ("docs/start.md", "kompas ui"): "tests/docs/test_start.py",
    ("docs/operate.md", "mkdir ../restored"): "tests/docs/test_service_files.py",
    ("docs/bi/superset.md", "make .venv-superset/done"): "tests/superset/test_superset.py",
    ("docs/spark.md", "make .venv-spark/done"): "tests/spark/test_same_figures.py",
    ("docs/spark.md", "make .venv-sail/done"): "tests/spark/test_same_figures.py",
}  # fmt: skip
NOT_RUN = {
    ("docs/connect/microsoft_ads.md", "https://login.microsoftonline.com/common/oauth2/v2.0/authorize?client_id=…"
     "&response_type=code"): "an address for the browser of a person who consents",
    ("docs/connect/microsoft_ads.md", "curl https://login.microsoftonline.com/common/oauth2/v2.0/token -d client_id=… "
     "-d grant_type=authorization_code \\"): "needs a person's consent at Microsoft",
    ("docs/connect/tiktok_ads.md", "curl -H 'Content-Type: application/json' "
     "https://business-api.tiktok.com/open_api/v1.3/oauth2/access_token/ \\"): "needs a person's consent at TikTok",
    ("docs/operate.md", ".venv/bin/uv pip install --python .venv/bin/python dagster-postgres==0.29.27 psycopg2-binary"):
        "would change the environment of these tests; tried by hand on 2026-11-27",
}  # fmt: skip
"""Blocks that nothing here can run, and why."""


EMPTY = {
    ("docs/when-something-fails.md", 'select loaded_at, connector, stream, reason, "row"'): "nothing was put aside",
}
"""Questions that have no rows for an answer in a good night."""
REFUSED = {"explain cpa --brand duurzame-mode": "only what has a target is judged"}
"""Commands whose example the demo cannot follow: what they say to it."""


# Commands


def whole() -> list[str]:
    """The commands of the pages. One that lacks what it cannot do without is a name in a sentence."""
    here = (words for _, words in commands() if words.split(maxsplit=1)[0] not in ELSEWHERE)
    return sorted({words for words in here if not is_a_name(words)})


def is_a_name(words: str) -> bool:
    command = main.commands.get(words)
    return command is not None and any(one.required for one in command.params if isinstance(one, click.Argument))


@pytest.mark.parametrize("words", whole())
def test_a_command_of_the_docs_does_what_it_says(company: House, tmp_path: Path, words: str) -> None:
    with chdir(tmp_path if words.startswith("init") else company.folder):
        done = CliRunner().invoke(main, shlex.split(words))
    assert done.exit_code == (words in REFUSED), done.output
    assert REFUSED.get(words, "") in done.output
    assert done.output.strip()


def test_the_commands_are_found() -> None:
    assert {"check", "explain cpa --period 2026-10", "rank ans.txt bo.txt chris.txt"} <= set(whole())


@pytest.mark.parametrize("file", sorted({*ELSEWHERE.values(), *BLOCKS_ELSEWHERE.values()}))
def test_a_test_that_runs_it_elsewhere_is_there(file: str) -> None:
    assert (REPOSITORY / file).exists()


# Blocks


def run_here(*languages: str) -> list[Block]:
    excused = {**NOT_RUN, **BLOCKS_ELSEWHERE}
    return [block for block in own_blocks(*languages) if block.key not in excused and not of_a_connector(block)]


def of_a_connector(block: Block) -> bool:
    """Whether tests/docs/test_adding_a_connector.py puts it into its place."""
    return block.page == "docs/adding-a-connector.md" and block.mark.startswith(("file: ", "after: "))


def scripts() -> dict[str, str]:
    """The blocks for a shell of each page, as one script: all but those whose every line is typed above."""
    made: dict[str, str] = {}
    for block in run_here(*SHELL):
        if not all(line.removeprefix("kompas ") in whole() for line in block.text.splitlines()):
            made[block.page] = made.get(block.page, "") + block.text
    return made


@pytest.mark.parametrize("page", scripts())
def test_the_shell_blocks_of_a_page_run_one_after_the_other(company: House, page: str) -> None:
    done = session(company.folder, scripts()[page])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("block", run_here("sql"), ids=str)
def test_a_sql_block_has_an_answer(company: House, block: Block) -> None:
    with chdir(company.folder), duckdb.connect(str(company.settings.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute(block.text).fetchall()
    assert rows or block.key in EMPTY


@pytest.mark.parametrize("block", run_here("python"), ids=str)
def test_a_python_block_runs(company: House, block: Block) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block.text], cwd=company.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


# Nothing is left out

CHECKED_BY = {
    **dict.fromkeys((*SHELL, "sql", "python"), "this file"),
    "yaml": "tests/docs/test_docs.py",
    "ini": "tests/docs/test_service_files.py",
    "cron": "tests/docs/test_service_files.py",
    "yml": "tests/docs/test_service_files.py",
}
OUTPUTS = {
    ("README.md", "Duurzame Mode"): "tests/docs/test_docs.py",
    ("docs/start.md", "kompas.yaml is right: 6 KPIs, 3 platforms."): "tests/docs/test_start.py",
}
"""Texts that show what a command answers: the test that compares them."""


@pytest.mark.parametrize("block", blocks(), ids=str)
def test_every_block_is_run_or_has_a_reason_not_to_be(block: Block) -> None:
    told = {**OUTPUTS, **NOT_RUN, **BLOCKS_ELSEWHERE}
    used = of_a_connector(block) or block.mark.startswith("file: ")
    assert block.language in CHECKED_BY or block.key in told or used, "say in this file how the block is tested"


@pytest.mark.parametrize("key", [*NOT_RUN, *BLOCKS_ELSEWHERE, *OUTPUTS], ids=str)
def test_what_a_table_names_is_still_in_the_docs(key: tuple[str, str]) -> None:
    assert key in {block.key for block in blocks()}


def test_a_block_without_a_language_is_told() -> None:
    assert [str(block) for page in PAGES for block in blocks_of(page) if not block.language] == []
