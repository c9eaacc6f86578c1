"""`kompas alerts`, and the part `alerts` of kompas.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from pipelines.alerts import known
from pipelines.cli import main
from pipelines.settings import SettingsError, parse
from tests.alerts.company import FIRST, Company, document, verdict
from tests.house import closed_port
from tests.http_server import Answer, serving
from tests.spaces import plain


def asked(company: Company, *words: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(company.file), "alerts", *words])


def test_a_test_message_goes_to_every_channel(tmp_path: Path) -> None:
    with serving(lambda request: Answer(200)) as server:
        company = Company(tmp_path, [{"name": name, "url": f"{server.url}/{name}"} for name in ("een", "twee")])
        done = asked(company, "test")
    assert done.exit_code == 0
    assert [request.path for request in server.requests] == ["/een", "/twee"]
    assert "Berichten voor het kanaal een komen hier aan." in server.requests[0].json["message"]


def test_a_test_message_to_one_channel_leaves_the_others_alone(tmp_path: Path) -> None:
    with serving(lambda request: Answer(200)) as server:
        company = Company(tmp_path, [{"name": name, "url": f"{server.url}/{name}"} for name in ("een", "twee")])
        assert asked(company, "test", "twee").exit_code == 0
    assert [request.path for request in server.requests] == ["/twee"]


def test_a_test_says_which_channel_failed_and_why(tmp_path: Path) -> None:
    with serving(lambda request: Answer(404)) as server:
        company = Company(tmp_path, [{"name": "een", "url": f"{server.url}/een"}])
        done = asked(company, "test")
    assert done.exit_code == 1
    assert "een: " in done.output
    assert "404" in done.output
    assert "1 of 1 channels did not take the message" in done.output


def test_a_channel_that_there_is_not_is_named_beside_those_there_are(tmp_path: Path) -> None:
    done = asked(Company(tmp_path, [{"name": "een", "url": "x"}]), "test", "drie")
    assert done.exit_code == 1
    assert "kompas.yaml has no channel drie; it has een" in done.output


def test_a_preview_prints_the_digest_and_sends_and_notes_nothing(tmp_path: Path) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "een", "url": f"http://127.0.0.1:{port}/x"}])
        company.judge(FIRST, verdict("cpa", "off_target"))
        done = asked(company, "preview", "--html", str(tmp_path / "out"))
    assert done.exit_code == 0
    assert "Kompas · Winkel · 10 nov 2026: 1 niet gehaald" in plain(done.output)
    assert (tmp_path / "out" / "een.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert known.nights(company.lake, "een") == []


def test_a_preview_of_a_night_that_was_told_shows_what_was_told(tmp_path: Path) -> None:
    with serving(lambda request: Answer(200)) as server:
        company = Company(tmp_path, [{"name": "een", "url": server.url}])
        company.night(FIRST, verdict("cpa", "off_target"))
    assert server.requests[0].json["message"] in asked(company, "preview", "--date", FIRST.isoformat()).output


def test_a_preview_of_a_night_without_news_says_so(tmp_path: Path) -> None:
    company = Company(tmp_path, [{"name": "een", "url": "x"}])
    company.judge(FIRST, verdict("cpa", "on_target"))
    assert "er is niets veranderd" in asked(company, "preview").output


def test_without_channels_the_command_says_where_to_read(tmp_path: Path) -> None:
    company = Company(tmp_path, [{"name": "een", "url": "x"}])
    company.write(document())
    done = asked(company, "test")
    assert done.exit_code == 1
    assert "docs/alerts.md" in done.output


ONE = {"name": "een", "url": "env:URL"}


@pytest.mark.parametrize(
    ("alerts", "message"),
    [
        ({"channels": []}, "alerts.channels: List should have at least 1 item"),
        ({"channels": [ONE, ONE]}, "alerts.channels.2.name: een stands twice"),
        ({"channels": [ONE | {"owners": ["directi"]}]}, "there is no owner of a KPI directi; is it directie?"),
        ({"channels": [ONE | {"kpis": ["cpaa"]}]}, "there is no KPI in kompas.yaml cpaa; is it cpa?"),
        ({"channels": [ONE | {"url": "https://hooks.slack.com/services/a/b/c"}]}, "a secret is named as env:NAME"),
        ({"channels": [ONE | {"name": "Het Team"}]}, "alerts.channels.1.name"),
        ({"channels": [ONE], "night_by": "9 uur"}, "alerts.night_by"),
        ({"channels": [ONE], "remind_on": "maandag"}, "alerts.remind_on"),
        ({"channels": [ONE], "heartbeat_url": "https://hc-ping.com/uuid"}, "alerts.heartbeat_url: a secret is named"),
    ],
)
def test_a_mistake_is_named_by_its_place(alerts: dict[str, Any], message: str) -> None:
    text = yaml.safe_dump(document() | {"alerts": alerts}, allow_unicode=True)
    with pytest.raises(SettingsError) as error:
        parse(text, Path("kompas.yaml"))
    assert message in str(error.value)
    assert "hooks.slack.com" not in str(error.value)
