"""Secrets: kept in the environment or in files, named in kompas.yaml as `env:NAME` or `file:PATH`."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from connectors.errors import ConfigurationError

_PATTERN = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"


class Secret:
    """A reference to a secret. Printing it shows the reference; `reveal()` alone gives the value."""

    def __init__(self, reference: str, folder: Path | None = None) -> None:
        kind, _, rest = reference.partition(":")
        if kind not in ("env", "file") or not rest:
            raise ValueError("a secret is named as env:NAME or file:PATH, it does not stand in kompas.yaml itself")
        self.reference, self._kind, self._rest = reference, kind, rest
        self._folder = folder or Path()

    def reveal(self) -> str:
        """The value, without surrounding white space. Raises ConfigurationError when it is not there."""
        value = os.environ.get(self._rest, "") if self._kind == "env" else self._read()
        if not value.strip():
            raise ConfigurationError(
                f"the secret {self.reference} is not set", hint=f"set it, or change {self.reference}"
            )
        return value.strip()

    @property
    def path(self) -> Path:
        """Where it is kept. Raises ConfigurationError for one that is in no file."""
        if self._kind != "file":
            raise ConfigurationError(
                f"{self.reference} cannot be written to",
                hint=f"keep it in a file: file:PATH instead of {self.reference}",
            )
        return self._folder / Path(self._rest).expanduser()

    def _read(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(
                f"the secret {self.reference} cannot be read: {error.strerror}",
                hint="paths count from the folder of kompas.yaml",
            ) from error

    def __repr__(self) -> str:
        return f"Secret({self.reference})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reference == self.reference

    def __hash__(self) -> int:
        return hash(self.reference)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def build(value: str, info: ValidationInfo) -> Secret:
            return cls(value, (info.context or {}).get("folder"))

        return core_schema.with_info_after_validator_function(
            build,
            core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda secret: secret.reference),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": _PATTERN, "description": "env:NAME or file:PATH"}


def pseudonym(value: str | None, key: str) -> str | None:
    """Keyed hash of an e-mail address: hex HMAC-SHA256 of the trimmed, lower-case text; None stays None."""
    if value is None or not value.strip():
        return None
    return hmac.new(key.encode(), value.strip().lower().encode(), hashlib.sha256).hexdigest()
