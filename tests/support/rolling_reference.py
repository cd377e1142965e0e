"""Every step of a rolling fit on its own: the slow, obvious way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


@dataclass(frozen=True)
class Steps:
    """A table in time, and what is asked of it; no window and no half-life: all rows so far.

    With times the window is a width in their unit.
    """

    X: Array
    y: Array
    alpha: float
    window: float | None = None
    half_life: float | None = None
    min_periods: int = 1
    weight: Array | None = None
    factors: Array | None = None
    fit_intercept: bool = True
    times: Array | None = None

    def fit(self, **options: Any) -> elltwo.RollingFit:  # noqa: ANN401
        """Fit all steps at once."""
        options = {
            "alpha": self.alpha,
            "min_periods": self.min_periods,
            "sample_weight": self.weight,
            "penalty_factors": self.factors,
            "fit_intercept": self.fit_intercept,
            **options,
        }
        if self.window is not None:
            options = {"window": self.window, "times": self.times, **options}
            return elltwo.ridge_rolling(self.X, self.y, **options)
        if self.half_life is not None:
            return elltwo.ridge_ewm(self.X, self.y, half_life=self.half_life, **options)
        return elltwo.ridge_expanding(self.X, self.y, **options)

    def rows(self, step: int) -> Array:
        """Rows that count at a step."""
        rows = np.arange(step + 1)
        if self.window is not None:
            times = np.arange(len(self.X)) if self.times is None else self.times
            rows = rows[times[rows] > times[step] - self.window]
        Y = self.y.reshape(len(self.y), -1)
        counts = np.isfinite(self.X[rows]).all(axis=1) & np.isfinite(Y[rows]).all(axis=1)
        if self.weight is not None:
            counts &= self.weight[rows] > 0.0
        return rows[counts]

    def decay(self, step: int) -> Array:
        """Of the rows that count at a step."""
        age = step - self.rows(step)
        return np.ones(len(age)) if self.half_life is None else 2.0 ** (-age / self.half_life)

    def refit(self, step: int) -> elltwo.RidgeFit | None:
        """Fit one step by `elltwo.ridge`; None where it has too few rows."""
        rows = self.rows(step)
        if len(rows) < self.min_periods:
            return None
        weight, alpha = self.decay(step), self.alpha
        if self.half_life is not None:  # relative to the newest row, so that nothing underflows
            since = (step - rows[-1]) / self.half_life
            weight = np.exp2((rows - rows[-1]) / self.half_life)
            weight[weight < 1e-250] = 0.0
            with np.errstate(over="ignore"):
                alpha = float(alpha * np.exp2(since)) if alpha > 0.0 else alpha
        if self.weight is not None:
            weight = weight * self.weight[rows]
        return elltwo.ridge(
            self.X[rows],
            self.y[rows],
            alpha=alpha,
            sample_weight=weight,
            penalty_factors=self.factors,
            fit_intercept=self.fit_intercept,
        )

    def variance(self, step: int) -> float:
        """Residual variance of a step for one target, from the definition of its terms."""
        rows, decay = self.rows(step), self.decay(step)
        fit = self.refit(step)
        assert fit is not None
        s = np.ones(len(rows)) if self.weight is None else self.weight[rows]
        w = s * decay
        Z = self.X[rows]
        factors = np.ones(Z.shape[1]) if self.factors is None else self.factors
        penalty = self.alpha * factors
        if self.fit_intercept:
            Z = np.column_stack([Z, np.ones(len(rows))])
            penalty = np.append(penalty, 0.0)
        root = np.sqrt(w)[:, np.newaxis] * Z
        edf = np.trace(
            np.linalg.pinv(root.T @ root + np.diag(penalty), rcond=1e-13) @ root.T @ root
        )
        rss = np.sum(w * (self.y[rows] - fit.predict(self.X[rows])) ** 2)
        effective = np.sum(w) ** 2 / np.sum(s * decay**2)
        if effective - edf < 1e-8:
            return np.nan
        return float(rss / np.sum(w) / (1.0 - edf / effective))


def worst_error(steps: Steps, fit: elltwo.RollingFit, which: Array) -> float:
    """Largest relative error of coefficients, intercepts and predictions at some steps."""
    worst = 0.0
    for i in which:
        wanted = steps.refit(i)
        if wanted is None:
            assert np.isnan(fit.coef[i]).all()
            assert np.isnan(fit.intercept[i]).all()
            assert i + 1 == len(steps.X) or np.isnan(fit.prediction[i + 1]).all()
            continue
        scale = np.abs(wanted.coef).max()
        worst = max(worst, np.abs(fit.coef[i] - wanted.coef).max() / (scale or 1.0))
        level = np.abs(wanted.intercept).max() + (np.abs(steps.X[steps.rows(i)]).max() * scale)
        worst = max(worst, np.abs(fit.intercept[i] - wanted.intercept).max() / (level or 1.0))
        if i + 1 < len(steps.X) and np.isfinite(steps.X[i + 1]).all():
            predicted = wanted.predict(steps.X[i + 1 : i + 2])[0]
            gap = np.abs(fit.prediction[i + 1] - predicted).max()
            worst = max(worst, gap / max(np.abs(predicted).max(), scale))
    return float(worst)
