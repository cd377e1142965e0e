"""Conversion of what callers pass into arrays that the compiled core reads.

Types and shapes are checked here, values by the core in its first pass over the data. float64 and
float32 arrays of any strides go through untouched; everything else becomes a float64 copy.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base import in_pieces
from elltwo.functional._base.lazy import refuse_lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Float64Array = npt.NDArray[np.float64]
    FloatArray = npt.NDArray[np.floating[Any]]
    AnyArray = npt.NDArray[Any]

_KEPT = (np.dtype(np.float64), np.dtype(np.float32))
WITHOUT_COLUMNS = (np.ndarray, np.generic, list, tuple, int, float)


def design_matrix(X: npt.ArrayLike, names: Sequence[str] | None = None) -> FloatArray:
    """Return X as a float matrix with at least one row and one column.

    Of a table whose columns have names, `names` are those to take, in this order.
    """
    matrix = float_array(X if names is None else matched(X, "X", names), "X")
    if matrix.ndim != 2:
        raise ValueError(
            f"X must be 2-D with shape (n_samples, n_features), got shape {matrix.shape}"
        )
    require_not_empty(matrix.shape)
    return matrix


def require_numbers(value: Any, name: str) -> None:  # noqa: ANN401  # whatever others convert
    """Refuse what does not hold real numbers, before others convert it in a way of their own."""
    if hasattr(type(value), "tocsr"):
        return
    require_values(value, name)
    if not isinstance(value, WITHOUT_COLUMNS):
        from elltwo.functional._base.tables import is_column, is_table, read_column, require_columns

        if is_table(value):
            require_columns(value, name)
            return
        if is_column(value):
            read_column(value, name)
            return
    try:
        array = value if type(value) is np.ndarray else _plain_array(value, name)
    except ValueError:  # rows of unequal length
        return
    if array.dtype.kind not in "biuf":
        as_float64(array, name)


def with_gaps(value: npt.ArrayLike, name: str) -> npt.ArrayLike:
    """Return a table or column with NaN for what is missing; all else as it is."""
    if isinstance(value, WITHOUT_COLUMNS):
        return value
    from elltwo.functional._base.tables import is_column, is_table, read_column, read_table

    if is_table(value):
        return read_table(value, name, keep_missing=True)
    return read_column(value, name, keep_missing=True) if is_column(value) else value


def matched(value: npt.ArrayLike, argument: str, names: Sequence[str] | None) -> npt.ArrayLike:
    """Return the columns of a table that have `names`, in this order; all else as it is."""
    if names is None or isinstance(value, WITHOUT_COLUMNS):
        return value
    from elltwo.functional._base.tables import is_table, read_table

    return read_table(value, argument, names) if is_table(value) else value


def require_not_empty(shape: tuple[int, ...]) -> None:
    """Refuse an X without rows or without columns."""
    for size, what in zip(shape, ("sample", "feature"), strict=True):
        if size == 0:
            raise ValueError(f"X has 0 {what}(s) (shape={shape}) while a minimum of 1 is required.")


def targets(y: npt.ArrayLike, n_samples: int, names: Sequence[str] | None = None) -> Float64Array:
    """Return y with shape (n_samples,) or (n_samples, n_targets); `names` as for X."""
    array = float64_array(matched(y, "y", names), "y")
    if array.ndim not in {1, 2}:
        raise ValueError(
            "y must be 1-D with shape (n_samples,) or 2-D with shape (n_samples, n_targets), "
            f"got shape {array.shape}"
        )
    if array.shape[0] != n_samples:
        raise ValueError(
            f"X and y must have the same number of rows, got {n_samples} in X "
            f"and {array.shape[0]} in y"
        )
    if array.ndim == 2:
        require_a_target(array)
    return array


def require_a_target(y: Float64Array) -> None:
    """Refuse targets whose last axis, that of the targets, is empty."""
    if y.shape[-1] == 0:
        raise ValueError(f"y has 0 target(s) (shape={y.shape}) while a minimum of 1 is required.")


def vector(value: npt.ArrayLike, name: str, length: int, counted: str) -> Float64Array:
    """Return `value` as a contiguous vector with one entry for each of the things `counted`."""
    array = float64_array(value, name)
    if array.shape != (length,):
        raise ValueError(
            f"{name} must have shape ({length},), one entry for each of the {counted}, "
            f"got shape {array.shape}"
        )
    return np.ascontiguousarray(array)


def feature_factors(penalty_factors: npt.ArrayLike | None, n_features: int) -> Float64Array | None:
    """Return penalty_factors as a vector; None, for unit factors, stays None."""
    if penalty_factors is None:
        return None
    counted = f"{n_features} feature(s) of X"
    return vector(penalty_factors, "penalty_factors", n_features, counted)


def row_weights(sample_weight: npt.ArrayLike | None, n_samples: int) -> Float64Array | None:
    """Return sample_weight as a vector; None, for unit weights, stays None."""
    if sample_weight is None:
        return None
    return vector(sample_weight, "sample_weight", n_samples, f"{n_samples} row(s) of X")


def batch_weights(
    sample_weight: npt.ArrayLike | None, shape: tuple[int, int]
) -> Float64Array | None:
    """Return the weights of problems and rows, or of rows; None, for unit weights, stays None."""
    if sample_weight is None:
        return None
    array = float64_array(sample_weight, "sample_weight")
    if array.shape not in {shape, shape[1:]}:
        raise ValueError(
            f"sample_weight must have shape {shape} or {shape[1:]}, got shape {array.shape}"
        )
    return np.ascontiguousarray(array)


def penalties(alpha: npt.ArrayLike, n_targets: int) -> Float64Array:
    """Return alpha as a vector with one entry, or one for each target."""
    array = float64_array(alpha, "alpha")
    if array.size == 1 and array.ndim <= 1:
        return array.reshape(1)
    if array.shape != (n_targets,):
        raise ValueError(
            f"alpha must be a number or have one entry for each of the {n_targets} target(s) of y, "
            f"got shape {array.shape}"
        )
    return np.ascontiguousarray(array)


def one_penalty(alpha: npt.ArrayLike) -> float:
    """Return alpha as a number in [0, inf]."""
    array = float64_array(alpha, "alpha")
    if array.size != 1 or not array.flat[0] >= 0.0:
        raise ValueError(f"alpha must be a number in [0, inf], got {alpha!r}")
    return float(array.flat[0])


def prior_means(prior_mean: npt.ArrayLike, n_targets: int, n_features: int) -> Float64Array:
    """Return prior_mean repeated to one row for each target."""
    array = float64_array(prior_mean, "prior_mean")
    shape = (n_targets, n_features)
    if array.shape not in {(), (n_features,), shape}:
        raise ValueError(
            f"prior_mean must be a number or have shape ({n_features},) or {shape}, "
            f"got shape {array.shape}"
        )
    return np.ascontiguousarray(np.broadcast_to(array, shape))


def float64_array(value: npt.ArrayLike, name: str) -> Float64Array:
    """Return `value` as an aligned float64 array in native byte order."""
    return float_array(value, name).astype(np.float64, copy=False)


def float_array(value: npt.ArrayLike, name: str) -> FloatArray:
    """Return `value` as an aligned float64 or float32 array in native byte order."""
    array = value if type(value) is np.ndarray else _plain_array(value, name)
    dtype = array.dtype
    if dtype in _KEPT:  # in native byte order, that is
        return array if array.flags.aligned else array.copy()
    return as_float64(array, name)


def _plain_array(value: npt.ArrayLike, name: str) -> AnyArray:
    """Return `value` without its subclass or container, a view where that is possible."""
    if value is None:
        raise TypeError(f"{name} must hold real numbers, got None")
    if hasattr(type(value), "tocoo") and hasattr(value, "nnz"):
        raise TypeError(
            f"{name} is sparse ({type(value).__name__}), and sparse input is not supported here; "
            "pass a dense array, for example .toarray()"
        )
    require_values(value, name)
    if not isinstance(value, WITHOUT_COLUMNS):
        from elltwo.functional._base.tables import is_column, is_table, read_column, read_table

        if is_table(value):
            return read_table(value, name)
        if is_column(value):
            return read_column(value, name)
    try:
        return np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise _refusal(error, name, value) from error


def require_values(value: object, name: str) -> None:
    """Refuse what does not hold all of its values.

    That is a masked array unless all of it is valid, since converting it would drop the mask, and a
    collection that an engine has yet to compute.
    """
    if not isinstance(value, np.ndarray):
        refuse_lazy(value, name)
    elif np.ma.is_masked(value):
        masked = np.ma.getmaskarray(value)
        raise ValueError(
            f"{name} is a masked array with masked entries, the first in "
            f"{_place(masked.shape, int(masked.argmax()))}; fill them, or leave their rows out"
        )


def as_float64(array: AnyArray, name: str) -> Float64Array:
    """Convert an array of another type, naming `name` where it does not hold real numbers."""
    if array.dtype.kind in "biuf":
        with np.errstate(over="ignore"):  # a longdouble beyond float64: an infinity to the core
            return in_pieces.as_float64(array)
    from elltwo.functional._base.refusals import object_numbers, refuse_kind

    place = partial(_place, array.shape)
    refuse_kind(array, name, place)
    return object_numbers(array, name, place, " in an ndarray of objects")


def _place(shape: tuple[int, ...], number: int) -> str:
    """Name the place of an entry of an array from its number in the order of rows."""
    at = [int(i) for i in np.unravel_index(number, shape)]
    if len(at) > 2:
        return f"entry {tuple(at)}"
    return ", ".join(f"{what} {i}" for what, i in zip(("row", "column"), at, strict=False))


def _refusal(error: Exception, name: str, value: object) -> TypeError | ValueError:
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(
        f"{name} must hold real numbers in equally long rows, got {type(value).__name__}: {error}"
    )
