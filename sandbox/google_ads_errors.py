"""How the Google Ads API says no: a google.rpc status with a GoogleAdsFailure inside."""

from __future__ import annotations

from typing import Any

HTTP_STATUSES: dict[int, str] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
MESSAGES: dict[int, str] = {
    400: "Request contains an invalid argument.",
    401: (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    ),
    403: "The caller does not have permission",
    429: "Resource has been exhausted (e.g. check quota).",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
NO_PERMISSION = (
    "User doesn't have permission to access customer. Note: If you're accessing a client customer, the manager's "
    "customer id must be set in the 'login-customer-id' header. See "
    "https://developers.google.com/google-ads/api/docs/concepts/call-structure#cid"
)
MANAGER_METRICS = (
    "Metrics cannot be requested for a manager account. To retrieve metrics, issue separate requests against each "
    "client account under the manager account."
)
PAGE_SIZE = "Setting the page size is not supported. Search Responses will have fixed page size of '10000' rows."


class AdsError(Exception):
    """A refused request: HTTP code, the error code's oneof (`queryError`) and its value, and the message."""

    def __init__(self, http_code: int, kind: str, code: str, message: str) -> None:
        super().__init__(message)
        self.http_code, self.kind, self.code, self.message = http_code, kind, code, message

    def body(self, version: str, request_id: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
        """The error object, with a GoogleAdsFailure of the called version (`v26`)."""
        error: dict[str, Any] = {"errorCode": {self.kind: self.code}, "message": self.message}
        if details:
            error["details"] = details
        failure = {
            "@type": f"type.googleapis.com/google.ads.googleads.{version}.errors.GoogleAdsFailure",
            "errors": [error],
            "requestId": request_id,
        }
        return status_body(self.http_code, MESSAGES[self.http_code], [failure])


def status_body(http_code: int, message: str, details: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A google.rpc status as JSON."""
    error: dict[str, Any] = {"code": http_code, "message": message, "status": HTTP_STATUSES[http_code]}
    return {"error": error | ({"details": details} if details else {})}


def quota_body(code: str, retry_delay_s: int, version: str = "v26") -> dict[str, Any]:
    """429 with quotaErrorDetails, for a test to script. code: RESOURCE_EXHAUSTED or RESOURCE_TEMPORARILY_EXHAUSTED."""
    details = {
        "quotaErrorDetails": {
            "rateScope": "DEVELOPER",
            "rateName": "Number of operations for basic access",
            "retryDelay": f"{retry_delay_s}s",
        }
    }
    error = AdsError(429, "quotaError", code, f"Too many requests. Retry in {retry_delay_s} seconds.")
    return error.body(version, "SandboxQuota", details)
