"""Cross-validation splits of any kind, as groups of rows that all splits treat alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import count

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array


class Splits(NamedTuple):
    """Training and test sets in terms of groups of rows, as the core reads them."""

    group: npt.NDArray[np.int32]  #: (n_samples,), the group of each row
    n_groups: int
    train: Float64Array  #: (n_splits, n_groups), how often a group is trained on
    test: Float64Array  #: (n_splits, n_groups), how often it is tested on
    each_row: bool = False  #: every row is left out in turn, and the tables are empty

    def test_rows(self, split: int) -> npt.NDArray[np.intp]:
        """Return the rows that a split is tested on."""
        return np.flatnonzero(self.test[split][self.group] > 0)


def read_splits(cv: Any, X: Any, y: Any, groups: Any) -> Splits:  # noqa: ANN401  # duck-typed
    """Read a number of folds, a splitter, or a list of pairs of training and test indices."""
    n_samples = X.shape[0]
    if hasattr(cv, "split") and not isinstance(cv, str):
        return _from_pairs(cv.split(X, y, groups), n_samples)
    if np.iterable(cv) and not isinstance(cv, str):
        return _from_pairs(cv, n_samples)
    try:
        return contiguous_folds(n_samples, fold_count(cv, n_samples))
    except TypeError:
        raise TypeError(
            "cv must be 'loo', 'gcv', a number of folds, a splitter or a list of pairs of "
            f"training and test indices, got {cv!r}"
        ) from None


def contiguous_folds(n_samples: int, n_folds: int) -> Splits:
    """Cut the rows into blocks, the first ``n_samples % n_folds`` one row longer."""
    if n_folds == n_samples:
        nothing = np.empty((0, 0))
        return Splits(np.arange(n_samples, dtype=np.int32), n_folds, nothing, nothing, True)
    size, longer = divmod(n_samples, n_folds)
    sizes = np.full(n_folds, size)
    sizes[:longer] += 1
    fold = np.repeat(np.arange(n_folds, dtype=np.int32), sizes)
    test = np.eye(n_folds)
    return Splits(fold, n_folds, 1.0 - test, test)


def fold_count(cv: object, n_samples: int) -> int:
    """Return a number of folds, of which each has a row."""
    require_rows(n_samples)
    n_folds = count(cv, "cv", minimum=2)
    require_rows(n_samples, n_folds)
    return n_folds


def require_rows(n_samples: int, n_folds: int = 0, whose: str = "X") -> None:
    """Refuse to cross-validate too few rows."""
    if n_samples < 2:
        raise ValueError(f"{whose} has {n_samples} sample, while cross-validation needs at least 2")
    if n_samples < n_folds:
        raise ValueError(
            f"cv must be at most the number of rows of {whose}, which is {n_samples}, got {n_folds}"
        )


def _from_pairs(pairs: Iterable[Any], n_samples: int) -> Splits:
    counts = []
    for number, pair in enumerate(pairs):
        try:
            train, test = pair
        except (TypeError, ValueError):
            raise ValueError(
                f"cv must hold pairs of training and test indices, got {pair!r} as split {number}"
            ) from None
        counts.append(_counts(train, n_samples, f"the training set of split {number}"))
        counts.append(_counts(test, n_samples, f"the test set of split {number}"))
    if not counts:
        raise ValueError("cv holds no splits")
    table = np.array(counts)
    # Rows with the same counts in all splits form a group; a random combination tells them apart.
    weights = np.random.default_rng(0).integers(1, 2**62, len(table), dtype=np.int64)
    key = weights @ table
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    kinds = table[:, first].astype(np.float64)
    return Splits(
        group.reshape(-1).astype(np.int32),
        first.size,
        np.ascontiguousarray(kinds[0::2]),
        np.ascontiguousarray(kinds[1::2]),
    )


def _counts(indices: object, n_samples: int, name: str) -> AnyArray:
    """Count how often every row is among the indices."""
    array = np.asarray(indices)
    if array.dtype == np.bool_ and array.shape == (n_samples,):
        array = np.flatnonzero(array)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise ValueError(
            f"cv must hold 1-D arrays of row numbers, none empty, got shape {array.shape} and "
            f"dtype {array.dtype} as {name}"
        )
    bad = np.flatnonzero((array < -n_samples) | (array >= n_samples))
    if bad.size:
        raise ValueError(
            f"cv must hold row numbers below {n_samples}, got {int(array[bad[0]])} in {name}"
        )
    return np.bincount(array % n_samples, minlength=n_samples).astype(np.int64)
