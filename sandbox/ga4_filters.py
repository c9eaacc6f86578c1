"""FilterExpressions as SQL conditions. Values travel as parameters, names come from the schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.analytics.data_v1beta.types import Filter, NumericValue

from sandbox.ga4_errors import bad_request

_Match = Filter.StringFilter.MatchType
_Operation = Filter.NumericFilter.Operation

_STRING_SQL: dict[int, str] = {
    _Match.MATCH_TYPE_UNSPECIFIED: "{field} = {value}",
    _Match.EXACT: "{field} = {value}",
    _Match.BEGINS_WITH: "starts_with({field}, {value})",
    _Match.ENDS_WITH: "ends_with({field}, {value})",
    _Match.CONTAINS: "contains({field}, {value})",
    _Match.FULL_REGEXP: "regexp_full_match({field}, {value})",
    _Match.PARTIAL_REGEXP: "regexp_matches({field}, {value})",
}
_NUMERIC_SQL: dict[int, str] = {
    _Operation.EQUAL: "=",
    _Operation.LESS_THAN: "<",
    _Operation.LESS_THAN_OR_EQUAL: "<=",
    _Operation.GREATER_THAN: ">",
    _Operation.GREATER_THAN_OR_EQUAL: ">=",
}
_JOINED = {"and_group": " AND ", "or_group": " OR "}


@dataclass(frozen=True)
class Condition:
    """SQL with one `?` per parameter."""

    sql: str = "true"
    params: tuple[Any, ...] = ()


def condition(expression: Any, field_sql: Callable[[str], str]) -> Condition:
    """The condition of a raw FilterExpression; an empty one is true. field_sql gives the SQL of a field name."""
    kind = expression.WhichOneof("expr")
    if kind is None:
        return Condition()
    if kind == "filter":
        return _filter(expression.filter, field_sql(expression.filter.field_name))
    if kind == "not_expression":
        inner = condition(expression.not_expression, field_sql)
        return Condition(f"NOT ({inner.sql})", inner.params)
    return _group([condition(part, field_sql) for part in getattr(expression, kind).expressions], _JOINED[kind])


def _group(parts: list[Condition], joined: str) -> Condition:
    if not parts:
        raise bad_request("A FilterExpressionList must have at least one expression.")
    return Condition(
        "(" + joined.join(part.sql for part in parts) + ")", tuple(param for part in parts for param in part.params)
    )


def _filter(asked: Any, field: str) -> Condition:
    kind = asked.WhichOneof("one_filter")
    if kind not in _FILTERS:
        raise bad_request(f"The filter for field {asked.field_name} has no condition.")
    return _FILTERS[kind](getattr(asked, kind), field)


def _string(asked: Any, field: str) -> Condition:
    sql = _STRING_SQL[asked.match_type]
    if asked.case_sensitive:
        return Condition(sql.format(field=field, value="?"), (asked.value,))
    return Condition(sql.format(field=f"lower({field})", value="lower(?)"), (asked.value,))


def _in_list(asked: Any, field: str) -> Condition:
    if not asked.values:
        raise bad_request("An inListFilter must have at least one value.")
    fold = "{}" if asked.case_sensitive else "lower({})"
    marks = ", ".join(fold.format("?") for _value in asked.values)
    return Condition(f"{fold.format(field)} IN ({marks})", tuple(asked.values))


def _number(value: NumericValue) -> float:
    return float(getattr(value, value.WhichOneof("one_value") or "int64_value"))  # type: ignore[attr-defined]


def _numeric(asked: Any, field: str) -> Condition:
    if asked.operation not in _NUMERIC_SQL:
        raise bad_request("A numericFilter must have an operation.")
    return Condition(f"({field}) {_NUMERIC_SQL[asked.operation]} ?", (_number(asked.value),))


def _between(asked: Any, field: str) -> Condition:
    return Condition(f"({field}) BETWEEN ? AND ?", (_number(asked.from_value), _number(asked.to_value)))


def _empty(_asked: Any, field: str) -> Condition:
    return Condition(f"coalesce({field}, '') IN ('', '(not set)')")


_FILTERS: dict[str, Callable[[Any, str], Condition]] = {
    "string_filter": _string,
    "in_list_filter": _in_list,
    "numeric_filter": _numeric,
    "between_filter": _between,
    "empty_filter": _empty,
}
