"""How the Admin API says no inside a GraphQL answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import FieldNode, Node, get_location

ACCESS_SCOPES_PAGE = "https://shopify.dev/api/usage/access-scopes"
PROTECTED_DATA_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data"
RATE_LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"

Path = tuple[str | int, ...]


class ApiError(Exception):
    """One entry of `errors`. `code` and `more` become its extensions; `node` its location in the query."""

    def __init__(
        self,
        message: str,
        code: str | None = None,
        path: Sequence[str | int] = (),
        node: Node | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.path = tuple(path)
        self.node = node
        self.more = more

    def entry(self, path: Path | None = None) -> dict[str, Any]:
        """The entry as sent, at its own path or at the one given."""
        entry: dict[str, Any] = {"message": self.message}
        where = locations(self.node)
        if where:
            entry["locations"] = where
        if path or self.path:
            entry["path"] = list(path or self.path)
        extensions = ({"code": self.code} if self.code else {}) | self.more
        return entry | ({"extensions": extensions} if extensions else {})


class RefusedError(Exception):
    """The whole request is refused before it runs: an answer of `errors` only."""

    def __init__(self, *faults: ApiError) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def locations(node: Node | None) -> list[dict[str, int]]:
    """Line and column of a node of the query."""
    if node is None or node.loc is None:
        return []
    place = get_location(node.loc.source, node.loc.start)
    return [{"line": place.line, "column": place.column}]


def scope_missing(field: FieldNode, scope: str, path: Path) -> ApiError:
    """The app was not granted the access scope of a field."""
    required = f"`{scope}` access scope."
    return ApiError(
        f"Access denied for {field.name.value} field. Required access: {required}",
        "ACCESS_DENIED",
        path,
        field,
        documentation=ACCESS_SCOPES_PAGE,
        requiredAccess=required,
    )


def not_approved(what: str, field: FieldNode, path: Path) -> ApiError:
    """Protected customer data without approval; `what`: `access the Customer object`, `use the email field`."""
    return ApiError(
        f"This app is not approved to {what}. See {PROTECTED_DATA_PAGE} for more details.",
        "ACCESS_DENIED",
        path,
        field,
        documentation=PROTECTED_DATA_PAGE,
    )


def bad_request(message: str, field: FieldNode, path: Path) -> ApiError:
    """An argument's value that makes no sense."""
    return ApiError(message, "BAD_REQUEST", path, field)


def not_simulated(what: str, field: FieldNode, path: Path) -> ApiError:
    """Something that Shopify answers and the sandbox does not: said aloud, never ignored."""
    return ApiError(f"The sandbox does not simulate {what}.", "NOT_SIMULATED", path, field)
