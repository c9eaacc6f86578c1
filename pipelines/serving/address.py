"""The address of a PostgreSQL database: read with care, as it holds a password that nothing may print."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlencode, urlsplit

from connectors.errors import ConfigurationError
from connectors.secret import Secret

_SCHEMES = ("postgresql", "postgres")
_DEFAULTS = {"connect_timeout": "10", "fallback_application_name": "kompas"}
_HIDDEN = "***"


@dataclass(frozen=True)
class Address:
    """Where to connect to. Printing it shows host, port and database; `url` alone has the password."""

    reference: str
    host: str
    port: int
    database: str
    url: str = field(repr=False)
    passwords: frozenset[str] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}/{self.database}"

    def scrubbed(self, text: str) -> str:
        """The text without the password, in either of its spellings."""
        for password in sorted(self.passwords, key=len, reverse=True):
            text = text.replace(password, _HIDDEN)
        return text


def read(secret: Secret) -> Address:
    """The address in a secret. Raises ConfigurationError, which quotes nothing of it."""
    parts = urlsplit(secret.reveal())
    _hold(secret, parts)
    options = _DEFAULTS | dict(parse_qsl(parts.query))
    return Address(
        reference=secret.reference,
        host=parts.hostname or options.get("host", "local socket"),
        port=parts.port or int(options.get("port", 5432)),
        database=parts.path.strip("/") or unquote(parts.username or ""),
        url=parts._replace(query=urlencode(options)).geturl(),
        passwords=_passwords(parts),
    )


def _hold(secret: Secret, parts: SplitResult) -> None:
    if parts.scheme not in _SCHEMES:
        raise ConfigurationError(
            f"{secret.reference} is no address of PostgreSQL",
            hint="write postgresql://user:password@host:5432/database",
        )
    if "@" in parts.path + parts.query or parts.fragment or not _has_port(parts):
        raise ConfigurationError(
            f"{secret.reference} cannot be read as an address",
            hint="in user and password, write @ as %40, : as %3A, / as %2F, # as %23, ? as %3F",
        )


def _has_port(parts: SplitResult) -> bool:
    """Whether the port, if there is one, is a number. The error of urllib would quote it, and it may be a password."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _passwords(parts: SplitResult) -> frozenset[str]:
    given = [parts.password or "", *parse_qs(parts.query).get("password", [])]
    return frozenset(spelled for one in given for spelled in (one, unquote(one)) if spelled)
