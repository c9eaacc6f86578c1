"""A Graph API request: where its parameters and its token may stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.meta_errors import bad_param


@dataclass(frozen=True)
class GraphCall:
    """One request: path below the version, parameters of the query and the form together, and the token."""

    method: str
    path: tuple[str, ...]
    params: Mapping[str, str]
    token: str
    url: str


def graph_call(request: Request, path: tuple[str, ...], body: bytes) -> GraphCall:
    """The call of a request whose path below the version and body are given; raises MetaError."""
    params = dict(request.query_params) | _form(request, body)
    header = request.headers.get("authorization", "")
    token = header.partition(" ")[2] or params.get("access_token", "")
    return GraphCall(request.method, path, params, token, str(request.url.replace(query="")))


def _form(request: Request, body: bytes) -> dict[str, str]:
    """Parameters of a POST: a form, or a JSON object whose lists and maps are taken as if written as JSON."""
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(body.decode()))
    try:
        found = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_param("The request body is not valid JSON") from error
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in found.items()}
