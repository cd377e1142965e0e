"""Residuals against fitted values, normal quantiles and leverages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import count, one_of
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array, vector
from elltwo.plot._axes import COLOURS, bare, legend_above, pyplot_axes, require_matplotlib
from elltwo.plot._estimates import of_fit
from elltwo.plot._residual_kinds import draw_influence, draw_mean, draw_normal, normal_quantiles
from elltwo.plot._residuals import Residuals, of_predictions, of_statistics
from elltwo.plot._thinned import MOST_POINTS, thinned

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

FITTED, QUANTILE, LEVERAGE = "fitted", "quantile", "leverage"
_NEEDS_LEVERAGES = (
    "kind='leverage' needs leverages, which the statistics of a fit have for its own rows; call "
    "from_fit without X and y"
)


@public("elltwo.plot")
class ResidualDisplay:
    """Residuals against fitted values, against normal quantiles, or against leverages.

    `from_fit` and `from_estimator` make one and draw it; the constructor takes arrays, and `plot`
    draws. All parameters are stored as attributes.

    Parameters
    ----------
    fitted : array-like of shape (n_samples,)
        Fitted values, or log-odds of a class.
    residuals : array-like of shape (n_samples,)
        Observed minus fitted values, or quantile residuals of a class.
    standardized : array-like of shape (n_samples,), default=None
        Residuals of unit variance, NaN where they are not defined; None stands for `residuals` over
        their root mean square.
    leverages : array-like of shape (n_samples,), default=None
        Leverages of the rows.
    edf : float, default=None
        Effective degrees of freedom, for Cook's distances; None stands for the sum of `leverages`.
    fitted_name : str, default="fitted value"
        What `fitted` are, for an axis.
    residual_name : str, default="residual"
        What `residuals` are, for an axis.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the residuals.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    points_ : matplotlib.collections.PathCollection
        Points of the rows.
    line_ : matplotlib.lines.Line2D or None
        Means of bins against fitted values, and the line of normal values.

    Raises
    ------
    ValueError
        If shapes disagree, or a number is not finite, or a leverage is not in [0, 1].

    See Also
    --------
    CalibrationDisplay : Whether probabilities can be taken at their word.

    References
    ----------
    .. [1] R. D. Cook (1977). Detection of influential observation in linear regression.
       Technometrics 19, 15-18.
    .. [2] P. K. Dunn and G. K. Smyth (1996). Randomized quantile residuals. Journal of
       Computational and Graphical Statistics 5, 236-244.

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import ResidualDisplay
    >>> X, y = [[0.0], [1.0], [2.0], [4.0]], [0.0, 2.0, 1.0, 3.0]
    >>> display = ResidualDisplay.from_fit(elltwo.ridge(X, y, alpha=1.0))
    >>> display.leverages.shape
    (4,)
    """

    ax_: Axes
    points_: PathCollection
    line_: Line2D | None

    def __init__(
        self,
        *,
        fitted: ArrayLike,
        residuals: ArrayLike,
        standardized: ArrayLike | None = None,
        leverages: ArrayLike | None = None,
        edf: float | None = None,
        fitted_name: str = "fitted value",
        residual_name: str = "residual",
    ) -> None:
        self.residuals = float64_array(residuals, "residuals")
        if self.residuals.ndim != 1 or not self.residuals.size:
            raise ValueError(
                f"residuals must have shape (n_samples,), got shape {self.residuals.shape}"
            )
        self.fitted = self._of_rows(fitted, "fitted")
        for name, values in (("residuals", self.residuals), ("fitted", self.fitted)):
            if not np.isfinite(values).all():
                at = int(np.flatnonzero(~np.isfinite(values))[0])
                raise ValueError(f"{name} must be finite, got {values[at]} in row {at}")
        if standardized is None:
            spread = np.sqrt(np.mean(self.residuals**2))
            standardized = self.residuals / spread if spread > 0.0 else self.residuals
        self.standardized = self._of_rows(standardized, "standardized")
        self.leverages = None if leverages is None else self._of_rows(leverages, "leverages")
        self.edf = edf
        if self.leverages is not None:
            wrong = ~((self.leverages >= 0.0) & (self.leverages <= 1.0 + 1e-9))
            if wrong.any():
                raise ValueError(f"leverages must be in [0, 1], got {self.leverages[wrong][0]}")
            self.edf = float(self.leverages.sum() if edf is None else edf)
        self.fitted_name = fitted_name
        self.residual_name = residual_name

    def _of_rows(self, values: ArrayLike, name: str) -> Float64Array:
        n = self.residuals.size
        return vector(values, name, n, f"{n} residual(s)")

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # a record of a regression or classification
        X: ArrayLike | SparseLike | None = None,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        target: object = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> ResidualDisplay:
        """Draw the residuals of a fit, of the rows that it was made from or of others.

        Without X and y, leverages are known, and residuals are standardised by them. Residuals of a
        class are randomised quantile residuals [2]_, which are normal if the model holds.

        Parameters
        ----------
        fit : record of a fit
            Such as RidgeFit, ElasticNetFit or LogisticFit.
        X : array-like or sparse matrix of shape (n_samples, n_features), default=None
            Rows to predict; None stands for those that the fit refers to, which fits with
            statistics do.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Their targets or labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights: rows of weight 0 are left out.
        target : int or label, default=None
            Number of the target, or the class, where there are several; None stands for the second
            of two classes.
        options : optional
            `kind`, `max_points`, `ax`, `scatter_kw`: see `plot`.

        Returns
        -------
        ResidualDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If X and y are needed, shapes disagree, or see `ResidualDisplay` and `plot`.
        ImportError
            If matplotlib is missing.
        """
        if X is not None and y is not None:
            found = of_predictions(fit, X, y, sample_weight, target)
            return cls(**found._asdict()).plot(**options)
        if X is not None or y is not None or sample_weight is not None:
            raise ValueError("X and y must be given together, with or without sample_weight")
        statistics = of_fit(fit, target).statistics
        if statistics is None:
            raise ValueError(
                f"X and y must be given, since this {type(fit).__name__} has no statistics of its "
                "rows"
            )
        return cls(**of_statistics(statistics)._asdict()).plot(**options)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,  # noqa: ANN401  # a regressor or classifier
        X: ArrayLike | SparseLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        target: object = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> ResidualDisplay:
        """Draw the residuals of a fitted estimator on some rows.

        Parameters
        ----------
        estimator : regressor, or classifier with `predict_proba`
            Fitted, such as those of `elltwo.linear_model` and pipelines that end with one.
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict. For ``kind="leverage"`` they must be those of the fit, of an estimator
            of `elltwo.linear_model` that has statistics.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Their targets or labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Their weights: rows of weight 0 are left out.
        target : int or label, default=None
            See `from_fit`.
        options : optional
            `kind`, `max_points`, `ax`, `scatter_kw`: see `plot`.

        Returns
        -------
        ResidualDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `estimator` is a classifier without probabilities.
        ValueError, ImportError
            See `from_fit`.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        require_matplotlib()
        if options.get("kind") == LEVERAGE:
            from elltwo.linear_model._shown import statistics_of

            row = target if isinstance(target, int) else None
            statistics = statistics_of(estimator, X, y, sample_weight, row)
            if statistics is None:
                raise ValueError(
                    "kind='leverage' needs an estimator with statistics, a ridge or logistic "
                    f"regression without bounds and L1 penalty, got {estimator!r}"
                )
            return cls(**of_statistics(statistics)._asdict()).plot(**options)
        if hasattr(estimator, "classes_") and not hasattr(estimator, "predict_proba"):
            raise TypeError(
                f"estimator must have predict_proba, got {type(estimator).__name__} without it"
            )
        found = of_predictions(estimator, X, y, sample_weight, target)
        return cls(**found._asdict()).plot(**options)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: str = FITTED,
        max_points: int = MOST_POINTS,
        scatter_kw: dict[str, Any] | None = None,
    ) -> ResidualDisplay:
        """Draw the residuals.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        kind : {"fitted", "quantile", "leverage"}, default="fitted"
            Residuals against fitted values, with their mean in bins; standardised residuals against
            the quantiles of the normal distribution, with the band of each; or standardised
            residuals against leverages, with Cook's distances [1]_.
        max_points : int, default=4000
            Of more rows those with the largest residuals are shown, and a sample of the others.
        scatter_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.scatter``.

        Returns
        -------
        ResidualDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `kind` is unknown, or needs leverages that are not known.
        ImportError
            If matplotlib is missing.
        """
        one_of((FITTED, QUANTILE, LEVERAGE), kind, "kind")
        most = count(max_points, "max_points", minimum=1)
        if kind == LEVERAGE and self.leverages is None:
            raise ValueError(_NEEDS_LEVERAGES)
        ax = pyplot_axes() if ax is None else ax
        draw = {FITTED: self._fitted, QUANTILE: self._quantile, LEVERAGE: self._leverage}[kind]
        draw(ax, most, scatter_kw or {})
        bare(ax)
        legend_above(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _found(self) -> Residuals:
        return Residuals(self.fitted, self.residuals, self.standardized, self.leverages, self.edf)

    def _fitted(self, ax: Axes, most: int, scatter_kw: dict[str, Any]) -> None:
        rows = thinned(np.abs(self.residuals), most)
        self._scatter(ax, self.fitted[rows], self.residuals[rows], scatter_kw)
        self.line_ = draw_mean(ax, self._found())
        ax.set_xlabel(self.fitted_name)
        ax.set_ylabel(self.residual_name)

    def _quantile(self, ax: Axes, most: int, scatter_kw: dict[str, Any]) -> None:
        z, values, half = normal_quantiles(self.standardized, most)
        self.line_ = draw_normal(ax, z, half)
        self._scatter(ax, z, values, scatter_kw)
        ax.set_xlabel("quantile of the normal distribution")
        ax.set_ylabel(self._standardized_name())

    def _leverage(self, ax: Axes, most: int, scatter_kw: dict[str, Any]) -> None:
        found, h = self._found(), np.asarray(self.leverages)
        rows = thinned(np.nan_to_num(np.abs(self.standardized)) * np.sqrt(h), most)
        self._scatter(ax, h[rows], self.standardized[rows], scatter_kw)
        ax.set_xlim(left=0.0)
        draw_influence(ax, found)
        self.line_ = None
        ax.set_xlabel("leverage")
        ax.set_ylabel(self._standardized_name())

    def _standardized_name(self) -> str:
        return "standardised " + self.residual_name

    def _scatter(
        self, ax: Axes, x: Float64Array, y: Float64Array, scatter_kw: dict[str, Any]
    ) -> None:
        n = self.residuals.size
        label = f"{x.size} of {n} rows" if x.size < n else None
        style = {
            "s": 22.0 if n < 100 else 14.0 if n < 1000 else 8.0,
            "color": COLOURS[0],
            "linewidths": 0.0,
        }
        style |= {"alpha": 0.65 if n < 1000 else 0.4, "label": label, "zorder": 2.0}
        self.points_ = ax.scatter(x, y, **{**style, **scatter_kw})
