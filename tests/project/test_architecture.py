"""Every file keeps to its layer, size and spelling (docs/design/index.md, "Layers")."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest

import layers
from markdown_code import fenced_blocks
from paths import ROOT

FOLDERS = [
    "cpp/include/elltwo",
    "cpp/src/parallel",
    "cpp/src/linalg",
    "cpp/src/gram",
    "cpp/src/solvers",
    "cpp/src/c_api",
    "cpp/bindings",
    "src/elltwo/functional",
    "src/elltwo/linear_model",
    "src/elltwo/stream",
    "tests/cpp",
    "benchmarks",
    "docs",
    "examples",
]
MAX_FILE = 300
MAX_FUNCTION = 60
# path: why the file is longer than MAX_FILE
LONG_FILES: dict[str, str] = {"src/elltwo/_core.pyi": "a module has one stub"}


def files(folder: str, *patterns: str) -> list[str]:
    """Paths from the root of the repository of the files below a folder."""
    return sorted(
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in (ROOT / folder).rglob(pattern)
    )


PACKAGE = files("src/elltwo", "*.py", "*.pyi")
EXAMPLES = files("examples", "*.py", "*.pyx", "*.cpp")
CYTHON = files("src/elltwo", "*.pyx", "*.pxd")
PYTHON = PACKAGE + files("tests", "*.py") + files("benchmarks", "*.py")
CPP = files("cpp", "*.?pp", "*.h") + files("tests/cpp", "*.?pp", "*.h")
PAGES = ["README.md", *files("docs", "*.md")]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def module_name(path: str) -> str:
    return re.sub(r"\.pyi?$", "", path).removeprefix("src/").replace("/", ".")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_files(folder: str) -> None:
    assert any(path.is_file() for path in (ROOT / folder).rglob("*")), f"{folder} is empty"


@pytest.mark.parametrize("path", PACKAGE)
def test_package_module_imports_only_what_its_layer_may(path: str) -> None:
    assert layers.python_violations(read(path), module_name(path)) == []


@pytest.mark.parametrize("path", files("benchmarks", "*.py") + files("examples", "*.py"))
def test_client_uses_public_names_only(path: str) -> None:
    assert layers.private_names(read(path), module_name(path)) == []


@pytest.mark.parametrize("path", PAGES)
def test_documentation_uses_public_names_only(path: str) -> None:
    code = "\n".join(fenced_blocks(read(path), "python"))
    assert layers.private_names(code, "page") == []


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_includes_only_what_its_layer_may(path: str) -> None:
    assert layers.cpp_violations(read(path), path) == []


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_spells_no_foreign_symbols(path: str) -> None:
    assert layers.cpp_spelling_violations(read(path), path) == []


def test_files_are_short() -> None:
    lengths = {path: len(read(path).splitlines()) for path in PYTHON + CPP + CYTHON + EXAMPLES}
    too_long = {path: length for path, length in lengths.items() if length > MAX_FILE}
    assert too_long.keys() == LONG_FILES.keys(), too_long


@pytest.mark.parametrize("path", PYTHON)
def test_functions_are_short(path: str) -> None:
    assert layers.long_functions(read(path), MAX_FUNCTION) == []


def test_numpy_is_the_only_hard_dependency() -> None:
    hard = [text for text in requires("elltwo") or [] if "extra ==" not in text]
    assert [re.split(r"[^\w-]", text)[0] for text in hard] == ["numpy"]


# The rules themselves, held against small files that break them.


@pytest.mark.parametrize(
    ("module", "source", "culprit"),
    [
        ("elltwo.functional._ridge.fit", "import sklearn", "sklearn"),
        ("elltwo.functional._ridge.fit", "from scipy import linalg", "scipy.linalg"),
        ("elltwo.functional._ridge.fit", "from .. import plot", "elltwo.plot"),
        ("elltwo.functional._ridge.fit", "from elltwo import ridge", "elltwo.ridge"),
        ("elltwo.functional.__init__", "from ..linear_model import Ridge", "linear_model.Ridge"),
        ("elltwo.linear_model._ridge", "def f():\n    from .._core import ridge", "_core.ridge"),
        ("elltwo.linear_model._ridge", "import elltwo\nelltwo._core.ridge()", "elltwo._core"),
        ("elltwo.plot", "import importlib\nimportlib.import_module('pandas')", "pandas"),
        ("elltwo.cython_api", "from elltwo import functional", "elltwo.functional"),
        ("elltwo.elsewhere", "", "belongs to no layer"),
    ],
)
def test_python_rule_finds(module: str, source: str, culprit: str) -> None:
    found = layers.python_violations(source, module)
    assert any(culprit in text for text in found)


def test_python_rule_allows_the_standard_library_and_lower_layers() -> None:
    source = (
        "from __future__ import annotations\nimport os.path, numpy as np\nfrom .. import _core\n"
    )
    assert layers.python_violations(source, "elltwo.functional._ridge.fit") == []


@pytest.mark.parametrize(
    "source",
    [
        "import elltwo._core",
        "from elltwo import _core",
        "from elltwo.functional._arrays import f",
        "import elltwo\nelltwo._core",
    ],
)
def test_public_name_rule_finds(source: str) -> None:
    assert layers.private_names(source, "benchmarks.example") != []


def test_public_name_rule_allows_dunder_names() -> None:
    assert layers.private_names("import elltwo\nelltwo.__version__", "benchmarks.example") == []


@pytest.mark.parametrize(
    ("path", "include"),
    [
        ("cpp/include/elltwo/views.hpp", '"elltwo/ridge.hpp"'),
        ("cpp/include/elltwo/ridge.hpp", '"linalg/blas.hpp"'),
        ("cpp/include/elltwo/ridge.hpp", "<pybind11/pybind11.h>"),
        ("cpp/src/parallel/team.hpp", '"gram/gram.hpp"'),
        ("cpp/src/linalg/blas.hpp", '"elltwo/ridge.hpp"'),
        ("cpp/src/linalg/blas.hpp", "<cblas.h>"),
        ("cpp/src/gram/gram.cpp", '"solvers/primal.hpp"'),
        ("cpp/src/solvers/ridge.cpp", "<Python.h>"),
        ("cpp/src/solvers/ridge.cpp", '"primal.hpp"'),
        ("cpp/src/solvers/ridge.cpp", '"../linalg/blas.hpp"'),
        ("cpp/bindings/bind_ridge.cpp", '"solvers/primal.hpp"'),
        ("cpp/src/c_api/ridge.cpp", '"solvers/primal.hpp"'),
        ("cpp/src/solvers/ridge.cpp", '"c_api/guard.hpp"'),
        ("cpp/src/unheard_of/file.cpp", "<vector>"),
    ],
)
def test_include_rule_finds(path: str, include: str) -> None:
    assert len(layers.cpp_violations(f"#pragma once\n  # include {include}\n", path)) == 1


@pytest.mark.parametrize(
    ("path", "include"),
    [
        ("cpp/include/elltwo/ridge.hpp", '"elltwo/views.hpp"'),
        ("cpp/src/linalg/backend.cpp", "<cblas.h>"),
        ("cpp/src/gram/kernel_avx2.cpp", "<immintrin.h>"),
        ("cpp/src/solvers/ridge.cpp", '"gram/gram.hpp"'),
        ("cpp/bindings/bind_ridge.cpp", '"arrays.hpp"'),
        ("cpp/bindings/bind_ridge.cpp", "<pybind11/numpy.h>"),
        ("tests/cpp/test_gram.cpp", '"gram/gram.hpp"'),
    ],
)
def test_include_rule_allows(path: str, include: str) -> None:
    assert layers.cpp_violations(f"#include {include}\n#include <span>\n", path) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("cpp/src/solvers/ridge.cpp", "using namespace std;"),
        ("cpp/src/solvers/ridge.cpp", "dpotrf(n);"),
        ("cpp/src/solvers/ridge.cpp", "using fortran::Int;"),
        ("cpp/src/linalg/blas.hpp", "scipy_dsyrk_(&uplo);"),
        ("cpp/src/linalg/blas.hpp", "dsyrk_(&uplo);"),
        ("cpp/src/linalg/blas.hpp", "cblas_dgemm(CblasRowMajor);"),
        ("cpp/src/linalg/blas.hpp", "openblas_set_num_threads(1);"),
        ("cpp/src/linalg/blas.hpp", "#define ELLTWO_FAST 1"),
    ],
)
def test_spelling_rule_finds(path: str, code: str) -> None:
    assert len(layers.cpp_spelling_violations(code, path)) == 1


def test_spelling_rule_allows() -> None:
    harmless = 'blas::syrk(n);  // dsyrk\n/* dpotrf_ */ throw E("dpotrf");'
    harmless += "\n#define ELLTWO_LOCAL 1\n#undef ELLTWO_LOCAL\n"
    assert layers.cpp_spelling_violations(harmless, "cpp/src/solvers/ridge.cpp") == []
    assert layers.cpp_spelling_violations("fortran::dsyrk(n);", "cpp/src/linalg/blas.cpp") == []
    assert layers.cpp_spelling_violations("dsyrk_(n);", "cpp/src/linalg/backend.cpp") == []


def test_function_length_rule_does_not_count_docstrings() -> None:
    body = "    x = 1\n" * 5
    assert layers.long_functions(f"def f():\n{body}", limit=5) == ["f: 6 lines"]
    assert layers.long_functions(f'def f():\n    """A\n\n    b."""\n{body}', limit=6) == []
