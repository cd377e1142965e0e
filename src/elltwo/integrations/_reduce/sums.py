"""Moments of the rows of all partitions, by folds: the one pass that linear regression needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional import Moments
from elltwo.functional._base.validate import require_not_empty
from elltwo.integrations._reduce.driver import Driver
from elltwo.integrations._reduce.options import read_run
from elltwo.integrations._reduce.piece import Piece

if TYPE_CHECKING:
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions


class FoldMoments(NamedTuple):
    """Moments of the folds that have rows, and how many folds there are."""

    folds: list[Moments]
    n_folds: int
    n_rows: int
    fold_rows: int

    def whole(self) -> Moments:
        """Return the moments of all rows."""
        first, *others = self.folds
        return first.copy().merge(*others) if others else first

    def full(self) -> list[Moments]:
        """Return the folds, none of which may be without rows."""
        if len(self.folds) < self.n_folds:
            raise ValueError(
                f"cv={self.n_folds} folds of {self.fold_rows} consecutive rows need more than the "
                f"{self.n_rows} rows that there are; pass fewer folds or a smaller fold_rows"
            )
        return self.folds


def take_moments(engine: Engine, options: RunOptions, n_folds: int = 1) -> FoldMoments:
    """Make the pass, or take what it gave from the state file.

    Where 1000 rows to a run would leave a fold without any, and `fold_rows` is not given, the pass
    is made again with those of the longest partition over the number of folds, see `fit_stream`.
    """
    driver = Driver(engine, read_run(options), n_folds)
    saved = driver.saved({"sums": "moments"})
    before = saved.load()
    if before is None:
        piece = driver.one_pass("moments")
        if 0 < len(_there(piece)) < n_folds and driver.run.fold_rows is None:
            rows = max(piece.longest // n_folds, 1)
            driver.reading = replace(driver.reading, fold_rows=rows)
            piece = driver.one_pass("moments")
        saved.save({"fold_rows": driver.reading.fold_rows}, [piece.to_bytes()])
        fold_rows = driver.reading.fold_rows
    else:
        piece, fold_rows = Piece.from_bytes(before[1][0]), before[0]["fold_rows"]
    folds = [Moments.from_bytes(one) for one in _there(piece)]
    driver.n_rows = piece.n_rows
    driver.finish()
    if not folds:
        require_not_empty((0, driver.n_features or 0))
    return FoldMoments(folds, n_folds, piece.n_rows, fold_rows)


def _there(piece: Piece) -> list[bytes]:
    return [one for one in piece.sums if one]
