"""What the Python expressions of a formula name, and which of them a file may hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from formulaic.utils.code import sanitize_variable_names

from elltwo.formula._functions import CONTRASTS, FUNCTIONS, NUMPY, TRANSFORMS

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 2000  # characters of an expression in a file
_LARGEST = 256  # degree, degrees of freedom or number of levels in a file
_OPERATORS = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.BitAnd, ast.BitOr, ast.BitXor),
)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_SIZES = ("degree", "df", "levels", "lag")


class UnsafeExpressionError(ValueError):
    """An expression that more than columns, numbers and known functions are needed for."""


def names_in(expression: str) -> set[str]:
    """Return the names that an expression uses, but for those of functions that it calls."""
    tree, aliases = _parsed(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {
        aliases.get(node.id, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and id(node) not in called
    }
    return names | {quoted for node in ast.walk(tree) if (quoted := _quoted(node)) is not None}


def functions_in(expression: str) -> set[str]:
    """Return the names of the functions that an expression calls."""
    tree, _ = _parsed(expression)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {node.id for node in calls if isinstance(node, ast.Name)}


def category_in(expression: str) -> str | None:
    """Return the column of ``C(column, ...)``; None for any other expression."""
    tree, aliases = _parsed(expression)
    call = tree.body
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args):
        return None
    first = call.args[0]
    if call.func.id != "C":
        return None
    return aliases.get(first.id, first.id) if isinstance(first, ast.Name) else _quoted(first)


def largest_width(expression: str) -> int:
    """Return more columns than a known expression can have, from the sizes that it gives."""
    tree, _ = _parsed(expression)
    width = 1
    for call in ast.walk(tree):
        match call:
            case ast.Call(func=ast.Name(id=name)) if name in TRANSFORMS:
                values = [*call.args, *(keyword.value for keyword in call.keywords)]
                width += sum(map(_size, values))
    return width


def _size(node: ast.expr) -> int:
    """Return how many columns a constant argument of a transformation may stand for."""
    match node:
        case ast.Constant(value=int(value)) if value <= _LARGEST:
            return max(0, int(value))
    return sum(isinstance(one, ast.Constant) for one in ast.walk(node))


def require_known(expression: str) -> None:
    """Refuse an expression that uses anything but columns, constants and known functions.

    Of what a file holds only such expressions are evaluated: no attribute of a value is read, no
    function is called that is not listed, and constants are combined with columns alone, so that
    the work is that of a few passes over the columns.

    Raises
    ------
    UnsafeExpressionError
        If it does; the message says where.
    """
    if len(expression) > _LONGEST:
        raise UnsafeExpressionError(f"{expression[:40]!r}... is too long")
    try:
        tree, _ = _parsed(expression)
        _require_value(tree.body)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        if isinstance(error, UnsafeExpressionError):
            raise
        raise UnsafeExpressionError(f"{expression!r} is no expression") from None


def _parsed(expression: str) -> tuple[ast.Expression, dict[str, str]]:
    """Parse an expression as formulaic does, with names for those in backticks."""
    aliases: dict[str, str] = {}
    text = sanitize_variable_names(expression, {}, aliases)
    return ast.parse(text, mode="eval"), aliases


def _quoted(node: ast.AST) -> str | None:
    """Return the column of ``Q("column")``."""
    match node:
        case ast.Call(func=ast.Name(id="Q"), args=[ast.Constant(value=str(name))], keywords=[]):
            return name
    return None


def _require_value(node: ast.expr) -> None:
    """Refuse a node unless its value is a column, or several."""
    match node:
        case ast.Name():
            return
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert()):
            _require_value(node.operand)
        case ast.BinOp() if isinstance(node.op, _OPERATORS):
            _require_operands([node.left, node.right])
        case ast.Compare() if all(isinstance(op, _COMPARISONS) for op in node.ops):
            _require_operands([node.left, *node.comparators], text=len(node.ops) == 1)
        case ast.Call():
            _require_call(node)
        case _:
            raise _unknown(node)


def _require_operands(nodes: list[ast.expr], *, text: bool = False) -> None:
    """Refuse operands of which not one is a column, and the others are plain numbers."""
    constant = [_is_number(node) or (text and _is_text(node)) for node in nodes]
    if all(constant):
        raise _unknown(nodes[0])
    for node, known in zip(nodes, constant, strict=True):
        if not known:
            _require_value(node)


def _require_call(node: ast.Call) -> None:
    bounded = False
    match node.func:
        case ast.Name(id=name):
            if name not in FUNCTIONS and name not in TRANSFORMS:
                raise UnsafeExpressionError(f"it calls {name!r}")
            bounded = name in TRANSFORMS
        case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in NUMPY:
            pass
        case ast.Attribute(value=ast.Name(id="contr"), attr=name) if name in CONTRASTS:
            pass
        case _:
            raise _unknown(node.func)
    named = [(keyword.arg, keyword.value) for keyword in node.keywords]
    if any(isinstance(arg, ast.Starred) for arg in node.args) or any(k is None for k, _ in named):
        raise _unknown(node)
    for keyword, value in [*((None, arg) for arg in node.args), *named]:
        if bounded and (keyword is None or keyword in _SIZES) and _is_large(value):
            raise UnsafeExpressionError(f"{ast.unparse(node)!r} is too large")
        if not _is_constant(value) and not _is_contrast(value):
            _require_value(value)


def _is_contrast(node: ast.expr) -> bool:
    """Whether a node is the name of a coding of categories, as in ``C(a, contr.sum)``."""
    match node:
        case ast.Attribute(value=ast.Name(id="contr"), attr=name):
            return name in CONTRASTS
    return False


def _is_constant(node: ast.expr) -> bool:
    """Whether a node is a constant, or lists, tuples and dictionaries of them."""
    match node:
        case ast.List(elts=entries) | ast.Tuple(elts=entries):
            return all(map(_is_constant, entries))
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_constant(key) for key in keys) and all(
                map(_is_constant, values)
            )
        case ast.Constant(value=None):
            return True
    return _is_number(node) or _is_text(node)


def _is_number(node: ast.expr) -> bool:
    """Whether a node is a number with or without a sign; large integers would not be floats."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, float) or (isinstance(value, int) and value < 2**53)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_large(node: ast.expr) -> bool:
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, int | float) and not value <= _LARGEST


def _unknown(node: ast.AST) -> UnsafeExpressionError:
    return UnsafeExpressionError(f"it contains {ast.unparse(node)!r}")


def expressions_of(terms: tuple[tuple[tuple[str, str], ...], ...]) -> Iterator[str]:
    """Yield the expressions of the factors of terms, each an expression and how it is read."""
    yield from (expr for term in terms for expr, method in term if method == "python")
