"""What a fit of the elastic net for one penalty returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.options import require_target
from elltwo.functional._base.predict import linear_predictor
from elltwo.functional._base.record_parts import Saved, ScoredByR2, public, short_text
from elltwo.functional._base.shown import ShownInNotebooks
from elltwo.functional._elastic_net.kept import require_data
from elltwo.functional._elastic_net_problem.info import ElasticNetInfo, info_of_raw
from elltwo.functional._elastic_net_problem.solve import NetData

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net.kept import Kept
    from elltwo.functional._elastic_net.relaxed_record import RelaxedFit
    from elltwo.functional._elastic_net.summary import ElasticNetSummary
    from elltwo.functional._elastic_net_problem.info import RawFit


@public("elltwo")
class ElasticNetFit(Named, ScoredByR2, ShownInNotebooks, Saved):
    """A fitted elastic net, as `elltwo.elastic_net` returns it; read-only.

    Parameters
    ----------
    coef : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, of which many are exactly zero.
    intercept : float or ndarray of shape (n_targets,)
        Intercepts, zero where none was fitted.
    info : ElasticNetInfo
        How the fit ended.
    alpha : float or ndarray of shape (n_targets,)
        Strength of the penalty, or that of each target.
    l1_ratio : float or ndarray of shape (n_targets,)
        Share of the absolute values in the penalty, or that of each target.
    data : object, default=None
        What the fit was made from, which `edf`, `relaxed` and `summary` need.

    See Also
    --------
    elltwo.elastic_net : Makes one.
    """

    __slots__ = (
        "_alpha",
        "_coef",
        "_data",
        "_edf",
        "_info",
        "_intercept",
        "_kept_prior",
        "_l1_ratio",
    )

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        info: ElasticNetInfo | RawFit,
        alpha: float | Float64Array,
        l1_ratio: float | Float64Array,
        data: Kept = None,
    ) -> None:
        self._coef = coef
        self._intercept = intercept
        self._info = info
        self._alpha = alpha
        self._l1_ratio = l1_ratio
        self._data = data
        self._kept_prior: Any = 0.0  # where the data are left behind

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (n_features,), or (n_targets, n_features) for a 2-D y."""
        return self._coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each target of a 2-D y; zero where none was fitted."""
        return self._intercept

    @property
    def info(self) -> ElasticNetInfo:
        """How the fit ended, with the duality gap; the core's own is translated when first read."""
        if not isinstance(self._info, ElasticNetInfo):
            self._info = info_of_raw(*self._info)
        return self._info

    @property
    def alpha(self) -> Any:  # noqa: ANN401  # a float, or a vector if each target has its own
        """Strength of the penalty, or that of each target."""
        return self._alpha

    @property
    def l1_ratio(self) -> Any:  # noqa: ANN401  # likewise
        """Share of the absolute values in the penalty, or that of each target."""
        return self._l1_ratio

    @property
    def active(self) -> Any:  # noqa: ANN401  # an array, or a tuple of one for each target
        """Numbers of the features whose coefficients are not zero, ascending.

        With prior means, of those that are not at their prior mean. A tuple of such arrays, one for
        each target, for a 2-D y.
        """
        off = self._coef != self._prior
        if off.ndim == 1:
            return np.flatnonzero(off)
        return tuple(np.flatnonzero(row) for row in off)

    @property
    def _prior(self) -> Any:  # noqa: ANN401  # zero, or the prior means in the shape of `coef`
        if not isinstance(self._data, NetData):
            return self._kept_prior
        prior = self._data.problem.prior_mean
        if prior is None:
            return 0.0
        return prior.reshape(self._coef.shape).astype(self._coef.dtype)

    @property
    def edf(self) -> Any:  # noqa: ANN401  # a float, or a vector of one for each target
        """Effective degrees of freedom at this alpha, an intercept included.

        Of the active features A they are the trace of ``X_A (X_A^T W X_A + a2 F_A)^-1 X_A^T W``
        with ``a2 = alpha (1 - l1_ratio)``, which for the lasso is the rank of X_A (Zou, Hastie and
        Tibshirani 2007, theorem 1; Tibshirani and Taylor 2012, theorem 2): an unbiased estimate
        for Gaussian errors and an alpha that was not chosen by y. With ``group_targets=True`` it is
        that of all targets together, at every target, by the derivative of the fit on the features
        that are not zero (Vaiter, Deledalle, Fadili, Peyré and Dossal 2017, theorem 2).

        Raises
        ------
        ValueError
            If the fit has left its data behind, as copied and pickled ones do.
        """
        try:
            return self._edf
        except AttributeError:
            from elltwo.functional._elastic_net.degrees import edf_of_fit

            data = require_data(self._data)
            coef, ratios = np.atleast_2d(self._coef), self._each(self._l1_ratio)
            values = edf_of_fit(data, coef, self._each(self._alpha), ratios)
            self._edf: Any = float(values[0]) if self._coef.ndim == 1 else values
            return self._edf

    def _each(self, value: float | Float64Array) -> Float64Array:
        n_targets = 1 if self._coef.ndim == 1 else len(self._coef)
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (n_targets,))

    def relaxed(self, gamma: float = 0.0) -> RelaxedFit:
        """Blend the fit with one of its active features without a penalty.

        The refit takes away the shrinkage, but not the choice of features (Meinshausen 2007;
        Hastie, Tibshirani and Tibshirani 2020, equation 3, with gamma as here). Coefficients at a
        bound stay there.

        Parameters
        ----------
        gamma : float, default=0.0
            Share of this fit in [0, 1]; 0 is the refit alone.

        Returns
        -------
        RelaxedFit
            Record with `coef`, `intercept` and `predict`.

        Raises
        ------
        ValueError
            If gamma is not in [0, 1], or the fit has left its data behind.
        """
        from elltwo.functional._elastic_net.relaxed import Fits, relax_fit

        return relax_fit(require_data(self._data), Fits(self._coef, self._intercept), gamma)

    def summary(
        self, names: Sequence[str] | None = None, *, target: int = 0, max_rows: int | None = 30
    ) -> ElasticNetSummary:
        """Report the active features of one target as a table that can be printed.

        There are no standard errors, p-values or intervals: the data that would give them have
        chosen the features as well, and errors that ignore the choice are too small.

        Parameters
        ----------
        names : sequence of str of length n_features, default=None
            Names of the features; None stands for `feature_names`, or else x0, x1, and so on.
        target : int, default=0
            Column of y.
        max_rows : int, default=30
            Longer tables are cut in the middle; None shows all active features.

        Returns
        -------
        ElasticNetSummary
            Its text is the report, and its fields hold the numbers.

        Raises
        ------
        ValueError
            If `names` has another length, `target` is out of range, or the fit has left its data
            behind.
        """
        from elltwo.functional._elastic_net.summary import summarise

        return summarise(self, require_data(self._data), names, target, max_rows)

    def coef_table(self, *, target: int = 0, kind: str | None = None) -> Any:  # noqa: ANN401  # a frame of whichever package
        """Return all coefficients of one target as a frame; `summary` has the active ones.

        Parameters
        ----------
        target : int, default=0
            Column of y.
        kind : {"pandas", "polars", "pyarrow"}, default=None
            Package of the frame, see `ElasticNetSummary.to_frame`; None stands for that of X.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            A row for each feature, and one for the intercept.

        Raises
        ------
        ValueError
            If `target` or `kind` is out of range.
        ImportError
            If the package is not installed.
        """
        from elltwo.functional._base.coefficient_table import coefficient_table

        at = require_target(target, len(np.atleast_2d(self._coef)))
        return coefficient_table(self, slice(at, at + 1)).to_frame(kind)

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict. If the fit has `feature_names` and X is a table with names, its
            columns are those of these names, whatever their order, and others are ignored.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``X @ coef.T + intercept``, float32 if X and `coef` are, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or lacks one by name, or holds NaN or
            infinity, or if a prediction overflows.
        TypeError
            If X does not hold real numbers.
        """
        names = None if type(X) is np.ndarray else self._names.features
        return linear_predictor(X, self._coef, self._intercept, names)

    @property
    def _names(self) -> Names:  # type: ignore[override]  # looked for when asked for
        data = self._data
        if isinstance(data, NetData):
            return data.problem.names
        return data if isinstance(data, Names) else NAMELESS

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self._coef, self._intercept, self.info, self._alpha, self._l1_ratio)
        names, prior = self._names, self._prior
        if names == NAMELESS and np.ndim(prior) == 0:
            return type(self), given
        return type(self), given, (names, prior)

    def _saved(self) -> dict[str, Any]:
        return {**super()._saved(), "prior_mean": self._prior}

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._data, self._kept_prior = Names(*state[0]), state[1]

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(coef={short_text(self._coef)}, "
            f"intercept={short_text(self._intercept)}, alpha={short_text(self._alpha)}, "
            f"l1_ratio={short_text(self._l1_ratio)}, n_active={self.info.n_active}, "
            f"status={self.info.status!r})"
        )
