"""A problem in scaled columns, in which passes and steps are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._logistic_problem.problem import outputs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.columns import Columns
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem

    Mask = npt.NDArray[np.bool_]

# As in the core's fits in memory:
_DWARFING = 1e30  # penalty over squared column beyond which a coefficient is held
_LEAST_SQUARES = 1e-280  # sums of squared residuals below this have lost digits
_FAR = 1e30  # minus the intercept of a class without rows
_LARGEST_EXPONENT = 1023


@dataclass
class Point:
    """The objective and its derivatives; a slope is a negative gradient."""

    theta: Float64Array  #: (n_outputs, n_features + 1)
    loss: float
    data_slope: Float64Array  #: of the loss
    residual: Float64Array  #: (n_outputs,), roots of sums of squares
    penalty: float
    slope: Float64Array  #: of the objective, 0 where nothing is fitted
    optimality: float

    @property
    def objective(self) -> float:
        """Loss and penalty."""
        return self.loss + self.penalty


class Scaled:
    """The problem of one alpha and the rows outside one fold, in columns scale * (x - shift).

    Weights are scaled too, by the power of two that brings their mean near one; losses, slopes and
    penalties are in this unit.
    """

    def __init__(
        self,
        problem: PassProblem,
        first: FirstSums,
        alpha: float,
        fold: int = -1,
    ) -> None:
        self.problem = problem
        self.alpha = alpha
        self.fold = fold
        self.common_offset = _common_offset(first, problem.fit_intercept)  # of each output
        self.offset_shift = 0.0 if self.common_offset is None else self.common_offset
        p = first.n_features
        self.n_classes = int(first.classes.size)
        self.n_outputs = outputs_of(self.n_classes)
        self.shift, self.scale = shift_and_scale(first, problem.fit_intercept)
        columns = first.without_fold(fold)
        folds = np.arange(first.n_rows.size) != fold
        self.n_rows = int(first.n_rows[folds].sum())
        self.weight_scale = _power_of_two_for(columns.weight / max(self.n_rows, 1))
        self.weight = columns.weight * self.weight_scale
        self.column_size = self._column_sizes(columns, first)
        self.class_weight = first.class_weight[folds].sum(axis=0)
        limit = max(_FAR, min(4.0 * first.largest_offset, 1e307))
        self._find_classes(limit)
        given = problem.prior(self.n_outputs, p)
        self.prior = np.zeros((self.n_outputs, p)) if given is None else given / self.scale
        self.raw_penalty = _raw_penalties(problem.factors(p), p, alpha)
        self._find_active(p)

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.scale.size)

    def _column_sizes(self, columns: Columns, first: FirstSums) -> Float64Array:
        """Return sqrt(sum w x^2) of the scaled columns and the intercept's."""
        norm = columns.norm if self.problem.fit_intercept else columns.about_zero()
        sizes = norm * self.scale * np.sqrt(self.weight_scale)
        sizes[(first.low == first.high) & (self.problem.fit_intercept | (first.low == 0.0))] = 0.0
        return np.append(sizes, np.sqrt(self.weight))

    def _find_classes(self, limit: float) -> None:
        """Set which classes are fitted, and the intercepts of those that are not."""
        present = self.class_weight > 0.0
        self.n_empty = int(np.count_nonzero(~present))
        reduces = self.problem.fit_intercept and self.n_empty > 0
        self.is_single = reduces and np.count_nonzero(present) == 1
        self.present = present if reduces else np.ones_like(present)
        self.held_intercept = np.where(self.present, 0.0, -limit)
        if self.n_outputs == 1:
            self.held_intercept = np.array([0.0])
            if self.is_single:
                self.held_intercept[0] = limit if present[1] else -limit

    def _find_active(self, p: int) -> None:
        with np.errstate(over="ignore"):
            value = (self.raw_penalty * self.scale) * (self.weight_scale * self.scale)
            dwarfed = ~(value <= _DWARFING * self.column_size[:p] ** 2)
        self.moves = ~(dwarfed | (self.column_size[:p] == 0.0))
        self.penalty = np.append(np.where(self.moves, value, 0.0), 0.0)
        columns = np.append(self.moves, self.problem.fit_intercept)
        outputs = self.present if self.n_outputs > 1 else np.array([not self.is_single])
        outputs = outputs & (not self.is_single)
        self.active: Mask = outputs[:, np.newaxis] & columns
        self.has_free_features = bool((self.moves & (self.penalty[:p] == 0.0)).any())

    @property
    def free(self) -> Mask:
        """Columns, with the intercept's, that are fitted without a penalty."""
        fitted = np.append(self.moves, self.problem.fit_intercept)
        result: Mask = fitted & (self.penalty == 0.0)
        return result

    def origin(self) -> Float64Array:
        """Return prior means and the intercepts of classes that are not fitted."""
        return np.column_stack([self.prior, self.held_intercept])

    def to_scaled(self, coef: Float64Array, intercept: Float64Array) -> Float64Array:
        """Return the point of coefficients and intercepts in the user's units."""
        theta = self.origin()
        fitted = self.active[:, :-1]
        theta[:, :-1] = np.where(fitted, coef / self.scale, theta[:, :-1])
        if self.problem.fit_intercept:
            moved = intercept + self.offset_shift + (theta[:, :-1] * self.scale) @ self.shift
            theta[:, -1] = np.where(self.active[:, -1], moved, theta[:, -1])
        self.centre(theta)
        return theta

    def centre(self, theta: Float64Array) -> None:
        """Give what is common to all classes, on which the loss does not depend, its best value."""
        if self.n_outputs == 1:
            return
        prior = np.column_stack([self.prior, np.zeros(self.n_outputs)])
        common = (theta - prior)[self.present].mean(axis=0)
        theta -= np.where(self.active, common, 0.0)

    def add_common_curvature(self, matrix: Float64Array) -> None:
        """Add curvature along what is common to all classes, along which the loss is constant.

        Rows and columns are the coefficients that are fitted. Steps, which have no such part, do
        not change.
        """
        outputs = int(np.count_nonzero(self.active.any(axis=1)))
        if self.n_outputs == 1 or outputs == 0:
            return
        columns = matrix.shape[0] // outputs
        size = np.diagonal(matrix).reshape(outputs, columns).mean(axis=0) / outputs
        blocks = matrix.reshape(outputs, columns, outputs, columns)
        for j in range(columns):
            blocks[:, j, :, j] += size[j]

    def evaluated(
        self, theta: Float64Array, loss: float, gradient: Float64Array, squares: Float64Array
    ) -> Point:
        """Return a point from the sums of a pass."""
        loss *= self.weight_scale
        data_slope = -gradient * self.weight_scale
        squares = squares * self.weight_scale
        small = loss / np.sqrt(self.weight)
        residual = np.where(squares > _LEAST_SQUARES, np.sqrt(squares), small)
        distance = np.column_stack([theta[:, :-1] - self.prior, np.zeros(self.n_outputs)])
        distance = np.where(self.active, distance, 0.0)
        pull = self.penalty * distance
        slope = np.where(self.active, data_slope - pull, 0.0)
        penalty = 0.5 * float(np.sum(pull * distance))
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.abs(slope) / (self.column_size * residual[:, np.newaxis])
        optimality = float(np.where(slope == 0.0, 0.0, relative).max(initial=0.0))
        return Point(theta, loss, data_slope, residual, penalty, slope, optimality)

    def in_units(self, point: Point) -> tuple[Float64Array, Float64Array]:
        """Return coefficients (n_outputs, n_features) and intercepts in the user's units."""
        coef = np.where(self.moves, point.theta[:, :-1] * self.scale, self._held(point))
        coef[~self.present_outputs] = (self.prior * self.scale)[~self.present_outputs]
        if not self.problem.fit_intercept:
            return coef, np.zeros(self.n_outputs)
        intercept = point.theta[:, -1] - self.offset_shift - coef @ self.shift
        if self.n_outputs == 1:
            return coef, intercept
        intercept -= intercept[self.present].mean()
        return coef, np.where(self.present, intercept, self.held_intercept)

    def without_fit(self) -> tuple[Float64Array, Float64Array]:
        """Return prior means and intercepts where all weight is in one class."""
        return self.prior * self.scale, self.held_intercept

    @property
    def present_outputs(self) -> Mask:
        """Outputs whose coefficients are fitted, or held by their penalty."""
        return np.ones(1, dtype=bool) if self.n_outputs == 1 else self.present

    def _held(self, point: Point) -> Float64Array:
        """Return coefficients that a penalty far above the data holds: m - gradient / alpha."""
        prior = self.prior * self.scale
        slope = point.data_slope[:, :-1]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            moved = (slope / self.raw_penalty / self.scale) / self.weight_scale
        no_penalty = (self.raw_penalty == 0.0) | np.isinf(self.raw_penalty)
        return np.where(no_penalty, prior, prior + np.where(np.isfinite(moved), moved, 0.0))


def _common_offset(first: FirstSums, fit_intercept: bool) -> Float64Array | None:
    """Return what offsets have in common, an intercept then replaces it without rounding."""
    offset = first.sample.offset
    if not fit_intercept or offset.size == 0:
        return None
    shift: Float64Array = np.median(offset, axis=0)
    return shift


def shift_and_scale(first: FirstSums, fit_intercept: bool) -> tuple[Float64Array, Float64Array]:
    """Return the centres of columns and the powers of two that bring them to unit deviation."""
    columns = first.without_fold(-1)
    p = first.n_features
    root = np.sqrt(columns.weight)
    if not fit_intercept:
        return np.zeros(p), np.array([_power_of_two_for(s / root) for s in columns.about_zero()])
    shift = columns.mean
    if first.is_float32:
        shift = shift.astype(np.float32).astype(np.float64)
    return shift, np.array([_power_of_two_for(s / root) for s in columns.norm])


def _raw_penalties(factors: Float64Array | None, p: int, alpha: float) -> Float64Array:
    """Return alpha f in the user's units, where a factor of 0 or infinity wins over any alpha."""
    f = np.ones(p) if factors is None else factors
    with np.errstate(invalid="ignore", over="ignore"):
        product = alpha * f
    decided = (f == 0.0) | np.isinf(f)
    return np.where(decided, f, alpha if alpha == 0.0 or np.isinf(alpha) else product)


def _power_of_two_for(size: float) -> float:
    """Return the power of two that brings a size into [1, 2); 1 where it is 0."""
    if not 0.0 < size < np.inf:
        return 1.0
    exponent = int(np.frexp(size)[1]) - 1
    return float(np.ldexp(1.0, min(-exponent, _LARGEST_EXPONENT)))
