"""Logistic regressions that the tests solve: made from fixed seeds, and real data."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from logistic_reference import Problem, probabilities

if TYPE_CHECKING:
    from logistic_reference import Array

ROWS = 36
FEATURES = 3


def draw(
    n: int, p: int, n_classes: int, seed: int, signal: float = 1.0, correlation: float = 0.0
) -> Problem:
    """AR(1) columns, and labels from the model with coefficients of size `signal`."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, p))
    for j in range(1, p):
        X[:, j] = correlation * X[:, j - 1] + np.sqrt(1 - correlation**2) * X[:, j]
    outputs = 1 if n_classes == 2 else n_classes
    z = signal * X @ rng.standard_normal((p, outputs)) / np.sqrt(p) + 0.5 * np.arange(
        1, outputs + 1
    )
    share = probabilities(z).cumsum(axis=1)
    label = (rng.random((n, 1)) > share).sum(axis=1).clip(max=n_classes - 1)
    label[:n_classes] = np.arange(n_classes)  # every class has a row
    return Problem(X, label.astype(np.int64), n_classes=n_classes)


def in_units(problem: Problem, units: float | Array, **changes: Any) -> Problem:  # noqa: ANN401
    """The problem with columns in other units and the same alpha."""
    return replace(problem, X=problem.X * units, **changes)


def with_column(problem: Problem, column: Array) -> Problem:
    return replace(problem, X=np.column_stack([problem.X, column]))


def separable(n_classes: int, margin: float, alpha: float) -> Problem:
    """Classes apart by `margin` along the first feature; negative margins overlap."""
    problem = draw(ROWS, FEATURES, n_classes, seed=21)
    X = problem.X.copy()
    spread = np.abs(X[:, 0])
    X[:, 0] = spread / spread.max() * (1 - margin / 2) + problem.label
    return replace(problem, X=X, alpha=alpha)


def _scaled(base: Problem) -> dict[str, Problem]:
    """Units that leave the range in which squares are safe, and penalties of every size."""
    n, p = base.X.shape
    units = np.geomspace(1e-4, 1e4, p)
    one_big = np.r_[1.0, 1e8, np.ones(p - 2)]
    tiny: Array = np.full(n, 1e-300)
    return {
        "columns 1e-4 to 1e4": in_units(base, units),
        "column of 1e8": in_units(base, one_big),
        "X 1e-8": in_units(base, 1e-8),
        "X 1e8": in_units(base, 1e8),
        "X 1e-200": in_units(base, 1e-200),
        "X 1e150": in_units(base, 1e150),
        "weights 1e-300": replace(base, sample_weight=tiny),
        "weights and alpha 1e-300": replace(base, sample_weight=tiny, alpha=1e-300),
        "means 1e6": replace(base, X=base.X + 1e6),
        "C 1e-300": replace(base, alpha=1e300),
        "C 1e300": replace(base, alpha=1e-300),
        "alpha 0": replace(base, alpha=0.0),
    }


def _options(base: Problem) -> dict[str, Problem]:
    rng = np.random.default_rng(22)
    n, p = base.X.shape
    outputs = base.n_outputs
    mean = rng.standard_normal((outputs, p))
    return {
        "weights": replace(base, sample_weight=rng.uniform(0.0, 3.0, (n,))),
        "offset": replace(base, offset=rng.standard_normal((n, outputs))),
        "no intercept": replace(base, fit_intercept=False),
        "factors": replace(base, penalty_factors=np.r_[0.0, np.inf, np.ones(p - 2)]),
        "prior mean": replace(base, prior_mean=mean),
        "prior mean, pinned": replace(
            base, prior_mean=mean, penalty_factors=np.r_[0.3, np.inf, np.full(p - 2, 7.0)]
        ),
    }


def _shapes(n_classes: int) -> dict[str, Problem]:
    base = draw(ROWS, FEATURES, n_classes, seed=23)
    return {
        "well-posed": base,
        "strong signal": draw(ROWS, FEATURES, n_classes, seed=24, signal=6.0),
        "AR(1) 0.9": draw(ROWS, FEATURES, n_classes, seed=25, correlation=0.9),
        "constant column": with_column(base, np.full(ROWS, 3.7)),
        "duplicated column": with_column(base, base.X[:, 0]),
        "p > n": draw(8, 10, n_classes, seed=26),
        "nearly separable": separable(n_classes, -0.2, 1e-2),
        "separable": separable(n_classes, 0.5, 1e-2),
        "separable, small alpha": separable(n_classes, 0.5, 1e-8),
        "few rows": draw(2 * n_classes, 2, n_classes, seed=27),
        "integers": replace(base, X=np.round(4 * base.X)),
    }


def _rare() -> dict[str, Problem]:
    """Four and five classes, the last with two rows."""
    found: dict[str, Problem] = {}
    for n_classes in (4, 5):
        base = draw(40, 2, n_classes, seed=28)
        label = np.where(base.label == n_classes - 1, 0, base.label)
        label[:2] = n_classes - 1
        found[f"rare class of {n_classes}"] = replace(base, label=label)
    return found


def small_problems() -> dict[str, Problem]:
    """Problems that fifty digits can do."""
    found: dict[str, Problem] = {}
    for n_classes in (2, 3):
        base = draw(ROWS, FEATURES, n_classes, seed=23)
        group = _shapes(n_classes) | _scaled(base) | _options(base)
        found |= {f"{n_classes} classes, {name}": problem for name, problem in group.items()}
    return found | _rare()


def medium_problems() -> dict[str, Problem]:
    """Problems for extended precision."""
    wide = draw(40, 90, 3, seed=33)
    return {
        "AR(1) 0.9": draw(300, 20, 2, seed=31, correlation=0.9),
        "AR(1) 0.9, C 1000": replace(draw(300, 20, 2, seed=31, correlation=0.9), alpha=1e-3),
        "AR(1) 0.9, badly scaled": in_units(
            draw(300, 20, 2, seed=31, correlation=0.9), np.geomspace(1e-4, 1e4, 20)
        ),
        "5 classes": draw(300, 8, 5, seed=32, signal=3.0),
        "p > n": replace(wide, label=np.minimum(wide.label, 1), n_classes=2),
        "p > n, 3 classes": wide,
        "p > n, small alpha": replace(wide, alpha=1e-4),
    }


@cache
def real_data(name: str) -> Problem:
    """One of scikit-learn's data sets, in its own units; C = 1."""
    from sklearn import datasets

    X, label = getattr(datasets, f"load_{name}")(return_X_y=True)
    return Problem(X, label.astype(np.int64), n_classes=int(label.max()) + 1)


def options_of(problem: Problem) -> dict[str, Any]:
    """Arguments of `elltwo.logistic`; with two classes arrays lose their axis of outputs."""

    def squeezed(values: Array | None, axis: int) -> Array | None:
        is_binary = values is not None and problem.n_classes == 2
        return values.squeeze(axis) if is_binary and values is not None else values

    has_bounds = problem.lower is not None or problem.upper is not None
    return {
        "alpha": problem.alpha,
        "penalty_factors": problem.penalty_factors,
        "prior_mean": squeezed(problem.prior_mean, 0),
        "bounds": (problem.lower, problem.upper) if has_bounds else None,
        "sample_weight": problem.sample_weight,
        "offset": squeezed(problem.offset, 1),
        "fit_intercept": problem.fit_intercept,
    }
