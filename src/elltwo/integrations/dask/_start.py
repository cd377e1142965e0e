"""What all functions on collections begin with, and what their docstrings say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.integrations.dask._data import read_data
from elltwo.integrations.dask._engine import DaskEngine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elltwo.integrations._reduce.options import RunOptions

DATA = """
    X : dask Array, dask DataFrame, or list of delayed objects
        Features: an array with whole rows in a chunk, the chunks of rows being of any length, known
        or not; blocks may be sparse, of `scipy.sparse` or `sparse`. Or a table, of which `target`
        names a column, or beside which y stands. Or delayed partitions, each a table, ``(X, y)`` or
        ``(X, y, sample_weight)``.
    y : dask Array, Series or DataFrame, default=None
        Targets in the same partitions, or a column's name, as `target` is. So may be
        `sample_weight` and `offset`.
    """


def started(X: Any, y: Any, run: Mapping[str, Any]) -> tuple[DaskEngine, RunOptions]:  # noqa: ANN401
    """Return an engine on the partitions, and the options of the run."""
    rows, options = read_data(X, y, run)
    return DaskEngine(rows), options
