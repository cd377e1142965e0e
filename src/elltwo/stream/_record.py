"""What a stream has been fitted to, and the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional import elastic_net_moments_cv, moments_cv
from elltwo.functional._base.record_parts import public
from elltwo.stream._fit_record import FitOfStream
from elltwo.stream._run import joined_folds

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional import (
        ElasticNetCVFit,
        ElasticNetFit,
        ElasticNetInfo,
        Moments,
        RidgeCVFit,
        RidgeFit,
        SolveInfo,
    )
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.stream._run import Run


class Problem(NamedTuple):
    """Penalties, how to choose among them, and the other options of the fit."""

    alpha: Any
    alphas: Float64Array | None
    cv: int | str | None
    l1_ratio: Any
    options: dict[str, Any]


@public("elltwo")
class StreamFit(FitOfStream["RidgeFit | ElasticNetFit"]):
    """A fit of a stream, as `elltwo.fit_stream` returns it; read-only.

    Parameters
    ----------
    fit : RidgeFit or ElasticNetFit
        The fit to the moments of all rows.
    moments : Moments
        Moments of all rows.
    fold_moments : list of Moments
        Moments of the folds, or of all rows.
    alpha : float or ndarray of shape (n_targets,)
        Penalty of the fit, given or chosen.
    scores : RidgeCVFit or ElasticNetCVFit
        The choice of alpha, with `alphas` and `cv_mse`; None where alpha was given.
    feature_names : list of str
        Names of the features, None where they have none.
    n_rows : int
        Rows of the fit, those without weight included.
    n_skipped : int
        Rows left out as something was missing in them.

    See Also
    --------
    elltwo.fit_stream : Makes one.
    """

    def __init__(
        self,
        fit: RidgeFit | ElasticNetFit,
        moments: Moments,
        fold_moments: list[Moments],
        alpha: float | Float64Array,
        scores: RidgeCVFit | ElasticNetCVFit | None,
        feature_names: list[str] | None,
        n_rows: int,
        n_skipped: int,
    ) -> None:
        self.fit = fit
        self.moments = moments
        self.fold_moments = fold_moments
        self.alpha = alpha
        self.scores = scores
        self.feature_names = feature_names
        self.n_rows = n_rows
        self.n_skipped = n_skipped

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (n_features,), or (n_targets, n_features) for a 2-D y."""
        return self.fit.coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each target of a 2-D y."""
        return self.fit.intercept

    @property
    def target_names(self) -> list[str] | None:
        """Names of the targets, None where they have none."""
        return None if self.fit.target_names is None else list(self.fit.target_names)

    @property
    def info(self) -> SolveInfo | ElasticNetInfo:
        """How the fit ended."""
        return self.fit.info

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the targets of the rows of X, by names of columns, see `RidgeFit.predict`."""
        return self.fit.predict(X)

    def score(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Evaluate R^2 of the predictions of rows, see `RidgeFit.score`."""
        return self.fit.score(X, y, sample_weight)


def fit_run(run: Run, problem: Problem) -> StreamFit:
    """Fit what a run has read."""
    folds = run.fold_moments()
    moments = joined_folds(folds)
    if moments is None:
        raise ValueError("source has no rows")
    scores: RidgeCVFit | ElasticNetCVFit | None = None
    fit: RidgeFit | ElasticNetFit
    if problem.l1_ratio is not None:
        fit, scores = _elastic_net(moments, folds, run, problem)
    elif isinstance(problem.cv, int):
        scores = fit = moments_cv(_full_folds(folds, run), problem.alphas, **problem.options)
    elif problem.cv == "gcv":
        scores = fit = moments.gcv(problem.alphas, **problem.options)
    else:
        fit = moments.ridge(alpha=problem.alpha, **problem.options)
    n_rows, n_skipped = run.rows - run.skipped, run.skipped
    names = None if fit.feature_names is None else list(fit.feature_names)
    alpha = problem.alpha if scores is None else scores.alpha
    kept = [one for one in folds if one is not None]
    return StreamFit(fit, moments, kept, alpha, scores, names, n_rows, n_skipped)


def _elastic_net(
    moments: Moments, folds: list[Moments | None], run: Run, problem: Problem
) -> tuple[ElasticNetFit, ElasticNetCVFit | None]:
    """Return the fit, and the same as a choice where it is one."""
    if problem.cv is None:
        return moments.elastic_net(problem.alpha, problem.l1_ratio, **problem.options), None
    given = {"alphas": problem.alphas, **problem.options}
    if isinstance(problem.cv, str):
        chosen = elastic_net_moments_cv([moments], problem.l1_ratio, cv=problem.cv, **given)
    else:
        chosen = elastic_net_moments_cv(_full_folds(folds, run), problem.l1_ratio, **given)
    return chosen, chosen


def _full_folds(folds: list[Moments | None], run: Run) -> list[Moments]:
    """Refuse folds without rows."""
    full = [moments for moments in folds if moments is not None]
    if len(full) < len(folds):
        raise ValueError(
            f"cv={len(folds)} folds of {run.plan.fold_rows} consecutive rows need more than the "
            f"{run.rows} rows that there are; pass fewer folds or a smaller fold_rows"
        )
    return full
