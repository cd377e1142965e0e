"""The reliability curve of predicted probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import LogisticFit
from elltwo.functional._base.record_parts import public
from elltwo.plot._axes import COLOURS, finish, full_names, pyplot_axes
from elltwo.plot._estimates import inner_fit
from elltwo.plot._reliability import (
    UNIFORM,
    class_of,
    read_predictions,
    read_reliability,
    reliability,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer, ErrorbarContainer
    from numpy.typing import ArrayLike

    from elltwo.functional._base.sparse import SparseLike
_BARS = 0.15  # of the axes: the highest bar
_WIDTH = 0.05


@public("elltwo.plot")
class CalibrationDisplay:
    """Reliability curve: how often a class occurs where it is predicted with some probability.

    Probabilities are put into bins; the share of the class in every bin, with a confidence bar,
    stands over the mean probability, and the numbers of rows below. A calibrated model follows the
    diagonal. `from_fit`, `from_estimator` and `from_predictions` make one and draw it.

    Parameters
    ----------
    prob_true, prob_pred : array-like of shape (n_bins,)
        Share of the class and mean probability in each bin.
    lower, upper : array-like of shape (n_bins,)
        Ends of the confidence bars.
    counts : array-like of shape (n_bins,)
        Sums of the weights in the bins, the numbers of rows where there are none.
    pos_label : object, default=None
        Label of the class, for the axes.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the curve.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    errorbar_ : matplotlib.container.ErrorbarContainer
        Curve and confidence bars.
    bars_ : matplotlib.container.BarContainer
        Shares of the rows in the bins, along the bottom.

    Raises
    ------
    ValueError
        If shapes disagree, or a value is out of its range.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : The curve alone.

    References
    ----------
    .. [1] E. B. Wilson (1927). Probable inference, the law of succession, and statistical
       inference. Journal of the American Statistical Association 22, 209-212. (The bars.)

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import CalibrationDisplay
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1]
    >>> display = CalibrationDisplay.from_fit(elltwo.logistic(X, y), X, y, n_bins=2)
    >>> display.prob_true
    array([0.5, 0.5])
    """

    ax_: Axes
    errorbar_: ErrorbarContainer
    bars_: BarContainer

    def __init__(
        self,
        *,
        prob_true: ArrayLike,
        prob_pred: ArrayLike,
        lower: ArrayLike,
        upper: ArrayLike,
        counts: ArrayLike,
        pos_label: object = None,
    ) -> None:
        numbers = read_reliability(prob_true, prob_pred, lower, upper, counts)
        self.prob_true, self.prob_pred, self.lower, self.upper, self.counts = numbers
        self.pos_label = pos_label

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_prob: ArrayLike,
        *,
        n_bins: int = 5,
        strategy: str = UNIFORM,
        pos_label: object = None,
        level: float = 0.95,
        sample_weight: ArrayLike | None = None,
        ax: Axes | None = None,
        errorbar_kw: dict[str, Any] | None = None,
    ) -> CalibrationDisplay:
        """Draw the curve of predicted probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Labels.
        y_prob : array-like of shape (n_samples,)
            Probabilities of the class `pos_label`.
        n_bins : int, default=5
            Number of bins; empty ones are left out.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width, or with equal numbers of rows.
        pos_label : object, default=None
            Class whose probability it is; None stands for the last of two.
        level : float, default=0.95
            Confidence level of the bars.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, which mean repetition.
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        errorbar_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.errorbar``.

        Returns
        -------
        CalibrationDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If an argument has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, or labels are of one class only, or
            `pos_label` is not among them or must be given.
        ImportError
            If matplotlib is missing.
        """
        hit, prob, label = read_predictions(y_true, y_prob, pos_label)
        found = reliability(hit, prob, sample_weight, n_bins, strategy, level)
        display = cls(**found._asdict(), pos_label=label)
        return display.plot(ax, errorbar_kw=errorbar_kw)

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # LogisticFit, or a record around one
        X: ArrayLike | SparseLike,
        y: ArrayLike,
        *,
        offset: ArrayLike | None = None,
        pos_label: object = None,
        **options: Any,  # noqa: ANN401  # of from_predictions
    ) -> CalibrationDisplay:
        """Draw the curve of a fit on some rows, best such as it has not seen.

        Parameters
        ----------
        fit : elltwo.LogisticFit
            The fit, or one by a formula or of a table, which predicts tables.
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        y : array-like of shape (n_samples,)
            Their labels.
        offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
            See `elltwo.LogisticFit.predict_proba`.
        pos_label : object, default=None
            Class whose probability is shown; None stands for the second of two.
        options : optional
            `n_bins`, `strategy`, `level`, `sample_weight`, `ax`, `errorbar_kw`: see
            `from_predictions`.

        Returns
        -------
        CalibrationDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError, ImportError
            See `from_predictions`.
        """
        known = inner_fit(fit)
        if not isinstance(known, LogisticFit):
            raise TypeError(f"fit must be a LogisticFit, got {type(fit).__name__}")
        place, label = class_of(known.classes.tolist(), pos_label)
        beside = () if offset is None else (offset,)
        prob = np.asarray(fit.predict_proba(X, *beside))[:, place]
        return cls.from_predictions(y, prob, pos_label=label, **options)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,  # noqa: ANN401  # a classifier of any kind
        X: ArrayLike | SparseLike,
        y: ArrayLike,
        *,
        pos_label: object = None,
        **options: Any,  # noqa: ANN401  # of from_predictions
    ) -> CalibrationDisplay:
        """Draw the curve of a fitted classifier on some rows, best such as it has not seen.

        Parameters
        ----------
        estimator : classifier with `predict_proba` and `classes_`
            Fitted, such as those of `elltwo.linear_model` and pipelines that end with one.
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        y : array-like of shape (n_samples,)
            Their labels.
        pos_label : object, default=None
            Class whose probability is shown; None stands for the second of two.
        options : optional
            `n_bins`, `strategy`, `level`, `sample_weight`, `ax`, `errorbar_kw`: see
            `from_predictions`.

        Returns
        -------
        CalibrationDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `estimator` does not predict probabilities.
        ValueError, ImportError
            See `from_predictions`.
        sklearn.exceptions.NotFittedError
            If `estimator` is not fitted.
        """
        if not hasattr(estimator, "predict_proba"):
            raise TypeError(
                f"estimator must have predict_proba, got {type(estimator).__name__} without it"
            )
        prob = estimator.predict_proba(X)  # which refuses what is not fitted
        place, label = class_of(estimator.classes_.tolist(), pos_label)
        return cls.from_predictions(y, prob[:, place], pos_label=label, **options)

    def plot(
        self, ax: Axes | None = None, *, errorbar_kw: dict[str, Any] | None = None
    ) -> CalibrationDisplay:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        errorbar_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.errorbar``.

        Returns
        -------
        CalibrationDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        ax = pyplot_axes() if ax is None else ax
        height = _BARS * self.counts / self.counts.max()
        width = min(_WIDTH, 0.6 / self.counts.size)
        self.bars_ = ax.bar(self.prob_pred, height, width, color="0.85", label="rows in bin")
        ax.bar_label(self.bars_, [f"{n:.6g}" for n in self.counts], fontsize=7.0, color="0.35")
        ax.plot([0.0, 1.0], [0.0, 1.0], "--", color="0.5", linewidth=1.0, label="calibrated")
        style = {"color": COLOURS[0], "ecolor": "#9DC3DE", "marker": "o", "markersize": 4.0}
        style |= {
            "linewidth": 1.4,
            "elinewidth": 1.2,
            "capsize": 2.0,
            "label": "share and interval",
        }
        ends = np.maximum([self.prob_true - self.lower, self.upper - self.prob_true], 0.0)
        self.errorbar_ = ax.errorbar(
            self.prob_pred, self.prob_true, ends, **{**style, **full_names(errorbar_kw)}
        )
        of = "" if self.pos_label is None else f" of {self.pos_label!r}"
        ax.set_xlabel(f"mean predicted probability{of}")
        ax.set_ylabel(f"share{of}")
        ax.set_xlim(-0.02, 1.02)
        ax.set_ylim(0.0, 1.02)
        finish(ax)
        self.ax_, self.figure_ = ax, ax.figure
        return self
