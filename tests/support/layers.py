"""The architecture's layer tables as data, and the functions that hold a file against them."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, field
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Layer:
    """What the files of one layer may import or include.

    ``own`` are layers of elltwo; ``foreign`` are Python packages beside the standard
    library's, or C++ headers beside the standard library's.
    """

    own: frozenset[str]
    foreign: frozenset[str] = field(default=frozenset())


def layer(own: str, foreign: str = "") -> Layer:
    """Build a :class:`Layer` from two lists of words."""
    return Layer(frozenset(own.split()), frozenset(foreign.split()))


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

CPP_BASE = frozenset({"build_info.hpp", "monitor.hpp", "solve_info.hpp", "views.hpp"})
CPP_LAYERS = {
    "base": layer("base"),
    "api": layer("base api", "stddef.h"),
    "parallel": layer("base parallel", "pthread.h sched.h unistd.h"),
    "linalg": layer("base parallel linalg", "pthread.h sys"),
    "kernels": layer("base linalg kernels", "immintrin.h arm_neon.h"),
    "gram": layer("base parallel linalg kernels gram"),
    "sparse": layer("base parallel linalg sparse"),
    "model": layer("base linalg kernels model"),
    "solvers": layer("base api parallel linalg kernels gram sparse model solvers"),
    "c_api": layer("base api c_api"),
    "bindings": layer("base api bindings", "pybind11 Python.h"),
    "tests": layer("base api parallel linalg kernels gram sparse model solvers tests"),
}

_ROUTINES = (
    "asum axpy copy dot ger gemm gemv iamax nrm2 scal swap symm symv syr syrk trmm trmv trsm trsv "
    "gecon gelsd gelsy geqp3 geqrf gesdd gesvd getrf getrs lacpy lange lansy laset orgqr ormqr "
    "orgtr pocon potrf potri potrs pstrf sterf syev syevd syevr sytrd sytrf tpmqrt tpqrt trcon "
    "trtri trtrs"
)
_ROUTINE = rf"[sdcz](?:{'|'.join(_ROUTINES.split())})"
BLAS_NAME = re.compile(rf"\b{_ROUTINE}\b|\bfortran::")
BLAS_SYMBOL = re.compile(
    rf"\b(?:\w+_)?(?:cblas_|LAPACKE_|openblas_)\w+|\bscipy_\w+|\b{_ROUTINE}_\b"
)
CPP_NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


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


def cpp_layer(path: str) -> str:
    """Name the layer of a C++ file, given its path from the root of the repository."""
    parts = PurePosixPath(path).parts
    match parts:
        case ("cpp", "include", "elltwo", name):
            return "base" if name in CPP_BASE else "api"
        case ("cpp", "src", folder, _) | ("cpp", "src", folder, _, _):
            return folder
        case ("cpp", "bindings", _):
            return "bindings"
        case ("tests", "cpp", _) | ("tests", "cpp", _, _):
            return "tests"
        case _:
            return "none"


def cpp_violations(source: str, path: str) -> list[str]:
    """What a C++ file includes against :data:`CPP_LAYERS`."""
    rules = CPP_LAYERS.get(cpp_layer(path))
    if rules is None:
        return [f"{path} belongs to no layer"]
    return [
        f"{path} includes {name}"
        for bracket, name in INCLUDE.findall(source)
        if not (_system_allowed(name, path, rules) if bracket == "<" else _own_allowed(name, rules))
    ]


def _system_allowed(name: str, path: str, rules: Layer) -> bool:
    # Headers of the C++ standard library are the ones whose names have no dot and no folder.
    standard = re.fullmatch(r"[a-z_0-9]+", name) is not None
    return standard or name.partition("/")[0] in rules.foreign or is_backend(path)


def _own_allowed(name: str, rules: Layer) -> bool:
    # Own headers are always spelled from cpp/include, cpp/src, cpp/bindings or tests/cpp.
    folder, slash, file = name.rpartition("/")
    if not slash:
        return bool({"bindings", "tests"} & rules.own)
    if folder == "elltwo":
        return cpp_layer(f"cpp/include/elltwo/{file}") in rules.own
    return (folder == "support" and "tests" in rules.own) or folder.partition("/")[0] in rules.own


def is_backend(path: str) -> bool:
    """Whether a file belongs to the one place that spells BLAS and LAPACK symbols."""
    return re.fullmatch(r"cpp/src/linalg/backend\.[a-z]+", path) is not None


def cpp_spelling_violations(source: str, path: str) -> list[str]:
    """BLAS and macros where they do not belong, and ``using namespace std``.

    The backend alone spells BLAS symbols and defines lasting macros; the rest of linalg may
    call the backend's names, which keep the routine's (``fortran::dsyrk``), and nobody else.
    """
    code = CPP_NOISE.sub(" ", source)
    found = re.findall(r"\busing\s+namespace\s+std\b", code)
    if cpp_layer(path) != "linalg":
        found += BLAS_NAME.findall(code)
    if not is_backend(path):
        found += BLAS_SYMBOL.findall(code)
        found += sorted(_macros("define", code) - _macros("undef", code))
    return [f"{path}: {text}" for text in found]


def _macros(directive: str, code: str) -> set[str]:
    return set(re.findall(rf"#\s*{directive}\s+(ELLTWO_\w+)", code))
