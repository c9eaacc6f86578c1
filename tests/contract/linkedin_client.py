"""LinkedIn's own client, which is installed with the tests: its addresses turned to the sandbox, and its decoder."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.linkedin_state import TOKEN
from tests.contract.our_requests import Sent

VERSION = "202608"


def sdk(module: str) -> Any:
    """A module of the client."""
    return pytest.importorskip(f"linkedin_api.{module}", reason="LinkedIn's client is not installed")


def client_of(url: str, patch: pytest.MonkeyPatch) -> Any:
    """The Rest.li client, its addresses turned to a platform of the sandbox."""
    constants = sdk("common.constants")
    patch.setattr(constants, "VERSIONED_BASE_URL", f"{url}/rest")
    patch.setattr(constants, "OAUTH_BASE_URL", f"{url}/oauth/v2")
    return sdk("clients.restli.client").RestliClient()


def found(client: Any, path: str, finder: str, token: str = TOKEN, **params: Any) -> list[dict[str, Any]]:
    """What a finder finds."""
    answer = client.finder(
        resource_path=path, finder_name=finder, query_params=params, access_token=token, version_string=VERSION
    )
    assert answer.status_code == 200, answer.response.text
    return list(answer.elements)


def raw(sent: Sent) -> dict[str, str]:
    """The parameters as they were sent, their values still encoded."""
    return dict(part.split("=", 1) for part in urlsplit(sent.url).query.split("&") if part)
