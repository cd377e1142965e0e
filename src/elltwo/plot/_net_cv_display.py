"""The curves that the penalty of an elastic net was chosen by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional import ElasticNetCVFit, RelaxedCVFit
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array
from elltwo.plot._axes import COLOURS, abscissa, full_names, pyplot_axes
from elltwo.plot._checks import checked_alpha, one_target, target_of
from elltwo.plot._estimates import inner_fit
from elltwo.plot._marks import best_of, mark_chosen, mark_point, within_one_se
from elltwo.plot._net_axes import dress_net
from elltwo.plot._net_heat import draw_heat

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.container import ErrorbarContainer
    from matplotlib.lines import Line2D
    from numpy.typing import ArrayLike

    from elltwo.functional._base.validate import Float64Array


@public("elltwo.plot")
class ElasticNetCVDisplay:
    """Curves of cross-validation: the mean error of every alpha, one curve for each l1_ratio.

    `from_fit` makes one and draws it; the constructor takes arrays, and `plot` draws. All
    parameters are stored as attributes.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,) or (n_l1_ratios, n_alphas)
        Penalties in [0, inf], in any order; NaN where a grid is shorter than others.
    mean : array-like of the shape of alphas
        Mean error or score of each penalty.
    se : array-like of the shape of alphas, default=None
        Standard errors of `mean`.
    n_active : array-like of shape (n_alphas,), default=None
        Numbers of active features along the curve of `l1_ratio`.
    l1_ratios : array-like of shape (n_l1_ratios,), default=None
        Values of l1_ratio, for the legend.
    alpha, l1_ratio : float, default=None
        Penalty chosen.
    score_name : str, default="mean squared error"
        What `mean` is the mean of.
    greater_is_better : bool, default=False
        Whether the best mean is the greatest.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        Axes with the curves.
    figure_ : matplotlib.figure.Figure
        Figure with the axes.
    errorbar_ : matplotlib.container.ErrorbarContainer or None
        Curve of `l1_ratio`, with bars of one standard error up and down.
    curves_ : list of matplotlib.lines.Line2D
        Curves of the other values of l1_ratio.
    meshes_ : list of matplotlib.collections.QuadMesh
        Rows of a heat map.
    best_, one_se_, chosen_ : matplotlib.lines.Line2D or None
        Marks on the curve of `l1_ratio`, as in `RidgeCVDisplay`.

    Raises
    ------
    ValueError
        If shapes disagree, or no mean is finite.

    See Also
    --------
    ElasticNetPathDisplay : The coefficients.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> from elltwo.plot import ElasticNetCVDisplay
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(40, 5))
    >>> y = X[:, 0] - X[:, 3] + rng.normal(size=40)
    >>> fit = elltwo.elastic_net_cv(X, y, [0.5, 1.0])
    >>> display = ElasticNetCVDisplay.from_fit(fit)
    """

    ax_: Axes
    errorbar_: ErrorbarContainer | None
    curves_: list[Line2D]
    meshes_: list[QuadMesh]
    best_: Line2D | None
    one_se_: Line2D | None
    chosen_: Line2D | None

    def __init__(
        self,
        *,
        alphas: ArrayLike,
        mean: ArrayLike,
        se: ArrayLike | None = None,
        n_active: ArrayLike | None = None,
        l1_ratios: ArrayLike | None = None,
        alpha: float | None = None,
        l1_ratio: float | None = None,
        score_name: str = "mean squared error",
        greater_is_better: bool = False,
    ) -> None:
        self.alphas = np.atleast_2d(float64_array(alphas, "alphas"))
        self.mean = self._for_each(mean, "mean")
        if not np.isfinite(self.mean).any():
            raise ValueError("mean must be finite somewhere")
        self.se = None if se is None else self._for_each(se, "se")
        given = np.full(len(self.alphas), np.nan) if l1_ratios is None else l1_ratios
        self.l1_ratios = float64_array(given, "l1_ratios")
        if self.l1_ratios.shape != (len(self.alphas),):
            raise ValueError(
                f"l1_ratios must have one entry for each of the {len(self.alphas)} grids, "
                f"got shape {self.l1_ratios.shape}"
            )
        self.alpha = checked_alpha(alpha)
        self.l1_ratio = l1_ratio
        self.n_active = None if n_active is None else float64_array(n_active, "n_active")
        self.score_name = score_name
        self.greater_is_better = greater_is_better

    def _for_each(self, values: ArrayLike, name: str) -> Float64Array:
        array = np.atleast_2d(float64_array(values, name))
        if array.shape != self.alphas.shape:
            raise ValueError(
                f"{name} must have the shape of alphas, {self.alphas.shape}, got {array.shape}"
            )
        return array

    @classmethod
    def from_fit(
        cls,
        fit: Any,  # noqa: ANN401  # ElasticNetCVFit, or a record around one
        *,
        target: int | None = None,
        kind: str = "curves",
        ax: Axes | None = None,
        errorbar_kw: dict[str, Any] | None = None,
    ) -> ElasticNetCVDisplay:
        """Draw the scores of a fit.

        Parameters
        ----------
        fit : elltwo.ElasticNetCVFit
            Its `cv_mse`, or where it was chosen by `scoring` its `cv_score`, without errors; of a
            `RelaxedCVFit` those of the chosen gamma.
        target : int, default=None
            Number of the target whose curves to draw, where each has its own alpha.
        kind, ax, errorbar_kw : optional
            See `plot`.

        Returns
        -------
        ElasticNetCVDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If `fit` is something else.
        ValueError
            If a target does not exist or must be chosen.
        ImportError
            If matplotlib is missing.
        """
        fit = inner_fit(fit)
        if not isinstance(fit, ElasticNetCVFit):
            raise TypeError(
                "fit must be an ElasticNetCVFit, as elltwo.elastic_net_cv returns it, got "
                f"{type(fit).__name__}"
            )
        by_score = not np.array_equal(fit.cv_score, -fit.cv_mse, equal_nan=True)
        mean = fit.cv_score if by_score else fit.cv_mse
        se = None if by_score else getattr(fit, "cv_se", None)  # criteria have none
        each = mean.ndim > fit.alphas.ndim + isinstance(fit, RelaxedCVFit)
        column = one_target(target, mean.shape[-1] if each else None, "fit")
        if isinstance(fit, RelaxedCVFit):
            at = int(np.flatnonzero(fit.gammas == target_of(fit.gamma, column))[0])
            of_gamma = (..., at, slice(None), slice(None)) if each else (..., at, slice(None))
            mean = mean[of_gamma]
            se = None if se is None else se[of_gamma]
        ratio = target_of(fit.l1_ratio, column)
        path = fit.paths[int(np.flatnonzero(fit.l1_ratios == ratio)[0])]
        active: ArrayLike | None = path.n_active
        if path.n_active.ndim == 2:
            active = path.n_active[:, column] if each else None
        display = cls(
            alphas=fit.alphas,
            mean=mean[..., column] if each else mean,
            se=se if se is None or not each else se[..., column],
            n_active=active,
            l1_ratios=fit.l1_ratios,
            alpha=target_of(fit.alpha, column),
            l1_ratio=ratio,
            score_name="score" if by_score else "mean squared error",
            greater_is_better=by_score,
        )
        return display.plot(ax, kind=kind, errorbar_kw=errorbar_kw)

    def plot(
        self,
        ax: Axes | None = None,
        *,
        kind: str = "curves",
        errorbar_kw: dict[str, Any] | None = None,
    ) -> ElasticNetCVDisplay:
        """Draw the curves, or a heat map.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, default=None
            Where to draw, by default a new figure of pyplot.
        kind : {"curves", "heat"}, default="curves"
            A curve for each l1_ratio, that of the chosen one with standard errors, or a row of
            colours for each.
        errorbar_kw : dict, default=None
            Keywords for ``matplotlib.axes.Axes.errorbar``.

        Returns
        -------
        ElasticNetCVDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `kind` is unknown, or no penalty has a place on a logarithmic axis.
        ImportError
            If matplotlib is missing.
        """
        if kind not in {"curves", "heat"}:
            raise ValueError(f"kind must be 'curves' or 'heat', got {kind!r}")
        ax = pyplot_axes() if ax is None else ax
        self.errorbar_, self.curves_, self.meshes_ = None, [], []
        self.best_ = self.one_se_ = self.chosen_ = None
        if kind == "heat":
            self.meshes_, self.chosen_ = draw_heat(self, ax)
        else:
            self._draw_curves(ax, errorbar_kw)
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _draw_curves(self, ax: Axes, errorbar_kw: dict[str, Any] | None) -> None:
        first = np.flatnonzero(self.l1_ratios == self.l1_ratio)
        main = int(first[0]) if first.size else 0
        for rank, row in enumerate(np.delete(np.arange(len(self.alphas)), main)):
            alphas, mean = self._row(int(row))
            along = abscissa("alpha", alphas, None)
            (line,) = ax.plot(
                along.at[along.order],
                mean[along.order],
                color=COLOURS[(rank + 3) % len(COLOURS)],
                linewidth=1.1,
                label=f"l1_ratio = {self.l1_ratios[row]:g}",
            )
            self.curves_.append(line)
        self._draw_main(ax, main, errorbar_kw)

    def _row(self, row: int) -> tuple[Float64Array, Float64Array]:
        there = ~np.isnan(self.alphas[row])
        return self.alphas[row][there], self.mean[row][there]

    def _draw_main(self, ax: Axes, row: int, errorbar_kw: dict[str, Any] | None) -> None:
        alphas, mean = self._row(row)
        along = abscissa("alpha", alphas, None)
        style = {"color": COLOURS[0], "ecolor": "#9DC3DE", "marker": ".", "markersize": 4.0}
        style |= {"linewidth": 1.4, "elinewidth": 0.9, "capsize": 1.5, "zorder": 2.0}
        if len(self.alphas) > 1:
            style["label"] = f"l1_ratio = {self.l1_ratios[row]:g}"
        se = None if self.se is None else self.se[row][: alphas.size]
        self.errorbar_ = ax.errorbar(
            along.at[along.order],
            mean[along.order],
            None if se is None else se[along.order],
            **{**style, **full_names(errorbar_kw)},
        )
        error = -mean if self.greater_is_better else mean
        best = best_of(error, alphas, self.alpha)
        word = "maximum" if self.greater_is_better else "minimum"
        self.best_ = mark_point(ax, along, alphas, mean, best, (word, "o", COLOURS[1]))
        if se is not None:
            at = within_one_se(error, alphas, best, se[best])
            look = ("1-SE rule", "D", COLOURS[2])
            self.one_se_ = mark_point(ax, along, alphas, mean, at, look)
        self.chosen_ = mark_chosen(ax, along.place(self.alpha, alphas), self.alpha)
        ax.margins(x=0.02)
        ax.set_ylabel(self.score_name)
        dress_net(ax, along, self.n_active)
