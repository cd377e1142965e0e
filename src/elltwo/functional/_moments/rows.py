"""Checks of the rows that are added to moments or removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.names import NAMELESS, Names, name_column, names_of
from elltwo.functional._base.options import threads
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.sparse import feature_matrix, is_sparse
from elltwo.functional._base.validate import (
    WITHOUT_COLUMNS,
    float_array,
    matched,
    row_weights,
    targets,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike, SparseMatrix
    from elltwo.functional._base.validate import Float64Array, FloatArray


def read_rows(
    core: _core.Moments,
    names: Names,
    X: npt.ArrayLike | SparseLike,
    y: npt.ArrayLike,
    sample_weight: npt.ArrayLike | None,
    n_threads: int | None,
    remove: bool = False,
) -> Names:
    """Check rows and add them to moments, or remove them.

    Columns of tables are found by `names`, those of the moments. Returned are these, or those of
    the rows if they are the first.
    """
    found = names_of(X, y) if core.n_rows == 0 and names == NAMELESS else names
    n_used = threads(n_threads)
    matrix = _matrix(X, names)
    n, p = matrix.shape
    if p != core.n_features:
        raise ValueError(f"X has {p} feature(s), but the Moments are of {core.n_features}")
    require_same_labels(X, y=y, sample_weight=sample_weight)
    Y = _targets(core, y, n, names)
    weight = row_weights(sample_weight, n)
    if n == 0:
        return found
    if isinstance(matrix, np.ndarray):
        try:
            core.add(matrix, Y, weight, n_used, remove)
        except ValueError as error:
            name_column(error, found.features)
            raise
        return found
    taken = _core.Moments(p, core.n_targets, core.one_dimensional)
    for rows, block in row_blocks(matrix):
        part = None if weight is None else np.ascontiguousarray(weight[rows])
        taken.add(block, Y[rows], part, n_used, False)
    if remove:
        core.subtract(taken)
    else:
        core.merge(taken)
    return found


def _matrix(X: npt.ArrayLike | SparseLike, names: Names) -> FloatArray | SparseMatrix:
    """Return X as the core reads it; without rows an array, whatever X is."""
    if not isinstance(X, WITHOUT_COLUMNS):
        refuse_lazy(X, "X")
    shape: tuple[int, ...] = getattr(X, "shape", ())
    if len(shape) != 2 or shape[0] > 0:
        return feature_matrix(X, names.features)
    if is_sparse(X):
        return np.empty(shape)
    return float_array(matched(cast("npt.ArrayLike", X), "X", names.features), "X")


def _targets(core: _core.Moments, y: npt.ArrayLike, n_samples: int, names: Names) -> Float64Array:
    array = targets(y, n_samples, names.targets)
    wanted = (n_samples,) if core.one_dimensional else (n_samples, core.n_targets)
    if array.shape != wanted:
        raise ValueError(f"y must have shape {wanted}, as the Moments do, got {array.shape}")
    return array


def core_of(other: object, like: _core.Moments) -> _core.Moments:
    """Return the core of moments, which must have the shape of others."""
    core = getattr(other, "_core", None)
    if not isinstance(core, _core.Moments):
        raise TypeError(f"expected Moments, got {type(other).__name__}")
    if (core.n_features, core.n_targets) != (like.n_features, like.n_targets):
        raise ValueError(
            f"the moments are of {like.n_features} feature(s) and {like.n_targets} target(s), the "
            f"others of {core.n_features} and {core.n_targets}"
        )
    return core


def feature_numbers(columns: npt.ArrayLike, p: int) -> npt.NDArray[np.intp]:
    """Read numbers of features, negative ones counting from the end, or a mask."""
    array = np.asarray(columns)
    if array.dtype == np.bool_ and array.shape == (p,):
        array = np.flatnonzero(array)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise ValueError(
            "columns must be a 1-D array of feature numbers, not empty, or a mask of shape "
            f"({p},), got shape {array.shape} and dtype {array.dtype}"
        )
    bad = array[(array < -p) | (array >= p)]
    if bad.size:
        raise ValueError(f"columns must be in [-{p}, {p}), got {int(bad[0])}")
    return np.ascontiguousarray(array % p, dtype=np.intp)
