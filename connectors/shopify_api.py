"""One shop's Admin GraphQL API: token, queries, and the bucket of cost points.

Source: https://shopify.dev/docs/api/usage/limits (calculated query cost)
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from requests.auth import AuthBase

from connectors.errors import BadDataError, ConfigurationError
from connectors.http import HttpClient, RetryPolicy
from connectors.load import Load
from connectors.oauth import StaticAuth, Token, TokenAuth, grant
from connectors.shared import Shared
from connectors.shopify_errors import API_VERSION, classify

_HEADER = "X-Shopify-Access-Token"
_SHOP = "query Shop { shop { name currencyCode ianaTimezone } }"
_SCOPES = "query Scopes { currentAppInstallation { accessScopes { handle } } }"


class Bucket:
    """The shop's points as last told, and as they come back since. Shared by the threads that read the shop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._points, self._rate, self._told_at = float("inf"), 0.0, 0.0

    def take(self, cost: float) -> None:
        """Wait until the points are there. Whoever comes next waits behind, so that no thread is starved."""
        with self._lock:
            wait = self._wait(cost)
            if wait:
                time.sleep(wait)
            self._points -= cost

    def _wait(self, cost: float) -> float:
        if not self._rate:
            return 0.0
        there = self._points + self._rate * (time.monotonic() - self._told_at)
        return max(0.0, (cost - there) / self._rate)

    def told(self, status: dict[str, Any]) -> None:
        """Take over Shopify's `throttleStatus`."""
        with self._lock:
            self._points, self._rate = float(status["currentlyAvailable"]), float(status["restoreRate"])
            self._told_at = time.monotonic()


@dataclass(frozen=True)
class Credentials:
    """Either a static token, or a client id and secret for the client-credentials grant."""

    client_id: str = ""
    client_secret: str = ""
    access_token: str = ""


class ShopApi:
    """Queries to one shop. Safe to use from several threads."""

    def __init__(self, domain: str, base_url: str, credentials: Credentials, policy: RetryPolicy | None = None) -> None:
        self._domain, self._base_url, self._credentials = domain, base_url.replace("{shop}", domain), credentials
        self._granted: str | None = None
        self._scopes = Shared(self._ask_scopes)
        self._shop: Shared[dict[str, str]] = Shared(lambda: self.query(_SHOP)["shop"])
        self._bucket, self._costs = Bucket(), dict[str, float]()
        self._http = HttpClient(
            "shopify",
            self._base_url,
            auth=self._auth(),
            classify=classify,
            # Several threads, and other apps, may empty the bucket while one waits: throttling deserves patience.
            policy=policy or RetryPolicy(quota_attempts=8),
        )

    def _auth(self) -> AuthBase:
        if self._credentials.access_token:
            return StaticAuth(self._credentials.access_token, header=_HEADER, prefix="")
        return TokenAuth(self._fetch_token, header=_HEADER, prefix="")

    def _fetch_token(self) -> Token:
        """A token for 24 hours; there is no refresh token, one just asks again."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret,
        }
        try:
            token = grant("shopify", f"{self._base_url}/admin/oauth/access_token", form)
        except BadDataError as error:
            raise ConfigurationError(
                f"no access token from {self._domain}: {error.message}", hint="is the shop's domain right?"
            ) from None
        self._granted = token.scope
        return token

    def query(self, text: str, variables: dict[str, Any] | None = None, load: Load | None = None) -> dict[str, Any]:
        """The `data` of an answer without errors. Waits first for the points that the query cost the last time."""
        self._bucket.take(self._costs.get(text, 0.0))
        sent = {"query": text, "variables": variables or {}}
        body = self._http.json("POST", f"/admin/api/{API_VERSION}/graphql.json", json=sent, load=load)
        if not isinstance(body, dict) or not isinstance(body.get("data"), dict):
            raise BadDataError("the answer holds neither data nor errors")
        cost = (body.get("extensions") or {}).get("cost")
        if cost:
            self._costs[text] = float(cost.get("requestedQueryCost") or 0)
            self._bucket.told(cost["throttleStatus"])
        data: dict[str, Any] = body["data"]
        return data

    @property
    def shop(self) -> dict[str, str]:
        """name, currencyCode and ianaTimezone of the shop; asked for once."""
        return self._shop.get()

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that the token has; a scope to write includes the one to read. Asked for once."""
        return self._scopes.get()

    def _ask_scopes(self) -> frozenset[str]:
        self.shop  # noqa: B018  # fetches a token, which tells its scope
        if self._granted is None:
            told = self.query(_SCOPES)["currentAppInstallation"]["accessScopes"]
            handles = {scope["handle"] for scope in told}
        else:
            handles = {handle.strip() for handle in self._granted.split(",") if handle.strip()}
        return frozenset(handles | {f"read_{handle[6:]}" for handle in handles if handle.startswith("write_")})
