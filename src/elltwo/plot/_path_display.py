"""The ridge trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional import RidgePath
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.record_parts import public
from elltwo.plot._axes import abscissa, dress, pyplot_axes, require_matplotlib
from elltwo.plot._checks import (
    checked_alpha,
    checked_coef,
    checked_names,
    for_each_alpha,
    one_target,
    target_of,
)
from elltwo.plot._lines import draw_lines, to_colour
from elltwo.plot._marks import mark_chosen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from elltwo.functional._base.validate import Float64Array


@public("elltwo.plot")
class RidgePathDisplay:
    """Ridge trace: the coefficients against the penalty or the effective degrees of freedom.

    `from_path` and `from_estimator` make one and draw it; the constructor takes arrays, and `plot`
    draws. All parameters are stored as attributes.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,)
        Penalties in [0, inf], in any order.
    coef : array-like of shape (n_alphas, n_features)
        Coefficients at each penalty; those of standardised columns are comparable.
    edf : array-like of shape (n_alphas,), default=None
        Effective degrees of freedom at each penalty.
    alpha : float, default=None
        Penalty to mark.
    feature_names : sequence of str of length n_features, default=None
        Names for the legend, "x0", "x1" and so on by default.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the trace.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    lines_ : list of matplotlib.lines.Line2D
        Lines of the features, in the order of the columns of `coef`.
    chosen_ : matplotlib.lines.Line2D or None
        Mark at `alpha`.

    Raises
    ------
    ValueError
        If shapes disagree, or a penalty is not in [0, inf], or a coefficient is not finite.

    See Also
    --------
    RidgeCVDisplay : The curve that the penalty was chosen by.

    References
    ----------
    .. [1] A. E. Hoerl and R. W. Kennard (1970). Ridge regression: biased estimation for
       nonorthogonal problems. Technometrics 12, 55-67. Section 5.
    .. [2] T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning,
       2nd edition. Figure 3.8.

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import RidgePathDisplay
    >>> path = elltwo.ridge_path([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0])
    >>> display = RidgePathDisplay.from_path(path, alpha=1.0)
    """

    ax_: Axes
    lines_: list[Line2D]
    chosen_: Line2D | None

    def __init__(
        self,
        *,
        alphas: ArrayLike,
        coef: ArrayLike,
        edf: ArrayLike | None = None,
        alpha: float | None = None,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        self.alphas = given_grid(alphas)
        self.alpha = checked_alpha(alpha)
        self.coef = checked_coef(coef, self.alphas.size)
        self.edf = None if edf is None else for_each_alpha(edf, "edf", self.alphas.size)
        self.feature_names = checked_names(feature_names, self.coef.shape[1])

    @classmethod
    def from_path(
        cls,
        path: RidgePath,
        *,
        alpha: float | None = None,
        target: int | None = None,
        feature_names: Sequence[str] | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        line_kw: dict[str, Any] | None = None,
    ) -> RidgePathDisplay:
        """Draw a path.

        Parameters
        ----------
        path : elltwo.RidgePath
            Path, as `elltwo.ridge_path` returns it.
        alpha : float, default=None
            Penalty to mark; the path is evaluated there.
        target : int, default=None
            Number of the target whose coefficients to draw, where there are several.
        feature_names : sequence of str of length n_features, default=None
            Names for the legend; None stands for those of the path.
        x, ax, line_kw : optional
            See `plot`.

        Returns
        -------
        RidgePathDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `path` is something else.
        ValueError
            If a target does not exist or must be chosen, or see `RidgePathDisplay`.
        ImportError
            If matplotlib is missing.
        """
        if not isinstance(path, RidgePath):
            raise TypeError(
                "path must be a RidgePath, as elltwo.ridge_path returns it, got "
                f"{type(path).__name__}"
            )
        n_targets = path.coef.shape[1] if path.coef.ndim == 3 else None
        column = one_target(target, n_targets, "path")
        alpha = checked_alpha(alpha)
        alphas, coef, edf = path.alphas, path.coef, path.edf
        if alpha is not None and not np.isin(alpha, alphas):
            point = path.at(alpha)
            alphas = np.append(alphas, point.alpha)
            coef = np.concatenate([coef, point.coef[np.newaxis]])
            edf = np.append(edf, path.leverages(alpha).sum())
        display = cls(
            alphas=alphas,
            coef=coef if column is None else coef[:, column],
            edf=edf,
            alpha=alpha,
            feature_names=path.feature_names if feature_names is None else feature_names,
        )
        return display.plot(ax, x=x, line_kw=line_kw)

    @classmethod
    def from_estimator(
        cls,
        estimator: object,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        alphas: ArrayLike | None = None,
        target: object = None,
        feature_names: Sequence[str] | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        line_kw: dict[str, Any] | None = None,
    ) -> RidgePathDisplay:
        """Draw the path on which an estimator's fit lies, with its alpha marked.

        The path has the estimator's penalty factors, prior mean and intercept. Ridge and
        RidgeClassifier need not be fitted, RidgeCV and RidgeClassifierCV must be.

        Parameters
        ----------
        estimator : estimator of elltwo.linear_model
            Whose `alpha_`, or else `alpha`, is marked.
        X : array-like of shape (n_samples, n_features)
            Features.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets, or labels.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights.
        alphas : array-like of shape (n_alphas,), default=None
            Penalties, see `elltwo.ridge_path`, whose automatic grid is the default.
        target : int or label, default=None
            Number of the target, or the class, whose coefficients to draw, where there are several.
        feature_names : sequence of str of length n_features, default=None
            Names for the legend; by default those of the columns of X, if it has any.
        x, ax, line_kw : optional
            See `plot`.

        Returns
        -------
        RidgePathDisplay
            The display, drawn.

        Raises
        ------
        TypeError, ValueError, ImportError
            See `from_path` and `elltwo.ridge_path`; also if the estimator is none of
            elltwo.linear_model, or has bounds, which paths have not.
        sklearn.exceptions.NotFittedError
            If an alpha is yet to be chosen.
        """
        require_matplotlib()
        from elltwo.linear_model._shown import path_of

        shown = path_of(estimator, X, y, sample_weight, alphas)
        column = one_target(shown.number(target), shown.n_targets, "y")
        return cls.from_path(
            shown.path,
            alpha=target_of(shown.alpha, column),
            target=column,
            feature_names=shown.feature_names if feature_names is None else feature_names,
            x=x,
            ax=ax,
            line_kw=line_kw,
        )

    def plot(
        self,
        ax: Axes | None = None,
        *,
        x: str = "alpha",
        line_kw: dict[str, Any] | None = None,
    ) -> RidgePathDisplay:
        """Draw the trace.

        Of more than 14 features the 7 with the largest coefficients, at `alpha` or else anywhere,
        have colours and names, and the others are grey.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        x : {"alpha", "edf"}, default="alpha"
            Horizontal axis: the penalty, on a logarithmic axis, where 0 and infinity have no place
            and are left out, or the effective degrees of freedom, where they have. Known degrees of
            freedom are also on the upper edge of an axis of penalties.
        line_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.plot``, for all lines.

        Returns
        -------
        RidgePathDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If `x` is unknown or needs `edf`, or no penalty has a place on the axis, or if `alpha`
            is to be marked against degrees of freedom and is none of `alphas`.
        """
        along = abscissa(x, self.alphas, self.edf)
        place = along.place(self.alpha, self.alphas)
        ax = pyplot_axes() if ax is None else ax
        coloured = to_colour(np.abs(self._shown_rows()).max(axis=0))
        at, coef = along.at[along.order], self.coef[along.order]
        self.lines_ = draw_lines(ax, at, coef, self._names(), coloured, line_kw)
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
        self.chosen_ = mark_chosen(ax, place, self.alpha)
        ax.margins(x=0.0)
        ax.set_ylabel("coefficient")
        dress(ax, along, self.alphas, self.edf)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _shown_rows(self) -> Float64Array:
        """Return the coefficients at the penalty to mark, or else all."""
        marked = self.coef[self.alphas == self.alpha]
        return marked if len(marked) else self.coef

    def _names(self) -> Sequence[str]:
        if self.feature_names is not None:
            return self.feature_names
        return [f"x{feature}" for feature in range(self.coef.shape[1])]
