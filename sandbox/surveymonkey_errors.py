"""SurveyMonkey's errors, by their number."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.faults import Answer

ERRORS: dict[str, tuple[int, str, str]] = {
    "1003": (400, "Bad Request", "Invalid URL parameters."),
    "1010": (401, "Authorization Error", "The authorization token was not provided."),
    "1011": (401, "Authorization Error", "The authorization token provided was invalid."),
    "1014": (403, "Permission Error", "Permission has not been granted by the user to make this request."),
    "1018": (403, "Permission Error", "The user does not have permission to access the host in this region."),
    "1020": (404, "Resource Not Found", "There was an error retrieving the requested resource."),
    "1040": (429, "Rate limit reached", "Too many requests were made, try again later."),
    "1050": (500, "Internal Server Error", "Oh bananas! We couldn't process your request."),
}


class SurveyMonkeyError(Exception):
    """An answer other than success."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number

    def answer(self, headers: Mapping[str, str] | None = None) -> Answer:
        """As the frame sends it."""
        status, name, message = ERRORS[self.number]
        docs = "https://developer.surveymonkey.com/api/v3/#error-codes"
        error = {"id": self.number, "name": name, "docs": docs, "message": message, "http_status_code": status}
        return Answer(status, {"error": error}, headers or {})
