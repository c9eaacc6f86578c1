"""Zendesk's errors, in the three shapes that they have."""

from __future__ import annotations

from typing import Any

from sandbox.faults import Answer


class ZendeskError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.answer = Answer(status, body)


NOT_FOUND = ZendeskError(404, {"error": "RecordNotFound", "description": "Not found"})
FORBIDDEN = ZendeskError(
    403,
    {
        "error": {
            "title": "Forbidden",
            "message": "You do not have access to this page. Please contact the account owner of this help desk for "
            "further help.",
        }
    },
)
FORBIDDEN_GUIDE = ZendeskError(
    403, {"errors": [{"code": "Forbidden", "status": "403", "title": "Access to the resource is forbidden"}]}
)
NOT_FOUND_GUIDE = ZendeskError(
    404, {"errors": [{"code": "NotFound", "status": "404", "title": "The survey response is not found by provided id"}]}
)
UNAUTHORISED = ZendeskError(
    401,
    {
        "error": "invalid_token",
        "error_description": "The access token provided is expired, revoked, malformed or invalid for other reasons.",
    },
)
