"""Messages as they arrive: at a mail server, at Slack's and Teams' webhooks, and at one of your own."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from apprise.plugins.slack import NotifySlack

from connectors.errors import ConfigurationError
from pipelines.alerts import known
from pipelines.alerts.delivery import ATTEMPTS, DeliveryError, deliver, ping
from pipelines.alerts.message import Message
from pipelines.alerts.settings import ChannelSettings
from tests.alerts.company import FIRST, Company, verdict
from tests.alerts.receivers import PASSWORD, USER, Mailbox, certificate, mail_server
from tests.house import closed_port
from tests.http_server import Answer, Server, serving

MESSAGE = Message(
    "Kompas · Winkel: 1 niet gehaald", "✘ Niet gehaald\n\n- CPA: € 30\n", "plat", "<p>✘</p>", "k.1", "failure", {"a": 1}
)
TOKEN = "T0AAAAAAA/B0BBBBBBB/geheimgeheimgeheimgeheim"


def channel(url: str, monkeypatch: pytest.MonkeyPatch) -> ChannelSettings:
    monkeypatch.setenv("THE_URL", url)
    return ChannelSettings.model_validate({"name": "team", "url": "env:THE_URL"})


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def parts(letter: EmailMessage) -> dict[str, str]:
    return {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in letter.iter_parts()}  # type: ignore[attr-defined]


def test_a_plain_webhook_gets_json_at_its_path_with_its_query(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(channel(f"{server.url}/hooks/abc?code=12345", monkeypatch), MESSAGE)
    (request,) = server.requests
    assert (request.method, request.path, request.query) == ("POST", "/hooks/abc", {"code": "12345"})
    assert request.headers["Content-Type"] == "application/json"
    told = request.json
    assert (told["title"], told["message"], told["type"]) == (MESSAGE.subject, MESSAGE.text.strip(), "failure")
    assert (told["digest"], told["key"]) == ({"a": 1}, "k.1")


def test_slack_gets_text_without_pictures_from_elsewhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    # apprise knows no other host for Slack's webhooks: its constant is turned to the server here, nothing else.
    monkeypatch.setattr(NotifySlack, "webhook_url", f"{server.url}/services")
    deliver(channel(f"https://hooks.slack.com/services/{TOKEN}", monkeypatch), MESSAGE)
    (request,) = server.requests
    assert request.path == f"/services/{TOKEN}"
    (attachment,) = request.json["attachments"]
    assert attachment["title"] == MESSAGE.subject
    assert "✘ Niet gehaald" in attachment["text"]
    assert b"http" not in request.body


def test_teams_gets_a_card_at_its_workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "server.pem"))
    with serving(lambda request: Answer(202), certificate(tmp_path)) as server:
        host = server.url.removeprefix("https://")
        deliver(channel(f"workflows://{host}/abcdef012345/sigsigsig", monkeypatch), MESSAGE)
    (request,) = server.requests
    assert request.path == "/workflows/abcdef012345/triggers/manual/paths/invoke"
    assert request.query["sig"] == "sigsigsig"
    (card,) = request.json["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert [block["text"] for block in card["content"]["body"]] == [MESSAGE.subject, MESSAGE.text.strip()]


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda request: Answer(202), certificate(tmp_path)) as server, pytest.raises(DeliveryError):
        deliver(channel(f"{server.url}/hook", monkeypatch), MESSAGE, pause_s=0)
    assert server.requests == []


def test_a_mail_has_html_and_plain_text(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(mailbox) as port:
        url = f"mailto://127.0.0.1:{port}?from=kompas@winkel.example&to=ans@winkel.example,bob@winkel.example"
        deliver(channel(url, monkeypatch), MESSAGE)
    (letter,) = mailbox.letters
    assert letter["Subject"] == MESSAGE.subject
    assert parts(letter) == {"text/plain": "plat\n", "text/html": "<p>✘</p>\n"}
    assert letter["Message-ID"].startswith("<k.1@")
    assert sorted(mailbox.receivers[0]) == ["ans@winkel.example", "bob@winkel.example"]


def test_a_mail_server_that_asks_for_starttls_and_a_login_gets_both(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "server.pem"))
    with mail_server(mailbox, certificate(tmp_path)) as port:
        url = f"mailtos://{USER.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{port}"
        url += f"?mode=starttls&from={USER}&to=ans@winkel.example"
        deliver(channel(url, monkeypatch), MESSAGE)
    assert (mailbox.logins, mailbox.encrypted, len(mailbox.letters)) == ([(USER, PASSWORD)], [True], 1)


def test_a_mail_that_is_refused_says_why(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox.refuse = "550 mailbox unavailable"
    with mail_server(mailbox) as port, pytest.raises(DeliveryError, match="550 mailbox unavailable"):
        deliver(channel(f"mailto://127.0.0.1:{port}?from=a@b.example&to=c@d.example", monkeypatch), MESSAGE, pause_s=0)


def test_an_address_that_is_refused_is_told_and_the_others_get_it_once(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.unknown = "gone@winkel.example"
    with mail_server(mailbox) as port:
        url = f"mailto://127.0.0.1:{port}?from=a@winkel.example&to=ans@winkel.example,gone@winkel.example"
        remark = deliver(channel(url, monkeypatch), MESSAGE, pause_s=0)
    assert mailbox.receivers == [["ans@winkel.example"]]
    assert remark == "team: gone@winkel.example is refused: 550 no such mailbox"


def test_what_fails_for_a_moment_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([Answer(503), Answer(500), Answer(200)])
    with serving(lambda request: next(answers)) as server:
        deliver(channel(f"{server.url}/hook", monkeypatch), MESSAGE, pause_s=0)
    assert len(server.requests) == ATTEMPTS == 3


@pytest.mark.parametrize("url", ["nothing", "ftp://host/x", "slack://", "mailto://"])
def test_a_url_of_no_service_is_a_setting_that_is_wrong(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"channel team \(env:THE_URL\) is of no service"):
        deliver(channel(url, monkeypatch), MESSAGE)


# Secrets

SECRETS = ("geheimgeheimgeheimgeheim", PASSWORD, "T0AAAAAAA", "sleutel-in-de-query")


@pytest.mark.parametrize(
    "url",
    [
        f"https://127.0.0.1:{{port}}/hooks/{TOKEN}?code=sleutel-in-de-query",
        f"json://user:{PASSWORD}@127.0.0.1:{{port}}/{TOKEN}",
        f"mailto://{USER.replace('@', '%40')}:{PASSWORD}@127.0.0.1:{{port}}?from={USER}&to=ans@winkel.example",
        "workflows://127.0.0.1:{port}/abcdef012345/geheimgeheimgeheimgeheim",
        f"slack://{TOKEN}/?nonsense=1",
        f"mailtos://{PASSWORD}:{PASSWORD}",
    ],
)
def test_no_secret_reaches_a_log_or_an_error(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with closed_port() as port:
        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{port}/services")
        with pytest.raises((DeliveryError, ConfigurationError)) as error:
            deliver(channel(url.format(port=port), monkeypatch), MESSAGE, pause_s=0)
    seen = str(error.value) + caplog.text + "".join(capfd.readouterr())
    assert [secret for secret in SECRETS if secret in seen] == []


def test_an_answer_that_repeats_the_url_is_not_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        serving(lambda request: Answer(403, request.target.encode())) as server,
        pytest.raises(DeliveryError) as error,
    ):
        deliver(channel(f"{server.url}/hooks/{TOKEN}", monkeypatch), MESSAGE, pause_s=0)
    assert "geheim" not in str(error.value)
    assert "403" in str(error.value)


def test_the_ledger_holds_no_secret_of_a_channel_that_failed(tmp_path: Path) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "stuk", "url": f"http://127.0.0.1:{port}/{TOKEN}"}])
        (told,) = company.night(FIRST, verdict("cpa", "off_target"))
    (kept,) = (file.read_bytes() for file in (tmp_path / "data" / "lake" / known.FOLDER / "stuk").iterdir())
    assert told.state == known.FAILED
    assert b"geheim" not in kept + told.problem.encode()


# The heartbeat


def test_the_heartbeat_is_asked_for(server: Server) -> None:
    ping(f"{server.url}/abc-123")
    assert [(request.method, request.path) for request in server.requests] == [("GET", "/abc-123")]


def test_a_heartbeat_that_fails_says_so_without_its_path() -> None:
    with serving(lambda request: Answer(404)) as server, pytest.raises(DeliveryError) as error:
        ping(f"{server.url}/geheim-uuid")
    assert str(error.value) == "heartbeat_url: 127.0.0.1 answered HTTP 404"


def test_mails_of_a_digest_are_small_and_fetch_nothing(mailbox: Mailbox, tmp_path: Any) -> None:
    with mail_server(mailbox) as port:
        url = f"mailto://127.0.0.1:{port}?from=kompas@winkel.example&to=ans@winkel.example"
        company = Company(tmp_path, [{"name": "mail", "url": url}], page_url="https://winkel.example/kompas/")
        company.night(FIRST, verdict("cpa", "off_target"), verdict("revenue", "on_target"))
    told = parts(mailbox.letters[0])
    assert "src=" not in told["text/html"]
    assert len(told["text/html"]) < 100_000
    assert 'href="https://winkel.example/kompas/2026-11-10.html"' in told["text/html"]
    for text in told.values():
        assert "Omzet" in text
        assert "✘ niet gehaald" in text
