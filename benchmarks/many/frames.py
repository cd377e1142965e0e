"""Packages of rolling and grouped regressions that work on data frames."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np

from benchmarks.base.library import Library, no_flops
from benchmarks.many.problems import ManyAnswer, RollingProblem

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from benchmarks.many.problems import ManyProblem, ManyTask


class PolarsLeastSquares:
    """`polars_ols`, whose ridge penalises the intercept; its frame is made before the time runs."""

    def __init__(self) -> None:
        self._frames: MutableMapping[ManyTask, Any] = WeakKeyDictionary()

    def prepare(self, task: ManyTask) -> None:
        """Put X, y and the keys into a frame."""
        import polars as pl

        p = task.X.shape[-1]
        columns = {f"x{j}": np.ascontiguousarray(task.X.reshape(-1, p)[:, j]) for j in range(p)}
        keys = np.repeat(task.fitted, task.X.shape[1]) if task.X.ndim == 3 else task.groups
        columns |= {"y": task.y.reshape(-1)}
        self._frames[task] = pl.DataFrame(columns if keys is None else columns | {"key": keys})

    def fit_groups(self, task: ManyTask) -> ManyAnswer:
        """Fit each group of rows."""
        import polars as pl

        options = {"alpha": task.alpha, "add_intercept": True, "mode": "coefficients"}
        fits = pl.col("y").least_squares.ridge(*self._features(task), **options)  # type: ignore[attr-defined]
        found = self._frames[task].group_by("key").agg(fits.first().alias("fit"))
        return self._answer(found["key"].to_numpy(), found["fit"], task)

    def fit_windows(self, task: ManyTask) -> ManyAnswer:
        """Fit each window."""
        import polars as pl

        assert isinstance(task.problem, RollingProblem)
        window = task.problem.window
        options = {"window_size": window, "min_periods": window, "alpha": task.alpha}
        fits = pl.col("y").least_squares.rolling_ols(  # type: ignore[attr-defined]
            *self._features(task), **options, add_intercept=True, mode="coefficients"
        )
        found = self._frames[task].select(fits.alias("fit"))["fit"][window - 1 :]
        return self._answer(task.fitted, found, task)

    def _features(self, task: ManyTask) -> list[Any]:
        import polars as pl

        return [pl.col(f"x{j}") for j in range(task.X.shape[-1])]

    def _answer(self, numbers: Any, fits: Any, task: ManyTask) -> ManyAnswer:  # noqa: ANN401
        found = fits.struct.unnest().to_numpy()
        p = task.X.shape[-1]
        return ManyAnswer(numbers, found[:, :p], found[:, p], penalises_intercept=True)


def rolling_least_squares(task: ManyTask) -> ManyAnswer:
    """`RollingOLS`, which has no penalty."""
    from statsmodels.regression.rolling import RollingOLS

    assert isinstance(task.problem, RollingProblem)
    X = np.column_stack([task.X, np.ones(len(task.X))])
    found = RollingOLS(task.y, X, window=task.problem.window).fit(params_only=True).params
    rows = found[task.fitted]
    return ManyAnswer(task.fitted, rows[:, :-1], rows[:, -1], alpha=0.0)


def frame_libraries(
    has_groups: Callable[[ManyProblem], bool], has_windows: Callable[[ManyProblem], bool]
) -> list[Library]:
    """Every one that is installed."""
    found = []
    if find_spec("polars_ols") is not None:
        import polars_ols  # noqa: F401  # registers the expressions

        polars = PolarsLeastSquares()
        for fit, applies in ((polars.fit_groups, has_groups), (polars.fit_windows, has_windows)):
            found.append(
                Library(
                    "polars-ols, intercept penalised",
                    "polars-ols",
                    fit,
                    no_flops,
                    applies=applies,
                    prepare=polars.prepare,
                )
            )
    if find_spec("statsmodels") is not None:
        found.append(
            Library(
                "statsmodels RollingOLS, no penalty",
                "statsmodels",
                rolling_least_squares,
                no_flops,
                applies=has_windows,
            )
        )
    return found
