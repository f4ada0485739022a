"""Faster replacements for moto's update expressions: parsed once, copied and traversed with fewer type checks."""

import copy
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from moto.dynamodb.parsing import ast_nodes, expressions

_nodes: Any = ast_nodes  # both modules are untyped
_parser: Any = vars(expressions)["UpdateExpressionParser"]
_moto_make = _parser.make
_moto_pre_processing = _nodes.DepthFirstTraverser.pre_processing_of_child


@lru_cache(maxsize=1024)
def parsed(expression: str) -> Any:
    """Return the tree of an update expression. moto parses each twice, and changes only copies."""
    return _moto_make(expression)


def copied(value: Any) -> Any:
    """Copy the tree of an expression, whose leaves are texts and numbers, or anything else."""
    return _copied(value, None) if type(value) is _nodes.UpdateExpression else copy.deepcopy(value)


def _copied(node: Any, parent: Any) -> Any:
    made = object.__new__(type(node))
    vars(made).update(vars(node))
    made.parent = parent
    if node.children is not None:
        made.children = [_copied(child, made) if _is(type(child), _nodes.Node) else child for child in node.children]
    return made


def traverse(traverser: Any, root: Any) -> Any:
    """Process nodes bottom up. moto asks for the processors, and for the type in each of them, at each node."""
    processors: dict[type, Callable[[Any], Any]] = traverser._processing_map()
    kinds, before = tuple(processors), traverser.pre_processing_of_child
    has_hook = type(traverser).pre_processing_of_child is not _moto_pre_processing

    def visit(node: Any, index: int) -> Any:
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if has_hook:
                before(node, number)
            if _is(type(child), _nodes.Node):
                visit(child, number)
        kind = _first(type(node), kinds)
        if kind is None:
            return node
        node = processors[kind](node)
        node.parent = parent
        if parent:
            parent.children[index] = node
        return node

    return visit(root, -1)


def find_clauses(node: Any, kinds: Iterable[type]) -> list[Any]:
    found: list[Any] = []
    for child in node.children or ():
        kind = type(child)
        if kind in kinds:
            found.append(child)
        elif _is(kind, _nodes.Expression) or _is(kind, _nodes.UpdateExpressionFunction):
            found.extend(find_clauses(child, kinds))
    return found


def _first_kind(kind: type, of: tuple[type, ...]) -> type | None:
    """Return the first of these types that the type is a subclass of."""
    return next((it for it in of if issubclass(kind, it)), None)


_is: Callable[[Any, Any], bool] = cache(issubclass)
_first: Callable[[Any, Any], Any] = cache(_first_kind)
