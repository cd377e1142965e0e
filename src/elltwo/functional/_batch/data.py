"""The data and penalties of a batch of ridge problems as the compiled core reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names, by_feature, names_of
from elltwo.functional._base.record_parts import as_float32
from elltwo.functional._base.validate import (
    batch_weights,
    feature_factors,
    float64_array,
    float_array,
    require_a_target,
    require_not_empty,
    vector,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray

    # y, alpha, factors, prior means and weights, as the core reads them beside X.
    Given: TypeAlias = tuple[
        Float64Array,
        Float64Array,
        Float64Array | None,
        Float64Array | None,
        Float64Array | None,
    ]

# Arrays that coefficients and intercepts are written to, where the caller gave any.
Written: TypeAlias = "tuple[AnyArray | None, AnyArray | None]"


class Batch(NamedTuple):
    """Arrays of a batch; None stands for unit factors, zero means and unit weights."""

    X: FloatArray  #: (batch, n_samples, n_features), or (n_samples, n_features) for all
    Y: Float64Array  #: (batch, n_samples, n_targets)
    alpha: Float64Array  #: (1,) or (batch,)
    penalty_factors: Float64Array | None  #: (n_features,)
    prior_mean: Float64Array | None  #: (n_features,)
    sample_weight: Float64Array | None  #: (batch, n_samples), or (n_samples,) for all
    one_dimensional: bool  #: whether each problem's y was, and the answers are to be
    names: Names = NAMELESS  #: of the features, where a table is the X of all problems

    @property
    def n_problems(self) -> int:
        """Number of problems."""
        return len(self.Y)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the intercepts."""
        return (len(self.Y),) if self.one_dimensional else (len(self.Y), self.Y.shape[2])

    @property
    def coef_shape(self) -> tuple[int, ...]:
        """Shape of the coefficients."""
        return (*self.shape, self.X.shape[-1])

    @property
    def given(self) -> Given:
        """What the core reads beside X."""
        return self.Y, self.alpha, self.penalty_factors, self.prior_mean, self.sample_weight

    @property
    def alphas(self) -> Float64Array:
        """Penalty of each problem."""
        return np.broadcast_to(self.alpha, (self.n_problems,)).copy()

    def kept(self, coef: Float64Array, intercept: Float64Array) -> tuple[FloatArray, FloatArray]:
        """Return coefficients and intercepts in the shapes and the precision of the data."""
        keep = as_float32 if self.X.dtype == np.float32 else np.asarray
        return np.reshape(keep(coef), self.coef_shape), np.reshape(keep(intercept), self.shape)


def read_batch(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    alpha: npt.ArrayLike,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
) -> Batch:
    """Check types and shapes, naming the first argument that is wrong."""
    matrices, names = float_array(X, "X"), names_of(X)
    if matrices.ndim not in {2, 3}:
        raise ValueError(
            "X must be 3-D with shape (batch, n_samples, n_features), or 2-D where all problems "
            f"share it, got shape {matrices.shape}"
        )
    require_not_empty(matrices.shape[-2:])
    n_samples, n_features = matrices.shape[-2:]
    targets = _targets(y, matrices)
    Y = targets if targets.ndim == 3 else targets[:, :, np.newaxis]
    alphas = _alphas(alpha, len(Y))
    factors, prior = feature_vectors(penalty_factors, prior_mean, n_features, names)
    weight = batch_weights(sample_weight, (len(Y), n_samples))
    return Batch(matrices, Y, alphas, factors, prior, weight, targets.ndim == 2, names)


def feature_vectors(
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    n_features: int,
    names: Names,
) -> tuple[Float64Array | None, Float64Array | None]:
    """Read factors and prior means that all problems share."""
    penalty_factors = by_feature(penalty_factors, "penalty_factors", names.features)
    prior_mean = by_feature(prior_mean, "prior_mean", names.features)
    factors = feature_factors(penalty_factors, n_features)
    if prior_mean is None:
        return factors, None
    mean = float64_array(prior_mean, "prior_mean")
    mean = mean if mean.ndim else np.full(n_features, mean)
    return factors, vector(mean, "prior_mean", n_features, f"{n_features} feature(s) of X")


def _targets(y: npt.ArrayLike, X: FloatArray) -> Float64Array:
    array = float64_array(y, "y")
    if array.ndim not in {2, 3}:
        raise ValueError(
            "y must be 2-D with shape (batch, n_samples) or 3-D with shape (batch, n_samples, "
            f"n_targets), got shape {array.shape}"
        )
    wanted = (len(X) if X.ndim == 3 else len(array), X.shape[-2])
    if array.shape[:2] != wanted:
        raise ValueError(
            f"X and y must have the same number of problems and rows, got {X.shape} in X "
            f"and {array.shape} in y"
        )
    if array.ndim == 3:
        require_a_target(array)
    return array


def _alphas(alpha: npt.ArrayLike, n_problems: int) -> Float64Array:
    array = float64_array(alpha, "alpha")
    if array.ndim == 0:
        return array.reshape(1)
    if array.shape != (n_problems,):
        raise ValueError(
            f"alpha must be a number or have one entry for each of the {n_problems} problem(s), "
            f"got shape {array.shape}"
        )
    return np.ascontiguousarray(array)


def read_out(out: object, batch: Batch) -> Written:
    """Check the arrays that the results are to be written to."""
    if out is None:
        return None, None
    if not isinstance(out, tuple):
        return _writable(out, "out", batch.coef_shape, batch.X.dtype), None
    if len(out) != 2:
        raise ValueError(
            f"out must be an array or a tuple (coef, intercept), got a tuple of {len(out)}"
        )
    coef = _writable(out[0], "out[0]", batch.coef_shape, batch.X.dtype)
    intercept = _writable(out[1], "out[1]", batch.shape, batch.X.dtype)
    if np.shares_memory(coef, intercept):
        raise ValueError("out must hold two arrays that share no memory")
    return coef, intercept


def _writable(
    array: object, name: str, shape: tuple[int, ...], data_type: np.dtype[Any]
) -> AnyArray:
    if type(array) is not np.ndarray:
        raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got shape {array.shape}")
    if array.dtype not in {np.dtype(np.float64), data_type}:
        raise TypeError(f"{name} must have dtype float64, or that of X, got dtype {array.dtype}")
    if not (array.flags.c_contiguous and array.flags.aligned and array.flags.writeable):
        raise ValueError(f"{name} must be C-contiguous, aligned and writable")
    return array


def write_out(out: Written, fitted: tuple[FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Copy the results into the caller's arrays, and return the arrays that the record holds."""
    for array, values in zip(out, fitted, strict=True):
        if array is not None and array.dtype == np.float32 and values.dtype != np.float32:
            raise ValueError("out is float32, and a result is beyond its range")
    for array, values in zip(out, fitted, strict=True):
        if array is not None:
            array[...] = values
    coef, intercept = (
        values if array is None else array for array, values in zip(out, fitted, strict=True)
    )
    return coef, intercept
