"""The data, penalty and options of a logistic regression as the compiled core reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.classes import Labels, read_labels
from elltwo.functional._base.names import NAMELESS, Names, by_feature, names_of
from elltwo.functional._base.options import AUTO, count, flag, solver_named, threads, tolerance
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import SparseMatrix, feature_matrix
from elltwo.functional._base.validate import (
    feature_factors,
    float64_array,
    prior_means,
    row_weights,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

MAX_ITER = 100

_SOLVERS = (AUTO, "newton_cholesky", "quasi_newton", "newton_cg")
# scikit-learn's names of solvers that have no namesake here and stand for "auto"
_OTHER_SOLVERS = ("lbfgs", "liblinear", "sag", "saga")


class LogisticProblem(NamedTuple):
    """Arrays of one problem; None stands for unit factors, zero means, unit weights, no offset."""

    X: FloatArray | SparseMatrix  #: (n_samples, n_features)
    labels: Labels  #: of the n_samples rows
    penalty_factors: Float64Array | None  #: (n_features,)
    prior_mean: Float64Array | None  #: (n_outputs, n_features)
    sample_weight: Float64Array | None  #: (n_samples,)
    offset: Float64Array | None  #: (n_samples, n_outputs)
    names: Names = NAMELESS  #: of features and targets
    l1_ratio: float = 0.0  #: share of the L1 part of the penalty

    @property
    def classes(self) -> AnyArray:
        """The labels of the classes, (n_classes,)."""
        return self.labels.classes

    @property
    def n_outputs(self) -> int:
        """Number of rows of coefficients: one for two classes, else one for each class."""
        return outputs_of(self.labels.classes.size)

    @property
    def is_float32(self) -> bool:
        """Whether X is, and the coefficients are to be."""
        X = self.X
        return (X.data.dtype if isinstance(X, SparseMatrix) else X.dtype) == np.float32


class LogisticOptions(NamedTuple):
    """Everything about a fit that is neither data nor penalty, as the core reads it."""

    fit_intercept: bool
    solver: str
    tol: float
    max_iter: int
    n_threads: int


def outputs_of(n_classes: int) -> int:
    """Return the number of rows of coefficients."""
    return 1 if n_classes == 2 else n_classes


def read_logistic_problem(
    X: npt.ArrayLike | SparseLike,
    y: Any,  # noqa: ANN401  # whatever has labels
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
    offset: npt.ArrayLike | None,
) -> LogisticProblem:
    """Check types and shapes, naming the first argument that is wrong."""
    matrix, names = feature_matrix(X), names_of(X, y)
    n_samples, n_features = matrix.shape
    require_same_labels(X, y=y, sample_weight=sample_weight, offset=offset)
    labels = read_labels(y, n_samples)
    n_outputs = outputs_of(labels.classes.size)
    penalty_factors = by_feature(penalty_factors, "penalty_factors", names.features)
    factors = feature_factors(penalty_factors, n_features)
    prior_mean = by_feature(prior_mean, "prior_mean", names.features)
    if prior_mean is not None:
        prior_mean = prior_means(prior_mean, n_outputs, n_features)
    weight = row_weights(sample_weight, n_samples)
    if offset is not None:
        offset = offsets(offset, n_samples, n_outputs)
    return LogisticProblem(matrix, labels, factors, prior_mean, weight, offset, names)


def weighed_by_class(problem: LogisticProblem, class_weight: object) -> LogisticProblem:
    """Return a problem whose rows have the weights of their classes as well."""
    if class_weight is None:
        return problem
    from elltwo.functional._base.class_weight import weigh_rows

    weight = weigh_rows(problem.sample_weight, class_weight, problem.labels)
    return problem._replace(sample_weight=weight)


def offsets(offset: npt.ArrayLike, n_samples: int, n_outputs: int) -> Float64Array:
    """Return offset with one row for each row of X and one column for each output."""
    array = float64_array(offset, "offset")
    if array.shape != (n_samples, n_outputs) and (array.shape != (n_samples,) or n_outputs > 1):
        expected = f"({n_samples},), one number for each row of X"
        if n_outputs > 1:
            expected = f"({n_samples}, {n_outputs}), one number for each row of X and class"
        raise ValueError(f"offset must have shape {expected}, got shape {array.shape}")
    finite = np.isfinite(array)
    if not finite.all():
        bad = float(array[~finite][0])
        raise ValueError(f"offset must be finite, got {bad} at row {np.argwhere(~finite)[0][0]}")
    return np.ascontiguousarray(array.reshape(n_samples, n_outputs))


def read_logistic_options(
    fit_intercept: object, solver: object, tol: object, max_iter: object, n_threads: object
) -> LogisticOptions:
    """Check every option of a fit, naming the first one that is wrong."""
    return LogisticOptions(
        flag(fit_intercept, "fit_intercept"),
        solver_named(solver, _SOLVERS, _OTHER_SOLVERS),
        tolerance(tol),
        count(max_iter, "max_iter", minimum=0),
        threads(n_threads),
    )
