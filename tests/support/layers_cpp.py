"""The architecture's table of C++ layers, and the functions that hold a file against it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from layers import Layer, layer

# Headers of the public folder that name no model: every layer may use them.
CPP_BASE = frozenset(
    {
        "activation.hpp",
        "box.hpp",
        "build_info.hpp",
        "cholesky.hpp",
        "monitor.hpp",
        "solve_info.hpp",
        "threads.hpp",
        "views.hpp",
    }
)
_BELOW = "base api parallel linalg kernels gram sparse"
_LOGISTIC = "base api parallel linalg kernels gram model shared logistic"
# The rooms of the solvers, and what each may include beside itself. Ridge and logistic
# regression meet in shared alone.
CPP_SOLVERS = {
    "shared": layer("base api parallel linalg"),
    "ridge": layer(f"{_BELOW} shared"),
    "ridge_sparse": layer(f"{_BELOW} shared ridge"),
    "ridge_moments": layer(f"{_BELOW} shared ridge"),
    "ridge_rolling": layer(f"{_BELOW} shared ridge"),
    "ridge_batch": layer(f"{_BELOW} shared ridge"),
    "ridge_path": layer(f"{_BELOW} shared ridge ridge_sparse ridge_moments"),
    "ridge_splits": layer(f"{_BELOW} shared ridge ridge_sparse ridge_path"),
    "coordinate": layer(f"{_BELOW} shared ridge ridge_sparse"),
    "ridge_bounded": layer(f"{_BELOW} shared ridge ridge_sparse coordinate"),
    "active_set": layer(f"{_BELOW} shared"),
    "elastic_net": layer(
        f"{_BELOW} model shared ridge ridge_sparse ridge_moments ridge_splits active_set multi_task"
    ),
    "elastic_net_batch": layer(f"{_BELOW} shared ridge ridge_batch elastic_net"),
    "multi_task": layer(f"{_BELOW} model shared active_set"),
    "network": layer("base api parallel linalg kernels gram model shared"),
    "logistic": layer(_LOGISTIC),
    "logistic_sparse": layer(f"{_LOGISTIC} sparse"),
    "logistic_bounded": layer(f"{_LOGISTIC} sparse"),
    "logistic_alo": layer(_LOGISTIC),
    "logistic_l1": layer(f"{_LOGISTIC} sparse active_set logistic_sparse"),
    "logistic_pass": layer(f"{_LOGISTIC} sparse"),
}
CPP_LAYERS = {
    "base": layer("base"),
    "api": layer("base api", "stddef.h"),
    "parallel": layer("base parallel"),
    "linalg": layer("base parallel linalg"),
    "kernels": layer("base kernels", "immintrin.h arm_neon.h"),
    "gram": layer("base parallel linalg kernels gram"),
    "sparse": layer("base parallel linalg kernels sparse"),
    "model": layer("base linalg kernels model"),
    **{name: Layer(rules.own | {name}, rules.foreign) for name, rules in CPP_SOLVERS.items()},
    "c_api": layer("base api c_api"),
    "bindings": layer("base api bindings", "pybind11 Python.h"),
    "tests": layer(f"{_BELOW} model {' '.join(CPP_SOLVERS)} tests"),
}
CPP_TABLE = "CPP_LAYERS in tests/support/layers_cpp.py"
# What single files may include beside what their layer may.
CPP_FILES = {
    "cpp/src/kernels/dispatch.cpp": layer("linalg"),  # puts BLAS on one thread and reports its name
    "cpp/src/parallel/platform.cpp": layer("", "pthread.h sched.h sys unistd.h"),
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


def cpp_layer(path: str) -> str:
    """Name the layer of a C++ file, given its path from the root of the repository."""
    parts = PurePosixPath(path).parts
    match parts:
        case ("cpp", "include", "elltwo", name):
            return "base" if name in CPP_BASE else "api"
        case ("cpp", "src", "solvers", room, _) | ("cpp", "src", room, _):
            return room
        case ("cpp", "bindings", _):
            return "bindings"
        case ("tests", "cpp", _) | ("tests", "cpp", _, _):
            return "tests"
        case _:
            return "none"


def cpp_violations(source: str, path: str) -> list[str]:
    """What a C++ file includes against :data:`CPP_LAYERS`."""
    room = cpp_layer(path)
    rules = CPP_LAYERS.get(room)
    if rules is None:
        return [f"{path} belongs to no layer: move it, or add its folder to {CPP_TABLE}"]
    more = CPP_FILES.get(path, layer(""))
    rules = Layer(rules.own | more.own, rules.foreign | more.foreign)
    return [
        f"{path} includes {name}, which {room} may not: see {CPP_TABLE}"
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
    if folder == "support":
        return "tests" in rules.own
    return cpp_layer(f"cpp/src/{name}") in rules.own


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


_SCOPE = re.compile(
    r"""(?P<namespace>\bnamespace(?:\s+(?P<space>[\w:]+))?\s*\{)
      | (?P<linkage>\bextern\s*""\s*\{)
      | \b(?:class|struct|union|enum(?:\s+(?:class|struct))?)\s+(?:\[\[[^]]*\]\]\s*)?
        (?P<type>[A-Za-z_][\w:]*(?:<[^{};()]*>[\w:]*)?)\s*(?:final\s*)?(?::[^{};()]*)?\{
      | (?P<open>\{) | (?P<close>\})""",
    re.VERBOSE,
)


def type_definitions(source: str) -> list[str]:
    """Full names of the classes, structs and enums that a file defines for others to see.

    Those of anonymous namespaces and of functions are not among them.
    """
    code = CPP_NOISE.sub(lambda text: '""' if text[0].startswith('"') else " ", source)
    scopes: list[str | None] = []  # None: nothing in it has a name outside
    found = []
    for part in _SCOPE.finditer(code):
        if part["close"]:
            scopes.pop()
            continue
        name = part["space"] if part["namespace"] else part["type"]
        scopes.append("" if part["linkage"] else name)
        names = [scope for scope in scopes if scope]
        if part["type"] and None not in scopes:
            found.append("::".join(names))
    return found
