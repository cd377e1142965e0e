"""Predictions at every alpha of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names
from elltwo.functional._base.predict import linear_predictor

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import FloatArray


def predict_all(
    X: npt.ArrayLike | SparseLike, coef: FloatArray, intercept: FloatArray, names: Names = NAMELESS
) -> FloatArray:
    """Return predictions at every alpha, the rows of X first."""
    columns = coef.reshape(-1, coef.shape[-1])
    found = None if type(X) is np.ndarray else names.features
    predicted = linear_predictor(X, columns, intercept.ravel(), found)
    return predicted.reshape(-1, *intercept.shape)
