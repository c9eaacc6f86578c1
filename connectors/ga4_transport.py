"""Calls to the GA4 Data API over gRPC: one lazy channel, a token on every call, limits by property, few retries.

The answer stays bytes, as `ga4_decode` reads columns from these; hence Google's messages but a stub of our own.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import grpc

from connectors.errors import AuthorisationError, ConnectorError
from connectors.ga4_auth import GoogleAccess
from connectors.ga4_errors import ErrorQuota, ServerError, classify
from connectors.http import RetryPolicy, retrying
from connectors.load import Load
from connectors.oauth import TokenAuth
from connectors.secret import Secret

GOOGLE = "grpcs://analyticsdata.googleapis.com:443"
_RUN_REPORT = "/google.analytics.data.v1beta.BetaAnalyticsData/RunReport"
_OPTIONS = [("grpc.max_receive_message_length", 256 << 20), ("grpc.primary_user_agent", "kompas")]
_TIMEOUT_S = 120.0
CONCURRENT = 8
"""GA4 allows 10 requests at a time on a property; two are left to the company's dashboards."""
FEW_TRIES = RetryPolicy(attempts=3, first_wait_s=2.0)


@dataclass(frozen=True)
class _Property:
    """What GA4 limits by property."""

    slots: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(CONCURRENT))
    errors: ErrorQuota = field(default_factory=ErrorQuota)


class Client:
    """Runs reports with one credential. Safe to use from several threads; opens nothing before the first call."""

    def __init__(self, secret: Secret, base_url: str, policy: RetryPolicy = FEW_TRIES) -> None:
        self._secret, self._base_url, self._policy = secret, base_url or GOOGLE, policy
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._access: GoogleAccess | None = None
        self._tokens = TokenAuth(self._fetch_token)
        self._properties: defaultdict[str, _Property] = defaultdict(_Property)

    def run_report(self, request: Any, load: Load | None = None) -> bytes:
        """The encoded RunReportResponse to a RunReportRequest (Google's raw protobuf message, not proto-plus).

        Raises ConnectorError, classed by `ga4_errors`. A refused token is replaced once.
        """
        try:
            return retrying(lambda: self._call(request, load), self._policy)
        except AuthorisationError as error:
            if not error.refreshable:
                raise
        return retrying(lambda: self._call(request, load), self._policy)

    def close(self) -> None:
        with self._lock:
            for held in (self._channel, self._access):
                if held is not None:
                    held.close()
            self._channel = self._access = None

    def _call(self, request: Any, load: Load | None) -> bytes:
        token = self._tokens.token()
        with self._property(request.property).slots:
            if load is not None:
                load.request()
            try:
                return self._stub()(
                    request.SerializeToString(), timeout=_TIMEOUT_S, metadata=self._metadata(token, request.property)
                )
            except grpc.RpcError as error:
                failure = classify(error, self._opened().who)
        raise self._handled(failure, token, request.property)

    def _handled(self, failure: ConnectorError, token: str, name: str) -> ConnectorError:
        if isinstance(failure, ServerError):
            return self._property(name).errors.counted(failure, time.monotonic())
        refused = isinstance(failure, AuthorisationError) and failure.refreshable
        if refused and self._tokens.token() == token:  # else another thread has fetched a new one already
            self._tokens.invalidate()
        return failure

    def _property(self, name: str) -> _Property:
        with self._lock:
            return self._properties[name]

    def _metadata(self, token: str, name: str) -> list[tuple[str, str]]:
        metadata = [("authorization", f"Bearer {token}"), ("x-goog-request-params", f"property={name}")]
        project = self._opened().quota_project
        return [*metadata, ("x-goog-user-project", project)] if project else metadata

    def _stub(self) -> Any:
        with self._lock:
            if self._channel is None:
                self._channel = _open(self._base_url)
            return self._channel.unary_unary(_RUN_REPORT)

    def _opened(self) -> GoogleAccess:
        with self._lock:
            if self._access is None:
                self._access = GoogleAccess(self._secret)
            return self._access

    def _fetch_token(self) -> Any:
        return self._opened().fetch()


def _open(base_url: str) -> grpc.Channel:
    scheme, _, target = base_url.rstrip("/").partition("://")
    if scheme == "grpc":
        return grpc.insecure_channel(target, _OPTIONS)
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(), _OPTIONS)
