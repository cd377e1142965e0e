"""Ridge and logistic regression of a DataFrame of dask, on a cluster of this machine."""

import dask.dataframe as dd
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster

from elltwo.integrations import dask as ed

N_PARTS, N_ROWS = 8, 5_000
NAMES = ["age", "dose", "weight"]


def make_part(part):
    """Make the rows of a partition, on the worker that has the task."""
    rng = np.random.default_rng(part)
    X = rng.normal(size=(N_ROWS, 3)) * [10.0, 0.1, 15.0] + [50.0, 1.0, 70.0]
    y = X @ [0.2, 30.0, -0.1] + rng.normal(size=N_ROWS)
    frame = pd.DataFrame(X, columns=NAMES)
    return frame.assign(site=f"site {part}", y=y, label=np.where(y > 33.0, "high", "low"))


def main():
    """Fit, predict and write; only sums leave the workers."""
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    )
    with cluster, Client(cluster) as client:
        lazy = dd.from_map(make_part, range(N_PARTS), meta=make_part(0).iloc[:0])
        table = client.persist(lazy)  # read once, and used by every fit
        best = ed.ridge_cv(table, target="y", features=NAMES, cv=5)
        classes = ed.logistic(table, target="label", features=NAMES, alpha=1.0)
        scored = table.assign(prediction=ed.predict(best, table))
        error = (scored["y"] - scored["prediction"]).std().compute()
    passes = classes.passes
    print(f"ridge, alpha = {best.alpha:.3g}: {best.coef.round(2)}, error {error:.2f}")
    print(f"logistic, {passes.n_passes} passes, {passes.n_bytes:,} bytes: {classes.coef.round(2)}")
    return best, classes


if __name__ == "__main__":
    main()
