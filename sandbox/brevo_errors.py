"""Brevo's errors: a code and a message."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.faults import Answer

STATUSES = {
    "invalid_parameter": 400, "missing_parameter": 400, "out_of_range": 400, "unauthorized": 401,
    "permission_denied": 403, "document_not_found": 404, "method_not_allowed": 405, "too_many_requests": 429,
    "internal_error": 500, "service_unavailable": 503,
}  # fmt: skip


class BrevoError(Exception):
    """An answer other than success. `reset`: seconds until the limit is full again, in a header of Brevo's."""

    def __init__(self, code: str, message: str, reset: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.reset = code, message, reset

    def answer(self) -> Answer:
        """As the frame sends it."""
        waiting = {"x-sib-ratelimit-limit": "100", "x-sib-ratelimit-remaining": "0"}
        headers = {} if self.reset is None else waiting | {"x-sib-ratelimit-reset": str(self.reset)}
        return Answer(STATUSES[self.code], {"code": self.code, "message": self.message}, headers)

    def response(self) -> Response:
        """As a route returns it."""
        answer = self.answer()
        return Response(answer.content(), answer.status, answer.all_headers())


KEY_NOT_FOUND = BrevoError("unauthorized", "Key not found")
FORBIDDEN = BrevoError("permission_denied", "You do not have the permission to access this resource")


def too_many(reset: int | None = None) -> BrevoError:
    """More than 100 requests in an hour."""
    return BrevoError("too_many_requests", "You have exceeded the rate limit. Please try again later.", reset)
