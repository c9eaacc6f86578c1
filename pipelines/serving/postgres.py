"""The published warehouse in PostgreSQL: served after a night, and tested before one."""

from __future__ import annotations

import time
from pathlib import Path

from connectors.errors import ConfigurationError
from pipelines.serving import address as addresses
from pipelines.serving import catalogue
from pipelines.serving.fault import Refused, explained
from pipelines.serving.published import opened
from pipelines.serving.replacement import Replacement, Served
from pipelines.serving.session import Session
from pipelines.serving.settings import PostgresSettings
from pipelines.serving.sql import EVERYBODY, quoted

PATIENCE_S = 60.0
"""How long to try for the locks of tables whose columns have changed."""


def serve(file: Path, settings: PostgresSettings, patience_s: float = PATIENCE_S) -> Served:
    """Copy the published file. Raises ConnectorError, and PostgreSQL then has what it had."""
    address = addresses.read(settings.url)
    started = time.monotonic()
    served = Served(str(address))
    try:
        with opened(file) as warehouse, Session(address) as session:
            with session.transaction():
                Replacement(session, warehouse, settings, served, patience_s).make()
            _tidy(session, served)
    except Refused as refused:
        raise explained(refused, address) from None
    served.seconds = time.monotonic() - started
    return served


def _tidy(session: Session, served: Served) -> None:
    """Free the room of the night before, and count anew for the planner. The night is served, whatever happens here."""
    try:
        for place in served.tables:
            session.run(f"vacuum (analyze, truncate false, skip_locked) {quoted(*place)}")
    except Refused as refused:
        served.notes.append(f"the room of the night before is not free yet: {refused}")


def check(settings: PostgresSettings) -> str:
    """Connect, and see whether a night could be served: host, port and database. Raises ConnectorError."""
    address = addresses.read(settings.url)
    try:
        with Session(address) as session:
            _can_make_schemas(session, settings)
            _know_readers(session, settings)
    except Refused as refused:
        raise explained(refused, address) from None
    return str(address)


def _can_make_schemas(session: Session, settings: PostgresSettings) -> None:
    ((allowed, user),) = session.rows("select has_database_privilege(current_database(), 'create'), current_user")
    if not allowed and not catalogue.has_schema(session, settings.schema_prefix + catalogue.REGISTER):
        raise ConfigurationError(
            f"the user {user} may not make schemas", hint=f"as an administrator: grant create on database … to {user}"
        )


def _know_readers(session: Session, settings: PostgresSettings) -> None:
    known = {name for (name,) in session.rows("select rolname from pg_roles")} | {EVERYBODY}
    for reader in settings.readers:
        if reader not in known:
            raise ConfigurationError(
                f"there is no role {reader}", hint="create it, or take it out of serving.postgres.readers"
            )
