"""Linear and logistic regression of many files, read by the processes of a pool."""

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from elltwo.integrations import executor


def write_parts(folder, n_parts=8):
    """Write files that each hold rows of their own, and return their paths."""
    paths = []
    for part in range(n_parts):
        rng = np.random.default_rng(part)
        X = rng.normal(size=(5_000 + 1_000 * part, 5))
        y = X @ [1.0, -2.0, 0.0, 3.0, 0.5] + 4.0 + rng.normal(size=len(X))
        path = Path(folder) / f"part-{part}.npz"
        np.savez(path, X=X, y=y, label=np.where(y > 4.0, "high", "low"))
        paths.append(path)
    return paths


def load(path):
    """Make X and y of a path, in the process that works on it."""
    with np.load(path) as file:
        return file["X"], file["y"]


def load_labels(path):
    """Make X and labels of a path."""
    with np.load(path) as file:
        return file["X"], file["label"]


def main():
    """Fit both models; of each part only sums come back."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(2, mp_context=context)
    with tempfile.TemporaryDirectory() as folder, pool:
        paths = write_parts(folder)
        chosen = executor.ridge_cv(paths, load, executor=pool, cv=5)
        classes = executor.logistic(paths, load_labels, executor=pool, alpha=1.0)
    passes = classes.passes
    print(f"ridge, alpha = {chosen.alpha:.3g}: {chosen.coef.round(2)}")
    print(f"logistic, {passes.n_passes} passes, {passes.n_bytes:,} bytes: {classes.coef.round(2)}")
    return chosen, classes


if __name__ == "__main__":
    main()
