"""Tokens of the Graph API: `/debug_token` and `/oauth/access_token`."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.meta_errors import MetaError
from sandbox.meta_state import APP_ID, APP_SECRET, LONG_LIVED_S, TOKEN, TOKEN_ERRORS, MetaState

SCOPES = ["ads_read", "business_management"]
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"

Params = Mapping[str, str]


def debug_token(params: Params, state: MetaState, token: str) -> dict[str, Any]:
    """What the token in `input_token` is good for; asked with the app's own token or any good one."""
    if token != APP_TOKEN:
        state.check_token(token)
    inspected = params.get("input_token", "")
    if inspected not in state.tokens:
        error = {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    subcode = state.tokens[inspected]
    ends_at = 0 if inspected == TOKEN else int(state.clock()) + LONG_LIVED_S
    told: dict[str, Any] = {"app_id": APP_ID, "type": "SYSTEM_USER", "application": "Kompas sandbox"}
    told |= {"expires_at": ends_at, "is_valid": subcode is None, "scopes": SCOPES, "user_id": "1020304050"}
    if subcode:
        told["error"] = {"code": 190, "message": TOKEN_ERRORS[subcode], "subcode": subcode}
    return {"data": told}


def access_token(params: Params, state: MetaState) -> dict[str, Any]:
    """A long-lived token for a good one, or the app's own token; raises MetaError."""
    if params.get("client_id") != APP_ID:
        raise MetaError(101, "Error validating application. Cannot get application info due to a system error.")
    if params.get("client_secret") != APP_SECRET:
        raise MetaError(1, "Error validating client secret.")
    if params.get("grant_type") not in _GRANTS:
        raise MetaError(100, "(#100) Unsupported grant_type")
    return _GRANTS[params["grant_type"]](params, state)


def _exchange(params: Params, state: MetaState) -> dict[str, Any]:
    state.check_token(params.get("fb_exchange_token", ""))
    token = f"sandbox-meta-{secrets.token_urlsafe(24)}"
    state.tokens[token] = None
    return {"access_token": token, "token_type": "bearer", "expires_in": LONG_LIVED_S}


def _app_token(_params: Params, _state: MetaState) -> dict[str, Any]:
    return {"access_token": APP_TOKEN, "token_type": "bearer"}


_GRANTS: dict[str, Callable[[Params, MetaState], dict[str, Any]]] = {
    "fb_exchange_token": _exchange,
    "client_credentials": _app_token,
}
