"""How many consecutive rows share a fold where the caller does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.stream._blocks import Part

FOLD_ROWS = 1000


def default_fold_rows(parts: Sequence[Part], n_folds: int) -> int:
    """Return 1000, or less where that would leave a fold without rows.

    Row i of part j is in fold ``(i // fold_rows + j) % n_folds``. Where 1000 would leave a fold
    empty, each fold gets at least one run of ``n // n_folds`` rows, n being the rows of the longest
    part. Rows are counted as far as the answer depends on them; of iterators, whose rows are not
    known beforehand, nothing is asked.
    """
    full: set[int] = set()
    longest = 0
    for j, part in enumerate(parts):
        n_rows = part.rows_up_to(FOLD_ROWS * n_folds)
        if n_rows is None:
            return FOLD_ROWS
        full |= {(run + j) % n_folds for run in range(-(-n_rows // FOLD_ROWS))}
        if len(full) == n_folds:
            return FOLD_ROWS
        longest = max(longest, n_rows)
    return max(longest // n_folds, 1)
