"""Folds with the classes in proportion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._cv.splits import Splits

if TYPE_CHECKING:
    from elltwo.functional._base.classes import Labels


def stratified_folds(labels: Labels, n_folds: int) -> Splits:
    """Cut the rows of each class, in order, into contiguous parts, one for each fold.

    A fold takes as many rows of each class as it would by dealing out the sorted labels one after
    the other, so that both sizes and shares of the folds differ by one row at most. These are the
    folds of scikit-learn's ``StratifiedKFold(n_folds)``, which numbers classes by appearance.

    Parameters
    ----------
    labels : Labels
        Classes of the rows.
    n_folds : int
        Number of folds, 2 or more and no more than rows.
    """
    n_classes = labels.classes.size
    _, first = np.unique(labels.codes, return_index=True)
    appearance = np.argsort(np.argsort(first))
    codes = appearance[labels.codes]
    ordered = np.sort(codes)
    dealt = np.array(
        [np.bincount(ordered[fold::n_folds], minlength=n_classes) for fold in range(n_folds)]
    )
    fold = np.empty(codes.size, dtype=np.int32)
    for k in range(n_classes):
        fold[codes == k] = np.repeat(np.arange(n_folds, dtype=np.int32), dealt[:, k])
    test = np.eye(n_folds)
    return Splits(fold, n_folds, 1.0 - test, test)
