"""How the Analytics Data API says no: a google.rpc status, its HTTP code and Google's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
from google.protobuf import any_pb2, json_format
from google.rpc import error_details_pb2, status_pb2

HTTP_CODES: dict[str, int] = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
STATUSES = {code: status for status, code in HTTP_CODES.items()}

SCHEMA_URL = "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
PROPERTY_URL = "https://developers.google.com/analytics/devguides/reporting/data/v1/property-id"
QUOTA_URL = "https://developers.google.com/analytics/devguides/reporting/data/v1/quotas"
_EXPECTED = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
    "See https://developers.google.com/identity/sign-in/web/devconsole-project."
)
MISSING_CREDENTIAL = f"Request is missing required authentication credential. {_EXPECTED}"
INVALID_CREDENTIAL = f"Request had invalid authentication credentials. {_EXPECTED}"
NO_SCOPE = "Request had insufficient authentication scopes."
NO_ACCESS = (
    f"User does not have sufficient permissions for this property. To learn more about Property ID, see {PROPERTY_URL}."
)
DISABLED = (
    "Google Analytics Data API has not been used in project 123456789012 before or it is disabled. Enable it by "
    "visiting https://console.developers.google.com/apis/api/analyticsdata.googleapis.com/overview?"
    "project=123456789012 then retry. If you enabled this API recently, wait a few minutes for the action to "
    "propagate to our systems and retry."
)


class Ga4Error(Exception):
    """A refused call: status name (`INVALID_ARGUMENT`), message, and the reason of its ErrorInfo, if it has one."""

    def __init__(self, status: str, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.reason = status, message, reason

    def proto(self) -> status_pb2.Status:
        """The google.rpc.Status, as in the `grpc-status-details-bin` trailer."""
        code = getattr(grpc.StatusCode, self.status).value[0]
        status = status_pb2.Status(code=code, message=self.message)
        if self.reason:
            packed = any_pb2.Any()
            packed.Pack(error_details_pb2.ErrorInfo(reason=self.reason, domain="googleapis.com"))
            status.details.append(packed)
        return status

    def body(self) -> dict[str, Any]:
        """The JSON body of the REST transport."""
        code = HTTP_CODES[self.status]
        error: dict[str, Any] = {"code": code, "message": self.message, "status": self.status}
        details = json_format.MessageToDict(self.proto()).get("details")
        return {"error": error | ({"details": details} if details else {})}


def bad_request(message: str) -> Ga4Error:
    """400: the caller's mistake."""
    return Ga4Error("INVALID_ARGUMENT", message)


def exhausted(message: str) -> Ga4Error:
    """429: a quota is used up."""
    return Ga4Error("RESOURCE_EXHAUSTED", message)


def from_answer(status: int, body: Any) -> Ga4Error:
    """The gRPC equivalent of a scripted HTTP answer (a Google error body, or any text)."""
    error = body.get("error", {}) if isinstance(body, Mapping) else {"message": str(body)}
    reasons = [detail["reason"] for detail in error.get("details", ()) if "reason" in detail]
    named = error.get("status") or STATUSES.get(status, "INTERNAL")
    return Ga4Error(named, error.get("message", ""), reasons[0] if reasons else "")
