"""A mapping on files in a temporary folder, pulled as the night does it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.connector import Account, AccountFacts, Company
from connectors.files import Files
from connectors.files_settings import FilesSettings
from connectors.load import Load
from connectors.secret import Secret
from connectors.stream import Window

NIGHT = Window(date(2026, 1, 31), date(2026, 1, 31))
REFUND = {"refund_id": "id", "refund_date": "day", "amount": "amount", "currency": {"value": "EUR"}}
"""The shortest mapping: a table of id, day and amount."""


@dataclass
class Case:
    """One mapping. What is not said is a CSV file of refunds."""

    folder: Path
    columns: dict[str, Any] = field(default_factory=lambda: dict(REFUND))
    table: str = "refunds"
    path: str = "*.csv"
    company: Company = field(default_factory=Company)
    more: dict[str, Any] = field(default_factory=dict)
    load: Load = field(default_factory=Load)

    def __post_init__(self) -> None:
        (self.folder / "hash_key").write_text("a key")
        if self.company.hash_key is None:
            self.company = Company(self.company.time_zone, "EUR", Secret("file:hash_key", self.folder))

    def write(self, name: str, content: str | bytes) -> None:
        data = content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode()
        (self.folder / name).write_bytes(data)

    @property
    def files(self) -> Files:
        account = {"id": "till", "table": self.table, "path": self.path, "columns": self.columns, **self.more}
        settings = FilesSettings.model_validate({"accounts": [account]}, context={"folder": self.folder})
        return Files(settings, self.company)

    @property
    def account(self) -> Account:
        return self.files.accounts[0]

    def pull(self) -> list[dict[str, Any]]:
        """The rows, as the night gets them."""
        files, account = self.files, self.account
        stream = files.streams_of(account)[0]
        batches = list(files.pull(stream, account, NIGHT, self.load))
        return pa.Table.from_batches(batches, stream.schema).to_pylist()  # type: ignore[no-any-return]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.pull()]

    def check(self) -> AccountFacts:
        return self.files.check(self.account)

    @property
    def reasons(self) -> list[str]:
        return [rejected.reason for rejected in self.load.rejected]
