"""What PostgreSQL refuses, and what a person can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import adbc_driver_manager

from connectors.errors import AuthorisationError, ConfigurationError, ConnectorError, TransientError
from pipelines.serving.address import Address


class Refused(Exception):  # noqa: N818 - the word of the trade
    """PostgreSQL refused a statement: its five letters (SQLSTATE, empty before a connection stands) and its words."""

    def __init__(self, error: adbc_driver_manager.Error) -> None:
        told = {name.decode() if isinstance(name, bytes) else name: value for name, value in error.details or ()}
        self.state: str = error.sqlstate or ""
        self.detail: str = _text(told.get("PG_DIAG_MESSAGE_DETAIL", b""))
        self.message: str = _text(told.get("PG_DIAG_MESSAGE_PRIMARY", b"")) or _plain(str(error))
        super().__init__(self.message)


@dataclass(frozen=True)
class Fault:
    """A kind of refusal, known by its SQLSTATE or, where there is no connection yet, by its words."""

    states: str
    words: str
    kind: type[ConnectorError]
    hint: str

    def fits(self, refused: Refused) -> bool:
        found = re.match(self.states, refused.state) if refused.state else re.search(self.words, refused.message)
        return found is not None


_NEVER = r"(?!)"
FAULTS = (
    Fault(
        r"28...",
        r"password authentication failed|no pg_hba.conf entry|role .* does not exist|no password supplied",
        AuthorisationError,
        "check user and password in {reference}, and that the server lets them in from here",
    ),
    Fault(
        r"3D000",
        r"database .* does not exist",
        ConfigurationError,
        "create the database, or name another in {reference}",
    ),
    Fault(r"42704", _NEVER, ConfigurationError, "create the role, or take it out of serving.postgres.readers"),
    Fault(
        r"42501",
        r"permission denied",
        ConfigurationError,
        "as an administrator of the database: grant create on database … to the user of {reference}",
    ),
    Fault(r"25006", _NEVER, ConfigurationError, "{reference} names a standby; name the primary server"),
    Fault(
        r"53100", _NEVER, ConfigurationError, "make room on the disk of the server; for a while, two nights stand there"
    ),
    Fault(
        r"55P03|57014|40...",
        _NEVER,
        TransientError,
        "somebody works on these tables; run `kompas serve` when they have ended",
    ),
    Fault(
        r"08...|53300|57P0.|XX000",
        r"Connection refused|could not translate host name|timeout expired|closed the connection|reset by peer"
        r"|starting up|shutting down|too many clients|too many connections|remaining connection slots|No route to host"
        r"|Network is unreachable",
        TransientError,
        "is the server running, and does {reference} name its host and port? Then run `kompas serve`",
    ),
)
_UNKNOWN = Fault("", "", ConfigurationError, "mend what it says, then run `kompas serve`")


def explained(refused: Refused, address: Address) -> ConnectorError:
    """The refusal in words, with what to do, and without the password."""
    fault = next((fault for fault in FAULTS if fault.fits(refused)), _UNKNOWN)
    message = f"{refused.message}: {refused.detail}" if refused.detail else refused.message
    hint = fault.hint.format(reference=address.reference)
    return fault.kind(address.scrubbed(message), platform="PostgreSQL", account=str(address), hint=hint)


def _plain(words: str) -> str:
    """The driver's words, in one line, without what it puts around those of the server."""
    first = re.split(r"\n|\. SQLSTATE", words.strip())[0]
    return re.sub(r"^[A-Z_]+: (\[libpq\] )?(Failed to [^:]*: )?", "", first)


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
