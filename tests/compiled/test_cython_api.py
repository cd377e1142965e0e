"""elltwo.cython_api: the C functions give the package's answers, through their addresses."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import c_functions as c
import elltwo
from elltwo import cython_api
from elltwo.cython_api import Status


def problem(n: int, p: int, seed: int = 0) -> tuple[c.Doubles, c.Doubles]:
    rng = np.random.default_rng((n, p, seed))
    X = rng.normal(size=(n, p)) + 3.0
    return X, X @ rng.normal(size=p) + rng.normal(size=n) + 10.0


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 0.5, 1e3, np.inf])
@pytest.mark.parametrize("shape", [(20, 4), (50, 5), (3, 7), (1, 1), (60, 40), (5000, 3)])
def test_ridge_is_the_packages(shape: tuple[int, int], alpha: float, fit_intercept: bool) -> None:
    X, y = problem(*shape)
    status, coef, intercept = c.ridge(X, y, alpha, fit_intercept=fit_intercept)
    fit = elltwo.ridge(X, y, alpha=alpha, fit_intercept=fit_intercept)
    assert status == Status.OK
    assert_allclose(coef, fit.coef, rtol=1e-12, atol=1e-13)
    assert_allclose(intercept, fit.intercept, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("p", [4, 40])
def test_ridge_takes_any_strides(p: int) -> None:
    X, y = problem(90, p)
    wanted = c.ridge(X, y, 1.0)
    wide = np.full((180, 3 * p), np.nan)
    wide[::-2, ::3] = X
    for view in (np.asfortranarray(X), wide[::-2, ::3]):
        got = c.ridge(view, np.repeat(y, 2)[::2], 1.0)
        assert_allclose(got[1], wanted[1], rtol=1e-13)
        assert_allclose(got[2], wanted[2], rtol=1e-13)


def test_ridge_targets_takes_every_option() -> None:
    X, y = problem(70, 6)
    rng = np.random.default_rng(1)
    Y = np.column_stack([y, -2.0 * y + rng.normal(size=70), rng.normal(size=70)])
    alpha = np.array([0.1, 2.0, 30.0])
    factors = np.array([1.0, 0.0, np.inf, 2.0, 1.0, 0.5])
    prior, weight = rng.normal(size=(3, 6)), rng.uniform(size=70)
    status, coef, intercept, optimality, rcond = c.ridge_targets(
        X, Y, alpha, penalty_factors=factors, prior_mean=prior, sample_weight=weight, n_threads=2
    )
    fit = elltwo.ridge(
        X, Y, alpha=alpha, penalty_factors=factors, prior_mean=prior, sample_weight=weight
    )
    assert status == Status.OK
    assert_array_equal(coef, fit.coef)
    assert_array_equal(intercept, fit.intercept)
    assert (optimality, rcond) == (fit.info.optimality, fit.info.rcond)


def test_ridge_targets_defaults() -> None:
    X, y = problem(30, 3)
    Y = np.column_stack([y, y**2])
    status, coef, intercept, *_ = c.ridge_targets(X, Y, np.array([1.5]), fit_intercept=False)
    assert status == Status.OK
    assert_array_equal(coef, elltwo.ridge(X, Y, alpha=1.5, fit_intercept=False).coef)
    assert_array_equal(intercept, [0.0, 0.0])


@pytest.mark.parametrize("n_threads", [1, 2])
def test_ridge_batch_is_the_packages(n_threads: int) -> None:
    rng = np.random.default_rng(2)
    X, y = rng.normal(size=(300, 20, 4)), rng.normal(size=(300, 20))
    alpha, weight = rng.uniform(0.1, 9.0, size=300), rng.uniform(size=(300, 20))
    for given in (None, weight):
        status, coef, intercept, optimality, rcond = c.ridge_batch(
            X, y, alpha, sample_weight=given, n_threads=n_threads
        )
        fit = elltwo.ridge_batch(X, y, alpha=alpha, sample_weight=given)
        assert status == Status.OK
        assert_array_equal(coef, fit.coef)
        assert_array_equal(intercept, fit.intercept)
        assert_array_equal(optimality, fit.optimality)
        assert_array_equal(rcond, fit.rcond)


def test_ridge_batch_takes_ragged_rows() -> None:
    X, y = problem(100, 3)
    starts = np.array([0, 2, 50, 51, 100])
    status, coef, intercept, *_ = c.ridge_batch(X, y, np.array([2.0]), starts=starts)
    assert status == Status.OK
    for k, (begin, end) in enumerate(pairwise(starts)):
        fit = elltwo.ridge(X[begin:end], y[begin:end], alpha=2.0)
        assert_allclose(coef[k], fit.coef, rtol=1e-12, atol=1e-13)
        assert_allclose(intercept[k], fit.intercept, rtol=1e-12)


def test_many_threads_get_the_bits_of_one() -> None:
    """Calls through ctypes hold no lock."""
    problems = [problem(20 + k, p, k) for k in range(40) for p in (4, 40)]

    def fit(k: int) -> bytes:
        X, y = problems[k % len(problems)]
        status, coef, intercept = c.ridge(X, y, 0.7)
        assert status == Status.OK
        return np.append(coef, intercept).tobytes()

    rounds = range(5 * len(problems))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(fit, rounds)) == [fit(k) for k in rounds]


@pytest.mark.parametrize("name", cython_api.names)
def test_signature_is_the_declared_one(name: str) -> None:
    """What ctypes and Numba are told agrees with what Cython exports."""
    kinds = {
        "Py_ssize_t": ctypes.c_ssize_t, "int": ctypes.c_int, "double": ctypes.c_double,
    }  # fmt: skip
    declared = re.search(r'"int \((.*)\)"', repr(cython_api.__pyx_capi__[name]))
    assert declared is not None
    function = c.FUNCTIONS[name]
    arguments = declared[1].split(", ")
    assert len(arguments) == len(function.argtypes)  # type: ignore[attr-defined]
    for text, kind in zip(arguments, function.argtypes, strict=True):  # type: ignore[attr-defined]
        if "*" in text:
            assert kind is ctypes.c_void_p or (kind is c.DOUBLES and text.startswith("double"))
        else:
            assert kind is kinds[text]


def test_address_is_the_functions() -> None:
    for name in cython_api.names:
        place = ctypes.cast(c.FUNCTIONS[name], ctypes.c_void_p).value  # type: ignore[arg-type]
        assert place == cython_api.address(name)
    with pytest.raises(ValueError, match=r"must be one of ridge, .* got 'lasso'"):
        cython_api.address("lasso")


def test_files_for_clients_are_installed() -> None:
    assert (Path(cython_api.get_include()) / "elltwo/c_api.h").is_file()
    assert Path(cython_api.__file__).with_name("cython_api.pxd").is_file()


def test_capsule_imports_in_a_fresh_process() -> None:
    code = (
        "import ctypes\n"
        "find = ctypes.pythonapi.PyCapsule_Import\n"
        "find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_int]\n"
        "place = find(b'elltwo.cython_api.c_api', 0)\n"
        "print(ctypes.c_int.from_address(place).value)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "1"  # ELLTWO_ABI_VERSION
