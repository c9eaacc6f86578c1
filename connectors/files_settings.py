"""What kompas.yaml says of a file: where it is, how it is written, and which of its columns is what."""

from __future__ import annotations

from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from connectors.connector import AccountSettings, PlatformSettings
from connectors.files_tables import TABLES
from connectors.stream import COUNT, MONEY, NUMBER

Format = Literal["csv", "parquet", "xlsx", "json"]
TableName = Literal[
    "orders",
    "order_lines",
    "refunds",
    "customers",
    "leads",
    "survey_responses",
    "ad_performance",
    "email_sends",
    "sessions",
    "social_posts",
    "search_rows",
]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}
_COMPRESSED = {".gz", ".bz2", ".xz", ".zst", ".zip"}
_SUMMABLE = (MONEY, COUNT, NUMBER)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ReadOptions(_Part):
    """How a file is written. What is not said is the plain, international way."""

    delimiter: str | None = Field(
        default=None,
        min_length=1,
        max_length=1,
        description="CSV: between cells; by default the commonest of ; , tab and | in the header",
    )
    quote: str = Field(default='"', max_length=1, description="CSV: around cells; empty when cells are never quoted")
    encoding: str = Field(default="utf-8", description="CSV: utf-8, or for files from Excel often cp1252")
    skip_rows: int = Field(default=0, ge=0, description="CSV, XLSX: lines above the header")
    sheet: str | None = Field(default=None, description="XLSX: name of the sheet; the first by default")
    records: str = Field(
        default="", description="JSON: where the rows are, such as data or report.rows; the whole file by default"
    )
    decimal: Literal[".", ","] = Field(default=".", description="Decimal sign in text")
    thousands: Literal[".", ",", " ", "'", ""] = Field(
        default="", description="Sign between thousands in text; none by default"
    )
    null_values: list[str] = Field(
        default_factory=list, description="Texts that mean 'not known', besides the empty cell: NA, n/a, -"
    )

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"{self.decimal} cannot be the decimal sign and stand between thousands as well")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise ValueError(f"there is no encoding {self.encoding}; try utf-8 or cp1252") from None
        return self


class ColumnMapping(_Part):
    """Where one column of the table comes from: the name of a column of the file, or one of these."""

    source: str | None = Field(None, alias="from", description="Name of the column in the file")
    sql: str | None = Field(None, description="A DuckDB expression over the columns of the file")
    value: bool | int | float | date | str | None = Field(None, description="The same value for every row")
    row_number: Literal[True] | None = Field(None, description="The number of the row in the files, from 1")
    format: str | None = Field(
        None, pattern="%", description="How days are written, such as %d-%m-%Y; ISO 8601 by default"
    )
    take: Literal["sum", "min", "max", "first"] | None = Field(
        None,
        description="With group_by: what to take of the rows that become one. A sum with an unknown part is unknown",
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, data: Any) -> Any:
        return {"from": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = (self.source, self.sql, self.value, self.row_number)
        if sum(origin is not None for origin in origins) != 1:
            raise ValueError("say one of: from, sql, value, row_number")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler(schema)
        plain = {"type": "string", "description": "Name of the column in the file"}
        return {"anyOf": [plain, whole]}


class Unpivot(_Part):
    """Columns that are a category each (spend of tv, of search, …) become rows. Empty cells make no row."""

    columns: list[str] = Field(min_length=1, description="The columns that become rows")
    name: str = Field("name", description="The new column that holds the name of the old one")
    value: str = Field("value", description="The new column that holds its value")


def _by_table(schema: dict[str, Any]) -> None:
    """The columns that each table has and needs, for editors that complete and check YAML."""
    column = schema["properties"]["columns"]["additionalProperties"]
    schema["allOf"] = [
        {
            "if": {"properties": {"table": {"const": table.name}}},
            "then": {
                "properties": {
                    "columns": {
                        "properties": {
                            name: {"description": field.description, **column} for name, field in table.mappable.items()
                        },
                        "required": list(table.required),
                        "additionalProperties": False,
                    }
                }
            },
        }
        for table in TABLES.values()
    ]


class FileAccount(AccountSettings):
    """One mapping: files that look the same, onto one table."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_by_table)
    id: str = Field(description="Name of the mapping", coerce_numbers_to_str=True, min_length=1)
    table: TableName = Field(description="The table that the files fill")
    path: str = Field(
        description="A file, a pattern such as data/files/*.csv, or an fsspec URL (s3://…). "
        "Paths count from the folder of kompas.yaml"
    )
    format: Format | None = Field(None, description="csv, parquet, xlsx or json; by default what the path ends on")
    options: ReadOptions = Field(default_factory=ReadOptions, description="How the files are written")
    unpivot: Unpivot | None = Field(None, description="Make rows of columns first")
    where: str | None = Field(None, description="A DuckDB condition over the columns of the file: the rows that count")
    group_by: list[str] = Field(
        default_factory=list, description="Columns of the file; rows that are the same in these become one"
    )
    columns: dict[str, ColumnMapping] = Field(description="Each column of the table, and where it comes from")
    time_zone: str | None = Field(
        None, description="IANA name of the zone that days and moments are in; the company's by default"
    )
    complete_through: Literal["last_row", "file_date"] = Field(
        "last_row",
        description="Through which day the files are complete: the day of the last row, or the day before the newest "
        "file was written (for tables in which a day without rows is nothing special)",
    )

    @field_validator("path")
    @classmethod
    def _from_folder(cls, value: str, info: ValidationInfo) -> str:
        folder = (info.context or {}).get("folder")
        return value if "://" in value or folder is None else str(Path(folder) / value)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        if value is not None and value not in available_timezones():
            raise ValueError(f"{value} is no IANA time zone, such as Europe/Amsterdam")
        return value

    @model_validator(mode="after")
    def _fits(self) -> Self:
        table = TABLES[self.table]
        unknown = [name for name in self.columns if name not in table.mappable]
        if unknown:
            raise ValueError(f"{self.table} has no column {', '.join(unknown)}; it has {', '.join(table.mappable)}")
        missing = [name for name in table.required if name not in self.columns]
        if missing:
            raise ValueError(f"{self.table} needs columns: {', '.join(missing)}")
        self._check_takes()
        if self.format is None and _ending(self.path) not in _ENDINGS:
            raise ValueError(f"{self.path} does not end on {', '.join(_ENDINGS)}: say its format")
        return self

    def _check_takes(self) -> None:
        fields = TABLES[self.table].mappable
        for name, column in self.columns.items():
            if column.take and not self.group_by:
                raise ValueError(f"{name}: take needs group_by, without it no rows become one")
            if column.take == "sum" and fields[name].type not in _SUMMABLE:
                raise ValueError(f"{name} is a {fields[name].type} and has no sum: take min, max or first")
            if self.group_by and column.row_number:
                raise ValueError(f"{name}: rows that become one have no row number")
            if self.group_by and column.source and not column.take and column.source not in self.group_by:
                raise ValueError(f"{name}: several rows become one, so say take: sum, min, max or first")

    @property
    def kind(self) -> Format:
        return self.format or _ENDINGS[_ending(self.path)]

    @property
    def named(self) -> set[str]:
        """The columns of the file that have to be there by name; those in SQL are DuckDB's to find."""
        made = {self.unpivot.name, self.unpivot.value} if self.unpivot else set()
        sources = {column.source for column in self.columns.values() if column.source}
        return (sources | set(self.group_by)) - made | set(self.unpivot.columns if self.unpivot else ())


class FilesSettings(PlatformSettings):
    """Tools without a connector of their own."""

    accounts: list[FileAccount] = Field(min_length=1, description="The mappings, each one a set of files")  # type: ignore[assignment]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [account.id for account in self.accounts]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"these mappings stand twice: {', '.join(twice)}")
        return self


def _ending(path: str) -> str:
    """The last suffix that is no compression: .csv of sales.csv.gz."""
    suffixes = [suffix for suffix in PurePosixPath(path).suffixes if suffix.lower() not in _COMPRESSED]
    return suffixes[-1].lower() if suffixes else ""
