"""The part `serving` of kompas.yaml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from connectors.secret import Secret


class PostgresSettings(BaseModel):
    """A PostgreSQL database that gets a copy of the published warehouse after every night."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Secret = Field(
        description="Holds `postgresql://user:password@host:5432/database`; it may end on libpq's options"
    )
    schema_prefix: str = Field(
        "kompas_",
        pattern=r"^([a-z_][a-z0-9_]{0,29})?$",
        description="Put before the names of the schemas: kpi becomes kompas_kpi; empty in a database of its own",
    )
    readers: list[str] = Field([], description="Roles that may read what is served; `public` is everybody")


class ServingSettings(BaseModel):
    """Where else the published warehouse goes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    postgres: PostgresSettings | None = Field(None, description="PostgreSQL")
