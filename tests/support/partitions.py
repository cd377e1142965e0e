"""Rows in partitions: how tests cut them, and the rules that they are held against."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.intp]

Anything: TypeAlias = Any  # a partition, a fit, arguments of any kind
NAMES = ("a", "b", "c", "d")


def linear_rows(n: int, seed: int = 0) -> tuple[Array, Array, Array]:
    """Correlated features, a target and weights."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(NAMES)))
    X[:, 1] += 0.8 * X[:, 0]
    X = X * [1.0, 10.0, 0.1, 3.0] + [5.0, 0.0, -1.0, 100.0]
    y = X @ [1.0, -0.2, 4.0, 0.0] + rng.normal(size=n)
    return X, y, rng.uniform(0.5, 2.0, n)


def class_rows(n: int, n_classes: int = 2, seed: int = 0) -> tuple[Array, npt.NDArray[np.str_]]:
    """Features and labels, none of whose classes is told apart from the others."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, len(NAMES)))
    scores = X @ rng.normal(size=(len(NAMES), n_classes)) + rng.gumbel(size=(n, n_classes))
    return X, np.array(["one", "three", "two"])[scores.argmax(axis=1)]


def cut_rows(cuts: Sequence[int], *arrays: Anything) -> list[Any]:
    """Cut arrays of the same rows at the same places."""
    return [tuple(array[first:last] for array in arrays) for first, last in pairwise(cuts)]


def cuts_of(n: int) -> st.SearchStrategy[list[int]]:
    """Places to cut n rows at: no rows at all, one, nearly all, many partitions or one."""
    few = st.lists(st.integers(0, n), max_size=12).map(sorted)
    skewed = st.lists(st.sampled_from([0, 1, 2, n - 1, n]), max_size=12).map(sorted)
    return st.one_of(few, skewed).map(lambda inner: [0, *inner, n])


def orders_of(n: int) -> st.SearchStrategy[Flags]:
    """Orders of n rows: as they are, or any other."""
    return st.integers(0, 1 << 30).map(lambda seed: np.random.default_rng(seed).permutation(n))


def frames(cuts: Sequence[int], X: Array, y: Anything) -> list[pd.DataFrame]:
    """Partitions as tables with the target in column t."""
    return [pd.DataFrame(part, columns=list(NAMES)).assign(t=t) for part, t in cut_rows(cuts, X, y)]


def fold_pairs(cuts: Sequence[int], n_folds: int, fold_rows: int) -> list[tuple[Flags, Flags]]:
    """Apply the documented rule: row i of part j is in fold (i // fold_rows + j) % n_folds."""
    sizes = np.diff(cuts)
    fold = np.concatenate(
        [(np.arange(size) // fold_rows + j) % n_folds for j, size in enumerate(sizes)]
    )
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(n_folds)]
