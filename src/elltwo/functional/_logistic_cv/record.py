"""What a logistic regression with its penalty chosen returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.functional._logistic.record import LogisticFit

if TYPE_CHECKING:
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array


class CVResults(NamedTuple):
    """The alpha chosen, and the scores it was chosen by."""

    alpha: float
    alphas: Float64Array  #: (n_alphas,)
    score: Float64Array  #: (n_alphas,)
    se: Float64Array | None  #: (n_alphas,)
    folds: Float64Array | None  #: (n_splits, n_alphas)
    l1_ratio: float
    l1_ratios: Float64Array  #: (n_l1_ratios,)
    hessian: str | None = None  #: of approximate leave-one-out

    def _saved(self) -> dict[str, Any]:
        content = self._asdict()
        if self.hessian is None:
            del content["hessian"]
        return content


@public("elltwo")
class LogisticCVFit(LogisticFit):
    """A logistic regression with its alpha chosen, as `elltwo.logistic_cv` returns it; read-only.

    Where `l1_ratio` was a sequence, `alphas` and all scores have a first axis for its values, and
    NaN where the grid of one is shorter than that of another.

    Parameters
    ----------
    fit : LogisticFit
        The fit to all rows at the chosen alpha.
    results : tuple
        What is behind `alpha`, `l1_ratio`, `alphas`, `cv_score`, `cv_se`, `fold_scores` and
        `left_out_hessian`.

    See Also
    --------
    elltwo.logistic_cv : Makes one.
    """

    __slots__ = ("_results",)
    _names_apart = False

    def __init__(self, fit: LogisticFit, results: CVResults) -> None:
        super().__init__(fit._coef, fit._intercept, fit._classes, fit._info, fit._source)
        self._results = results

    @property
    def alpha(self) -> float:
        """The alpha chosen; of equally good ones, the largest."""
        return self._results.alpha

    @property
    def l1_ratio(self) -> float:
        """The share of the absolute values in the penalty that was given, or chosen."""
        return self._results.l1_ratio

    @property
    def l1_ratios(self) -> Float64Array:
        """The values of `l1_ratio` that were compared, of shape (n_l1_ratios,)."""
        return self._results.l1_ratios

    @property
    def alphas(self) -> Float64Array:
        """Grid of shape (n_alphas,), in the order it was given."""
        return self._results.alphas

    @property
    def cv_score(self) -> Float64Array:
        """Out-of-sample score of every alpha, greater being better, of shape (n_alphas,).

        The mean over the weight of all rows that are tested on: of the logarithms of the
        probabilities of their classes ("log_loss"), of correct predictions ("accuracy"), of minus
        the Brier score ("brier"), or of the values of a function on the splits.
        """
        return self._results.score

    @property
    def cv_se(self) -> Float64Array:
        """Standard errors of `cv_score`, (n_alphas,): over splits, or over rows for "alo"."""
        return self._array("se")

    @property
    def fold_scores(self) -> Float64Array:
        """Score on each test set, of shape (n_splits, n_alphas); "alo" has none."""
        return self._array("folds")

    @property
    def left_out_hessian(self) -> str:
        """By which Hessian the steps of "alo" were computed; folds have none.

        "exact", or of several classes with more than 600 coefficients "kronecker": by the product
        of mean curvature and Gram matrix, scaled to what random vectors tell of the exact one.
        """
        if self._results.hessian is None:
            raise AttributeError("this kind of cross-validation has no left_out_hessian")
        return self._results.hessian

    def _array(self, name: str) -> Float64Array:
        values: Float64Array | None = getattr(self._results, name)
        if values is None:
            shown = {"se": "cv_se", "folds": "fold_scores"}[name]
            raise AttributeError(f"this kind of cross-validation has no {shown}")
        return values

    def _curve(self) -> tuple[Float64Array, Columns]:
        from elltwo.functional._base.coefficient_table import curve_columns

        alphas, values, errors = self._results.alphas, self._results.score, self._results.se
        if alphas.ndim == 2:
            at = int(np.flatnonzero(self.l1_ratios == self.l1_ratio)[0])
            kept = ~np.isnan(alphas[at])
            alphas, values = alphas[at][kept], values[at][kept]
            errors = None if errors is None else errors[at][kept]
        return alphas, curve_columns(self, values, errors, "score")

    def __reduce__(self) -> tuple[Any, ...]:
        fit = LogisticFit(self._coef, self._intercept, self._classes, self.info, self._names)
        return type(self), (fit, self._results)
