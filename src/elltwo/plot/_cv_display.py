"""The curve of cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import RidgeCVFit
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.record_parts import public
from elltwo.plot._axes import (
    COLOURS,
    abscissa,
    dress,
    full_names,
    pyplot_axes,
    require_matplotlib,
)
from elltwo.plot._checks import checked_alpha, for_each_alpha, one_target, target_of
from elltwo.plot._estimates import inner_fit
from elltwo.plot._marks import best_of, mark_chosen, mark_point, within_one_se

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import ErrorbarContainer
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from elltwo.functional._base.validate import Float64Array


@public("elltwo.plot")
class RidgeCVDisplay:
    """Curve of cross-validation: the mean error or score of every penalty, with standard errors.

    `from_fit` and `from_estimator` make one and draw it; the constructor takes arrays, and `plot`
    draws. All parameters are stored as attributes.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,)
        Penalties in [0, inf], in any order.
    mean : array-like of shape (n_alphas,)
        Mean error or score of each penalty.
    se : array-like of shape (n_alphas,), default=None
        Standard errors of `mean`.
    edf : array-like of shape (n_alphas,), default=None
        Effective degrees of freedom at each penalty, as `elltwo.ridge_path` has them.
    alpha : float, default=None
        Penalty chosen.
    score_name : str, default="mean squared error"
        What `mean` is the mean of.
    greater_is_better : bool, default=False
        Whether the best mean is the greatest.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the curve.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    errorbar_ : matplotlib.container.ErrorbarContainer
        Curve and bars of one standard error up and down.
    best_ : matplotlib.lines.Line2D or None
        Mark at the best mean, of equals at `alpha` or else at the largest penalty.
    one_se_ : matplotlib.lines.Line2D or None
        Mark at the largest penalty whose mean is within a standard error of the best.
    chosen_ : matplotlib.lines.Line2D or None
        Mark at `alpha`.

    Raises
    ------
    ValueError
        If shapes disagree, or a penalty is not in [0, inf], or no mean is finite.

    See Also
    --------
    RidgePathDisplay : The coefficients on the same axes.

    References
    ----------
    .. [1] L. Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone (1984). Classification and
       Regression Trees. Section 3.4.3, the 1-SE rule.

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import RidgeCVDisplay
    >>> fit = elltwo.ridge_cv([[0.0], [1.0], [2.0], [4.0]], [0.0, 2.0, 1.0, 3.0])
    >>> display = RidgeCVDisplay.from_fit(fit)
    """

    ax_: Axes
    errorbar_: ErrorbarContainer
    best_: Line2D | None
    one_se_: Line2D | None
    chosen_: Line2D | None

    def __init__(
        self,
        *,
        alphas: ArrayLike,
        mean: ArrayLike,
        se: ArrayLike | None = None,
        edf: ArrayLike | None = None,
        alpha: float | None = None,
        score_name: str = "mean squared error",
        greater_is_better: bool = False,
    ) -> None:
        self.alphas = given_grid(alphas)
        self.alpha = checked_alpha(alpha)
        self.mean = for_each_alpha(mean, "mean", self.alphas.size)
        if not np.isfinite(self.mean).any():
            raise ValueError("mean must be finite somewhere")
        self.se = None if se is None else for_each_alpha(se, "se", self.alphas.size)
        if self.se is not None and (self.se < 0.0).any():
            raise ValueError(f"se must not be negative, got {self.se.min()}")
        self.edf = None if edf is None else for_each_alpha(edf, "edf", self.alphas.size)
        self.score_name = score_name
        self.greater_is_better = greater_is_better

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # RidgeCVFit, or a record around one
        *,
        target: int | None = None,
        edf: ArrayLike | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        errorbar_kw: dict[str, Any] | None = None,
    ) -> RidgeCVDisplay:
        """Draw the curve of a fit.

        Parameters
        ----------
        fit : elltwo.RidgeCVFit
            Its `cv_mse`, or where it was chosen by `scoring` its `cv_score`, without errors.
        target : int, default=None
            Number of the target whose curve to draw, where each has its own alpha.
        edf : array-like of shape (n_alphas,), default=None
            Effective degrees of freedom: ``elltwo.ridge_path(X, y, fit.alphas).edf``.
        x, ax, errorbar_kw : optional
            See `plot`.

        Returns
        -------
        RidgeCVDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If a target does not exist or must be chosen, or see `RidgeCVDisplay`.
        ImportError
            If matplotlib is missing.
        """
        fit = inner_fit(fit)
        if not isinstance(fit, RidgeCVFit):
            raise TypeError(
                f"fit must be a RidgeCVFit, as elltwo.ridge_cv returns it, got {type(fit).__name__}"
            )
        by_score = not np.array_equal(fit.cv_score, -fit.cv_mse)
        mean = fit.cv_score if by_score else fit.cv_mse
        column = one_target(target, _n_targets(mean), "fit")
        se = None if by_score else getattr(fit, "cv_se", None)  # GCV has none
        display = cls(
            alphas=fit.alphas,
            mean=_of_target(mean, column),
            se=None if se is None else _of_target(se, column),
            edf=edf,
            alpha=target_of(fit.alpha, column),
            score_name="score" if by_score else "mean squared error",
            greater_is_better=by_score,
        )
        return display.plot(ax, x=x, errorbar_kw=errorbar_kw)

    @classmethod
    def from_estimator(
        cls,
        estimator: object,
        *,
        target: int | None = None,
        edf: ArrayLike | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        errorbar_kw: dict[str, Any] | None = None,
    ) -> RidgeCVDisplay:
        """Draw the scores by which a fitted estimator has chosen its alpha.

        It needs no data, since the estimator keeps its scores.

        Parameters
        ----------
        estimator : RidgeCV or RidgeClassifierCV of elltwo.linear_model
            Fitted. Scores that are negative errors are drawn as errors.
        target : int, default=None
            Number of the target whose curve to draw, where each has its own alpha.
        edf : array-like of shape (n_alphas,), default=None
            Effective degrees of freedom, see `from_fit`.
        x, ax, errorbar_kw : optional
            See `plot`.

        Returns
        -------
        RidgeCVDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `estimator` is none of these.
        ValueError, ImportError
            See `from_fit`.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        require_matplotlib()
        from elltwo.linear_model._shown import scores_of

        shown = scores_of(estimator)
        column = one_target(target, _n_targets(shown.mean), "estimator")
        display = cls(
            alphas=shown.alphas,
            mean=_of_target(shown.mean, column),
            se=None if shown.se is None else _of_target(shown.se, column),
            edf=edf,
            alpha=target_of(shown.alpha, column),
            score_name=shown.name,
            greater_is_better=shown.greater_is_better,
        )
        return display.plot(ax, x=x, errorbar_kw=errorbar_kw)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        x: str = "alpha",
        errorbar_kw: dict[str, Any] | None = None,
    ) -> RidgeCVDisplay:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        x : {"alpha", "edf"}, default="alpha"
            Horizontal axis, see `RidgePathDisplay.plot`.
        errorbar_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.errorbar``.

        Returns
        -------
        RidgeCVDisplay
            The display itself.

        Raises
        ------
        ValueError, ImportError
            See `RidgePathDisplay.plot`.
        """
        along = abscissa(x, self.alphas, self.edf)
        place = along.place(self.alpha, self.alphas)
        ax = pyplot_axes() if ax is None else ax
        style = {"color": COLOURS[0], "ecolor": "#9DC3DE", "marker": ".", "markersize": 4.0}
        style |= {"linewidth": 1.4, "elinewidth": 0.9, "capsize": 1.5, "zorder": 2.0}
        self.errorbar_ = ax.errorbar(
            along.at[along.order],
            self.mean[along.order],
            None if self.se is None else self.se[along.order],
            **{**style, **full_names(errorbar_kw)},
        )
        error = -self.mean if self.greater_is_better else self.mean
        best = best_of(error, self.alphas, self.alpha)
        word = "maximum" if self.greater_is_better else "minimum"
        self.best_ = mark_point(ax, along, self.alphas, self.mean, best, (word, "o", COLOURS[1]))
        self.one_se_ = None
        if self.se is not None:
            at = within_one_se(error, self.alphas, best, self.se[best])
            self.one_se_ = mark_point(
                ax, along, self.alphas, self.mean, at, ("1-SE rule", "D", COLOURS[2])
            )
        self.chosen_ = mark_chosen(ax, place, self.alpha)
        ax.margins(x=0.02)
        ax.set_ylabel(self.score_name)
        dress(ax, along, self.alphas, self.edf)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _n_targets(mean: Float64Array) -> int | None:
    return mean.shape[1] if mean.ndim == 2 else None


def _of_target(values: Float64Array, target: int | None) -> Float64Array:
    return values if target is None else values[:, target]
