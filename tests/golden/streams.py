"""Fits in one pass over tables, arrays and chunks."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from stream_tables import columns, write

from .data import dense

if TYPE_CHECKING:
    from .data import Problems

ENDINGS = ("csv", "csv.gz", "parquet", "feather", "arrow")


def problems() -> Problems:
    """Kinds of sources, then options, all of the same rows."""
    for ending in ENDINGS:
        yield ending, partial(_table, [ending], alpha=1.0)
    yield "weights", partial(_table, ["csv"], sample_weight="w", ignore=(), alpha=1.0)
    yield "parts", partial(_table, ["csv", "parquet", "feather"], alpha=[0.5], target=["y"])
    yield "parts/jobs", partial(_table, ["csv", "parquet", "csv"], alpha=1.0, n_jobs=2)
    yield "folds", partial(_table, ["csv", "parquet"], cv=4, fold_rows=100)
    yield "gcv", partial(_table, ["csv"], cv="gcv", alphas=[0.01, 1.0, 100.0])
    yield "features", partial(_table, ["csv"], alpha=1.0, features=["x2", "x0"])
    yield "targets", partial(_table, ["parquet"], alpha=[1.0, 2.0], target=["y", "x1"])
    penalty = {"penalty_factors": [0.0, 1.0, np.inf], "prior_mean": [1.0, 2.0, 3.0]}
    yield "penalty", partial(_table, ["csv"], alpha=5.0, penalize_intercept=True, **penalty)
    yield "no-intercept", partial(_table, ["csv"], alpha=5.0, fit_intercept=False)
    yield "missing", partial(_missing, "skip")
    yield "missing/raise", partial(_missing, "raise")
    for n, p in ((500, 6), (70_000, 20)):
        rows = dense(n, p)
        for name, source in {
            "arrays": (rows.X, rows.y),
            "arrays/weights": (rows.X, rows.Y, rows.weight),
            "arrays/F": (np.asfortranarray(rows.X), rows.Y),
            "arrays/float32": (rows.X.astype(np.float32), rows.y),
            "chunks": [(rows.X[k : k + 130], rows.Y[k : k + 130]) for k in range(0, n, 130)],
        }.items():
            yield f"{n}x{p}/{name}", partial(elltwo.fit_stream, source, alpha=1.0)
            yield f"{n}x{p}/{name}/folds", partial(elltwo.fit_stream, source, cv=3, fold_rows=50)


def _table(endings: list[str], **options: Any) -> object:  # noqa: ANN401
    """Fit a stream of files of 3000 rows."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            str(write(Path(folder) / f"{k}.{ending}", columns(3_000, seed=k)))
            for k, ending in enumerate(endings)
        ]
        fit = elltwo.fit_stream(paths, **{"target": "y", "ignore": ("w",), **options})
        return fit, [moments.to_bytes() for moments in (fit.moments, *fit.fold_moments)]


def _missing(what: str) -> object:
    table = columns(400)
    table["x1"][::9] = np.nan
    chunks = [(np.column_stack([table["x0"], table["x1"]]), table["y"])]
    return elltwo.fit_stream(chunks, alpha=1.0, missing=what)
