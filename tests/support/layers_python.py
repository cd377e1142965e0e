"""The architecture's tables of Python layers, and the functions that hold a module against them."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from layers import layer

if TYPE_CHECKING:
    from layers import Layer

# Keys are the first name below `elltwo`; "elltwo" among the permissions is the package itself,
# that is, its public names.
PYTHON_LAYERS = {
    "_core": layer("_core_moments", "numpy"),
    "_core_moments": layer("_core", "numpy"),  # a part of its stub
    "exceptions": layer(""),
    "functional": layer("exceptions functional _core", "numpy"),
    "linear_model": layer("exceptions functional linear_model", "numpy sklearn typing_extensions"),
    "integrations": layer("elltwo integrations", "numpy pandas polars"),
    "cython_api": layer("_core", "numpy"),
    "stream": layer("exceptions functional stream", "numpy pyarrow"),
    "plot": layer("elltwo exceptions functional linear_model plot", "numpy matplotlib"),
    "cli": layer("elltwo exceptions functional linear_model plot stream cli", "numpy"),
    "__main__": layer("cli"),
    "__init__": layer("cython_api exceptions functional linear_model plot stream _core"),
}


def imported_names(source: str, module: str) -> set[str]:
    """Absolute dotted names that a Python module imports, wherever in the file it does so.

    ``module`` is its own dotted name (of a package: with ``.__init__``), needed for
    relative imports. ``from a import b`` counts as ``a.b``; ``import_module("a")`` as ``a``;
    reading ``elltwo.x`` as ``elltwo.x``.
    """
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names.update(alias.name for alias in node.names)
            case ast.ImportFrom():
                parents = module.split(".")[: -node.level] if node.level else []
                start = ".".join([*parents, *([node.module] if node.module else [])])
                names.update(f"{start}.{alias.name}" for alias in node.names)
            case ast.Call(
                func=ast.Attribute(attr="import_module") | ast.Name(id="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="elltwo")):
                names.add(f"elltwo.{node.attr}")
            case _:
                pass
    return names


def python_layer(module: str) -> str:
    """Name the layer of a module of elltwo: ``elltwo.functional._ridge.fit`` is ``functional``."""
    return module.split(".")[1]


def python_violations(source: str, module: str) -> list[str]:
    """What a module of elltwo imports against :data:`PYTHON_LAYERS`."""
    rules = PYTHON_LAYERS.get(python_layer(module))
    if rules is None:
        return [f"{module} belongs to no layer"]
    return sorted(
        f"{module} imports {name}"
        for name in imported_names(source, module)
        if not _python_allowed(name, rules)
    )


def _python_allowed(name: str, rules: Layer) -> bool:
    root, _, rest = name.partition(".")
    if root != "elltwo":
        return root in rules.foreign or root in sys.stdlib_module_names
    first = rest.split(".")[0]
    if first in PYTHON_LAYERS or first.startswith("_"):
        return first in rules.own
    return "elltwo" in rules.own


def private_names(source: str, module: str) -> list[str]:
    """Underscore names of elltwo that a client (benchmark, example, documentation) uses."""
    return sorted(
        name
        for name in imported_names(source, module)
        if name.startswith("elltwo.") and re.search(r"\._(?!_)", name)
    )


def long_functions(source: str, limit: int) -> list[str]:
    """Functions with more lines than ``limit``, docstrings not counted."""
    return [
        f"{node.name}: {length} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := _function_lines(node)) > limit
    ]


def _function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return total
    docstring = node.body[0]
    return total - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)
