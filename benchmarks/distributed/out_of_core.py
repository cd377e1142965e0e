"""Logistic regression of Parquet files that are larger than the memory that the fit may take.

`python -m benchmarks.distributed.out_of_core KIND FOLDER` fits in a process of its own and writes
coefficients; it prints seconds, processor seconds and the peak of its resident memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import elltwo
from benchmarks.base.records import ClusterFit
from benchmarks.distributed.works import Data, Work, make_data

NAME = "out of core"
ROWS = 250_000  # of a file
FEATURES = 50
PEAK = "peak MB"
CHANGE = "largest difference"  # of a coefficient from those in memory, over the largest of them
STREAMED, IN_MEMORY = "fit_stream", "in memory"


def run(gigabytes: float, *, smoke: bool) -> list[ClusterFit]:
    """Write the files, fit them both ways, and compare."""
    library = "elltwo.fit_stream"
    if find_spec("pyarrow") is None:
        return [ClusterFit(NAME, "one process", library, skipped="pyarrow is not installed")]
    rows = 2_000 if smoke else ROWS
    n_files = 2 if smoke else max(round(gigabytes * 1e9 / (8 * ROWS * (FEATURES + 1))), 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(n_files):
            write(folder / f"part{number:03d}.parquet", rows, number)
        size = sum(path.stat().st_size for path in folder.glob("*.parquet"))
        seconds, processor, peak = _child(STREAMED, folder)
        _child(IN_MEMORY, folder)
        ours, theirs = (np.load(folder / f"{kind}.npy") for kind in (STREAMED, IN_MEMORY))
    change = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    facts = {"GB of files": size / 1e9, PEAK: peak, CHANGE: change}
    return [ClusterFit(NAME, "one process", library, [seconds], [processor], facts=facts)]


def write(path: Path, rows: int, seed: int) -> None:
    """Write one file of a stream."""
    import pyarrow as pa
    from pyarrow import parquet

    X, y = make_data(Work("logistic", rows, FEATURES), seed=seed + 10)
    # Coefficients are drawn with the rows, so that each file has its own: labels are drawn anew.
    z = X @ np.linspace(-1.0, 1.0, FEATURES)
    y = (z > np.random.default_rng(seed).logistic(size=rows)).astype(np.int64)
    table = pa.table({f"x{j}": np.ascontiguousarray(X[:, j]) for j in range(FEATURES)} | {"y": y})
    parquet.write_table(table, path, row_group_size=50_000, compression="none")


def read(folder: Path) -> Data:
    """Read all files into memory, column after column."""
    from pyarrow import parquet

    paths = sorted(folder.glob("*.parquet"))
    rows = [parquet.read_metadata(path).num_rows for path in paths]
    X, y = np.empty((sum(rows), FEATURES)), np.empty(sum(rows), np.int64)
    at = 0
    for path, n in zip(paths, rows, strict=True):
        table = parquet.read_table(path)
        for j in range(FEATURES):
            X[at : at + n, j] = table[f"x{j}"].to_numpy()
        y[at : at + n] = table["y"].to_numpy()
        at += n
    return Data(X, y)


def _child(kind: str, folder: Path) -> tuple[float, float, float]:
    command = [sys.executable, "-m", __spec__.name, kind, str(folder)]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, processor, peak = map(float, output.split())
    return seconds, processor, peak


def _fit(kind: str, folder: Path) -> None:
    start, before = time.perf_counter(), time.process_time()
    if kind == STREAMED:
        paths = sorted(map(str, folder.glob("*.parquet")))
        streamed = elltwo.fit_stream(
            paths, target="y", model="logistic", alpha=1.0, tol=1e-10, n_threads=1
        )
        coef = streamed.coef
    else:
        X, y = read(folder)
        coef = elltwo.logistic(X, y, alpha=1.0, n_threads=1).coef
    seconds, processor = time.perf_counter() - start, time.process_time() - before
    np.save(folder / f"{kind}.npy", coef)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(seconds, processor, peak / (1e6 if sys.platform == "darwin" else 1e3))


if __name__ == "__main__":
    _fit(sys.argv[1], Path(sys.argv[2]))
