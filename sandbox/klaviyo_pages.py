"""Cursor pages of Klaviyo's collections and reports: `links.next` is a whole address, null at the end."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from sandbox.klaviyo_errors import KlaviyoError


def page(rows: Sequence[Any], request: Request, size: int, cursor: str = "page[cursor]") -> tuple[list[Any], Any]:
    """(rows, links) of the page that the request's cursor names. Raises KlaviyoError on a cursor of another kind."""
    start = _offset(request.query_params.get(cursor, ""), cursor)
    links = {"self": str(request.url), "next": None, "prev": None}
    if start + size < len(rows):
        query = dict(request.query_params) | {cursor: _cursor(start + size)}
        links["next"] = f"{request.url.replace(query='')}?{urlencode(query)}"
    return list(rows[start : start + size]), links


def sparse(resources: Sequence[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    """Resources with only the attributes that `fields[type]` asks for; with all where it does not."""
    return [_sparse(one, request.query_params.get(f"fields[{one['type']}]")) for one in resources]


def _sparse(one: dict[str, Any], asked: str | None) -> dict[str, Any]:
    if asked is None:
        return one
    names = {name.split(".")[0] for name in asked.split(",")}
    return one | {"attributes": {name: value for name, value in one["attributes"].items() if name in names}}


def size_of(request: Request, default: int, largest: int) -> int:
    """`page[size]`. Raises KlaviyoError where it is not 1 to the largest."""
    text = request.query_params.get("page[size]", str(default))
    if not text.isdigit() or not 1 <= int(text) <= largest:
        raise KlaviyoError("invalid", f"Page size must be an integer between 1 and {largest}.", parameter="page[size]")
    return int(text)


def _cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"next::{offset}".encode()).decode()


def _offset(cursor: str, name: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("next::"))
    except (ValueError, binascii.Error, UnicodeDecodeError) as error:
        raise KlaviyoError("invalid", "Invalid page cursor.", parameter=name) from error
