"""Objects whose values are all at hand, cut to the fields that were asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import FieldNode, get_named_type

from sandbox.shopify_document import TYPENAME, Document


def picked(document: Document, kind: str, value: Mapping[str, Any], nodes: Sequence[FieldNode]) -> dict[str, Any]:
    """The fields of an object of type `kind` that are selected under `nodes`."""
    shown: dict[str, Any] = {}
    for key, each in document.below(kind, nodes).items():
        name = each[0].name.value
        shown[key] = kind if name == TYPENAME else _inner(document, kind, value[name], each)
    return shown


def _inner(document: Document, owner: str, value: Any, nodes: Sequence[FieldNode]) -> Any:
    kind = get_named_type(document.definition(owner, nodes[0]).type).name
    if isinstance(value, dict):
        return picked(document, kind, value, nodes)
    if isinstance(value, list):
        return [picked(document, kind, each, nodes) if isinstance(each, dict) else each for each in value]
    return value
