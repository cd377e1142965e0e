"""Moments of rows that come in batches, for squared error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.integrations._head.batches import joined_weights, with_constant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elltwo.integrations._head.batches import HeadRows

_LEAST_BLOCK = 256  # rows that are added at a time; more where there are more features


class FoldSums:
    """Moments of folds: row i is in fold i modulo their number, whatever the batches are."""

    def __init__(self, n_folds: int, n_threads: int | None, *, with_ones: bool) -> None:
        self._n_folds = n_folds
        self._n_threads = n_threads
        self._with_ones = with_ones
        self.folds: list[elltwo.Moments] = []
        self._waiting: list[list[HeadRows]] = [[] for _ in range(n_folds)]
        self._n_rows = 0

    def add_all(self, batches: Iterable[HeadRows]) -> None:
        """Add the rows of all batches."""
        for rows in batches:
            for fold in range(self._n_folds):
                first = (fold - self._n_rows) % self._n_folds
                part = slice(first, None, self._n_folds)
                own = rows._replace(
                    X=rows.X[part],
                    y=rows.y[part],
                    weight=None if rows.weight is None else rows.weight[part],
                )
                if len(own.X):
                    self._waiting[fold].append(own)
                    waiting = sum(len(one.X) for one in self._waiting[fold])
                    if waiting >= max(_LEAST_BLOCK, rows.X.shape[1]):
                        self._flush(fold)
            self._n_rows += len(rows.X)
        for fold in range(self._n_folds):
            self._flush(fold)

    def _flush(self, fold: int) -> None:
        waiting = self._waiting[fold]
        if not waiting:
            return
        X = np.concatenate([rows.X for rows in waiting])
        targets = [rows.y for rows in waiting]
        if self._with_ones:
            X = with_constant(X)
        y = np.concatenate(targets)
        weight = joined_weights([rows.weight for rows in waiting], targets)
        waiting.clear()
        while len(self.folds) < self._n_folds:
            self.folds.append(elltwo.Moments(X.shape[1], y.shape[1]))
        self.folds[fold].add(X, y, sample_weight=weight, n_threads=self._n_threads)
