"""Ridge and logistic regression of Datasets of Ray, as tables and as tensors."""

import os

# Before Ray is loaded: no token in the home folder, no reports, the loopback device alone.
os.environ.setdefault("RAY_AUTH_MODE", "disabled")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")

import numpy as np
import ray
import ray.data

import elltwo
from elltwo.integrations import ray as er

N_BLOCKS, N_ROWS, P = 8, 2_500, 5


def make_block(seed):
    """Return features, a target and a label that depend on them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_ROWS, P))
    y = X @ np.arange(1.0, P + 1.0) + rng.normal(size=N_ROWS)
    return X, y, np.where(y > 0.0, "up", "down")


def add_rows(block):
    """Make the rows of a block of seeds, on the worker."""
    parts = [make_block(seed) for seed in block["seed"]]
    X, y, label = (np.concatenate(values) for values in zip(*parts, strict=True))
    return {"X": X, "y": y, "label": label}


def main():
    """Fit both models, predict, and compare with the rows in memory."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        seeds = ray.data.from_items(
            [{"seed": seed} for seed in range(N_BLOCKS)], override_num_blocks=N_BLOCKS
        )
        rows = seeds.map_batches(add_rows, batch_size=None)  # lazy: X is a column of tensors
        fit = er.ridge(rows, target="y", ignore="label", alpha=1.0)  # reads it once, as it comes
        kept = rows.materialize()  # for several passes
        classes = er.logistic(kept, target="label", ignore="y", alpha=1.0)
        scored = er.predict_proba(classes, er.predict(fit, kept, features="X"), features="X")
        first = scored.take(1)[0]
    finally:
        ray.shutdown()
    X, y, _ = map(np.concatenate, zip(*map(make_block, range(N_BLOCKS)), strict=True))
    difference = np.abs(fit.coef - elltwo.ridge(X, y, alpha=1.0).coef).max()
    print(f"ridge: {fit.coef.round(3)}, {difference:.0e} from the fit in memory")
    print(f"logistic: {classes.coef.round(3)} in {classes.passes.n_passes} passes")
    print(f"first row: {first['y']:.3f}, predicted {first['prediction']:.3f}")
    print(f"probability of {first['label']!r}: {first['probability_' + first['label']]:.3f}")
    return fit, classes


if __name__ == "__main__":
    main()
