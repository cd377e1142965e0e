"""The rows and penalties of grouped ridge problems as the compiled core reads them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names, names_of
from elltwo.functional._base.record_parts import as_float32
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import design_matrix, float64_array, row_weights, targets
from elltwo.functional._batch.data import feature_vectors
from elltwo.functional._batch.groups_keys import Groups, read_groups, read_starts, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._batch.data import Given


class Table(NamedTuple):
    """A table of rows in groups; None stands for unit factors, zero means and unit weights."""

    X: FloatArray  #: (n_samples, n_features)
    Y: Float64Array  #: (n_samples, n_targets)
    groups: Groups
    penalty_factors: Float64Array | None  #: (n_features,)
    prior_mean: Float64Array | None  #: (n_features,)
    sample_weight: Float64Array | None  #: (n_samples,)
    one_dimensional: bool  #: whether y was, and the answers are to be
    names: Names = NAMELESS  #: of features and targets

    def given(self, alpha: Float64Array) -> Given:
        """Return what the core reads beside X."""
        return self.Y, alpha, self.penalty_factors, self.prior_mean, self.sample_weight

    def alphas(self, alpha: Float64Array) -> Float64Array:
        """Return the penalty of each group, from one or as many."""
        return np.broadcast_to(alpha, (len(self.groups.keys),)).copy()

    def kept(self, coef: Float64Array, intercept: Float64Array) -> tuple[FloatArray, FloatArray]:
        """Return coefficients and intercepts in the shapes and the precision of the data."""
        if self.one_dimensional:
            coef, intercept = coef[:, 0], intercept[:, 0]
        keep = as_float32 if self.X.dtype == np.float32 else np.asarray
        return keep(coef), keep(intercept)


def read_table(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    groups: npt.ArrayLike | None,
    starts: npt.ArrayLike | None,
    penalty_factors: npt.ArrayLike | None,
    prior_mean: npt.ArrayLike | None,
    sample_weight: npt.ArrayLike | None,
) -> Table:
    """Check types and shapes, naming the first argument that is wrong, and find the groups."""
    matrix, names = design_matrix(X), names_of(X, y)
    n_samples, n_features = matrix.shape
    require_same_labels(X, y=y, groups=groups, sample_weight=sample_weight)
    array = targets(y, n_samples)
    if groups is not None and starts is None:
        found = read_groups(groups, n_samples)
    elif starts is not None and groups is None:
        found = read_starts(starts, n_samples)
    else:
        both = "neither" if groups is None else "both"
        raise TypeError(f"give either groups, a key for each row, or starts, got {both}")
    factors, prior = feature_vectors(penalty_factors, prior_mean, n_features, names)
    weight = row_weights(sample_weight, n_samples)
    Y = array if array.ndim == 2 else array[:, np.newaxis]
    return Table(matrix, Y, found, factors, prior, weight, array.ndim == 1, names)


def read_alpha(alpha: npt.ArrayLike | Mapping[object, float], groups: Groups) -> Float64Array:
    """Return one penalty, or one for each group."""
    keys = groups.keys
    if isinstance(alpha, Mapping):
        missing = [key for key in keys if key not in alpha]
        if missing:
            raise ValueError(f"alpha has no entry for group {shown(missing[0])}")
        alpha = [alpha[key] for key in keys]
    array = float64_array(alpha, "alpha")
    if array.ndim == 0:
        array = array.reshape(1)
    elif array.shape != (len(keys),):
        raise ValueError(
            "alpha must be a number, a mapping from groups, or have one entry for each of the "
            f"{len(keys)} group(s), got shape {array.shape}"
        )
    wrong = np.flatnonzero(~(array >= 0.0))
    if wrong.size:
        g = int(wrong[0])
        whose = f" for group {shown(keys[g])}" if array.size > 1 else ""
        raise ValueError(f"alpha must be in [0, inf], got {float(array[g]):.17g}{whose}")
    return np.ascontiguousarray(array)


@contextmanager
def naming_keys(groups: Groups) -> Iterator[None]:
    """Let errors of the core name groups by their keys, and rows as those of the table."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        message = str(error)
        found = re.search(r" of group (\d+)\b", message)
        if found is None:
            raise
        group = int(found[1])
        place = re.compile(r"\bat row (\d+)")
        rest = place.sub(
            lambda at: f"at row {groups.row(group, int(at[1]))}", message[found.end() :]
        )
        text = f"{message[: found.start()]} of group {shown(groups.keys[group])}{rest}"
        raise type(error)(text) from None
