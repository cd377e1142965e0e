"""Paths of logistic regressions, and penalties chosen by cross-validation."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import GroupKFold, KFold

import elltwo

from .data import counts, dense, factors, prior

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .data import Array, Options, Problems

GRID = [0.1, 1.0, 30.0]


def problems() -> Problems:
    """Dense and sparse, then large."""
    for (n, p), kind in product(((150, 8), (400, 50), (50, 90)), ("labels", "classes")):
        rows = dense(n, p)
        y = getattr(rows, kind)
        yield f"path/{n}x{p}/{kind}", partial(_path, rows.X, y, GRID)
        yield f"path/{n}x{p}/{kind}/automatic", partial(_path, rows.X, y, None, n_alphas=6)
        box = {"bounds": (-0.1, 0.3), "sample_weight": rows.weight + 0.1}
        yield f"path/{n}x{p}/{kind}/bounds", partial(_path, rows.X, y, GRID, **box)
        outputs = None if kind == "labels" else 4
        other = {"prior_mean": prior(p, outputs), "penalty_factors": factors(p)}
        yield f"path/{n}x{p}/{kind}/prior", partial(_path, rows.X, y, GRID, **other)
        for name, way in _ways(rows.X, rows.weight, y):
            yield f"cv/{n}x{p}/{kind}/{name}", partial(elltwo.logistic_cv, rows.X, y, **way)
    for kind, cv in product(("labels", "classes"), (3, "alo")):
        matrix, rows = counts(600, 150, 8)
        call = partial(elltwo.logistic_cv, matrix, getattr(rows, kind), alphas=GRID, cv=cv)
        yield f"cv/sparse/{kind}/{cv}", call
        yield f"path/sparse/{kind}/{cv}", partial(_path, matrix, getattr(rows, kind), GRID)
    rows = dense(12_000, 60, correlation=0.9)
    yield "path/large", partial(elltwo.logistic_path, rows.X, rows.labels, GRID)
    yield "cv/large", partial(elltwo.logistic_cv, rows.X, rows.labels, alphas=GRID, cv=3)
    yield "cv/large/alo", partial(elltwo.logistic_cv, rows.X, rows.labels, cv="alo")
    rows = dense(3_000, 30)
    yield "cv/large/alo/classes", partial(elltwo.logistic_cv, rows.X, rows.classes, cv="alo")


def _path(X: Any, y: Array, alphas: Any, **options: Any) -> object:  # noqa: ANN401
    path = elltwo.logistic_path(X, y, alphas, **options)
    return path, path.at(0.5)


def _absolute(y: Array, probabilities: Array, weight: Array | None = None) -> float:
    """A score: the mean of the probabilities of the last class in rows that are of it."""
    share = probabilities if probabilities.ndim == 1 else probabilities[:, -1]
    return float(np.average(np.where(y == y.max(), share, 1.0 - share), weights=weight))


def _ways(X: Array, weight: Array, y: Array) -> Iterator[tuple[str, Options]]:
    yield "3-folds", {"cv": 3}
    yield "grid", {"cv": 3, "alphas": GRID}
    yield "1se", {"cv": 3, "alphas": GRID, "select": "1se"}
    yield "accuracy", {"cv": 3, "alphas": GRID, "scoring": "accuracy"}
    yield "brier", {"cv": 3, "alphas": GRID, "scoring": "brier", "sample_weight": weight + 0.1}
    yield "scoring", {"cv": 3, "alphas": GRID, "scoring": _absolute}
    yield "extend", {"cv": 3, "alphas": [1e3, 1e4], "extend": True}
    groups = np.arange(len(y)) % 6
    yield "groups", {"cv": GroupKFold(3), "groups": groups, "alphas": GRID}
    yield "shuffled", {"cv": KFold(3, shuffle=True, random_state=0), "alphas": GRID}
    yield "bounds", {"cv": 3, "alphas": GRID, "bounds": (-0.2, 0.2)}
    yield "alo", {"cv": "alo", "alphas": GRID}
    yield "alo/options", {"cv": "alo", "penalty_factors": factors(X.shape[1]), "alphas": GRID}
    yield "alo/weights", {"cv": "alo", "sample_weight": weight, "select": "1se", "alphas": GRID}
    yield "no-intercept", {"cv": 3, "alphas": GRID, "fit_intercept": False, "tol": 1e-5}
