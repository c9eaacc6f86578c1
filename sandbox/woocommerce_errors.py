"""How WordPress says no: a code, a message, and the status once more in `data`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.faults import Answer


class ShopError(Exception):
    """A refused request. `params` names the parameters that are wrong, each with its reason."""

    def __init__(self, status: int, code: str, message: str, params: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.params = status, code, message, params

    def answer(self) -> Answer:
        """As the frame sends it."""
        data: dict[str, Any] = {"status": self.status} | ({"params": self.params} if self.params else {})
        return Answer(self.status, {"code": self.code, "message": self.message, "data": data})

    def response(self) -> Response:
        """As a route returns it."""
        answer = self.answer()
        return Response(answer.content(), answer.status, answer.all_headers())


def invalid(name: str, reason: str) -> ShopError:
    """A parameter that the schema does not allow."""
    return ShopError(400, "rest_invalid_param", f"Invalid parameter(s): {name}", {name: reason})


def unauthorised(message: str) -> ShopError:
    """A key that is wrong."""
    return ShopError(401, "woocommerce_rest_authentication_error", message)


def cannot_view() -> ShopError:
    """No key at all, or one whose user may not see orders."""
    return ShopError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")


def too_many() -> Answer:
    """A host's limit, for a test to script: WooCommerce itself has none."""
    page = "<html><head><title>429 Too Many Requests</title></head></html>"
    return Answer(429, page, {"content-type": "text/html"})
