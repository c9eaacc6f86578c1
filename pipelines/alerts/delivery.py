"""From a message to a channel, through apprise: which service it is, stands in the channel's URL.

A URL is a secret, and so is what apprise writes about it while it sends: its log goes no further than here, and what is
told of a failure holds nothing of the URL but the host.
"""

from __future__ import annotations

import logging
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from apprise import Apprise, AppriseAsset, LogCapture, NotifyFormat, NotifyType
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import SMTPSecureMode
from apprise.plugins.slack import NotifySlack
from apprise.plugins.workflows import NotifyWorkflows
from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from connectors.errors import ConfigurationError
from pipelines.alerts.message import Message
from pipelines.alerts.settings import ChannelSettings

ATTEMPTS = 3
PAUSE_S = 5.0
"""The pause after the first attempt; the next is twice as long."""
_HEARTBEAT_S = 10.0
_ASSET = AppriseAsset(app_id="Kompas", app_desc="Kompas", app_url="", default_service_retry=0)
_LOGGER = logging.getLogger("apprise")
_HIDDEN = "…"
_ADDRESSES = ("to", "cc", "bcc", "from", "reply")
_SHORTEST = 4
"""Parts of a URL that are shorter are words, such as `to`; hiding them would leave no message."""


class DeliveryError(Exception):
    """A message did not get to its channel. The text holds no secret."""


def deliver(channel: ChannelSettings, message: Message, pause_s: float = PAUSE_S) -> str:
    """Send a message, in three attempts at most. Returns what is to be said of it: of a mail, who was refused.

    Raises DeliveryError, or ConfigurationError where the URL is none.
    """
    url = channel.url.reveal()
    with _quiet():
        service = _service(channel, url)
        send = _sender(service)
    with _quiet() as log:
        attempts: Retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=pause_s),
            retry=retry_if_result(lambda sent: not sent),
        )
        try:
            attempts(send, service, message)
        except RetryError:
            raise DeliveryError(f"{channel.name}: {_last(log, url) or 'it did not say why'}") from None
        return f"{channel.name}: {said}" if (said := _last(log, url)) else ""


def _last(log: StringIO, url: str) -> str:
    """What was warned of last."""
    return redacted(next(iter(reversed(log.getvalue().strip().splitlines())), ""), url)


def _service(channel: ChannelSettings, url: str) -> Any:
    service = Apprise.instantiate(url, asset=_ASSET, suppress_exceptions=True) or _webhook(url)
    if service is None:
        raise ConfigurationError(
            f"the URL of the channel {channel.name} ({channel.url.reference}) is of no service that is known",
            hint="docs/alerts.md has one for Slack, Teams, e-mail and a plain webhook",
        )
    return service


def _webhook(url: str) -> Any:
    """Any other address on the web gets JSON."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    told = {
        "schema": "json" if parts.scheme == "http" else "jsons",
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "fullpath": parts.path or "/",
        "params": dict(parse_qsl(parts.query)),
    }
    return Apprise.instantiate(told, asset=_ASSET, suppress_exceptions=True)


def _sender(service: Any) -> Callable[[Any, Message], bool]:
    return next((send for kind, send in _SENDERS.items() if isinstance(service, kind)), _chat)


def _chat(service: Any, message: Message) -> bool:
    return bool(
        service.notify(
            title=message.subject,
            body=message.text,
            body_format=NotifyFormat.MARKDOWN,
            notify_type=NotifyType(message.mood),
        )
    )


def _card(service: Any, message: Message) -> bool:
    """Slack and Teams, without the pictures that apprise would have them fetch from elsewhere."""
    service.include_image = False
    if isinstance(service, NotifySlack):
        service.include_footer = False
    return _chat(service, message)


def _json(service: Any, message: Message) -> bool:
    """`title`, `message` and `type` as apprise names them, and the changes as data."""
    service.payload_extras["digest"] = message.data
    service.payload_extras["key"] = message.key
    return _chat(service, message)


def _mail(service: Any, message: Message) -> bool:
    """To all receivers at once. apprise reads the URL; of its own letters, the plain text has a line for each cell of a
    table, and what a server refuses them for is not told."""
    made = _letter(service, message)
    receivers = [address for _, address in service.targets] + [*service.cc, *service.bcc]
    try:
        with _connection(service) as smtp:
            refused = smtp.send_message(made, service.from_addr[1], receivers)
    except (OSError, smtplib.SMTPException) as error:
        _LOGGER.warning("%s:%s: %s", service.smtp_host, service.port, _said(error))
        return False
    for address, (code, answer) in refused.items():
        _LOGGER.warning("%s is refused: %s %s", address, code, answer.decode(errors="replace"))
    # Who got it must not get it again for the sake of one address that is wrong.
    return True


@contextmanager
def _connection(service: Any) -> Iterator[smtplib.SMTP]:
    """A connection as the URL asks for it: in the open, by STARTTLS, or over TLS; logged in where it has a user."""
    context = ssl.create_default_context()
    context.check_hostname = service.verify_certificate
    context.verify_mode = ssl.CERT_REQUIRED if service.verify_certificate else ssl.CERT_NONE
    place, patience_s = (service.smtp_host, service.port), float(service.socket_connect_timeout)
    is_tls = service.secure_mode == SMTPSecureMode.SSL
    smtp = (
        smtplib.SMTP_SSL(*place, timeout=patience_s, context=context)
        if is_tls
        else smtplib.SMTP(*place, timeout=patience_s)
    )
    with smtp:
        if service.secure_mode == SMTPSecureMode.STARTTLS:
            smtp.starttls(context=context)
        if service.user and service.password:
            smtp.login(service.user, service.password)
        yield smtp


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        answer = error.smtp_error
        return f"{error.smtp_code} {answer.decode(errors='replace') if isinstance(answer, bytes) else answer}"
    return str(error) or type(error).__name__


def _letter(service: Any, message: Message) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = message.subject
    made["From"] = formataddr((service.from_addr[0] or _ASSET.app_id, service.from_addr[1]))
    made["To"] = ", ".join(formataddr((name or "", address)) for name, address in service.targets)
    if service.cc:
        made["Cc"] = ", ".join(sorted(service.cc))
    if service.reply_to:
        made["Reply-To"] = ", ".join(sorted(service.reply_to))
    made["Date"] = format_datetime(datetime.now(UTC))
    # The same for the same message: a mail program that gets it twice can show it once.
    made["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.]', '-', message.key)}@{service.smtp_host}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(message.mail_text)
    made.add_alternative(message.html, subtype="html")
    return made


_SENDERS: dict[type[Any], Callable[[Any, Message], bool]] = {
    NotifyEmail: _mail,
    NotifySlack: _card,
    NotifyWorkflows: _card,
    NotifyJSON: _json,
}


@contextmanager
def _quiet() -> Iterator[StringIO]:
    """What apprise warns of, kept from every other log: its finer levels hold whole URLs."""
    before = _LOGGER.propagate, _LOGGER.level
    _LOGGER.propagate = False
    try:
        with LogCapture(level=logging.WARNING, fmt="%(message)s") as log:
            yield log
    finally:
        _LOGGER.propagate = before[0]
        _LOGGER.setLevel(before[1])


def redacted(text: str, url: str) -> str:
    """A text without the URL, and without its user, password, path and query, but for addresses of mail."""
    parts = urlsplit(url)
    query = [value for name, value in parse_qsl(parts.query) if name not in _ADDRESSES]
    secrets = [url, *re.split(r"[/:]", f"{parts.netloc.rpartition('@')[0]}/{parts.path}"), *query]
    for secret in sorted({*secrets, *map(unquote, secrets)}, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, _HIDDEN)
    return text


def ping(url: str) -> None:
    """Tell a service that watches from outside that the night ended well. Raises DeliveryError."""
    try:
        requests.get(url, timeout=_HEARTBEAT_S).raise_for_status()
    except requests.RequestException as error:
        answer = error.response
        said = f"HTTP {answer.status_code}" if answer is not None else type(error).__name__
        raise DeliveryError(f"heartbeat_url: {urlsplit(url).hostname} answered {said}") from None
