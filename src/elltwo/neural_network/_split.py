"""Rows that early stopping holds back from the training."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sklearn.model_selection import train_test_split

if TYPE_CHECKING:
    import numpy as np

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


class Targets(NamedTuple):
    """What the outputs of a network are compared with."""

    y: AnyArray  #: (n, n_outputs), or labels (n,)
    n_outputs: int
    loss: str  #: as the core names it
    by_class: AnyArray | None  #: what a split is to be stratified by, if by anything


class Rows(NamedTuple):
    """The rows of a fit."""

    X: FloatArray
    y: AnyArray
    weight: Float64Array | None

    @property
    def total(self) -> float:
        """Sum of the weights."""
        return float(self.X.shape[0]) if self.weight is None else float(self.weight.sum())


def split_rows(
    rows: Rows, by_class: AnyArray | None, fraction: float, random: np.random.RandomState
) -> tuple[Rows, Rows]:
    """Return the rows to train on, and those to score by."""
    arrays = [array for array in rows if array is not None]
    parts = train_test_split(*arrays, random_state=random, test_size=fraction, stratify=by_class)
    if rows.weight is None:
        parts += [None, None]
    if parts[1].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your "
            "dataset."
        )
    return Rows(*parts[::2]), Rows(*parts[1::2])
