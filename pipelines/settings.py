"""kompas.yaml: the user's one settings file, read, checked, and explained by line when it is wrong."""

from __future__ import annotations

import os
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator, model_validator

from connectors.connector import Company, Connector, PlatformSettings
from connectors.registry import CONNECTORS
from connectors.secret import Secret
from pipelines import settings_checks, yaml_lines
from pipelines.alerts.settings import AlertSettings
from pipelines.clv.terms import Terms
from pipelines.kpi import Kpi, with_defaults
from pipelines.links import LinkSettings
from pipelines.serving.settings import ServingSettings

ENVIRONMENT = "KOMPAS_SETTINGS"
FILE_NAME = "kompas.yaml"


class SettingsError(Exception):
    """kompas.yaml is wrong; every line of the message says where and what."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanySettings(_Part):
    """The company that is measured."""

    name: str = Field("Mijn bedrijf", description="Shown on the scorecard")
    language: str = Field("nl", pattern="^(nl|en)$", description="Language of names and pages: nl or en")
    currency: str = Field("EUR", pattern="^EUR$", description="Reporting currency; ECB reference rates are in EUR")
    time_zone: str = Field("Europe/Amsterdam", description="IANA name; the night runs in this zone")

    @field_validator("time_zone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value} is no IANA time zone, such as Europe/Amsterdam")
        return value


class PathSettings(_Part):
    """Where things are kept. Relative paths count from the folder of kompas.yaml."""

    lake: str = Field("data/lake", description="Folder, or any fsspec URL (s3://bucket/lake)")
    warehouse: Path = Field(Path("data/kompas.duckdb"), description="The published file that BI tools open")
    state: Path = Field(Path("data/state"), description="Private: the build file, Dagster's storage, locks")
    scorecards: Path = Field(Path("data/scorecards"), description="Folder of the scorecard pages, one a night")


class PrivacySettings(_Part):
    """Personal data is pseudonymised before it is written."""

    hash_key: Secret = Field(description="Key of the hash over e-mail addresses; keep it, or customers lose their past")


class NightSettings(_Part):
    """When the night runs, and how much history the first one brings."""

    at: str = Field("05:10", pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Hour and minute, company time")
    history_days: int = Field(120, ge=1, le=3650, description="Days of history that a new account brings")
    first_day: date = Field(date(2020, 1, 1), description="No run day is before this day")

    @field_validator("at")
    @classmethod
    def _exists_every_day(cls, value: str) -> str:
        if "02:00" <= value < "03:00":
            raise ValueError("between 02:00 and 03:00 a day in March has no such time, and one in October has two")
        return value

    @property
    def cron(self) -> str:
        hour, minute = self.at.split(":")
        return f"{int(minute)} {int(hour)} * * *"


OF_CUSTOMER_WORTH = ("clv", "clv_expected")
"""KPIs of the catalogue whose basis is that of the part `clv`."""


class Basis(StrEnum):
    """What a customer is worth."""

    PROFIT = "profit"
    REVENUE = "revenue"


class ClvSettings(_Part):
    """What customer lifetime value means; the KPIs `clv` and `clv_expected` need it."""

    basis: Basis = Field(Basis.PROFIT, description="Worth in gross profit, or in revenue (and the KPIs then say so)")
    gross_margin: float | None = Field(
        None, gt=0, le=1, description="Gross profit as a share of revenue without VAT: 0.45; needed for `basis: profit`"
    )
    horizon_years: float = Field(
        5.0, ge=1 / 12, le=50, description="Years after the first order that count, and that are looked ahead"
    )
    discount_rate: float = Field(0.10, ge=0, lt=1, description="What expected profit loses in worth per year")

    @model_validator(mode="after")
    def _has_a_margin(self) -> Self:
        if self.basis is Basis.PROFIT and self.gross_margin is None:
            raise ValueError("profit needs a gross_margin, such as 0.45; or say basis: revenue")
        return self

    @property
    def terms(self) -> Terms:
        margin = 1.0 if self.basis is Basis.REVENUE or self.gross_margin is None else self.gross_margin
        return Terms(margin, self.horizon_years, self.discount_rate)


class SandboxSettings(_Part):
    """The simulated company behind local copies of the platforms; for the demo only."""

    port: int = Field(18400, ge=0, le=65535)
    grpc_port: int = Field(18401, ge=0, le=65535)
    seed: int = 7
    scale: float = Field(1.0, gt=0)
    files: Path = Field(Path("data/exports"), description="Folder into which its tools without an API export")


Platforms: type[BaseModel] = create_model(  # type: ignore[call-overload]
    "Platforms",
    __config__=ConfigDict(extra="forbid", frozen=True),
    **{
        name: (connector.Settings | None, Field(None, description=connector.title))
        for name, connector in CONNECTORS.items()
    },
)


class Settings(_Part):
    """Everything in kompas.yaml."""

    company: CompanySettings = Field(default_factory=CompanySettings)
    paths: PathSettings = Field(default_factory=PathSettings)
    privacy: PrivacySettings | None = None
    night: NightSettings = Field(default_factory=NightSettings)
    sandbox: SandboxSettings | None = None
    clv: ClvSettings | None = Field(None, description="Customer lifetime value")
    alerts: AlertSettings | None = Field(None, description="Who is told what the night changed")
    links: LinkSettings = Field(default_factory=LinkSettings, description="Addresses that the Dagster UI links to")
    serving: ServingSettings | None = Field(None, description="Where else the published warehouse goes")
    platforms: Platforms = Field(description="The platforms to pull; what is not named is not pulled")  # type: ignore[valid-type]
    kpis: list[Kpi] = Field(description="The KPI register, in the order in which it is shown")
    folder: Path = Field(Path(), exclude=True, repr=False)

    @property
    def lake_url(self) -> str:
        return self.paths.lake if "://" in self.paths.lake else str(self.folder / self.paths.lake)

    @property
    def warehouse(self) -> Path:
        return self.folder / self.paths.warehouse

    @property
    def scorecards(self) -> Path:
        return self.folder / self.paths.scorecards

    @property
    def state(self) -> Path:
        return self.folder / self.paths.state

    @property
    def build_file(self) -> Path:
        return self.state / "build.duckdb"

    @property
    def dbt_parse(self) -> Path:
        """The folder of dbt's parse of the project, with its manifest."""
        return self.state / "dbt_parse"

    @property
    def dagster_home(self) -> Path:
        return self.state / "dagster"

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.company.time_zone)

    def connectors(self) -> list[Connector]:
        """A connector for each platform that is configured. No network, and no secret is read."""
        hash_key = self.privacy.hash_key if self.privacy else None
        company = Company(self.company.time_zone, self.company.currency, hash_key)
        chosen = ((name, getattr(self.platforms, name)) for name in CONNECTORS)
        return [CONNECTORS[name](settings, company) for name, settings in chosen if settings is not None]

    def connector(self, name: str) -> Connector:
        return next(connector for connector in self.connectors() if connector.name == name)

    def kpi(self, kpi_id: str) -> Kpi:
        """The KPI of an id. Raises LookupError with those that there are."""
        for kpi in self.kpis:
            if kpi.id == kpi_id:
                return kpi
        raise LookupError(f"kompas.yaml has no KPI {kpi_id}; it has {', '.join(kpi.id for kpi in self.kpis)}")


def find(path: Path | None = None) -> Path:
    """The settings file: the one given, else $KOMPAS_SETTINGS, else kompas.yaml here."""
    found = path or Path(os.environ.get(ENVIRONMENT) or FILE_NAME)
    if not found.is_file():
        raise SettingsError(f"there is no {found}: `kompas init` writes one, or point {ENVIRONMENT} at yours")
    return found.resolve()


def read(path: Path | None = None) -> Settings:
    """Read and check the settings. Raises SettingsError with one line per mistake."""
    file = find(path)
    return parse(file.read_text(encoding="utf-8"), file)


def parse(text: str, file: Path) -> Settings:
    """Settings from text; `file` names it in messages and gives the folder of relative paths."""
    try:
        document, lines = yaml_lines.load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{file.name}, line {line}: {error.problem}") from None
    except yaml_lines.DuplicateKeyError as error:
        raise SettingsError(f"{file.name}, {error}") from None
    if not isinstance(document, dict):
        raise SettingsError(f"{file.name}, line 1: it has to be a mapping with `platforms` and `kpis`")
    try:
        made = Settings.model_validate(_filled(document) | {"folder": file.parent}, context={"folder": file.parent})
    except ValidationError as error:
        found = [(problem["loc"], _what(problem)) for problem in error.errors(include_url=False)]
    else:
        found = list(settings_checks.mistakes(made))
        if not found:
            return made
    raise SettingsError("\n".join(_explain(path, problem, file.name, lines) for path, problem in found)) from None


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    kpis = document.get("kpis")
    return document | {"kpis": [_filled_kpi(kpi, document) for kpi in kpis]} if isinstance(kpis, list) else document


def _filled_kpi(kpi: Any, document: dict[str, Any]) -> Any:
    """With the catalogue's words. What a customer is worth is said once, for all KPIs that the catalogue has of it."""
    clv = document.get("clv")
    if isinstance(kpi, dict) and kpi.get("id") in OF_CUSTOMER_WORTH and isinstance(clv, dict):
        kpi = kpi | {"basis": clv.get("basis", Basis.PROFIT.value)}
    return with_defaults(kpi)


def _explain(path: yaml_lines.Path, problem: str, name: str, lines: dict[yaml_lines.Path, int]) -> str:
    return f"{name}, line {yaml_lines.line_of(lines, path)}: {_where(path)}{problem}"


def _where(path: yaml_lines.Path) -> str:
    names = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return f"{names}: " if names else ""


def _what(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return "unknown key"
    return str(problem["msg"]).removeprefix("Value error, ")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of kompas.yaml, for editors that complete and check YAML.

    A KPI of the catalogue needs no more than its id, so nothing but the id is required of an entry.
    """
    schema = Settings.model_json_schema(by_alias=True)
    schema["properties"].pop("folder", None)
    schema["$defs"]["Kpi"]["required"] = ["id"]
    schema["title"] = "kompas.yaml"
    return schema


__all__ = ["PlatformSettings", "Settings", "SettingsError", "find", "json_schema", "parse", "read"]
