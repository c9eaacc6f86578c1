"""Google's discovery documents, as google-api-python-client ships them, made a judge."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

ANALYTICS, SEARCH = "analyticsdata.v1beta", "searchconsole.v1"
_UNUSED = ("id", "description", "format", "enumDescriptions", "deprecated", "readOnly", "default")


@cache
def document(api: str = ANALYTICS) -> dict[str, Any]:
    """The whole document of an API. Skips the test where it is not installed."""
    client = pytest.importorskip("googleapiclient", reason="Google's discovery documents are not installed")
    folder = Path(client.__file__).parent / "discovery_cache" / "documents"
    return cast(dict[str, Any], json.loads((folder / f"{api}.json").read_text(encoding="utf-8")))


def method(name: str, resource: str = "properties", api: str = ANALYTICS) -> dict[str, Any]:
    """What it says of a method: path, parameters, request, scopes."""
    return cast(dict[str, Any], document(api)["resources"][resource]["methods"][name])


@cache
def _definitions(api: str) -> dict[str, Any]:
    return {name: _json_schema(schema) for name, schema in document(api)["schemas"].items()}


def _json_schema(node: Any) -> Any:
    """JSON Schema of a discovery schema: every unknown property is an error."""
    if isinstance(node, list):
        return [_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": f"#/definitions/{node['$ref']}"}
    if node.get("format") == "int64":
        return {"type": ["string", "integer"]}
    kept = {name: value for name, value in node.items() if name not in _UNUSED and value != "any"}
    if "properties" in node:
        properties = {name: _json_schema(value) for name, value in node["properties"].items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}
    return {name: _json_schema(value) for name, value in kept.items()}


def validate(body: Any, name: str, api: str = ANALYTICS) -> None:
    """Raises jsonschema.ValidationError when a body is not one of the schema's name."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _definitions(api)}).validate(body)
