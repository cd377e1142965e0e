"""The Fisher information of more than two classes, on the parameters that sum to zero."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from elltwo.functional._base.row_blocks import column_moments, row_blocks
from elltwo.functional._ridge_statistics.covariance import BAYESIAN, SAMPLING, UNDETERMINED

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem
    from elltwo.functional._logistic_statistics.rows import FittedRows, PresentRows

    Mask = npt.NDArray[np.bool_]

LIMIT: Final = 4000  # parameters: the Hessian and its factors are dense
_NOTHING = 1e-16  # share of a parameter in the null space that may be rounding
_EPS = float(np.finfo(np.float64).eps)


class Units(NamedTuple):
    """Columns z = ((x - mean) / size, 1 / size) of the features that are not pinned."""

    kept: Mask  #: (n_features,)
    mean: Float64Array  #: (n_kept,), zero without an intercept
    size: Float64Array  #: (n_kept + 1,), or (n_kept,) without an intercept
    penalty: Float64Array  #: of the shape of `size`, in units of z

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.size.size

    @property
    def has_intercept(self) -> bool:
        """Whether the last column is that of an intercept."""
        return self.size.size > self.mean.size

    def rows(self, block: Float64Array) -> Float64Array:
        """Return the columns of some rows."""
        z = np.ones((len(block), self.width))
        z[:, : self.mean.size] = block[:, self.kept] - self.mean
        z /= self.size
        return z

    def to_parameters(self) -> Float64Array:
        """Return the matrix that maps parameters of z to those of x, (width, width)."""
        t = np.diag(1.0 / self.size)
        if self.has_intercept:
            t[-1, :-1] = -self.mean / self.size[:-1]
        return t


def units_of(
    problem: LogisticProblem, fit_intercept: bool, alpha: float, weight: Float64Array
) -> Units:
    """Choose units in which weighted columns and penalties are at most of size 1."""
    factors = problem.penalty_factors
    factors = np.ones(problem.X.shape[1]) if factors is None else factors
    with np.errstate(over="ignore", invalid="ignore"):
        penalty = np.where(factors > 0.0, alpha * factors, 0.0)
    penalty[np.isinf(factors)] = np.inf
    kept = np.isfinite(penalty)
    mean = column_moments(problem.X, weight, fit_intercept).mean
    reach = np.zeros(mean.size)
    for rows, block in row_blocks(problem.X):
        far = np.abs(block - mean) * (weight[rows, np.newaxis] > 0.0)
        np.maximum(reach, far.max(axis=0), out=reach)
    root = np.sqrt(weight.sum())
    size = np.hypot(reach[kept] * root, np.sqrt(penalty[kept]))
    size[size == 0.0] = 1.0
    held = (np.sqrt(penalty[kept]) / size) ** 2
    if fit_intercept:
        size, held = np.append(size, root), np.append(held, 0.0)
    return Units(kept, mean[kept], size, held)


def contrasts(n_classes: int) -> Float64Array:
    """Return orthonormal columns that sum to zero, (n_classes, n_classes - 1), by Helmert."""
    c = np.tril(np.full((n_classes - 1, n_classes), -1.0))
    places = np.arange(n_classes - 1)
    c[places, places + 1] = places + 1.0
    c[places[:, np.newaxis] + 1 < np.arange(n_classes)] = 0.0
    return (c / np.sqrt((places + 1.0) * (places + 2.0))[:, np.newaxis]).T


class MultinomialInformation:
    """The Hessian over the parameters whose classes sum to zero, which are all the data see.

    With orthonormal contrasts C of the classes, parameters are gamma C^T for gamma of shape
    (width, n_classes - 1), and the inverse of the Hessian of gamma, mapped back, is the
    pseudo-inverse of that of all classes. The order of gamma is by contrasts, then columns.
    """

    def __init__(
        self,
        problem: LogisticProblem,
        options: LogisticOptions,
        alpha: float,
        rows: FittedRows | PresentRows,
    ) -> None:
        n_classes = problem.classes.size
        width = problem.X.shape[1] + 1
        if width * n_classes > LIMIT:
            raise ValueError(
                f"statistics of a multinomial fit need (n_features + 1) * n_classes of at most "
                f"{LIMIT}, got {width} * {n_classes}"
            )
        self._problem, self._rows = problem, rows
        self._units = units_of(problem, options.fit_intercept, alpha, rows.weight)
        self._contrasts = contrasts(n_classes)

    @cached_property
    def _fisher(self) -> Float64Array:
        """``C^T (sum_i w_i (diag p - p p^T) x z z^T) C``; the rows of its classes sum to zero."""
        q, n_classes = self._units.width, self._problem.classes.size
        full = np.zeros((n_classes, n_classes, q, q))
        for rows, block in row_blocks(self._problem.X, q):
            z, p = self._units.rows(block), self._rows.probabilities[rows]
            w = self._rows.weight[rows]
            for k in range(n_classes):
                for m in range(k):
                    full[k, m] -= (z * (w * p[:, k] * p[:, m])[:, np.newaxis]).T @ z
        full += full.transpose(1, 0, 2, 3)
        full[np.arange(n_classes), np.arange(n_classes)] = -full.sum(axis=1)
        c = self._contrasts
        half = np.tensordot(c, full, (0, 0))
        part = np.tensordot(c, half, (0, 1))
        result: Float64Array = part.transpose(1, 2, 0, 3).reshape(self._size, self._size)
        return (result + result.T) / 2.0

    @property
    def _size(self) -> int:
        return self._units.width * (self._problem.classes.size - 1)

    @cached_property
    def _spectrum(self) -> tuple[Float64Array, Float64Array, Float64Array, Float64Array]:
        """Directions D U, eigenvalues, shares of the penalty in them, and the null space D U_0.

        Of the Hessian with a diagonal of ones; where rounding hides the rows' part of an
        eigenvalue it is the penalty's.
        """
        held = np.tile(self._units.penalty, self._contrasts.shape[1])
        hessian = self._fisher + np.diag(held)
        diagonal = np.diag(hessian)
        d = 1.0 / np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
        values, u = np.linalg.eigh(hessian * np.outer(d, d))
        held = held * d * d
        low = values <= self._size * _EPS * values.max(initial=1.0)
        values[low], turn = np.linalg.eigh((u[:, low].T * held) @ u[:, low])
        u[:, low] = u[:, low] @ turn
        null = low & (values <= 1e-20 * held.max(initial=0.0))
        share = np.where(low, values, held @ u**2)
        u = d[:, np.newaxis] * u
        return u[:, ~null], values[~null], share[~null], u[:, null]

    @property
    def edf(self) -> float:
        """Trace of H^-1 F."""
        _, values, share, _ = self._spectrum
        return max(float((1.0 - share / values).sum()), 0.0)

    def _inner(self, kind: str) -> Float64Array:
        """Return the covariance of gamma, in units of z."""
        u, values, _, _ = self._spectrum
        inverse: Float64Array = (u / values) @ u.T
        if kind == BAYESIAN:
            return inverse
        middle = self._fisher if kind == SAMPLING else self._meat()
        return inverse @ middle @ inverse

    def _meat(self) -> Float64Array:
        meat = np.zeros((self._size, self._size))
        for rows, block in row_blocks(self._problem.X, self._size):
            w = self._rows.weight[rows, np.newaxis]
            residuals = w * (self._rows.residuals[rows] @ self._contrasts)
            scores = residuals[:, :, np.newaxis] * self._units.rows(block)[:, np.newaxis]
            flat = scores.reshape(len(block), -1)
            meat += flat.T @ flat
        return meat

    def _in_units_of_x(self, matrix: Float64Array) -> Float64Array:
        """Map columns over gamma to parameters of x."""
        shape = (self._contrasts.shape[1], self._units.width, matrix.shape[1])
        mapped: Float64Array = self._units.to_parameters() @ matrix.reshape(shape)
        return mapped.reshape(matrix.shape)

    def _of_gamma(self, kind: str) -> Float64Array:
        """Return the covariance of gamma in units of x: of the solution of least norm."""
        half = self._in_units_of_x(self._inner(kind))
        result = self._in_units_of_x(half.T)
        null = self._in_units_of_x(self._spectrum[3])
        if null.shape[1]:
            null /= np.abs(null).max(axis=0)
            own = null.copy()
            if self._units.has_intercept:
                own[self._units.width - 1 :: self._units.width] = 0.0
            result = self._without(self._without(result, null, own).T, null, own)
        return (result + result.T) / 2.0

    @staticmethod
    def _without(columns: Float64Array, null: Float64Array, own: Float64Array) -> Float64Array:
        """Subtract from columns the multiples of `null` that leave their coefficients longest."""
        return columns - null @ np.linalg.lstsq(own, columns, rcond=None)[0]

    def _unknown(self) -> Mask:
        """Tell which columns neither rows nor penalty determine, (width,)."""
        null = self._spectrum[3]
        if not null.shape[1]:
            return np.zeros(self._units.width, dtype=bool)
        n_contrasts, q = self._contrasts.shape[1], self._units.width
        shape = (n_contrasts, q, null.shape[1])
        parts = (null.reshape(shape) ** 2).sum(axis=(0, 2))
        result: Mask = parts > _NOTHING * parts.max()
        if self._units.has_intercept:
            moved = self._in_units_of_x(null).reshape(shape)[:, -1]
            level = (
                null.reshape(shape)[:, :-1] * (self._units.mean / self._units.size[:-1])[:, None]
            )
            result[-1] = (moved**2).sum() > _NOTHING * max((level**2).sum(), parts[-1])
        return result

    def variances(self, kind: str) -> Float64Array:
        """Return those of the coefficients and, last, intercepts, (n_classes, n_features + 1)."""
        n_contrasts, q = self._contrasts.shape[1], self._units.width
        parts = self._of_gamma(kind).reshape(n_contrasts, q, n_contrasts, q)
        blocks = np.diagonal(parts, axis1=1, axis2=3)  # (contrasts, contrasts, width)
        c = self._contrasts
        values = np.einsum("ka,abj,kb->kj", c, blocks, c)
        np.maximum(values, 0.0, out=values)
        if kind == BAYESIAN:
            values[:, self._unknown()] = np.inf
        result = np.zeros((len(c), self._problem.X.shape[1] + 1))
        result[:, self._places()] = values
        return result

    def _places(self) -> npt.NDArray[np.intp]:
        """Return where the columns are among all parameters of a class."""
        kept = np.flatnonzero(self._units.kept)
        return np.append(kept, self._units.kept.size) if self._units.has_intercept else kept

    def covariance(self, kind: str) -> Float64Array:
        """Return that of all parameters, by classes, in each coefficients and then intercept."""
        if kind == BAYESIAN and self._unknown().any():
            raise ValueError(UNDETERMINED)
        c, n_contrasts, q = self._contrasts, self._contrasts.shape[1], self._units.width
        parts = self._of_gamma(kind).reshape(n_contrasts, q, n_contrasts, q)
        values = np.einsum("ka,ajbi,mb->kjmi", c, parts, c, optimize=True)
        width = self._problem.X.shape[1] + 1
        result = np.zeros((len(c), width, len(c), width))
        classes, places = np.arange(len(c)), self._places()
        result[np.ix_(classes, places, classes, places)] = values
        return result.reshape(len(c) * width, len(c) * width)
