"""The Google Ads Query Language: text into a Query, errors by the codes of queryError.

    SELECT field, … FROM resource [WHERE condition AND …] [ORDER BY field [ASC|DESC], …] [LIMIT n] [PARAMETERS …]

Keywords are read in any case, field names as they are. There is no OR, no NOT before a condition, no alias.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.gaql_tokens import GaqlError, Token, tokens

__all__ = ["Condition", "GaqlError", "Order", "Query", "parse"]

OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "IN", "NOT IN", "LIKE", "NOT LIKE", "BETWEEN", "DURING", "IS")


@dataclass(frozen=True)
class Condition:
    """One condition of WHERE. `values` are the texts on the right, unquoted; IS has the value NULL or NOT NULL."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Order:
    """One term of ORDER BY."""

    field: str
    downwards: bool = False


@dataclass(frozen=True)
class Query:
    """A query, read but not yet checked against the fields that exist."""

    select: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    limit: int | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that the query names, in SELECT first."""
        filtered, ordered = [item.field for item in self.where], [item.field for item in self.orders]
        return tuple(dict.fromkeys([*self.select, *filtered, *ordered]))


def parse(text: str) -> Query:
    """Read a query; raises GaqlError."""
    return _Reader(tokens(text)).query()


@dataclass
class _Reader:
    """A recursive descent over the tokens."""

    tokens: list[Token]
    place: int = field(default=0)

    def query(self) -> Query:
        self._expect("SELECT", "EXPECTED_SELECT")
        select = self._list_of_fields()
        self._expect("FROM", "EXPECTED_FROM")
        resource = self._field()
        where = self._conditions() if self._accept("WHERE") else ()
        orders = self._orders() if self._accept("ORDER") else ()
        limit = self._limit() if self._accept("LIMIT") else None
        if self._accept("PARAMETERS"):
            self._parameters()
        if self.place < len(self.tokens):
            raise GaqlError("UNEXPECTED_INPUT", f"Error in query: unexpected input {self.tokens[self.place].text}.")
        return Query(tuple(select), resource, tuple(where), tuple(orders), limit)

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise GaqlError("UNEXPECTED_END_OF_QUERY", "Error in query: unexpected end of query.")
        self.place += 1
        return token

    def _accept(self, word: str) -> bool:
        token = self._peek()
        if token is None or token.kind == "string" or token.text.upper() != word:
            return False
        self.place += 1
        return True

    def _expect(self, word: str, code: str) -> None:
        if not self._accept(word):
            found = self._peek()
            raise GaqlError(code, f"Error in query: expected {word}, found {found.text if found else 'end of query'}.")

    def _field(self) -> str:
        token = self._next()
        if token.kind != "word":
            raise GaqlError("BAD_FIELD_NAME", f"Error in query: invalid field name {token.text}.")
        return token.text

    def _list_of_fields(self) -> list[str]:
        fields = [self._field()]
        while self._accept(","):
            fields.append(self._field())
        return fields

    def _conditions(self) -> list[Condition]:
        found = [self._condition()]
        while self._accept("AND"):
            found.append(self._condition())
        return found

    def _condition(self) -> Condition:
        name, operator = self._field(), self._operator()
        if operator in ("IN", "NOT IN"):
            return Condition(name, operator, self._list())
        if operator == "BETWEEN":
            first = self._value()
            self._expect("AND", "EXPECTED_VALUE_WITH_BETWEEN_OPERATOR")
            return Condition(name, operator, (first, self._value()))
        if operator == "IS":
            negated = self._accept("NOT")
            self._expect("NULL", "UNEXPECTED_INPUT")
            return Condition(name, operator, ("NOT NULL" if negated else "NULL",))
        return Condition(name, operator, (self._value(),))

    def _operator(self) -> str:
        words = [self._next().text.upper()]
        if words == ["NOT"]:
            words.append(self._next().text.upper())
        operator = " ".join(words)
        if operator not in OPERATORS:
            raise GaqlError("BAD_OPERATOR", f"Error in query: invalid operator '{operator}'.")
        return operator

    def _value(self) -> str:
        token = self._next()
        if token.kind == "symbol":
            raise GaqlError("BAD_VALUE", f"Error in query: invalid value '{token.text}'.")
        return re.sub(r"\\(.)", r"\1", token.text[1:-1]) if token.kind == "string" else token.text

    def _list(self) -> tuple[str, ...]:
        self._expect("(", "EXPECTED_LIST")
        if self._accept(")"):
            raise GaqlError("PROHIBITED_EMPTY_LIST_IN_CONDITION", "Error in query: the list may not be empty.")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")", "EXPECTED_LIST")
        return tuple(values)

    def _orders(self) -> list[Order]:
        self._expect("BY", "EXPECTED_BY")
        orders = [self._order()]
        while self._accept(","):
            orders.append(self._order())
        return orders

    def _order(self) -> Order:
        name = self._field()
        downwards = self._accept("DESC")
        if not downwards:
            self._accept("ASC")
        return Order(name, downwards)

    def _limit(self) -> int:
        token = self._next()
        if not token.text.isdigit():
            raise GaqlError("BAD_LIMIT_VALUE", f"Error in query: invalid limit {token.text}.")
        if int(token.text) < 1:
            raise GaqlError("LIMIT_VALUE_TOO_LOW", "Error in query: the limit must be at least 1.")
        return int(token.text)

    def _parameters(self) -> None:
        """`include_drafts = true` and the like; there are no drafts here to include."""
        while True:
            name = self._field()
            if name not in ("include_drafts", "omit_unselected_resource_names"):
                raise GaqlError("BAD_PARAMETER_NAME", f"Error in query: unknown parameter '{name}'.")
            self._expect("=", "BAD_OPERATOR")
            if self._value().lower() not in ("true", "false"):
                raise GaqlError("BAD_PARAMETER_VALUE", f"Error in query: bad value of parameter '{name}'.")
            if not self._accept(","):
                return
