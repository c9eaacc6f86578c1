"""Small mistakes made on purpose in a piece of SQL, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
Node = exp.Expression


@dataclass(frozen=True)
class Mutant:
    """SQL with one mistake in it, and what the mistake is."""

    what: str
    sql: str


def normal(sql: str) -> str:
    """The SQL as sqlglot writes it: without a mistake it has to mean what it meant."""
    return sqlglot.parse_one(sql, dialect=DIALECT).sql(dialect=DIALECT)


def mutants(sql: str) -> Iterator[Mutant]:
    """Every mistake of every part, each in a copy of its own."""
    tree = sqlglot.parse_one(sql, dialect=DIALECT)
    seen = {normal(sql)}
    for number, node in enumerate(tree.walk()):
        for name, change in _MISTAKES.get(type(node), []):
            copy = tree.copy()
            place = next(found for index, found in enumerate(copy.walk()) if index == number)
            changed = change(place)
            if changed is None:
                continue
            text = _replaced(copy, place, changed).sql(dialect=DIALECT)
            if text not in seen:
                seen.add(text)
                yield Mutant(f"{name}: {_short(node)} -> {_short(changed)}{_where(node)}", text)


def _replaced(tree: Node, place: Node, changed: Node) -> Node:
    if place is tree:
        return changed
    if changed is not place:
        place.replace(changed)
    return tree


def _short(node: Node) -> str:
    text = node.sql(dialect=DIALECT)
    return text if len(text) <= 110 else f"{text[:70]} … {text[-35:]}"


def _where(node: Node) -> str:
    """A constant alone says too little to know it by."""
    return f" in {_short(node.parent)}" if isinstance(node, exp.Literal) and node.parent else ""


def _as(kind: type[Node]) -> Callable[[Node], Node | None]:
    """The same operands under another operator."""
    return lambda node: kind(this=node.this.copy(), expression=node.expression.copy())


def _side(name: str) -> Callable[[Node], Node | None]:
    """One of the operands only."""
    return lambda node: node.args[name].copy() if node.args.get(name) else None


def _number(node: Node) -> Node | None:
    if node.is_string:
        # The name of a code, a state or a direction; a blank is filler.
        return exp.Literal.string(f"{node.this}_") if node.this else None
    value = float(node.this)
    return exp.Literal.number(f"{value * 1.5:g}" if value else "1")


def _first_swapped(node: Node) -> Node | None:
    """The outcomes of the first two branches of a case, exchanged."""
    branches = node.args["ifs"]
    if len(branches) < 2:
        return None
    first, second = (branch.args["true"].copy() for branch in branches[:2])
    branches[0].set("true", second)
    branches[1].set("true", first)
    return node


def _without_branch(number: int) -> Callable[[Node], Node | None]:
    def change(node: Node) -> Node | None:
        branches = node.args["ifs"]
        if number >= len(branches) or len(branches) == 1:
            return None
        node.set("ifs", branches[:number] + branches[number + 1 :])
        return node

    return change


def _without_else(node: Node) -> Node | None:
    if node.args.get("default") is None:
        return None
    node.set("default", None)
    return node


def _first_of_several(node: Node) -> Node | None:
    return node.this.copy()


def _last_of_several(node: Node) -> Node | None:
    return node.expressions[-1].copy() if node.expressions else None


def _other_extreme(kind: type[Node]) -> Callable[[Node], Node | None]:
    return lambda node: kind(this=node.this.copy(), expressions=[part.copy() for part in node.expressions])


def _other_join(node: Node) -> Node | None:
    if node.args.get("kind") == "CROSS" or not node.args.get("on"):
        return None
    node.set("side", None if node.args.get("side") == "LEFT" else "LEFT")
    node.set("kind", "INNER" if node.args.get("side") is None else None)
    return node


def _other_order(node: Node) -> Node | None:
    node.set("desc", not node.args.get("desc"))
    node.set("nulls_first", None)
    return node


def _without_partition(node: Node) -> Node | None:
    keys = node.args.get("partition_by")
    if not keys:
        return None
    node.set("partition_by", keys[:-1])
    return node


def _without_where(node: Node) -> Node | None:
    return exp.Where(this=exp.true())


_COMPARED: dict[type[Node], tuple[type[Node], ...]] = {
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
    exp.Div: (exp.Mul,),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
}
Mistake = tuple[str, Callable[[Node], Node | None]]
_ONE_SIDE: list[Mistake] = [("left only", _side("this")), ("right only", _side("expression"))]
_MISTAKES: dict[type[Node], list[Mistake]] = {
    **{
        kind: [("operator", _as(other)) for other in others]
        + (_ONE_SIDE if kind in (exp.And, exp.Or, exp.Add, exp.Sub, exp.Mul, exp.Div) else [])
        for kind, others in _COMPARED.items()
    },
    exp.Literal: [("constant", _number)],
    exp.Not: [("not dropped", _first_of_several)],
    exp.Abs: [("abs dropped", _first_of_several)],
    exp.Is: [("is turned round", lambda node: exp.Not(this=node.copy()))],
    exp.Nullif: [("nullif dropped", _first_of_several)],
    exp.Coalesce: [("first of coalesce", _first_of_several), ("last of coalesce", _last_of_several)],
    exp.Greatest: [("least", _other_extreme(exp.Least)), ("first only", _first_of_several)],
    exp.Least: [("greatest", _other_extreme(exp.Greatest)), ("first only", _first_of_several)],
    exp.Min: [("max", lambda node: exp.Max(this=node.this.copy()))],
    exp.Max: [("min", lambda node: exp.Min(this=node.this.copy()))],
    exp.Case: [
        ("outcomes swapped", _first_swapped),
        ("else dropped", _without_else),
        *((f"branch {number + 1} dropped", _without_branch(number)) for number in range(9)),
    ],
    exp.Join: [("join", _other_join)],
    exp.Ordered: [("order", _other_order)],
    exp.Window: [("partition key dropped", _without_partition)],
    exp.Where: [("where dropped", _without_where)],
}
"""What can be wrong with each kind of part."""
