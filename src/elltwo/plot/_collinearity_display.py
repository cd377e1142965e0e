"""Collinearity of features: variance inflation, condition indices, blocks of correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import RidgeStatistics, ridge
from elltwo.functional._base.names import names_of
from elltwo.functional._base.options import count, one_of
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array, vector
from elltwo.plot._axes import bare, legend_above, pyplot_axes, require_matplotlib
from elltwo.plot._blocks import blocks_of
from elltwo.plot._checks import checked_names
from elltwo.plot._collinearity_kinds import draw_correlations, draw_factors, draw_indices
from elltwo.plot._estimates import of_fit
from elltwo.plot._rows import largest, name_rows, rows_height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike, NDArray

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array

VIF, CONDITION, CORRELATION = "vif", "condition", "correlation"
_NEEDS = {VIF: "vif", CONDITION: "condition_indices", CORRELATION: "correlations"}
_MOST = {VIF: 30, CONDITION: 10_000, CORRELATION: 200}
_HEIGHT = 5.4  # inches of a map


@public("elltwo.plot")
class CollinearityDisplay:
    """Collinearity of features: variance inflation factors, condition indices, or correlations.

    `from_fit`, `from_estimator` and `from_data` make one and draw it; the constructor takes arrays,
    and `plot` draws. All parameters are stored as attributes; each kind of picture needs one array.

    Parameters
    ----------
    vif : array-like of shape (n_features,), default=None
        Variance inflation factors, infinite for exact collinearity.
    unpenalised_vif : array-like of shape (n_features,), default=None
        Those of least squares, beside those of a fit with a penalty.
    condition_indices : array-like of shape (n_features,), default=None
        Condition indices, ascending from 1, infinite for exact collinearity.
    correlations : array-like of shape (n_features, n_features), default=None
        Correlations of the features.
    feature_names : sequence of str of length n_features, default=None
        Names, "x0", "x1" and so on by default.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the picture.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    shown_ : ndarray of shape (n_shown,)
        Numbers of the features shown, from top to bottom; empty for condition indices.
    marks_ : list of matplotlib.lines.Line2D
        Marks of the factors, without a penalty and with it, or of the condition indices.
    blocks_ : list of ndarray
        Features of each block of correlations, the largest first.
    image_ : matplotlib.image.AxesImage or None
        Map of the correlations.

    Raises
    ------
    ValueError
        If there is no array at all, shapes disagree, or a value is out of its range.

    See Also
    --------
    elltwo.RidgeStatistics.vif : The factors of a ridge fit.

    References
    ----------
    .. [1] D. A. Belsley, E. Kuh and R. E. Welsch (1980). Regression diagnostics. Wiley. Chapter 3.
    .. [2] D. W. Marquardt (1970). Generalized inverses, ridge regression, biased linear
       estimation, and nonlinear estimation. Technometrics 12, 591-612.

    Examples
    --------
    >>> from elltwo.plot import CollinearityDisplay
    >>> X = [[0.0, 0.1], [1.0, 0.9], [2.0, 2.2], [4.0, 3.9]]
    >>> display = CollinearityDisplay.from_data(X)
    >>> bool(display.vif[0] > 100.0)
    True
    """

    ax_: Axes
    shown_: NDArray[np.intp]
    marks_: list[Line2D]
    blocks_: list[NDArray[np.intp]]
    image_: AxesImage | None

    def __init__(
        self,
        *,
        vif: ArrayLike | None = None,
        unpenalised_vif: ArrayLike | None = None,
        condition_indices: ArrayLike | None = None,
        correlations: ArrayLike | None = None,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        given = [one for one in (vif, condition_indices, correlations) if one is not None]
        if not given:
            raise ValueError("one of vif, condition_indices and correlations must be given")
        p = len(np.asarray(given[0]))
        self.vif = _at_least(vif, "vif", p, 0.0)
        self.unpenalised_vif = _at_least(unpenalised_vif, "unpenalised_vif", p, 0.0)
        self.condition_indices = _at_least(condition_indices, "condition_indices", p, 1.0)
        self.correlations = _correlations(correlations, p)
        self.feature_names = checked_names(feature_names, p)

    @classmethod
    def from_data(
        cls,
        X: ArrayLike | SparseLike,
        *,
        sample_weight: ArrayLike | None = None,
        fit_intercept: bool = True,
        kind: str = VIF,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> CollinearityDisplay:
        """Draw the collinearity of features, without a penalty.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.
        fit_intercept : bool, default=True
            Whether features count about their means.
        kind : {"vif", "condition", "correlation"}, default="vif"
            See `plot`. What other kinds need is not computed.
        feature_names : sequence of str of length n_features, default=None
            Names; None stands for those of the columns of X.
        options : optional
            `max_features`, `block`, `ax`: see `plot`.

        Returns
        -------
        CollinearityDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If X does not hold real numbers.
        ValueError
            If X holds NaN or infinity, or see `plot`.
        ImportError
            If matplotlib is missing.
        """
        rows = np.zeros(X.shape[0] if hasattr(X, "shape") else len(np.asarray(X)))
        fit = ridge(X, rows, alpha=0.0, sample_weight=sample_weight, fit_intercept=fit_intercept)
        names = fit.feature_names if feature_names is None else feature_names
        return cls._of(fit.statistics, kind, names, penalised=False).plot(kind=kind, **options)

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # a record of a fit
        X: ArrayLike | SparseLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        target: object = None,
        kind: str = VIF,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> CollinearityDisplay:
        """Draw the collinearity of the features of a fit, and what its penalty makes of it.

        Parameters
        ----------
        fit : record of a fit
            Such as RidgeFit, whose factors with and without the penalty are shown, or a fit with
            names, such as LogisticFit and ElasticNetFit, with X.
        X : array-like or sparse matrix of shape (n_samples, n_features), default=None
            Features; None stands for those that a ridge fit refers to.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for X.
        target : int, default=None
            Number of the target, where there are several.
        kind : {"vif", "condition", "correlation"}, default="vif"
            See `plot`. What other kinds need is not computed.
        feature_names : sequence of str of length n_features, default=None
            Names; None stands for those of the fit.
        options : optional
            `max_features`, `block`, `ax`: see `plot`.

        Returns
        -------
        CollinearityDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If X is needed, or see `from_data`.
        ImportError
            If matplotlib is missing.
        """
        names = getattr(fit, "feature_names", None) if feature_names is None else feature_names
        if X is not None:
            return cls.from_data(
                X, sample_weight=sample_weight, kind=kind, feature_names=names, **options
            )
        shown = of_fit(fit, target)
        if not isinstance(shown.statistics, RidgeStatistics):
            raise ValueError(  # noqa: TRY004  # the fit is one, without these statistics
                f"X must be given, since this {type(fit).__name__} has no statistics of the "
                "collinearity of its features"
            )
        made = cls._of(shown.statistics, kind, names, penalised=True)
        return made.plot(kind=kind, **options)

    @classmethod
    def from_estimator(
        cls,
        estimator: object,
        X: ArrayLike | SparseLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        target: int | None = None,
        kind: str = VIF,
        feature_names: Sequence[str] | None = None,
        **options: Any,  # noqa: ANN401  # of plot
    ) -> CollinearityDisplay:
        """Draw the collinearity of the features of an estimator.

        Parameters
        ----------
        estimator : estimator
            With y and a ridge regression of `elltwo.linear_model`, factors with its penalty are
            shown beside those without one.
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Targets, or labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.
        target : int, default=None
            Number of the target, where there are several.
        kind : {"vif", "condition", "correlation"}, default="vif"
            See `plot`.
        feature_names : sequence of str of length n_features, default=None
            Names; None stands for those of the columns of X.
        options : optional
            `max_features`, `block`, `ax`: see `plot`.

        Returns
        -------
        CollinearityDisplay
            The display, drawn.

        Raises
        ------
        TypeError, ValueError, ImportError
            See `from_data`.
        sklearn.exceptions.NotFittedError
            If an alpha is yet to be chosen.
        """
        require_matplotlib()
        statistics = None
        if y is not None:
            from elltwo.linear_model._shown import statistics_of

            statistics = statistics_of(estimator, X, y, sample_weight, target)
        if not isinstance(statistics, RidgeStatistics):
            return cls.from_data(
                X,
                sample_weight=sample_weight,
                fit_intercept=bool(getattr(estimator, "fit_intercept", True)),
                kind=kind,
                feature_names=feature_names,
                **options,
            )
        names = names_of(X).features if feature_names is None else feature_names
        return cls._of(statistics, kind, names, penalised=True).plot(kind=kind, **options)

    @classmethod
    def _of(
        cls,
        statistics: RidgeStatistics,
        kind: str,
        names: Sequence[str] | None,
        *,
        penalised: bool,
    ) -> CollinearityDisplay:
        """Return a display of what a kind of picture needs."""
        one_of((VIF, CONDITION, CORRELATION), kind, "kind")
        parts: dict[str, Any] = {_NEEDS[kind]: getattr(statistics, _NEEDS[kind])}
        if kind == VIF and penalised and np.any(statistics.alpha > 0.0):
            parts["unpenalised_vif"] = statistics.unpenalised.vif
        return cls(feature_names=names, **parts)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: str = VIF,
        max_features: int | None = None,
        block: float = 0.7,
    ) -> CollinearityDisplay:
        """Draw the collinearity.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot, as high as it needs to be.
        kind : {"vif", "condition", "correlation"}, default="vif"
            Variance inflation factors, the largest first [2]_; condition indices, with the limits
            of weak and strong collinearity, 10 and 30 [1]_; or a map of correlations, in which
            those of a block lie together within a frame.
        max_features : int, default=None
            Of more features those with the largest factors or correlations are shown; None stands
            for 30, and for 200 in a map.
        block : float, default=0.7
            Absolute correlation in (0, 1] that makes two features belong to one block.

        Returns
        -------
        CollinearityDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `kind` is unknown or needs numbers that are not known, or an option is out of range.
        ImportError
            If matplotlib is missing.
        """
        one_of((VIF, CONDITION, CORRELATION), kind, "kind")
        if getattr(self, _NEEDS[kind]) is None:
            raise ValueError(f"kind={kind!r} needs {_NEEDS[kind]}, which this display has not")
        if not 0.0 < block <= 1.0:
            raise ValueError(f"block must be in (0, 1], got {block!r}")
        limit = _MOST[kind] if max_features is None else max_features
        most = count(limit, "max_features", minimum=1)
        self.marks_, self.blocks_, self.image_ = [], [], None
        if kind == VIF:
            ax = self._draw_vif(ax, most)
        elif kind == CONDITION:
            ax = self._draw_condition(ax)
        else:
            ax = self._draw_correlations(ax, most, block)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_vif(self, ax: Axes | None, most: int) -> Axes:
        vif, plain = _known(self.vif), self.unpenalised_vif
        self.shown_ = largest(vif if plain is None else plain, most)
        ax = pyplot_axes(rows_height(self.shown_.size)) if ax is None else ax
        factors = None if plain is None else plain[self.shown_]
        name_rows(ax, [self._names()[j] for j in self.shown_])
        self.marks_ = draw_factors(ax, vif[self.shown_], factors)
        ax.set_xlabel("variance inflation factor")
        if self.shown_.size < vif.size:
            ax.set_ylabel(f"{self.shown_.size} largest of {vif.size}")
        bare(ax, grid="x")
        legend_above(ax)
        return ax

    def _draw_condition(self, ax: Axes | None) -> Axes:
        ax = pyplot_axes() if ax is None else ax
        self.shown_ = np.empty(0, dtype=np.intp)
        self.marks_ = draw_indices(ax, _known(self.condition_indices))
        ax.set_xlabel("number of the singular value")
        ax.set_ylabel("condition index")
        bare(ax)
        legend_above(ax)
        return ax

    def _draw_correlations(self, ax: Axes | None, most: int, block: float) -> Axes:
        ax = pyplot_axes(_HEIGHT) if ax is None else ax
        r = _known(self.correlations)
        size = np.abs(r - np.eye(len(r))).max(axis=1)
        kept = np.sort(largest(size, most))
        inner = blocks_of(r[np.ix_(kept, kept)], block)
        self.blocks_ = [kept[one] for one in inner]
        self.shown_ = np.concatenate(self.blocks_)
        self.image_ = draw_correlations(ax, r, self.blocks_, self._names())
        ax.figure.colorbar(self.image_, ax=ax, label="correlation", shrink=0.85)
        several = sum(one.size > 1 for one in self.blocks_)
        of = "" if kept.size == len(r) else f"{kept.size} most correlated of {len(r)} features, "
        word = "block" if several == 1 else "blocks"
        ax.set_title(f"{of}{several} {word} with |r| \N{GREATER-THAN OR EQUAL TO} {block:g}")
        ax.title.set_fontsize(9.0)
        return ax

    def _names(self) -> Sequence[str]:
        if self.feature_names is not None:
            return [str(name) for name in self.feature_names]
        p = len(_known(next(v for v in (self.vif, self.correlations) if v is not None)))
        return [f"x{j}" for j in range(p)]


def _known(values: Float64Array | None) -> Float64Array:
    """Return what `plot` has found to be there."""
    if values is None:
        raise ValueError("this display does not have the numbers of this kind")
    return values


def _at_least(
    values: ArrayLike | None, name: str, n_features: int, least: float
) -> Float64Array | None:
    if values is None:
        return None
    array = vector(values, name, n_features, f"{n_features} feature(s)")
    if not (array >= least * (1.0 - 1e-9)).all():
        raise ValueError(f"{name} must be at least {least:g}, got {array.min()}")
    return array


def _correlations(values: ArrayLike | None, n_features: int) -> Float64Array | None:
    if values is None:
        return None
    array = float64_array(values, "correlations")
    if array.shape != (n_features, n_features):
        raise ValueError(
            f"correlations must have shape ({n_features}, {n_features}), got {array.shape}"
        )
    if not ((np.abs(array) <= 1.0 + 1e-9).all() and np.array_equal(array, array.T)):
        raise ValueError("correlations must be symmetric and in [-1, 1]")
    return array
