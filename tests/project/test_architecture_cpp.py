"""Every C++ file keeps to its layer and to its spelling (docs/design/index.md, "Layers")."""

from __future__ import annotations

from collections import defaultdict
from graphlib import TopologicalSorter

import pytest

import layers_cpp as layers
from markdown_code import table_rows
from paths import ROOT, files, read

TO_COME = {"logistic_l1"}
FOLDERS = [
    "cpp/include/elltwo",
    *(f"cpp/src/{name}" for name in ("parallel", "linalg", "kernels", "gram", "sparse", "model")),
    *(f"cpp/src/solvers/{name}" for name in layers.CPP_SOLVERS if name not in TO_COME),
    "cpp/src/c_api",
    "cpp/bindings",
    "tests/cpp",
]
DESIGN = read("docs/design/index.md")
CPP = files("cpp", "*.?pp", "*.h") + files("tests/cpp", "*.?pp", "*.h")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_files(folder: str) -> None:
    assert any(path.is_file() for path in (ROOT / folder).rglob("*")), f"{folder} is empty"


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_includes_only_what_its_layer_may(path: str) -> None:
    assert layers.cpp_violations(read(path), path) == []


def test_rooms_include_each_other_without_a_circle() -> None:
    above = {name: rules.own - {name} for name, rules in layers.CPP_LAYERS.items()}
    assert set().union(*above.values()) <= set(above)
    TopologicalSorter(above).prepare()  # raises CycleError


def test_design_page_has_the_rules_of_the_solvers() -> None:
    there = layers.CPP_SOLVERS.keys() - TO_COME
    everywhere = {"base", "api", "parallel", "linalg"}
    for name, _, rooms in table_rows(DESIGN, "### Rooms of the solvers"):
        room = name.strip("`")
        most = set() if room == "shared" else {"kernels", "gram"}
        may_include = everywhere | most | {room, *rooms.replace(",", " ").split()}
        assert layers.CPP_LAYERS[room].own == may_include, room
        there.discard(room)
    assert there == set()


def test_one_header_includes_all_public_ones() -> None:
    names = {path.rpartition("/")[2] for path in files("cpp/include/elltwo", "*.hpp")}
    included = layers.INCLUDE.findall(read("cpp/include/elltwo/elltwo.hpp"))
    assert {f"elltwo/{name}" for name in names - {"elltwo.hpp"}} == {name for _, name in included}


def test_every_type_has_one_definition() -> None:
    places = defaultdict(list)
    for path in files("cpp/src", "*.?pp") + files("cpp/include", "*.?pp", "*.h"):
        for name in layers.type_definitions(read(path)):
            places[name].append(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}
    assert {"elltwo::Monitor", "elltwo::window::Shape", "elltwo_moments"} <= set(places)


@pytest.mark.parametrize("path", CPP)
def test_cpp_file_spells_no_foreign_symbols(path: str) -> None:
    assert layers.cpp_spelling_violations(read(path), path) == []


@pytest.mark.parametrize("path", CPP)
def test_cpp_lines_have_at_most_100_columns(path: str) -> None:
    # clang-format, which does not touch comments, checks the code.
    assert [line for line in read(path).splitlines() if len(line) > 100] == []


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
        ("cpp/src/gram/gram.cpp", '"solvers/ridge/primal.hpp"'),
        ("cpp/src/solvers/ridge/ridge.cpp", "<Python.h>"),
        ("cpp/src/solvers/ridge/ridge.cpp", '"primal.hpp"'),
        ("cpp/src/solvers/ridge/ridge.cpp", '"../linalg/blas.hpp"'),
        ("cpp/bindings/bind_ridge.cpp", '"solvers/ridge/primal.hpp"'),
        ("cpp/src/c_api/ridge.cpp", '"solvers/ridge/primal.hpp"'),
        ("cpp/src/solvers/ridge/ridge.cpp", '"c_api/guard.hpp"'),
        ("cpp/src/solvers/ridge/ridge.cpp", '"solvers/ridge_path/method.hpp"'),
        ("cpp/src/solvers/logistic/wide.cpp", '"solvers/ridge/problem.hpp"'),
        ("cpp/src/solvers/ridge/dual.cpp", '"solvers/logistic/wide.hpp"'),
        ("cpp/src/solvers/shared/box.cpp", '"gram/gram.hpp"'),
        ("cpp/src/kernels/simd.hpp", '"linalg/blas.hpp"'),
        ("cpp/src/linalg/buffer.hpp", "<sys/mman.h>"),
        ("cpp/src/parallel/team.cpp", "<pthread.h>"),
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
        ("cpp/src/solvers/ridge/ridge.cpp", '"gram/gram.hpp"'),
        ("cpp/src/kernels/dispatch.cpp", '"linalg/blas.hpp"'),
        ("cpp/src/parallel/platform.cpp", "<sys/mman.h>"),
        ("cpp/src/solvers/elastic_net/gram_path.cpp", '"solvers/active_set/face_solver.hpp"'),
        ("cpp/src/solvers/logistic_l1/newton.cpp", '"solvers/active_set/face_solver.hpp"'),
        ("cpp/bindings/bind_logistic_pass.cpp", '"elltwo/logistic_pass.hpp"'),
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
        ("cpp/src/solvers/ridge/ridge.cpp", "using namespace std;"),
        ("cpp/src/solvers/ridge/ridge.cpp", "dpotrf(n);"),
        ("cpp/src/solvers/ridge/ridge.cpp", "using fortran::Int;"),
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
    assert layers.cpp_spelling_violations(harmless, "cpp/src/solvers/ridge/ridge.cpp") == []
    assert layers.cpp_spelling_violations("fortran::dsyrk(n);", "cpp/src/linalg/blas.cpp") == []
    assert layers.cpp_spelling_violations("dsyrk_(n);", "cpp/src/linalg/backend.cpp") == []


def test_definitions_are_found_by_their_full_names() -> None:
    source = """
    template <class T> struct Outer final : Base { enum class Kind { a, b }; struct Declared; };
    namespace { struct Hidden {}; }
    namespace inner { class [[nodiscard]] Seen {}; }
    template <class T> struct Outer<T>::Declared { int n = 0; };
    inline void f() { struct Local {}; }  // struct Comment {
    """
    code = f"namespace elltwo {{{source}}}"
    names = ["Outer", "Outer::Kind", "inner::Seen", "Outer<T>::Declared"]
    assert layers.type_definitions(code) == [f"elltwo::{name}" for name in names]
