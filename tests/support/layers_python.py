"""The architecture's tables of Python layers, and the functions that hold a module against them."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from layers import layer

if TYPE_CHECKING:
    from collections.abc import Container

# Keys are rooms: packages and modules by their names below `elltwo`. A module belongs to the
# longest key that its name begins with; private modules of a package that has rooms must be in one
# of them. A module may import from its own room. Beyond it, a permission is a room, of which only
# names without underscore may be used, or a module in a room; "elltwo" are the public names of the
# package. Imports under `if TYPE_CHECKING` count like all others.
_PUBLIC = "elltwo exceptions functional"
_ESTIMATORS = (
    "functional._logistic.estimator functional._logistic_cv.estimator"
    " functional._elastic_net.estimator functional._elastic_net_cv.estimator"
)
_NETWORKS = "functional._network.estimator"
# What partitions of a cluster share with the parts of a stream.
_STREAM = (
    "stream._blocks stream._columns stream._fold_rows stream._framing stream._labels"
    " stream._part_moments stream._part_pass stream._progress stream._refusals stream._state"
)
# What the command line reads tables of text with.
_TABULAR = (
    "tabular tabular._choosing tabular._column_codes tabular._columns tabular._frame_table"
    " tabular._table_fit tabular._text_table"
)
PYTHON_LAYERS = {
    "_core": layer("_core_moments", "numpy"),
    "_core_moments": layer(
        "_core _core._FloatArray _core._Float64Array _core._RidgeOptions", "numpy"
    ),  # a part of its stub
    "exceptions": layer(""),
    "cython_api": layer("_core", "numpy"),
    "linear_model": layer(
        f"exceptions functional functional._base functional._cv {_ESTIMATORS}",
        "numpy scipy sklearn typing_extensions",
    ),
    "neural_network": layer(
        f"exceptions functional functional._base {_NETWORKS}"
        " linear_model._labels linear_model._parameters linear_model._saved_content"
        " linear_model._to_sklearn linear_model._warnings",
        "numpy sklearn typing_extensions",
    ),
    "stream": layer(
        "exceptions functional functional._base functional._cv functional._logistic_passes",
        "numpy pyarrow",
    ),
    "plot": layer(
        f"{_PUBLIC} functional._base functional._cv linear_model linear_model._shown",
        "numpy matplotlib",
    ),
    "formula": layer("elltwo exceptions functional._base", "numpy pandas formulaic"),
    "report": layer(
        f"{_PUBLIC} functional._base plot plot._axes",
        "numpy matplotlib",
    ),
    "cli": layer(
        f"{_PUBLIC} functional._base linear_model plot plot._axes report report._certificate stream"
        f" stream._cells stream._pyarrow stream._tables {_TABULAR}",
        "numpy",
    ),
    "tabular": layer(f"{_PUBLIC} functional._base", "numpy"),
    "__main__": layer("cli"),
    "_saving": layer(
        "functional._base tabular._earlier"
    ),  # `elltwo.load`; its table names the modules `saved` of rooms
    "__init__": layer(
        "cython_api exceptions formula functional linear_model neural_network plot report stream"
        " tabular tabular._table_fit _core _saving"
    ),
    # Integrations: each knows one peer, and what is below them knows none.
    "integrations": layer("integrations._decay"),  # its records
    "integrations._peers": layer(""),
    "integrations.pandas": layer("elltwo functional._base integrations._peers", "numpy pandas"),
    "integrations.polars": layer("elltwo functional._base integrations._peers", "numpy polars"),
    "integrations._reduce": layer(  # sums over partitions, on no cluster
        f"{_PUBLIC} functional._base functional._logistic_passes linear_model {_STREAM}", "numpy"
    ),
    "integrations.dask": layer(
        "elltwo functional._base integrations._peers integrations._reduce",
        "numpy pandas dask distributed",
    ),
    "integrations.spark": layer(
        "elltwo exceptions functional._base integrations._peers integrations._reduce",
        "numpy pyspark",
    ),
    "integrations.ray": layer(
        "elltwo functional._base integrations._peers integrations._reduce",
        "numpy pyarrow ray",
    ),
    "integrations.executor": layer("elltwo functional._base integrations._reduce", "numpy"),
    "integrations._decay": layer(  # weight decay, in no framework
        f"{_PUBLIC} functional._base integrations._peers", "numpy"
    ),
    "integrations._head": layer(
        "elltwo functional._probe", "numpy"
    ),  # last layers, in no framework
    "integrations.torch": layer(
        "elltwo functional._adjoint integrations._peers integrations._decay integrations._head",
        "numpy torch",
    ),
    "integrations.keras": layer(
        "elltwo integrations._peers integrations._decay integrations._head", "numpy keras"
    ),
    "integrations.optax": layer(
        "elltwo integrations._peers integrations._decay", "numpy jax optax"
    ),
}

# The rooms of `functional`, each after all that it may import, so that there can be no circle.
FUNCTIONAL_ROOMS = {
    "_base": "",
    "_penalty": "_base",
    "_cv": "_base",
    "_ridge_problem": "_base",
    "_logistic_problem": "_base",
    "_elastic_net_problem": "_base _ridge_problem",
    "_batch": "_base _cv",
    "_ridge_statistics": "_base _ridge_problem",
    "_ridge": "_base _ridge_problem _ridge_statistics",
    "_logistic_statistics": "_base _ridge_problem _logistic_problem _ridge_statistics",
    "_adjoint": "_base _batch",
    "_network": "_base _ridge",
    "_ridge_cv": "_base _cv _ridge_problem _ridge",
    "_rolling": "_base _ridge_problem _ridge_statistics _ridge",
    "_logistic": "_base _logistic_problem _logistic_statistics _ridge_statistics",
    "_elastic_net": "_base _ridge_problem _elastic_net_problem",
    "_elastic_net_batch": "_base _batch _elastic_net_problem",
    "_moments": "_base _cv _ridge_problem _ridge_statistics _ridge _ridge_cv _elastic_net",
    "_logistic_cv": "_base _cv _logistic_problem _logistic",
    "_logistic_passes": "_base _cv _logistic_problem _logistic_statistics _logistic _logistic_cv",
    "_elastic_net_cv": "_base _cv _ridge_problem _ridge_cv _elastic_net_problem _elastic_net"
    " _moments",
    "_probe": "_base _ridge_problem _ridge _ridge_cv _moments _logistic _logistic_cv",
}
PYTHON_LAYERS |= {
    f"functional.{room}": layer(
        " ".join(["_core exceptions", *(f"functional.{other}" for other in others.split())]),
        "numpy",
    )
    for room, others in FUNCTIONAL_ROOMS.items()
}
PYTHON_LAYERS["functional"] = layer(" ".join(f"functional.{room}" for room in FUNCTIONAL_ROOMS))

PYTHON_TABLE = "PYTHON_LAYERS or FUNCTIONAL_ROOMS in tests/support/layers_python.py"

# Rooms that have a rule already, and no module yet.
COMING: set[str] = set()

# Private modules with an `__all__`: they export names that other modules define.
REEXPORTING = {"functional._base.compiled", *_ESTIMATORS.split(), _NETWORKS}


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
    """Name the room of a module: ``elltwo.functional._ridge.fit`` is of ``functional._ridge``."""
    return _room(module.removeprefix("elltwo."))


def _room(name: str) -> str:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        room = ".".join(parts[:length])
        if room in PYTHON_LAYERS:
            divided = any(other.startswith(f"{room}.") for other in PYTHON_LAYERS)
            return "none" if divided and _is_private(".".join(parts[length:])) else room
    return "none"


def _is_private(name: str) -> bool:
    return re.search(r"(?:^|\.)_(?!_)", name) is not None


def python_violations(source: str, module: str) -> list[str]:
    """What a module of elltwo imports against :data:`PYTHON_LAYERS`."""
    room = python_layer(module)
    if room == "none":
        return [f"{module} belongs to no layer: move it, or add its room to {PYTHON_TABLE}"]
    return sorted(
        f"{module} imports {name}, which {room} may not: see {PYTHON_TABLE}"
        for name in imported_names(source, module)
        if not _python_allowed(name, room)
    )


def _python_allowed(name: str, room: str) -> bool:
    rules = PYTHON_LAYERS[room]
    root, _, rest = name.partition(".")
    if root != "elltwo":
        return root in rules.foreign or root in sys.stdlib_module_names
    owner = _room(rest) if rest else "none"
    if owner == "none":
        return "elltwo" in rules.own and not _is_private(rest)
    return owner == room or any(
        _opens(permission, rest) for permission in rules.own if _room(permission) == owner
    )


def _opens(permission: str, name: str) -> bool:
    """Whether a permission covers a name of its room."""
    return name == permission or (
        name.startswith(f"{permission}.")
        and not name.removeprefix(f"{permission}.").startswith("_")
    )


def circles(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import themselves by way of others, given what each module imports."""
    left = {module: others & imports.keys() for module, others in imports.items()}
    while done := {module for module, others in left.items() if not others & left.keys()}:
        left = {module: others for module, others in left.items() if module not in done}
    return sorted(left)


def imported_modules(source: str, module: str, modules: Container[str]) -> set[str]:
    """Those of some modules that a module imports, wherever in the file it does so."""
    found = set()
    for name in imported_names(source, module):
        parts = name.split(".")
        prefixes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        found.update([prefix for prefix in prefixes if prefix in modules][:1])
    return found


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
