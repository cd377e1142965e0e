"""The rows of a network as the core reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names, names_of
from elltwo.functional._base.record_parts import LEFT_BEHIND
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import design_matrix, row_weights, targets

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray


class NetworkProblem(NamedTuple):
    """Arrays of one problem; None stands for unit weights."""

    X: FloatArray  #: (n_samples, n_features)
    y: AnyArray  #: (n_samples, n_outputs), or labels (n_samples,)
    sample_weight: Float64Array | None  #: (n_samples,)
    n_outputs: int
    one_dimensional: bool  #: whether y was, and predictions of one output are to be
    names: Names = NAMELESS  #: of features and targets

    @property
    def rows(self) -> tuple[FloatArray, AnyArray, Float64Array | None]:
        """What the core reads."""
        return self.X, self.y, self.sample_weight


def read_network_problem(
    X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None, loss: str
) -> NetworkProblem:
    """Check types and shapes, naming the first argument that is wrong."""
    matrix, names = design_matrix(X), names_of(X, y)
    require_same_labels(X, y=y, sample_weight=sample_weight)
    given = targets(y, len(matrix))
    weight = row_weights(sample_weight, len(matrix))
    if loss == "multinomial":
        labels = read_codes(given)
        n_classes = max(2, int(labels.max()) + 1)
        return NetworkProblem(matrix, labels, weight, n_classes, False, names)
    Y = given if given.ndim == 2 else given[:, np.newaxis]
    return NetworkProblem(matrix, Y, weight, Y.shape[1], given.ndim == 1, names)


def require_problem(data: object) -> NetworkProblem:
    """Return the rows of a fit that still has them."""
    if isinstance(data, NetworkProblem):
        return data
    raise ValueError(LEFT_BEHIND)


def read_codes(y: Float64Array) -> npt.NDArray[np.int32]:
    """Return y as numbers of classes."""
    if y.ndim != 1:
        raise ValueError(f"y must be 1-D for the multinomial loss, got shape {y.shape}")
    bad = ~((y >= 0.0) & (y <= np.iinfo(np.int32).max) & (y == np.floor(y)))
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(
            "y must hold numbers of classes, whole and from 0 on, for the multinomial loss, got "
            f"{float(y[row]):.17g} in row {row}"
        )
    return y.astype(np.int32)
