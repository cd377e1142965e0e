"""The examples for compiled code build and run as the documentation says."""

from __future__ import annotations

import importlib
import importlib.util
import runpy
import shutil
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import elltwo
from elltwo import cython_api
from markdown_code import fenced_blocks
from paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

EXAMPLES = ROOT / "examples"
COMPILER = (sysconfig.get_config_var("CC") or "cc").split()[0]
needs_compiler = pytest.mark.skipif(shutil.which(COMPILER) is None, reason="needs a C compiler")


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def hot_loop(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("build") / "cython_loop"
    shutil.copytree(EXAMPLES / "cython_loop", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CFLAGS", "-O1")  # compiled once, run for a moment
        run(sys.executable, "setup.py", "build_ext", "--inplace", cwd=folder)
    spec = importlib.util.spec_from_file_location("hot_loop", next(folder.glob("hot_loop*.so")))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_compiler
def test_cython_example(hot_loop: ModuleType) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 20, 4)), rng.normal(size=(50, 20))
    coef, intercept = np.empty((50, 4)), np.empty(50)
    hot_loop.fit_each(X, y, 1.0, coef, intercept)
    for k in range(50):
        fit = elltwo.ridge(X[k], y[k], alpha=1.0)
        assert_array_equal(coef[k], fit.coef)
        assert intercept[k] == fit.intercept


@needs_compiler
def test_cython_example_raises(hot_loop: ModuleType) -> None:
    """What a loop without the GIL meets becomes a Python exception."""
    X, y = np.ones((2, 3, 1)), np.ones((2, 3))
    X[1, 2, 0] = np.nan
    with pytest.raises(ValueError, match="X contains NaN at row 2"):
        hot_loop.fit_each(X, y, 1.0, np.empty((2, 1)), np.empty(2))


@needs_compiler
def test_header_is_c(tmp_path: Path) -> None:
    (tmp_path / "client.c").write_text(
        "#include <elltwo/c_api.h>\n"
        "int ask(const elltwo_api* api) { return api->abi_version == ELLTWO_ABI_VERSION; }\n"
    )
    include = f"-I{cython_api.get_include()}"
    options = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only")
    run(COMPILER, *options, include, "client.c", cwd=tmp_path)


def test_numba_example() -> None:
    pytest.importorskip("numba")
    example = runpy.run_path(str(EXAMPLES / "numba_loop.py"))
    X, y, coef, intercept = example["main"]()
    for k in (0, 999):
        fit = elltwo.ridge(X[k], y[k], alpha=1.0)
        assert_array_equal(coef[k], fit.coef)
        assert intercept[k] == fit.intercept
    y[7, 3] = np.inf
    status = example["fit_each"](X, y, 1.0, coef, intercept)
    with pytest.raises(ValueError, match="y contains infinity at row 3"):
        cython_api.check(status)


@pytest.mark.parametrize(
    ("language", "example"),
    [
        ("cython", "cython_loop/hot_loop.pyx"),
        ("numba", "numba_loop.py"),
        ("cmake", "cpp_client/CMakeLists.txt"),
    ],
)
def test_page_quotes_the_examples(language: str, example: str) -> None:
    page = EXAMPLES.with_name("docs") / "compiled_code.md"
    blocks = fenced_blocks(page.read_text(encoding="utf-8"), language)
    assert blocks != []
    for block in blocks:
        assert block in (EXAMPLES / example).read_text(encoding="utf-8")


@needs_compiler
def test_c_of_the_page_compiles(tmp_path: Path) -> None:
    page = EXAMPLES.with_name("docs") / "compiled_code.md"
    (block,) = fenced_blocks(page.read_text(encoding="utf-8"), "c")
    (tmp_path / "client.c").write_text(
        "#include <Python.h>\n#include <stdio.h>\n#include <elltwo/c_api.h>\n"
        "PyObject* fit(ptrdiff_t n, ptrdiff_t p, const double* x, const double* y, double alpha,\n"
        "              double* coef) {\ndouble intercept;\n" + block + "return NULL;\n}\n"
    )
    include = (f"-I{cython_api.get_include()}", f"-I{sysconfig.get_path('include')}")
    run(
        COMPILER,
        "-std=c99",
        "-Wall",
        "-Werror",
        "-fsyntax-only",
        *include,
        "client.c",
        cwd=tmp_path,
    )


def test_numba_finds_addresses_by_name() -> None:
    pytest.importorskip("numba")
    find = importlib.import_module("numba.extending").get_cython_function_address
    for name in cython_api.names:
        assert find("elltwo.cython_api", name) == cython_api.address(name)
