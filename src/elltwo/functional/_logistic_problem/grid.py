"""Grids of penalties of a logistic regression."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.grid import EDF_AT_THE_ENDS, log_spaced
from elltwo.functional._base.options import count
from elltwo.functional._base.row_blocks import column_moments
from elltwo.functional._base.sparse import SparseMatrix
from elltwo.functional._logistic_problem.core import fit_alphas, largest_alpha
from elltwo.functional._logistic_problem.problem import outputs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import Bounds
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

N_ALPHAS = 20
_N_ALPHAS_OF_L1 = 100
_LEAST_L1_RATIO = 1e-3  # a smaller share counts as this for the grid
_SMALLEST = 1e-4  # of the mean eigenvalue
_SMALLEST_WITH_SQUARES = 1e-150  # root of about the least normal number


class GridShape(NamedTuple):
    """How many alphas an automatic grid has, and for L1 the last in parts of the first."""

    n_alphas: int
    alpha_min_ratio: float


def read_grid_shape(
    n_alphas: object, alpha_min_ratio: object, problem: LogisticProblem
) -> GridShape:
    """Check the options of an automatic grid."""
    default = N_ALPHAS if problem.l1_ratio == 0.0 else _N_ALPHAS_OF_L1
    size = default if n_alphas is None else count(n_alphas, "n_alphas", minimum=1)
    n_samples, n_features = problem.X.shape
    if alpha_min_ratio is None:
        return GridShape(size, 1e-3 if n_samples >= n_features else 1e-2)
    if problem.l1_ratio == 0.0:
        raise ValueError("alpha_min_ratio needs an L1 penalty, l1_ratio > 0")
    if isinstance(alpha_min_ratio, bool) or not isinstance(alpha_min_ratio, Real):
        raise TypeError(f"alpha_min_ratio must be a number, got {alpha_min_ratio!r}")
    ratio = float(alpha_min_ratio)
    if not 0.0 < ratio < 1.0:
        raise ValueError(f"alpha_min_ratio must be between 0 and 1, got {alpha_min_ratio!r}")
    return GridShape(size, ratio)


def automatic(
    problem: LogisticProblem, options: LogisticOptions, bounds: Bounds | None, shape: GridShape
) -> Float64Array:
    """Return the automatic grid, descending."""
    if problem.l1_ratio == 0.0:
        return logistic_grid(problem, options, shape.n_alphas)
    largest = largest_alpha(problem, options, bounds)
    largest *= problem.l1_ratio / max(problem.l1_ratio, _LEAST_L1_RATIO)
    if not largest > 0.0:
        return np.array([1.0])  # all alphas are alike
    grid: Float64Array = np.geomspace(largest, largest * shape.alpha_min_ratio, shape.n_alphas)
    return grid


def logistic_grid(
    problem: LogisticProblem, options: LogisticOptions, n_alphas: int = N_ALPHAS
) -> Float64Array:
    """Space alphas evenly in their logarithm, descending, by the information about coefficients.

    With coefficients of 0, and probabilities that are the shares pi of the classes, the Fisher
    information of penalised coefficients over their factors has the trace ``v sum_j S_j / f_j``
    with ``S_j = sum w (x_j - mean)^2`` and ``v = sum_k pi_k (1 - pi_k)``, half of it for two
    classes. The largest alpha is 100 times this trace, where the coefficients have 0.01 effective
    degrees of freedom; the smallest is 1e-4 of the mean eigenvalue.
    """
    total = _curvature(problem) * _spread(problem, options)
    if not math.isfinite(
        total
    ):  # the core refuses values that are not finite, unless only their squares are
        fit_alphas(problem, np.array([np.inf]), options, None)
    if total == 0.0 and not _squares_vanish(problem, options):
        return np.array([1.0])  # all alphas are alike
    return _spaced(total, _n_penalised(problem), n_alphas)


def grid_of_sums(
    class_weight: Float64Array,
    squares: Float64Array,
    factors: Float64Array | None,
    n_alphas: int = N_ALPHAS,
) -> Float64Array:
    """Return the grid of `logistic_grid` from sums over rows.

    Parameters
    ----------
    class_weight : ndarray of shape (n_classes,)
        Weight of each class.
    squares : ndarray of shape (n_features,)
        S_j, about zero where there is no intercept.
    factors : ndarray of shape (n_features,) or None
        Penalty factors.
    n_alphas : int
        Size of the grid.
    """
    n_outputs = outputs_of(class_weight.size)
    f = np.ones(squares.size) if factors is None else factors
    with np.errstate(all="ignore"):
        spread = np.divide(squares, f, out=np.zeros_like(squares), where=f > 0.0)
        total = _curvature_of(class_weight, n_outputs) * float(spread.sum())
    if total == 0.0 and not (squares[f > 0.0] > 0.0).any():
        return np.array([1.0])  # all alphas are alike
    n_penalised = int(np.count_nonzero((f > 0.0) & np.isfinite(f))) * n_outputs
    return _spaced(total, n_penalised, n_alphas)


def _spaced(total: float, n_penalised: int, n_alphas: int) -> Float64Array:
    return log_spaced(_SMALLEST * total / n_penalised, total / EDF_AT_THE_ENDS, n_alphas)[::-1]


def _curvature(problem: LogisticProblem) -> float:
    counts = np.bincount(problem.labels.codes, weights=problem.sample_weight)
    return _curvature_of(counts, problem.n_outputs)


def _curvature_of(counts: npt.NDArray[Any], n_outputs: int) -> float:
    with np.errstate(invalid="ignore"):  # weights that are not finite are for the core to refuse
        shares = counts / counts.sum()
    v = float(np.sum(shares * (1.0 - shares)))
    return v / 2.0 if n_outputs == 1 else v


def _spread(problem: LogisticProblem, options: LogisticOptions) -> float:
    """Return the sum of S_j / f_j."""
    X, factors, weight = problem.X, problem.penalty_factors, problem.sample_weight
    if isinstance(X, SparseMatrix):
        no_y = np.zeros((X.n_samples, 1))
        centred = options.fit_intercept
        return _core.sparse_spectrum(X, no_y, factors, weight, centred, False, options.n_threads)[1]
    with np.errstate(all="ignore"):
        squares = column_moments(X, weight, options.fit_intercept).square
        if factors is not None:
            squares = np.divide(squares, factors, out=np.zeros_like(squares), where=factors > 0.0)
        return float(squares.sum())


def _squares_vanish(problem: LogisticProblem, options: LogisticOptions) -> bool:
    """Whether the squares are 0 although the features are not, or vary about their means."""
    X = problem.X
    if isinstance(X, SparseMatrix):
        largest = float(np.abs(X.data).max(initial=0.0))
        return 0.0 < largest < _SMALLEST_WITH_SQUARES
    size = np.ptp(X, axis=0) if options.fit_intercept else np.abs(X).max(axis=0)
    if problem.penalty_factors is not None:
        size = size[problem.penalty_factors > 0.0]
    largest = float(size.max(initial=0.0))
    return 0.0 < largest < _SMALLEST_WITH_SQUARES


def _n_penalised(problem: LogisticProblem) -> int:
    """Return the number of coefficients that are penalised and not pinned."""
    factors = problem.penalty_factors
    if factors is None:
        return int(problem.X.shape[1]) * problem.n_outputs
    return int(np.count_nonzero((factors > 0.0) & np.isfinite(factors))) * problem.n_outputs
