"""Google's OAuth 2.0 token endpoint: `POST /token`.

Grants: `refresh_token` (client `sandbox-client` / `sandbox-secret`, refresh token `sandbox-refresh`) and
`urn:ietf:params:oauth:grant-type:jwt-bearer` (service accounts, see google_assertion). Errors are RFC 6749 bodies
`{"error", "error_description"}` with Google's words. As at Google, an access token that lives 3600 s is announced
with `expires_in` 3599.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults
from sandbox.google_assertion import check_assertion
from sandbox.google_oauth_error import OAuthError
from sandbox.google_tokens import SCOPES, Tokens, TokenState, tokens_of

__all__ = ["PLATFORM", "TRANSIENT", "TokenState", "Tokens", "routes", "tokens_of"]

PLATFORM = "google_oauth"
CLIENTS = {"sandbox-client": "sandbox-secret"}
TRANSIENT = (
    Answer(500, {"error": "internal_failure", "error_description": "Backend Error"}),
    Answer(503, "<html><title>Error 503 (Service Unavailable)!!1</title></html>", {"content-type": "text/html"}),
)

Form = Mapping[str, str]


def routes(world: World, _faults: Faults, tokens: Tokens | None = None) -> list[BaseRoute]:
    """The endpoint over the world's shared tokens, or over those given."""
    issuer = tokens or tokens_of(world)

    async def token(request: Request) -> JSONResponse:
        form = dict(parse_qsl((await request.body()).decode()))
        try:
            return JSONResponse(_grant(form, issuer))
        except OAuthError as error:
            return JSONResponse(error.body, error.status)

    return [Route("/token", token, methods=["POST"])]


def _grant(form: Form, tokens: Tokens) -> dict[str, Any]:
    """The body of a granted token; raises OAuthError."""
    kind = form.get("grant_type", "")
    if kind not in _GRANTS:
        raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")
    scopes = _GRANTS[kind](form, tokens)
    token = tokens.issue(scopes)
    return {"access_token": token, "expires_in": 3599, "scope": " ".join(scopes), "token_type": "Bearer"}


def _refresh(form: Form, tokens: Tokens) -> tuple[str, ...]:
    secret = CLIENTS.get(form.get("client_id", ""))
    if secret is None:
        raise OAuthError("invalid_client", "The OAuth client was not found.", status=401)
    if form.get("client_secret") != secret:
        raise OAuthError("invalid_client", "The provided client secret is invalid.", status=401)
    if not form.get("refresh_token"):
        raise OAuthError("invalid_request", "Missing required parameter: refresh_token")
    if form["refresh_token"] not in tokens.refresh_tokens:
        raise OAuthError("invalid_grant", "Token has been expired or revoked.")
    return SCOPES


def _assertion(form: Form, tokens: Tokens) -> tuple[str, ...]:
    return check_assertion(form.get("assertion", ""), tokens)


_GRANTS: dict[str, Callable[[Form, Tokens], tuple[str, ...]]] = {
    "refresh_token": _refresh,
    "urn:ietf:params:oauth:grant-type:jwt-bearer": _assertion,
}
