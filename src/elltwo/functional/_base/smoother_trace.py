"""The trace of a linear smoother, from the products of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.compiled import _core

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

WELL = 1e-9  # least ridge term, relative to the trace, that an inverse is accurate for
_RANK = 1e-10  # least eigenvalue of a correlation matrix that counts


def smoother_trace(gram: Float64Array, ridge: Float64Array) -> float:
    """Return the trace of ``G (G + diag(ridge))^-1``, and the rank where there is no ridge."""
    open_ = ridge == 0.0
    if open_.all():
        return float(rank_of(gram))
    if open_.any():  # the part that the unpenalised features leave
        rank, rest = without(gram, open_)
        return float(rank + smoother_trace(rest, ridge[~open_]))
    if np.sum(gram.diagonal() / ridge) * WELL < 1.0:
        columns = np.arange(len(gram), dtype=np.int64)
        asked = np.array([0, len(gram)], dtype=np.int64), columns, ridge
        return float(_core.net_traces(np.ascontiguousarray(gram), asked, 1)[0])
    root = np.sqrt(ridge)
    values = np.maximum(np.linalg.eigvalsh(gram / np.outer(root, root)), 0.0)
    return float(np.sum(values / (values + 1.0)))


def without(gram: Float64Array, open_: npt.NDArray[np.bool_]) -> tuple[int, Float64Array]:
    """Return the rank of some features, and the products of what they leave of the others."""
    held = gram[np.ix_(open_, open_)]
    across = gram[np.ix_(open_, ~open_)]
    rest: Float64Array = (
        gram[np.ix_(~open_, ~open_)] - across.T @ np.linalg.pinv(held, hermitian=True) @ across
    )
    return rank_of(held), rest


def rank_of(gram: Float64Array) -> int:
    """Return the rank of columns, from their products."""
    size = np.sqrt(np.maximum(gram.diagonal(), 0.0))
    kept = size > 0.0
    correlation = gram[np.ix_(kept, kept)] / np.outer(size[kept], size[kept])
    return int((np.linalg.eigvalsh(correlation) > _RANK).sum()) if kept.any() else 0
