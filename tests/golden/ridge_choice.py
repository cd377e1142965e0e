"""Ridge regressions whose penalty is chosen by cross-validation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit, TimeSeriesSplit

import elltwo

from .data import counts, dense, factors, prior, singular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .data import Options, Problems

GRID = [0.01, 0.3, 10.0, 300.0]


def _absolute(y: Any, predicted: Any) -> float:  # noqa: ANN401
    return -float(np.abs(y - predicted).mean())


def _ways(n: int) -> Iterator[tuple[str, Options]]:
    """Ways to choose."""
    yield "loo", {}
    yield "loo/grid", {"alphas": GRID, "store_cv": True}
    yield "gcv", {"cv": "gcv"}
    yield "5-folds", {"cv": 5}
    yield "3-folds/grid", {"cv": 3, "alphas": GRID}
    yield "1se", {"cv": 4, "select": "1se"}
    yield "loo/1se", {"select": "1se", "alphas": GRID}
    yield "extend", {"alphas": [1e3, 1e4], "extend": True}
    yield "extend/folds", {"alphas": [1e-3, 1e-2], "extend": True, "cv": 3}
    yield "per-target", {"per_target": True}
    yield "per-target/folds", {"per_target": True, "cv": 3, "select": "1se"}
    yield "ends", {"alphas": [0.0, 1.0, np.inf]}
    yield "scoring", {"alphas": GRID, "scoring": _absolute}
    yield "scoring/folds", {"alphas": GRID, "scoring": _absolute, "cv": 3}
    groups = np.arange(n) * 7 // n
    yield "groups", {"cv": GroupKFold(3), "groups": groups, "alphas": GRID}
    yield "shuffled", {"cv": KFold(4, shuffle=True, random_state=0), "alphas": GRID}
    yield "drawn", {"cv": ShuffleSplit(3, test_size=0.3, random_state=1), "alphas": GRID}
    yield "time", {"cv": TimeSeriesSplit(3), "alphas": GRID}
    pairs = [(np.r_[: n // 2, 0, 1], np.r_[n // 2 : n]), (np.r_[3:n], np.r_[:3, 0])]
    yield "pairs", {"cv": pairs, "alphas": GRID}


def problems() -> Problems:
    """Ways, options, large fits, sparse features and bounds."""
    for n, p in ((70, 8), (300, 40), (40, 150)):
        rows = dense(n, p)
        for name, way in _ways(n):
            yield f"{n}x{p}/{name}", partial(elltwo.ridge_cv, rows.X, rows.Y, **way)
        options: dict[str, Options] = {
            "weights": {"sample_weight": rows.weight + 0.1},
            "factors": {"penalty_factors": factors(p)},
            "prior": {"prior_mean": prior(p, 2)},
            "no-intercept": {"fit_intercept": False},
            "penalized-intercept": {"penalize_intercept": True},
        }
        for name, chosen in options.items():
            yield f"{n}x{p}/loo/{name}", partial(elltwo.ridge_cv, rows.X, rows.Y, **chosen)
            yield f"{n}x{p}/folds/{name}", partial(elltwo.ridge_cv, rows.X, rows.Y, cv=3, **chosen)
        single = rows.X.astype(np.float32)
        yield f"{n}x{p}/loo/float32", partial(elltwo.ridge_cv, single, rows.y)
        yield f"{n}x{p}/folds/float32", partial(elltwo.ridge_cv, single, rows.y, cv=3)
    yield from _large()
    yield from _other()


def _large() -> Problems:
    for n, p, targets in ((10_000, 100, 1), (1_200, 250, 3), (150, 3_000, 1), (800, 60, 300)):
        rows = dense(n, p, targets)
        for cv in ("loo", "gcv", 5):
            call = partial(elltwo.ridge_cv, rows.X, rows.Y, cv=cv, per_target=targets > 100)
            yield f"{n}x{p}x{targets}/{cv}", call
    rows = dense(90, 12)
    yield "singular/loo", partial(elltwo.ridge_cv, singular(90, 12), rows.Y, alphas=[0.0, 1.0])
    yield "singular/folds", partial(elltwo.ridge_cv, singular(90, 12), rows.Y, alphas=[0, 1], cv=3)


def _other() -> Problems:
    for n, p, a_row in ((600, 150, 8), (50, 400, 6), (7_000, 6_500, 10)):
        matrix, rows = counts(n, p, a_row)
        ways: tuple[Any, ...] = (3,) if min(n, p) > 6_000 else ("loo", "gcv", 3, KFold(4))
        for cv in ways:
            call = partial(elltwo.ridge_cv, matrix, rows.Y, alphas=GRID[2:], cv=cv)
            yield f"{n}x{p}/sparse/{cv if isinstance(cv, str | int) else 'splitter'}", call
    rows = dense(50, 8)
    for cv in ("loo", 3):
        bounded: Options = {"alphas": GRID, "cv": cv, "bounds": (0.0, 0.3)}
        yield f"bounds/{cv}", partial(elltwo.ridge_cv, rows.X, rows.Y, **bounded)
    matrix, rows = counts(300, 40, 4)
    chosen: Options = {"alphas": GRID, "cv": 3, "bounds": (0.0, 1.0)}
    yield "bounds/sparse", partial(elltwo.ridge_cv, matrix, rows.y, **chosen)
