"""How Search Console says no: Google's older error object, with a reason for each error."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.faults import Answer
from sandbox.google_tokens import TokenState

_CREDENTIALS = (
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class SearchError(Exception):
    """A refused request: HTTP code, reason, message. `more` adds to the error object."""

    def __init__(self, code: int, reason: str, message: str, domain: str = "global", **more: Any) -> None:
        super().__init__(message)
        self.code, self.reason, self.message, self.domain, self.more = code, reason, message, domain, more

    def body(self) -> dict[str, Any]:
        """The error object."""
        error = {"message": self.message, "domain": self.domain, "reason": self.reason}
        return {"error": {"code": self.code, "message": self.message, "errors": [error]} | self.more}

    def answer(self) -> Answer:
        """As the frame sends it."""
        return Answer(self.code, self.body())

    def response(self) -> Response:
        """As a route returns it."""
        answer = self.answer()
        return Response(answer.content(), answer.status, answer.all_headers())


def invalid(message: str) -> SearchError:
    """A parameter that Google does not take."""
    return SearchError(400, "invalidParameter", message)


def forbidden(site: str) -> SearchError:
    """A site that the user may not read, or that is none."""
    see = "See also: https://support.google.com/webmasters/answer/2451999."
    return SearchError(403, "forbidden", f"User does not have sufficient permission for site '{site}'. {see}")


def load_exceeded() -> SearchError:
    """Too costly questions in ten minutes or a day; for a test to script."""
    link = "https://developers.google.com/webmaster-tools/limits"
    message = f"Search Analytics load quota exceeded. Learn about usage limits: {link}."
    return SearchError(403, "quotaExceeded", message, domain="usageLimits")


def check_token(state: TokenState) -> None:
    """Raises unless the token is good."""
    if state is TokenState.OUT_OF_SCOPE:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
        more: dict[str, Any] = {"status": "PERMISSION_DENIED", "details": [info]}
        message = "Request had insufficient authentication scopes."
        raise SearchError(403, "insufficientPermissions", message, **more)
    if state is TokenState.MISSING:
        message = f"Request is missing required authentication credential. {_CREDENTIALS.partition('. ')[2]}"
        raise SearchError(401, "required", message, status="UNAUTHENTICATED")
    if state is not TokenState.VALID:
        raise SearchError(401, "authError", _CREDENTIALS, status="UNAUTHENTICATED")
