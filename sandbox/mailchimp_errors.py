"""Mailchimp's errors: problem documents (RFC 7807) with the titles of its error glossary."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from starlette.responses import Response

from sandbox.faults import Answer

DOCUMENTATION = "https://mailchimp.com/developer/marketing/docs/errors/"
PROBLEMS: dict[str, tuple[int, str]] = {
    "API Key Missing": (401, "Your request did not include an API key."),
    "API Key Invalid": (401, "Your API key may be invalid, or you've attempted to access the wrong datacenter."),
    "Wrong Datacenter": (403, "The API key provided is linked to a different datacenter."),
    "Resource Not Found": (404, "The requested resource could not be found."),
    "Method Not Allowed": (
        405,
        "The requested method and resource are not compatible. See the Allow header for this resource's available "
        "methods.",
    ),
    "Invalid Resource": (
        400,
        "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
    ),
    "Requested Fields Invalid": (422, "The fields requested from this resource are invalid."),
    "Too Many Requests": (429, "You have exceeded the limit of 10 simultaneous connections."),
    "Internal Server Error": (500, "An unexpected internal error has occurred. Please contact Support for more "
                                   "information."),
}  # fmt: skip


class ProblemError(Exception):
    """An answer other than success. errors: [{"field", "message"}] of an invalid resource."""

    def __init__(self, title: str, *errors: dict[str, str]) -> None:
        super().__init__(title)
        self.title = title
        self.errors = list(errors)

    def body(self) -> dict[str, Any]:
        """The problem document."""
        status, detail = PROBLEMS[self.title]
        document = {"type": DOCUMENTATION, "title": self.title, "status": status, "detail": detail}
        return document | {"instance": str(uuid4())} | ({"errors": self.errors} if self.errors else {})

    def answer(self) -> Answer:
        """As the frame sends it."""
        headers = {"content-type": "application/problem+json; charset=utf-8"}
        if self.title == "Method Not Allowed":
            headers["allow"] = "GET"
        return Answer(PROBLEMS[self.title][0], self.body(), headers)

    def response(self) -> Response:
        """As a route returns it."""
        answer = self.answer()
        return Response(answer.content(), answer.status, answer.all_headers())
