"""GraphQL validation in Shopify's words: the rules whose errors clients look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    FieldNode,
    FieldsOnCorrectTypeRule,
    FragmentDefinitionNode,
    GraphQLError,
    InlineFragmentNode,
    KnownArgumentNamesRule,
    Node,
    OperationDefinitionNode,
    ScalarLeafsRule,
    ValidationRule,
    get_named_type,
    is_leaf_type,
    specified_rules,
)


def _path(ancestors: Sequence[Any], node: Node) -> list[str]:
    """Where a node stands, as Shopify writes it: `query Orders`, `orders`, `nodes`, `colour`."""
    return [_step(each) for each in (*ancestors, node) if isinstance(each, _STEPS)]


_STEPS = (OperationDefinitionNode, FragmentDefinitionNode, InlineFragmentNode, FieldNode, ArgumentNode)


def _step(node: Any) -> str:
    if isinstance(node, OperationDefinitionNode):
        return f"{node.operation.value} {node.name.value}" if node.name else node.operation.value
    if isinstance(node, FragmentDefinitionNode):
        return f"fragment {node.name.value}"
    if isinstance(node, InlineFragmentNode):
        return f"... on {node.type_condition.name.value}" if node.type_condition else "..."
    return str(node.alias.value if getattr(node, "alias", None) else node.name.value)


class UndefinedField(ValidationRule):
    """`Field 'x' doesn't exist on type 'Order'`."""

    def enter_field(self, node: FieldNode, _key: Any, _parent: Any, _path_: Any, ancestors: list[Any]) -> None:
        """Complain of a field that its type has not."""
        owner = self.context.get_parent_type()
        if owner is None or self.context.get_field_def() is not None:
            return
        name = node.name.value
        extensions = {
            "code": "undefinedField",
            "typeName": owner.name,
            "fieldName": name,
            "path": _path(ancestors, node),
        }
        message = f"Field '{name}' doesn't exist on type '{owner.name}'"
        self.report_error(GraphQLError(message, node, extensions=extensions))


class ArgumentNotAccepted(ValidationRule):
    """`Field 'orders' doesn't accept argument 'x'`."""

    def enter_argument(self, node: ArgumentNode, _key: Any, _parent: Any, _path_: Any, ancestors: list[Any]) -> None:
        """Complain of an argument that its field has not."""
        field, field_def = ancestors[-1], self.context.get_field_def()
        field = next((each for each in reversed(ancestors) if isinstance(each, FieldNode)), field)
        if field_def is None or self.context.get_directive() or node.name.value in field_def.args:
            return
        name = field.name.value
        extensions = {
            "code": "argumentNotAccepted",
            "name": name,
            "typeName": "Field",
            "argumentName": node.name.value,
            "path": _path(ancestors, node),
        }
        message = f"Field '{name}' doesn't accept argument '{node.name.value}'"
        self.report_error(GraphQLError(message, node, extensions=extensions))


class SelectionMismatch(ValidationRule):
    """Objects need selections, scalars have none."""

    def enter_field(self, node: FieldNode, _key: Any, _parent: Any, _path_: Any, ancestors: list[Any]) -> None:
        """Complain of `shop` without fields, or of `id { x }`."""
        kind = self.context.get_type()
        named = get_named_type(kind) if kind else None
        if named is None or is_leaf_type(named) == (node.selection_set is None):
            return
        name = node.name.value
        message = (
            f"Selections can't be made on scalars (field '{name}' returns {named.name} but has selections)"
            if is_leaf_type(named)
            else f"Field must have selections (field '{name}' returns {named.name} but has no selections. "
            f"Did you mean '{name} {{ ... }}'?)"
        )
        extensions = {"code": "selectionMismatch", "nodeName": f"field '{name}'", "typeName": named.name}
        self.report_error(GraphQLError(message, node, extensions=extensions | {"path": _path(ancestors, node)}))


_REWORDED: dict[type[ASTValidationRule], type[ASTValidationRule]] = {
    FieldsOnCorrectTypeRule: UndefinedField,
    KnownArgumentNamesRule: ArgumentNotAccepted,
    ScalarLeafsRule: SelectionMismatch,
}
RULES = [_REWORDED.get(rule, rule) for rule in specified_rules]
