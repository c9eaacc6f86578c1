"""The app that asks: its credentials, what the merchant granted, and what Shopify approved it for.

Scopes are those of the schema's "required access"; protected customer data has two levels: the objects Order and
Customer themselves, and on top of it name, e-mail, phone and address, each approved apart.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLOutputType, get_named_type

from sandbox.shopify_errors import ApiError, not_approved, scope_missing

LIFETIME_S = 86_400
RECENT_DAYS = 60
SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_products")
PERSONAL = ("address", "email", "name", "phone")

SCOPE_OF_TYPE: Mapping[str, str] = {
    "Customer": "read_customers",
    "CustomerJourneySummary": "read_orders",
    "LineItem": "read_orders",
    "Order": "read_orders",
    "Product": "read_products",
    "Refund": "read_orders",
}
SCOPE_OF_ROOT: Mapping[str, str] = {"customersCount": "read_customers", "ordersCount": "read_orders"}
PERSONAL_FIELDS: Mapping[str, str] = {
    "Customer.defaultAddress": "address",
    "Customer.defaultEmailAddress": "email",
    "Customer.email": "email",
    "Customer.firstName": "name",
    "Customer.lastName": "name",
    "Customer.phone": "phone",
    "Order.billingAddress": "address",
    "Order.email": "email",
    "Order.shippingAddress": "address",
}
PROTECTED_TYPES = ("Customer", "Order")


@dataclass
class App:
    """One installed app and its access tokens. Thread-safe. Tests take scopes and approvals away.

    `clock` gives seconds since the epoch: real time, because clients measure a token's life by their own clock.
    """

    client_id: str = "sandbox-shopify-client"
    client_secret: str = "sandbox-shopify-secret"
    scopes: set[str] = field(default_factory=lambda: set(SCOPES))
    protected_data: bool = True
    personal_data: set[str] = field(default_factory=lambda: set(PERSONAL))
    clock: Callable[[], float] = time.time
    _tokens: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self) -> str:
        """A new access token; older ones go on living."""
        token = f"shpat_{secrets.token_hex(16)}"
        with self._lock:
            self._tokens[token] = self.clock() + LIFETIME_S
        return token

    def knows(self, token: str) -> bool:
        """Whether a token is good now."""
        return self._tokens.get(token, 0.0) > self.clock()

    def expire_all(self) -> None:
        """A day passes for every token issued so far."""
        with self._lock:
            self._tokens.clear()

    def window(self, entity: str) -> str:
        """The condition on an entity's rows: without `read_all_orders` only the orders of the last 60 days."""
        limited = entity == "Order" and "read_all_orders" not in self.scopes
        return f"o.ordered_at >= $now - INTERVAL {RECENT_DAYS} DAY" if limited else "TRUE"

    def denial(self, owner: str, asked: FieldNode, gives: GraphQLOutputType) -> ApiError | None:
        """Why a field may not be read, or None; `gives` is its type, a connection standing for its nodes."""
        name = asked.name.value
        kind = get_named_type(gives).name.removesuffix("Connection")
        scope = SCOPE_OF_TYPE.get(kind) or (SCOPE_OF_ROOT.get(name) if owner == "QueryRoot" else None)
        if scope is not None and scope not in self.scopes:
            return scope_missing(asked, scope, ())
        if kind in PROTECTED_TYPES and not self.protected_data:
            return not_approved(f"access the {kind} object", asked, ())
        personal = PERSONAL_FIELDS.get(f"{owner}.{name}")
        if personal is not None and not (self.protected_data and personal in self.personal_data):
            return not_approved(f"use the {name} field", asked, ())
        return None
