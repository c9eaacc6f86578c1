"""The Analytics Data API without a transport: who may call, for which property, and what answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.analytics.data_v1beta.types import (
    BatchRunReportsRequest,
    BatchRunReportsResponse,
    CheckCompatibilityRequest,
    CheckCompatibilityResponse,
    GetMetadataRequest,
    Metadata,
    RunReportRequest,
    RunReportResponse,
)

from sandbox.company import World
from sandbox.ga4_errors import (
    DISABLED,
    INVALID_CREDENTIAL,
    MISSING_CREDENTIAL,
    NO_ACCESS,
    NO_SCOPE,
    PROPERTY_URL,
    Ga4Error,
    bad_request,
)
from sandbox.ga4_metadata import compatibility, metadata
from sandbox.ga4_property import Property
from sandbox.ga4_report import Reports
from sandbox.google_tokens import ANALYTICS, Tokens, TokenState

_AUTH_REFUSALS: dict[TokenState, tuple[str, str, str]] = {
    TokenState.MISSING: ("UNAUTHENTICATED", MISSING_CREDENTIAL, "CREDENTIALS_MISSING"),
    TokenState.UNKNOWN: ("UNAUTHENTICATED", INVALID_CREDENTIAL, ""),
    TokenState.EXPIRED: ("UNAUTHENTICATED", INVALID_CREDENTIAL, ""),
    TokenState.REVOKED: ("UNAUTHENTICATED", INVALID_CREDENTIAL, ""),
    TokenState.OUT_OF_SCOPE: ("PERMISSION_DENIED", NO_SCOPE, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
}


class Ga4Api:
    """The service behind both transports. Requests and responses are raw protobuf messages; latency is in seconds."""

    def __init__(self, world: World, tokens: Tokens, prop: Property, latency: float = 0.0) -> None:
        self._tokens, self._property, self._latency = tokens, prop, latency
        self._reports = Reports(world, prop)

    def call(self, rpc: str, request: Any, authorization: str) -> Any:
        """Answer one call; raises Ga4Error."""
        state = self._tokens.state(authorization, ANALYTICS)
        if state in _AUTH_REFUSALS:
            raise Ga4Error(*_AUTH_REFUSALS[state])
        self._check_property(getattr(request, RPCS[rpc].property_field))
        with self._property.quota.request():
            time.sleep(self._latency)  # a slow request holds its place among the 10
            return RPCS[rpc].answer(self, request)

    def _check_property(self, name: str) -> None:
        asked = name.removeprefix("properties/").removesuffix("/metadata")
        if not self._property.api_enabled:
            raise Ga4Error("PERMISSION_DENIED", DISABLED, "SERVICE_DISABLED")
        if not re.fullmatch(r"\d+", asked):
            raise bad_request(
                f"Invalid property ID: {asked}. A numeric Property ID is required. "
                f"To learn more about Property ID, see {PROPERTY_URL}."
            )
        if asked != self._property.property_id and name != "properties/0/metadata":
            raise Ga4Error("PERMISSION_DENIED", NO_ACCESS)

    def run_report(self, request: Any) -> Any:
        """RunReport."""
        return self._reports.run(request)

    def run_batch(self, request: Any) -> Any:
        """BatchRunReports; a part may name the batch's property or none."""
        if any(part.property not in ("", request.property) for part in request.requests):
            raise bad_request("The property of every request must be that of the batch, or empty.")
        return self._reports.run_batch(request)

    def metadata(self, request: Any) -> Any:
        """GetMetadata."""
        return metadata(request.name, self._property)

    def compatibility(self, request: Any) -> Any:
        """CheckCompatibility."""
        return compatibility(request, self._property)


@dataclass(frozen=True)
class Rpc:
    """One method: its messages, the field that names the property, and what answers it."""

    request: Any
    response: Any
    answer: Callable[[Ga4Api, Any], Any]
    property_field: str = "property"

    def raw_request(self) -> Any:
        """An empty protobuf message of the request's type."""
        return self.request.pb(self.request())

    def raw_response(self) -> Any:
        """An empty protobuf message of the response's type."""
        return self.response.pb(self.response())


RPCS: dict[str, Rpc] = {
    "RunReport": Rpc(RunReportRequest, RunReportResponse, Ga4Api.run_report),
    "BatchRunReports": Rpc(BatchRunReportsRequest, BatchRunReportsResponse, Ga4Api.run_batch),
    "GetMetadata": Rpc(GetMetadataRequest, Metadata, Ga4Api.metadata, property_field="name"),
    "CheckCompatibility": Rpc(CheckCompatibilityRequest, CheckCompatibilityResponse, Ga4Api.compatibility),
}
