"""How well a fit predicts the rows of partitions, from sums that one pass takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.validate import require_not_empty
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import Folds, PassTask
from elltwo.integrations._reduce.driver import Driver
from elltwo.integrations._reduce.engine import closing_engine
from elltwo.integrations._reduce.options import read_run
from elltwo.integrations._reduce.sums import take_moments

if TYPE_CHECKING:
    from elltwo.functional import LogisticFit, RidgeFit
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions


@closing_engine
def r2(engine: Engine, /, options: RunOptions, fit: RidgeFit) -> float:
    """Return 1 - sum w (y - prediction)^2 / sum w (y - mean)^2, of several targets the mean.

    With moments W, means, G, g and S it is ``1 - (S - 2 b.g + b.G b + W r^2) / S``, r being the
    mean residual. A target that is constant has 1 if it is met exactly, else 0.
    """
    moments = take_moments(engine, _by_features(options, fit)).whole()
    coef = np.atleast_2d(fit.coef)
    products = moments.xty.reshape(moments.n_features, -1)
    total = np.atleast_1d(moments.yty)
    mean = np.atleast_1d(moments.y_mean) - np.atleast_1d(fit.intercept) - coef @ moments.x_mean
    explained = 2.0 * (coef * products.T).sum(axis=1) - ((coef @ moments.gram) * coef).sum(axis=1)
    left = np.maximum(total - explained, 0.0) + moments.weight * mean**2
    constant = total == 0.0
    shares = np.where(
        constant, (left == 0.0).astype(float), 1.0 - left / np.where(constant, 1.0, total)
    )
    return float(shares.mean())


@closing_engine
def accuracy(engine: Engine, /, options: RunOptions, fit: LogisticFit) -> float:
    """Return the share of rows, by weight, whose class has the largest probability."""
    coef = np.atleast_2d(np.asarray(fit.coef, dtype=np.float64))
    theta = np.column_stack([coef, np.atleast_1d(np.asarray(fit.intercept, dtype=np.float64))])
    p = coef.shape[1]
    task = PassTask(  # the same point for two folds, so that all rows are held out of one
        classes=fit.classes,
        theta=np.array([theta, theta]),
        left_out=np.arange(2, dtype=np.int32),
        shift=np.zeros(p),
        scale=np.ones(p),
        hessian=np.zeros(2, dtype=bool),
        folds=Folds(2),
    )
    driver = Driver(engine, read_run(_by_features(options, fit), labels=True))
    piece = driver.one_pass("pass", task.to_bytes())
    driver.finish()
    if not any(piece.sums):
        require_not_empty((0, p))
    weight, _, right, _ = PassSums.from_bytes(piece.sums[0]).held.sum(axis=0)
    if weight == 0.0:
        raise ValueError("sample_weight must not be all zero")
    return float(right / weight)


def _by_features(options: RunOptions, fit: Any) -> RunOptions:  # noqa: ANN401  # a record
    """Let the columns of tables be those of the fit, in its order."""
    names = fit.feature_names
    if names is None or options.get("encode") is not None or options.get("features") is not None:
        return options
    return {**options, "features": names}
