"""A checked query as one SQL statement over the world, and its rows as GoogleAdsRow JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sandbox.gaql import Condition, GaqlError, Query
from sandbox.google_ads_checks import during
from sandbox.google_ads_fields import FIELDS, Field, group
from sandbox.google_ads_relations import Snapshot

JsonRow = dict[str, Any]
_HAPPENED = ("segments", "metrics")


def run(query: Query, snapshot: Snapshot) -> list[JsonRow]:
    """All rows of a checked query; raises GaqlError for a value that does not fit its field."""
    names = _selected(query)
    sql, params = _statement(query, names, snapshot)
    return [_json_row(names, row) for row in snapshot.world.query(sql, params)]


def field_mask(query: Query) -> str:
    """The selected fields as the response names them."""
    return ",".join(camel(name) for name in query.select)


def camel(name: str) -> str:
    """`metrics.costMicros` of `metrics.cost_micros`."""
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def _selected(query: Query) -> list[str]:
    """SELECT, and the resource names that come with every resource that is asked for."""
    groups = dict.fromkeys([query.resource, *(group(name) for name in query.select)])
    named = [f"{item}.resource_name" for item in groups if item not in _HAPPENED]
    return list(dict.fromkeys([*named, *query.select]))


def _statement(query: Query, names: Sequence[str], snapshot: Snapshot) -> tuple[str, list[Any]]:
    facts, facts_params = _conditions(query, ("segments",), snapshot)
    where, where_params = _conditions(query, ("customer", "customer_client", "campaign", "conversion_action"), snapshot)
    having, having_params = _conditions(query, ("metrics",), snapshot)
    columns = [f"{_sql(name)} AS c{number}" for number, name in enumerate(names)]
    keys = [f"c{number}" for number, name in enumerate(names) if group(name) != "metrics"]
    sql = f"""SELECT {", ".join(columns)} FROM {_relations(query, snapshot, facts)}
        WHERE {where} GROUP BY {", ".join(keys)} HAVING {having} AND {_not_idle(query)}
        ORDER BY {", ".join([*_orders(query, names), *keys])} {f"LIMIT {query.limit}" if query.limit else ""}"""
    return sql, [*facts_params, *where_params, *having_params]


def _sql(name: str) -> str:
    sql = FIELDS[name].sql
    return f"coalesce({sql}, 0)" if group(name) == "metrics" else sql


def _relations(query: Query, snapshot: Snapshot, facts_where: str) -> str:
    """FROM: the account, the resource's own relation, and the facts when metrics or segments are asked for.

    Segments ask for what happened; metrics alone keep the campaigns to which nothing happened.
    """
    sql = f"{snapshot.customer()} AS customer"
    if query.resource != "customer":
        sql += f" CROSS JOIN {getattr(snapshot, query.resource)()} AS {query.resource}"
    segments = [name for name in query.select if group(name) == "segments"]
    if any(group(name) in _HAPPENED for name in query.fields):
        by_action = any(name.startswith("segments.conversion_action") for name in segments)
        kept = f"{facts_where} AND {'facts.action IS NOT NULL' if by_action else 'true'}"
        relation = f"(SELECT * FROM {snapshot.facts()} AS facts WHERE {kept}) AS facts"
        matches = "facts.campaign_id = campaign.campaign_id" if query.resource == "campaign" else "true"
        sql += f" {'JOIN' if segments else 'LEFT JOIN'} {relation} ON {matches}"
    return sql


def _not_idle(query: Query) -> str:
    """With a segment, rows whose every selected metric is zero are not sent."""
    metrics = [name for name in query.select if group(name) == "metrics"]
    segmented = any(group(name) == "segments" for name in query.select)
    return "(" + " OR ".join(f"{_sql(name)} <> 0" for name in metrics) + ")" if metrics and segmented else "true"


def _orders(query: Query, names: Sequence[str]) -> list[str]:
    return [f"c{names.index(order.field)}{' DESC' if order.downwards else ''}" for order in query.orders]


def _conditions(query: Query, groups: Sequence[str], snapshot: Snapshot) -> tuple[str, list[Any]]:
    """The conditions on fields of these groups, joined; `true` when there are none."""
    parts = [_condition(item, snapshot) for item in query.where if group(item.field) in groups]
    sql = " AND ".join(part for part, _values in parts) or "true"
    return sql, [value for _part, values in parts for value in values]


def _condition(asked: Condition, snapshot: Snapshot) -> tuple[str, list[Any]]:
    field, sql = FIELDS[asked.field], f"({_sql(asked.field)})"
    if asked.operator == "DURING":
        first, last = during(asked.values[0], snapshot.today)
        return f"{sql} BETWEEN ? AND ?", [first, last]
    if asked.operator == "IS":
        return f"{sql} IS {asked.values[0]}", []
    values = [_value(asked, field, text) for text in asked.values]
    if asked.operator == "BETWEEN":
        return f"{sql} BETWEEN ? AND ?", values
    if asked.operator in ("IN", "NOT IN"):
        return f"{sql} {asked.operator} ({', '.join('?' for _value in values)})", values
    # LIKE is blind to case at Google; everything else is not.
    return f"{sql} {asked.operator.replace('LIKE', 'ILIKE')} ?", values


def _value(asked: Condition, field: Field, text: str) -> Any:
    """The text as the field's type; raises GaqlError."""
    if field.kind == "enum" and text not in field.constants:
        raise GaqlError("BAD_ENUM_CONSTANT", f"Error in WHERE clause: invalid enum constant '{text}'.")
    if field.kind in ("int64", "int32", "double") and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise GaqlError("BAD_NUMBER", f"Error in WHERE clause: '{text}' is not a number ({asked.field}).")
    return text.lower() == "true" if field.kind == "bool" else text


def _json_row(names: Sequence[str], row: Sequence[Any]) -> JsonRow:
    """A row as canonical JSON: camelCase, int64 as text, and zero, false and empty left out."""
    found: JsonRow = {}
    for name, value in zip(names, row, strict=True):
        resource, _, field = camel(name).partition(".")
        target = found.setdefault(resource, {})
        if value:
            target[field] = _json_value(FIELDS[name].kind, value)
    return {resource: fields for resource, fields in found.items() if fields}


def _json_value(kind: str, value: Any) -> Any:
    if kind == "double":
        return int(value) if float(value).is_integer() else float(value)
    if kind in ("bool", "int32"):
        return value
    return str(value)
