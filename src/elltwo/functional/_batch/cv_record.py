"""What a batch of fits with chosen alphas returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.alpha_choice_record import ChosenAlphas
from elltwo.functional._batch.record import BatchFit

if TYPE_CHECKING:
    from elltwo.functional._batch.alpha_choice import Choice


@public("elltwo")
class BatchCVFit(ChosenAlphas, BatchFit):
    """Ridge regressions with an alpha chosen for each, as `elltwo.ridge_batch_cv` returns them.

    Read-only: what `BatchFit` holds, with the chosen alphas as `alpha`, and the grid and scores.

    Parameters
    ----------
    fit : BatchFit
        The fits at the chosen alphas.
    choice : object
        The alphas that were tried, and their scores.

    See Also
    --------
    elltwo.ridge_batch_cv : Makes one.
    """

    __slots__ = ("_choice",)
    _names_apart = False

    def __init__(self, fit: BatchFit, choice: Choice) -> None:
        fields = (fit.coef, fit.intercept, fit.optimality, fit.rcond, fit.alpha, fit.info)
        super().__init__(*fields, fit._names)
        self._choice = choice

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self._coef, self._intercept, self._optimality, self._rcond, self._alpha)
        return BatchCVFit, (BatchFit(*fields, self.info, self._names), self._choice)
