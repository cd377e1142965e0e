"""The data and penalty of a ridge problem as the compiled core reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names, by_feature, names_of
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import feature_matrix
from elltwo.functional._base.validate import feature_factors, prior_means, row_weights, targets

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import Moments
    from elltwo.functional._base.sparse import SparseLike, SparseMatrix
    from elltwo.functional._base.validate import Float64Array, FloatArray

    # The fields of a problem beside X.
    _Beside: TypeAlias = tuple[
        Float64Array, Float64Array | None, Float64Array | None, Float64Array | None, bool
    ]


class Problem(NamedTuple):
    """Arrays of one problem; None stands for unit factors, zero means and unit weights."""

    X: FloatArray | SparseMatrix  #: (n_samples, n_features)
    Y: Float64Array  #: (n_samples, n_targets)
    penalty_factors: Float64Array | None  #: (n_features,)
    prior_mean: Float64Array | None  #: (n_targets, n_features)
    sample_weight: Float64Array | None  #: (n_samples,)
    one_dimensional: bool  #: whether y was, and the answer is to be
    names: Names = NAMELESS  #: of features and targets

    @property
    def beside(self) -> tuple[Float64Array | None, Float64Array | None, Float64Array | None]:
        """What the core reads beside X, y and penalties: factors, prior means and weights."""
        return self.penalty_factors, self.prior_mean, self.sample_weight

    @property
    def n_samples(self) -> int:
        """Number of rows, whatever they weigh."""
        return len(self.Y)

    @property
    def n_weighted(self) -> int:
        """Number of rows of positive weight."""
        w = self.sample_weight
        return self.n_samples if w is None else int(np.count_nonzero(w))


class MomentsProblem(Problem):
    """A problem without its rows: `X` holds their moments, and `Y` has no rows."""

    __slots__ = ()
    X: Moments  # type: ignore[assignment]

    @property
    def n_samples(self) -> int:
        """Number of rows of positive weight."""
        return self.X.n_rows

    @property
    def n_weighted(self) -> int:
        """Number of rows of positive weight."""
        return self.X.n_rows


def read_moments_problem(
    moments: Moments,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    names: Names,
) -> MomentsProblem:
    """Check the penalty of a problem that is given by moments."""
    if moments.n_rows == 0:
        raise ValueError("the Moments hold no rows of positive weight yet")
    Y = np.empty((0, moments.n_targets))
    shape = moments.n_features, moments.n_targets
    factors, prior = _penalty(*shape, penalty_factors, prior_mean, names)
    return MomentsProblem(moments, Y, factors, prior, None, moments.one_dimensional, names)  # type: ignore[arg-type]


def read_problem(
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
) -> Problem:
    """Check types and shapes, naming the first argument that is wrong."""
    matrix, names = feature_matrix(X), names_of(X, y)
    require_same_labels(X, y=y, sample_weight=sample_weight)
    beside = _beside(matrix.shape, y, penalty_factors, prior_mean, sample_weight, names)
    return Problem(matrix, *beside, names)


def _beside(
    shape: tuple[int, ...],
    y: npt.ArrayLike,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
    names: Names,
) -> _Beside:
    n_samples, n_features = shape
    y = targets(y, n_samples)
    Y = y if y.ndim == 2 else y[:, np.newaxis]
    factors, prior = _penalty(n_features, Y.shape[1], penalty_factors, prior_mean, names)
    return Y, factors, prior, row_weights(sample_weight, n_samples), y.ndim == 1


def _penalty(
    n_features: int,
    n_targets: int,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    names: Names,
) -> tuple[Float64Array | None, Float64Array | None]:
    factors = by_feature(penalty_factors, "penalty_factors", names.features)
    prior = by_feature(prior_mean, "prior_mean", names.features)
    return (
        feature_factors(factors, n_features),
        None if prior is None else prior_means(prior, n_targets, n_features),
    )
