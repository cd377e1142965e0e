"""The C functions of elltwo.cython_api with arrays in the place of pointers and strides."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import numpy as np

from elltwo import cython_api

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

FUNCTIONS = {name: cython_api.function(name) for name in cython_api.names}
DOUBLES = ctypes.POINTER(ctypes.c_double)


def pointer(array: Doubles) -> ctypes._Pointer[ctypes.c_double]:
    assert array.dtype == np.float64
    return array.ctypes.data_as(DOUBLES)


def optional(array: NDArray[Any] | None) -> int | None:
    return None if array is None else array.ctypes.data


def strides(array: NDArray[Any]) -> tuple[int, ...]:
    """Strides in elements."""
    return tuple(stride // array.itemsize for stride in array.strides)


def ridge(
    X: Doubles, y: Doubles, alpha: float, *, fit_intercept: bool = True
) -> tuple[int, Doubles, float]:
    """Return status, coefficients and intercept."""
    coef, intercept = np.full(X.shape[1], np.nan), np.full(1, np.nan)
    data = (*X.shape, pointer(X), *strides(X), pointer(y), *strides(y))
    status = FUNCTIONS["ridge"](*data, alpha, fit_intercept, pointer(coef), pointer(intercept))
    return status, coef, intercept[0]


def ridge_targets(
    X: Doubles,
    Y: Doubles,
    alpha: Doubles,
    *,
    penalty_factors: Doubles | None = None,
    prior_mean: Doubles | None = None,
    sample_weight: Doubles | None = None,
    fit_intercept: bool = True,
    n_threads: int = 1,
) -> tuple[int, Doubles, Doubles, float, float]:
    """Return status, coefficients, intercepts, optimality and rcond."""
    coef = np.full((Y.shape[1], X.shape[1]), np.nan)
    intercept, measures = np.full(Y.shape[1], np.nan), np.full(2, np.nan)
    data = (*X.shape, Y.shape[1], pointer(X), *strides(X), pointer(Y), *strides(Y))
    penalty = (pointer(alpha), int(alpha.size > 1), optional(penalty_factors), optional(prior_mean))
    status = FUNCTIONS["ridge_targets"](
        *data,
        *penalty,
        optional(sample_weight),
        fit_intercept,
        n_threads,
        pointer(coef),
        pointer(intercept),
        optional(measures),
        optional(measures[1:]),
    )
    return status, coef, intercept, measures[0], measures[1]


def ridge_batch(
    X: Doubles,
    y: Doubles,
    alpha: Doubles,
    *,
    starts: NDArray[np.intp] | None = None,
    sample_weight: Doubles | None = None,
    n_threads: int = 1,
) -> tuple[int, Doubles, Doubles, Doubles, Doubles]:
    """Return status, coefficients, intercepts, optimality and rcond; one target, free intercept.

    With ``starts`` X has two dimensions and y one, else three and two.
    """
    m = len(X) if starts is None else len(starts) - 1
    n, p = X.shape[-2:]
    coef, intercept = np.full((m, p), np.nan), np.full(m, np.nan)
    optimality, rcond = np.full(m, np.nan), np.full(m, np.nan)
    shared = (0,) if starts is not None else ()
    status = FUNCTIONS["ridge_batch"](
        m, n, p, 1,
        pointer(X), *shared, *strides(X),
        pointer(y), *shared, *strides(y), 1,
        optional(starts), pointer(alpha), int(alpha.size > 1),
        None, None, optional(sample_weight), True, n_threads,
        pointer(coef), pointer(intercept), optional(optimality), optional(rcond),
    )  # fmt: skip
    return status, coef, intercept, optimality, rcond


def posdef_solve(A: Doubles, b: Doubles) -> tuple[int, Doubles, float]:
    """Return status, solution and rcond."""
    solution, rcond = b.copy(), np.full(1, np.nan)
    status = FUNCTIONS["posdef_solve"](
        len(A), b.shape[1], pointer(A), strides(A)[0],
        pointer(solution), *strides(solution), optional(rcond),
    )  # fmt: skip
    return status, solution, rcond[0]


def cholesky_factor(A: Doubles, lower: Doubles) -> tuple[int, float]:
    """Write the factor into ``lower``; return status and rcond."""
    rcond = np.full(1, np.nan)
    places = (pointer(A), strides(A)[0], pointer(lower), strides(lower)[0])
    return FUNCTIONS["cholesky_factor"](len(A), *places, optional(rcond)), rcond[0]


def cholesky_solve(lower: Doubles, b: Doubles) -> int:
    """Solve in place."""
    places = (pointer(lower), strides(lower)[0], pointer(b), *strides(b))
    return FUNCTIONS["cholesky_solve"](len(lower), b.shape[1], *places)
