"""A query as sent: parsed, validated against the sandbox's schema in Shopify's words, with its variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    build_schema,
    parse,
    validate,
)
from graphql.execution import get_argument_values, get_directive_values, get_variable_values

from sandbox.shopify_errors import ApiError, RefusedError
from sandbox.shopify_rules import RULES

TYPENAME = "__typename"
Selected = dict[str, list[FieldNode]]
"""Response key -> the field nodes that ask for it (more than one where fragments repeat a field)."""


@cache
def schema() -> GraphQLSchema:
    """The sandbox's schema."""
    return build_schema((Path(__file__).parent / "shopify_schema.graphql").read_text())


@dataclass(frozen=True)
class Document:
    """One operation of a validated document."""

    syntax: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    _memo: dict[tuple[Any, ...], Selected] = field(default_factory=dict)

    @property
    def is_mutation(self) -> bool:
        """Whether the operation is a mutation."""
        return self.operation.operation == OperationType.MUTATION

    @property
    def root_type(self) -> str:
        """`QueryRoot` or `Mutation`."""
        return "Mutation" if self.is_mutation else "QueryRoot"

    def roots(self) -> Selected:
        """The top-level fields."""
        return self._collect(self.root_type, [self.operation.selection_set])

    def below(self, type_name: str, fields: Iterable[FieldNode]) -> Selected:
        """The fields selected of an object type under the given field nodes."""
        asked = tuple(fields)
        known = self._memo.get((type_name, *map(id, asked)))
        if known is None:
            known = self._collect(type_name, [each.selection_set for each in asked if each.selection_set])
            self._memo[(type_name, *map(id, asked))] = known
        return known

    def arguments(self, type_name: str, asked: FieldNode) -> dict[str, Any]:
        """The values of a field's arguments, defaults and variables filled in; enums as their names."""
        return get_argument_values(self.definition(type_name, asked), asked, dict(self.variables))

    def definition(self, type_name: str, asked: FieldNode) -> GraphQLField:
        """The schema's definition of a field (not of `__typename`)."""
        owner = schema().type_map[type_name]
        assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
        return owner.fields[asked.name.value]

    def _collect(self, type_name: str, sets: Sequence[SelectionSetNode]) -> Selected:
        found: Selected = {}
        for one in sets:
            for selection in one.selections:
                self._add(type_name, selection, found)
        return found

    def _add(self, type_name: str, selection: SelectionNode, found: Selected) -> None:
        if not self._included(selection):
            return
        if isinstance(selection, FieldNode):
            key = selection.alias.value if selection.alias else selection.name.value
            found.setdefault(key, []).append(selection)
            return
        part: Any = self.fragments[selection.name.value] if isinstance(selection, FragmentSpreadNode) else selection
        if part.type_condition is None or _fits(type_name, part.type_condition.name.value):
            for inner in part.selection_set.selections:
                self._add(type_name, inner, found)

    def _included(self, selection: SelectionNode) -> bool:
        values = dict(self.variables)
        skip = get_directive_values(GraphQLSkipDirective, selection, values)
        include = get_directive_values(GraphQLIncludeDirective, selection, values)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def _fits(type_name: str, condition: str) -> bool:
    if type_name == condition:
        return True
    wanted = schema().type_map[condition]
    concrete = schema().type_map[type_name]
    return isinstance(wanted, GraphQLInterfaceType) and wanted in getattr(concrete, "interfaces", ())


def read_document(text: str, variables: Mapping[str, Any] | None, operation_name: str | None = None) -> Document:
    """Parse, validate and bind a request. Raises RefusedError with Shopify's errors."""
    syntax = _validated(text)
    operation = _operation(syntax, operation_name)
    bound = get_variable_values(schema(), operation.variable_definitions, dict(variables or {}))
    if isinstance(bound, list):
        raise RefusedError(*(ApiError(error.message, "INVALID_VARIABLE", node=operation) for error in bound))
    fragments = {each.name.value: each for each in syntax.definitions if isinstance(each, FragmentDefinitionNode)}
    return Document(syntax, operation, fragments, bound)


@lru_cache(maxsize=64)
def _validated(text: str) -> DocumentNode:
    """Clients send the same few queries again and again."""
    syntax = _parsed(text)
    errors = validate(schema(), syntax, RULES)
    if errors:
        raise RefusedError(*map(_as_fault, errors))
    return syntax


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLSyntaxError as error:
        raise RefusedError(ApiError(syntax_message(error))) from error


def syntax_message(error: GraphQLSyntaxError) -> str:
    """The parser's complaint as Shopify words it: `syntax error, unexpected end of file at [3, 1]`."""
    if not error.source or not error.source.body.strip():
        return "syntax error, unexpected end of file"
    what = error.message.removeprefix("Syntax Error: ").rstrip(".")
    place = error.locations[0] if error.locations else None
    unexpected = "end of file" if "<EOF>" in what else what
    return f"syntax error, unexpected {unexpected}" + (f" at [{place.line}, {place.column}]" if place else "")


def _operation(syntax: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [each for each in syntax.definitions if isinstance(each, OperationDefinitionNode)]
    named = [each for each in operations if name is None or (each.name and each.name.value == name)]
    if len(named) == 1:
        return named[0]
    if name is None:
        raise RefusedError(ApiError("An operation name is required"))
    raise RefusedError(ApiError(f'No operation named "{name}"'))


def _as_fault(error: GraphQLError) -> ApiError:
    """A validation error: ours carry code and path in their extensions, graphql-core's keep their own words."""
    node = error.nodes[0] if error.nodes else None
    extensions = dict(error.extensions or {})
    return ApiError(error.message, extensions.pop("code", None), extensions.pop("path", ()), node, **extensions)
