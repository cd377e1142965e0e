"""Every C++ file keeps to its layer and to its spelling (docs/design/index.md, "Layers")."""

from __future__ import annotations

import pytest

import layers_cpp as layers
from paths import ROOT, files, read

FOLDERS = [
    "cpp/include/elltwo",
    "cpp/src/parallel",
    "cpp/src/linalg",
    "cpp/src/gram",
    "cpp/src/solvers",
    "cpp/src/c_api",
    "cpp/bindings",
    "tests/cpp",
]
CPP = files("cpp", "*.?pp", "*.h") + files("tests/cpp", "*.?pp", "*.h")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_files(folder: str) -> None:
    assert any(path.is_file() for path in (ROOT / folder).rglob("*")), f"{folder} is empty"


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_includes_only_what_its_layer_may(path: str) -> None:
    assert layers.cpp_violations(read(path), path) == []


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_spells_no_foreign_symbols(path: str) -> None:
    assert layers.cpp_spelling_violations(read(path), path) == []


# The rules themselves, held against small files that break them.


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
        ("cpp/src/kernels/kernel_avx2.cpp", "<immintrin.h>"),
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
