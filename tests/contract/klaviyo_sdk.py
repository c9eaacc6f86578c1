"""Klaviyo's own Python SDK, of the revision that our connector speaks: generated from its OpenAPI document."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.contract.vendor_packages import from_pypi, importable

_REQUIREMENTS = ("klaviyo-api==24.0.0", "aenum==3.1.17")


@contextmanager
def sdk() -> Iterator[Any]:
    """The module `klaviyo_api`. What it imports later is to be imported in the context."""
    with importable(from_pypi(*_REQUIREMENTS), "klaviyo_api", "openapi_client", "aenum"):
        yield importlib.import_module("klaviyo_api")


class _NotedError(Exception):
    """Ends a call of the SDK where it would have sent the request."""


class SilentClient:
    """The SDK, which notes a request instead of sending it."""

    def __init__(self, module: Any, key: str) -> None:
        self._client = module.KlaviyoAPI(key).api_client
        self._client.call_api = self._note

    def sends(self, api: str, method: str, **arguments: Any) -> tuple[str, str, dict[str, str], Any, dict[str, str]]:
        """(method, path, query, body, headers) of a call such as `campaigns`, `get_campaigns`.

        Raises pydantic's ValidationError on an unknown parameter or a value that is not allowed.
        """
        module = importlib.import_module(f"openapi_client.api.{api}_api")
        made = getattr(module, f"{api.capitalize()}Api")(self._client)
        try:
            getattr(made, method)(**arguments)
        except _NotedError as noted:
            verb, url, headers, body = noted.args
        parts = urlsplit(url)
        return verb, parts.path, dict(parse_qsl(parts.query)), body, headers

    def _note(self, verb: str, url: str, headers: Any, body: Any, *_rest: Any, **_more: Any) -> None:
        raise _NotedError(verb, url, headers, body)
