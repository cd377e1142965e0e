"""The path of an elastic net."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import ElasticNetCVFit, ElasticNetPath
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.record_parts import public
from elltwo.plot._axes import pyplot_axes
from elltwo.plot._checks import (
    checked_alpha,
    checked_coef,
    checked_names,
    for_each_alpha,
    one_target,
    target_of,
)
from elltwo.plot._estimates import inner_fit
from elltwo.plot._lines import draw_lines, to_colour
from elltwo.plot._marks import mark_chosen
from elltwo.plot._net_axes import dress_net, net_abscissa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from elltwo.functional._base.validate import Float64Array


@public("elltwo.plot")
class ElasticNetPathDisplay:
    """Path of an elastic net or a lasso: the coefficients against the penalty or their norm.

    `from_path` and `from_fit` make one and draw it; the constructor takes arrays, and `plot` draws.
    All parameters are stored as attributes.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,)
        Penalties in [0, inf], in any order.
    coef : array-like of shape (n_alphas, n_features)
        Coefficients at each penalty; those of standardised columns are comparable.
    n_active : array-like of shape (n_alphas,), default=None
        Numbers of active features at each penalty; None stands for those that are not zero.
    alpha : float, default=None
        Penalty to mark.
    feature_names : sequence of str of length n_features, default=None
        Names for the legend, "x0", "x1" and so on by default.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the path.
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
    ElasticNetCVDisplay : The curve that the penalty was chosen by.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning,
       2nd edition. Figure 3.10.

    Examples
    --------
    >>> import elltwo
    >>> from elltwo.plot import ElasticNetPathDisplay
    >>> X = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
    >>> path = elltwo.elastic_net_path(X, [2.0, 0.1, 2.1, 0.0], l1_ratio=1.0)
    >>> display = ElasticNetPathDisplay.from_path(path, alpha=0.5)
    """

    ax_: Axes
    lines_: list[Line2D]
    chosen_: Line2D | None

    def __init__(
        self,
        *,
        alphas: ArrayLike,
        coef: ArrayLike,
        n_active: ArrayLike | None = None,
        alpha: float | None = None,
        feature_names: Sequence[str] | None = None,
    ) -> None:
        self.alphas = given_grid(alphas)
        self.alpha = checked_alpha(alpha)
        self.coef = checked_coef(coef, self.alphas.size)
        counted = np.count_nonzero(self.coef, axis=1) if n_active is None else n_active
        self.n_active = for_each_alpha(counted, "n_active", self.alphas.size)
        self.feature_names = checked_names(feature_names, self.coef.shape[1])

    @classmethod
    def from_path(
        cls,
        path: ElasticNetPath,
        *,
        alpha: float | None = None,
        target: int | None = None,
        feature_names: Sequence[str] | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        line_kw: dict[str, Any] | None = None,
    ) -> ElasticNetPathDisplay:
        """Draw a path.

        Parameters
        ----------
        path : elltwo.ElasticNetPath
            Path, as `elltwo.elastic_net_path` returns it.
        alpha : float, default=None
            Penalty to mark; where it is none of the path's, the path is evaluated there.
        target : int, default=None
            Number of the target whose coefficients to draw, where there are several.
        feature_names : sequence of str of length n_features, default=None
            Names for the legend; None stands for those of the path.
        x, ax, line_kw : optional
            See `plot`.

        Returns
        -------
        ElasticNetPathDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `path` is something else.
        ValueError
            If a target does not exist or must be chosen, or see `ElasticNetPathDisplay`.
        ImportError
            If matplotlib is missing.
        """
        if not isinstance(path, ElasticNetPath):
            raise TypeError(
                "path must be an ElasticNetPath, as elltwo.elastic_net_path returns it, got "
                f"{type(path).__name__}"
            )
        alphas, coef = path.alphas, path.coef
        column = one_target(target, coef.shape[1] if coef.ndim == 3 else None, "path")
        alpha = checked_alpha(alpha)
        if alpha is not None and not np.isin(alpha, alphas):
            alphas = np.append(alphas, alpha)
            coef = np.concatenate([coef, path.at(alpha).coef[np.newaxis]])
        display = cls(
            alphas=alphas,
            coef=coef if column is None else coef[:, column],
            alpha=alpha,
            feature_names=path.feature_names if feature_names is None else feature_names,
        )
        return display.plot(ax, x=x, line_kw=line_kw)

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # ElasticNetCVFit, or a record around one
        *,
        target: int | None = None,
        feature_names: Sequence[str] | None = None,
        x: str = "alpha",
        ax: Axes | None = None,
        line_kw: dict[str, Any] | None = None,
    ) -> ElasticNetPathDisplay:
        """Draw the path on which a chosen fit lies, with its alpha marked.

        Parameters
        ----------
        fit : elltwo.ElasticNetCVFit
            Fit, as `elltwo.elastic_net_cv` returns it.
        target, feature_names, x, ax, line_kw : optional
            See `from_path`.

        Returns
        -------
        ElasticNetPathDisplay
            The display, drawn.

        Raises
        ------
        TypeError, ValueError, ImportError
            See `from_path`.
        """
        fit = inner_fit(fit)
        if not isinstance(fit, ElasticNetCVFit):
            raise TypeError(
                "fit must be an ElasticNetCVFit, as elltwo.elastic_net_cv returns it, got "
                f"{type(fit).__name__}"
            )
        column = one_target(target, len(fit.coef) if fit.coef.ndim == 2 else None, "fit")
        which = np.flatnonzero(fit.l1_ratios == target_of(fit.l1_ratio, column))[0]
        return cls.from_path(
            fit.paths[which],
            alpha=target_of(fit.alpha, column),
            target=column,
            feature_names=feature_names,
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
    ) -> ElasticNetPathDisplay:
        """Draw the path.

        Of more than 14 features the 7 with the largest coefficients, at `alpha` or else anywhere,
        have colours and names, and the others are grey. Numbers of active features are on the upper
        edge.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        x : {"alpha", "norm"}, default="alpha"
            Horizontal axis: the penalty, on a logarithmic axis, where 0 and infinity have no place
            and are left out, or the sum of the absolute coefficients, where they have.
        line_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.plot``, for all lines.

        Returns
        -------
        ElasticNetPathDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        ValueError
            If `x` is unknown, or no penalty has a place on the axis, or if `alpha` is to be marked
            against the norm and is none of `alphas`.
        """
        along = net_abscissa(x, self.alphas, np.abs(self.coef).sum(axis=1))
        place = along.place(self.alpha, self.alphas)
        ax = pyplot_axes() if ax is None else ax
        coloured = to_colour(np.abs(self._shown_rows()).max(axis=0))
        at, coef = along.at[along.order], self.coef[along.order]
        self.lines_ = draw_lines(ax, at, coef, self._names(), coloured, line_kw)
        ax.axhline(0.0, color="0.6", linewidth=0.8, zorder=0.5)
        self.chosen_ = mark_chosen(ax, place, self.alpha)
        ax.margins(x=0.0)
        ax.set_ylabel("coefficient")
        dress_net(ax, along, self.n_active)
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
