"""Klaviyo's errors: JSON:API documents of one error."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from starlette.responses import Response

from sandbox.faults import Answer

TITLES: dict[str, tuple[int, str]] = {
    "invalid": (400, "Invalid input."),
    "not_authenticated": (401, "Authentication credentials were not provided."),
    "authentication_failed": (401, "Incorrect authentication credentials."),
    "permission_denied": (403, "You do not have permission to perform this action."),
    "not_found": (404, "Not found."),
    "method_not_allowed": (405, "Method not allowed."),
    "revision_retired": (410, "The requested revision is not available."),
    "throttled": (429, "Request was throttled."),
    "error": (500, "A server error occurred."),
    "service_unavailable": (503, "Service unavailable."),
}
JSON_API = "application/vnd.api+json"


class KlaviyoError(Exception):
    """An answer other than success. Where it lies: `pointer` into the body, or the name of a query `parameter`."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        pointer: str = "/data/",
        parameter: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.code, self.retry_after = code, retry_after
        self.detail = detail or TITLES[code][1]
        self.source = {"parameter": parameter} if parameter else {"pointer": pointer}

    def answer(self) -> Answer:
        """As the frame sends it."""
        status, title = TITLES[self.code]
        error: dict[str, Any] = {"id": str(uuid4()), "status": status, "code": self.code, "title": title}
        error |= {"detail": self.detail, "source": self.source, "links": {}, "meta": {}}
        waiting = {} if self.retry_after is None else {"retry-after": str(self.retry_after)}
        return Answer(status, {"errors": [error]}, {"content-type": JSON_API} | waiting)

    def response(self) -> Response:
        """As a route returns it."""
        answer = self.answer()
        return Response(answer.content(), answer.status, answer.all_headers())


def throttled(seconds: int) -> KlaviyoError:
    """Too many calls: when the next one is welcome stands in the header, and in the words."""
    return KlaviyoError("throttled", f"Expected available in {seconds} seconds.", retry_after=seconds)
