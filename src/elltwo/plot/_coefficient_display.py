"""Coefficients with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import count, one_of, read_level
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array, vector
from elltwo.plot._axes import COLOURS, bare, full_names, legend_above, pyplot_axes
from elltwo.plot._checks import checked_ends, checked_names
from elltwo.plot._estimates import Estimates, of_estimator, of_fit
from elltwo.plot._forest import clipped, mark_beyond, view
from elltwo.plot._rows import largest, name_rows, rows_height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

_BAND = "#A9CCE6"  # of the credible intervals
_SIZE, _GIVEN = "size", "given"


@public("elltwo.plot")
class CoefficientDisplay:
    """Coefficients, sorted, with credible and sampling intervals, against those without a penalty.

    `from_fit` and `from_estimator` make one and draw it; the constructor takes arrays, and `plot`
    draws. All parameters are stored as attributes.

    Parameters
    ----------
    coef : array-like of shape (n_features,)
        Coefficients; those of standardised columns are comparable, see `scale` of `from_fit`.
    credible : array-like of shape (2, n_features), default=None
        Lower and upper ends of credible intervals.
    sampling : array-like of shape (2, n_features), default=None
        Lower and upper ends of confidence intervals over new errors.
    unpenalised : array-like of shape (n_features,), default=None
        Coefficients without a penalty; NaN where the data do not determine them.
    feature_names : sequence of str of length n_features, default=None
        Names of the rows, "x0", "x1" and so on by default.
    level : float, default=0.95
        Level of the intervals, for the legend.
    coef_name : str, default="coefficient"
        Label of the axis.
    unpenalised_name : str, default="least squares"
        What `unpenalised` are, for the legend.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the coefficients.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    shown_ : ndarray of shape (n_shown,)
        Numbers of the features shown, from top to bottom.
    estimates_ : matplotlib.lines.Line2D
        Marks of the coefficients.
    credible_, sampling_ : matplotlib.collections.LineCollection or None
        The intervals.
    unpenalised_ : matplotlib.lines.Line2D or None
        Marks of the coefficients without a penalty.

    Raises
    ------
    ValueError
        If shapes disagree, a coefficient is not finite, or a lower end is above its upper one.

    See Also
    --------
    RidgePathDisplay : The coefficients at all penalties.
    elltwo.RidgeStatistics.standard_errors : What the intervals are made of.

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import CoefficientDisplay
    >>> X, y = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0], [4.0, 1.0]], [0.0, 2.0, 1.0, 3.0]
    >>> display = CoefficientDisplay.from_fit(elltwo.ridge(X, y, alpha=1.0))
    >>> display.coef.shape, display.credible.shape
    ((2,), (2, 2))
    """

    ax_: Axes
    shown_: NDArray[np.intp]
    estimates_: Line2D
    credible_: LineCollection | None
    sampling_: LineCollection | None
    unpenalised_: Line2D | None

    def __init__(
        self,
        *,
        coef: ArrayLike,
        credible: ArrayLike | None = None,
        sampling: ArrayLike | None = None,
        unpenalised: ArrayLike | None = None,
        feature_names: Sequence[str] | None = None,
        level: float = 0.95,
        coef_name: str = "coefficient",
        unpenalised_name: str = "least squares",
    ) -> None:
        self.coef = float64_array(coef, "coef")
        if self.coef.ndim != 1 or not self.coef.size or not np.isfinite(self.coef).all():
            raise ValueError(
                f"coef must be finite, of shape (n_features,), got shape {self.coef.shape}"
            )
        p = self.coef.size
        self.credible = checked_ends(credible, "credible", p)
        self.sampling = checked_ends(sampling, "sampling", p)
        self.unpenalised = (
            None
            if unpenalised is None
            else vector(unpenalised, "unpenalised", p, f"{p} coefficient(s)")
        )
        self.feature_names = checked_names(feature_names, p)
        self.level = read_level(level)
        self.coef_name = coef_name
        self.unpenalised_name = unpenalised_name

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # a record with coefficients
        *,
        target: object = None,
        level: float = 0.95,
        scale: ArrayLike | str | None = None,
        unpenalised: bool = True,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> CoefficientDisplay:
        """Draw the coefficients of a fit.

        Credible intervals are those of the posterior under the prior that the penalty stands for;
        sampling intervals are by sandwich standard errors, bias not included. A regression's are by
        Student's distribution with its residual degrees of freedom, a logistic regression's by the
        normal one. Fits without standard errors, which are those with an L1 penalty or bounds and
        copies that have left their data behind, show coefficients alone.

        Parameters
        ----------
        fit : record with coefficients
            Such as RidgeFit, LogisticFit, ElasticNetFit or MomentsFit, whose intervals are sampling
            ones of equal variance.
        target : int or label, default=None
            Number of the target, or the class, whose coefficients to draw, where there are several.
        level : float, default=0.95
            Level of the intervals.
        scale : "sd" or array-like of shape (n_features,), default=None
            What coefficients are multiplied by: "sd" stands for the standard deviations of the
            features, which makes them comparable and needs a fit with statistics.
        unpenalised : bool, default=True
            Whether to show least squares or maximum likelihood, where the data determine them.
        feature_names : sequence of str of length n_features, default=None
            Names; None stands for those of the fit.
        options : optional
            `max_features`, `sort`, `ax`, `line_kw`: see `plot`.

        Returns
        -------
        CoefficientDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` has no coefficients.
        ValueError
            If a target does not exist or must be chosen, `scale` is "sd" and the fit has no
            statistics, or see `CoefficientDisplay` and `plot`.
        ImportError
            If matplotlib is missing.
        """
        shown = of_fit(fit, target)
        return cls._of(shown, level, scale, unpenalised, feature_names).plot(**options)

    @classmethod
    def from_estimator(
        cls,
        estimator: object,
        X: ArrayLike | SparseLike | None = None,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        target: object = None,
        level: float = 0.95,
        scale: ArrayLike | str | None = None,
        unpenalised: bool = True,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> CoefficientDisplay:
        """Draw the coefficients of a fitted estimator.

        Estimators do not keep their data: intervals are drawn if X and y are given again, of ridge
        and logistic regressions of elltwo.linear_model without bounds and L1 penalty.

        Parameters
        ----------
        estimator : linear estimator
            Fitted, with `coef_`.
        X : array-like or sparse matrix of shape (n_samples, n_features), default=None
            Features that it was fitted to.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Targets, or labels.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights.
        target, level, scale, unpenalised, feature_names : optional
            See `from_fit`.
        options : optional
            `max_features`, `sort`, `ax`, `line_kw`: see `plot`.

        Returns
        -------
        CoefficientDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `estimator` has no coefficients.
        ValueError, ImportError
            See `from_fit`.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        shown = of_estimator(estimator, X, y, sample_weight, target)
        return cls._of(shown, level, scale, unpenalised, feature_names).plot(**options)

    @classmethod
    def _of(
        cls,
        shown: Estimates,
        level: float,
        scale: ArrayLike | str | None,
        unpenalised: bool,
        feature_names: Sequence[str] | None,
    ) -> CoefficientDisplay:
        """Return a display of what was read from a fit."""
        unit = shown.scale(scale)
        per = "" if scale is None else " x scale"
        if isinstance(scale, str):
            per = " per standard deviation"
        kind = "sandwich" if getattr(shown.statistics, "has_rows", True) else "sampling"
        parts = {
            "credible": shown.interval("bayesian", level),
            "sampling": shown.interval(kind, level),
            "unpenalised": shown.unpenalised() if unpenalised else None,
        }
        return cls(
            coef=shown.coef * unit,
            feature_names=shown.names if feature_names is None else feature_names,
            level=level,
            coef_name=shown.name + per,
            unpenalised_name="least squares" if shown.label is None else "maximum likelihood",
            **{name: None if part is None else part * unit for name, part in parts.items()},
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        max_features: int = 30,
        sort: str = _SIZE,
        line_kw: dict[str, Any] | None = None,
    ) -> CoefficientDisplay:
        """Draw the coefficients.

        What is too far away for the scale of the others, most often least squares of collinear
        features, is marked at the edge.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot, as high as it needs to be.
        max_features : int, default=30
            Of more features the largest are shown.
        sort : {"size", "given"}, default="size"
            Order from top to bottom: the largest first, or that of the features.
        line_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.plot``, for the marks of the coefficients.

        Returns
        -------
        CoefficientDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `sort` is unknown or `max_features` not positive.
        ImportError
            If matplotlib is missing.
        """
        one_of((_SIZE, _GIVEN), sort, "sort")
        shown = largest(np.abs(self.coef), count(max_features, "max_features", minimum=1))
        self.shown_ = shown if sort == _SIZE else np.sort(shown)
        ax = pyplot_axes(rows_height(self.shown_.size)) if ax is None else ax
        low, high = self._limits()
        ax.set_xlim(low, high)
        ax.axvline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
        style: dict[str, Any] = {"color": COLOURS[0], "marker": "o", "markersize": 4.5}
        style |= {"linestyle": "none", "zorder": 3.0, "label": "estimate"}
        style |= full_names(line_kw)
        rows = np.arange(self.shown_.size)
        (self.estimates_,) = ax.plot(self.coef[self.shown_], rows, **style)
        self.unpenalised_ = self._draw_unpenalised(ax)
        percent = f"{100.0 * self.level:g} % "
        band = {"color": _BAND, "linewidth": 6.0, "label": percent + "credible interval"}
        line = {"color": "0.25", "linewidth": 1.1, "label": percent + "sampling interval"}
        self.credible_ = self._draw_ends(ax, self.credible, band)
        self.sampling_ = self._draw_ends(ax, self.sampling, line)
        self._dress(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _limits(self) -> tuple[float, float]:
        """Return the ends of the axis: all estimates and intervals, others if they are near."""
        must = [self.coef[self.shown_]]
        must += [
            ends[:, self.shown_] for ends in (self.credible, self.sampling) if ends is not None
        ]
        other = np.empty(0) if self.unpenalised is None else self.unpenalised[self.shown_]
        return view(np.concatenate([part.ravel() for part in must]), other)

    def _draw_ends(
        self, ax: Axes, ends: Float64Array | None, style: dict[str, Any]
    ) -> LineCollection | None:
        if ends is None:
            return None
        low, high = clipped(ends[:, self.shown_], ax.get_xlim())
        return ax.hlines(np.arange(self.shown_.size), low, high, zorder=2.0, **style)

    def _draw_unpenalised(self, ax: Axes) -> Line2D | None:
        if self.unpenalised is None or np.isnan(self.unpenalised[self.shown_]).all():
            return None
        values = self.unpenalised[self.shown_]
        mark_beyond(ax, values, COLOURS[1])
        low, high = ax.get_xlim()
        near = np.where((values >= low) & (values <= high), values, np.nan)
        (marks,) = ax.plot(
            near,
            np.arange(values.size),
            color=COLOURS[1],
            label=self.unpenalised_name,
            linestyle="none",
            marker="D",
            markerfacecolor="none",
            markersize=5.0,
            zorder=2.5,
        )
        return marks

    def _dress(self, ax: Axes) -> None:
        p = self.coef.size
        names = self.feature_names
        name_rows(ax, [f"x{j}" if names is None else str(names[j]) for j in self.shown_])
        ax.set_xlabel(self.coef_name)
        if self.shown_.size < p:
            ax.set_ylabel(f"{self.shown_.size} largest of {p}")
        bare(ax, grid="x")
        legend_above(ax)
