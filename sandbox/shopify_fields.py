"""The vocabulary in which a type of the Admin API is described: SQL expressions, objects, references, lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

SHOP_CURRENCY = "'EUR'"

Scope: TypeAlias = str | None
"""A subquery that yields the keys of the rows in hand, or None for all rows."""


@dataclass(frozen=True)
class Part:
    """An object made of columns of the same row; null where `present` is false."""

    fields: Mapping[str, Field]
    present: str = "TRUE"


@dataclass(frozen=True)
class Ref:
    """Another entity whose alias is joined to the row: `scope` turns this entity's keys into the other's."""

    entity: str
    present: str
    scope: Callable[[str], str]


@dataclass(frozen=True)
class Many:
    """Rows of another entity whose column `child` holds this entity's key; `paged`: a connection, else a list."""

    entity: str
    child: str
    paged: bool


Field: TypeAlias = str | Part | Ref | Many
"""A string is a SQL expression over the entity's aliases."""


@dataclass(frozen=True)
class Entity:
    """A type with rows of its own: where they are, which are visible, and its fields.

    An expression may name the alias of `source` and of `joins`; the compiler adds the joins that are named.
    `$now` is the moment (naive UTC) as of which everything is seen.
    """

    source: str
    key: str
    fields: Mapping[str, Field]
    seen: str = "TRUE"
    joins: Mapping[str, Callable[[Scope], str]] = field(default_factory=dict)


def within(column: str, scope: Scope) -> str:
    """The restriction of a column to the rows in hand."""
    return "TRUE" if scope is None else f"{column} IN ({scope})"


def gid(kind: str, key: str) -> str:
    """A global id."""
    return f"'gid://shopify/{kind}/' || {key}"


def moment(expression: str) -> str:
    """DateTime: ISO 8601, UTC, whole seconds."""
    return f"strftime({expression}, '%Y-%m-%dT%H:%M:%SZ')"


def number(expression: str) -> str:
    """UnsignedInt64: a string of digits."""
    return f"({expression})::BIGINT::VARCHAR"


def money(amount: str, currency: str = SHOP_CURRENCY) -> Part:
    """MoneyV2 of a decimal expression that is never null, as Shopify writes amounts: "20.0", "19.95"."""
    cents, tenths = f"({amount})::DECIMAL(18, 2)", f"({amount})::DECIMAL(18, 1)"
    text = f"CASE WHEN {cents} = {tenths} THEN {tenths}::VARCHAR ELSE {cents}::VARCHAR END"
    return Part({"amount": text, "currencyCode": currency})


def bag(amount: str, currency: str = SHOP_CURRENCY) -> Part:
    """MoneyBag; customers pay in the shop's currency here, so both sides are equal."""
    side = money(amount, currency)
    return Part({"shopMoney": side, "presentmentMoney": side})


def address(key: str, country: str) -> Part:
    """MailingAddress: the world knows no more of an address than its country."""
    names = f"CASE {country} WHEN 'nl' THEN 'Netherlands' WHEN 'be' THEN 'Belgium' WHEN 'de' THEN 'Germany' END"
    fields = {"id": gid("MailingAddress", key), "countryCodeV2": f"upper({country})", "country": names}
    return Part(fields, present=f"{country} IS NOT NULL")
