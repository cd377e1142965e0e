"""What fits of groups of rows return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._batch.alpha_choice_record import ChosenAlphas
from elltwo.functional._batch.grouped import Grouped

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.validate import AnyArray, Float64Array
    from elltwo.functional._batch.alpha_choice import Choice
    from elltwo.functional._batch.record import BatchFit


@public("elltwo")
class GroupedFit(Grouped, Saved):
    """Ridge regressions of groups of rows, as `elltwo.ridge_grouped` returns them; read-only.

    Parameters
    ----------
    groups : ndarray of shape (n_groups,)
        Keys of the groups, ascending.
    n_rows : ndarray of shape (n_groups,)
        Number of rows of each group.
    fits : BatchFit
        The fits, in the order of the groups.

    See Also
    --------
    elltwo.ridge_grouped : Makes one.
    """

    __slots__ = ()
    _names_apart = False
    _fits: BatchFit

    @property
    def optimality(self) -> Float64Array:
        """Relative KKT residual of each group's fit, the worst of its targets."""
        return self._fits.optimality

    @property
    def rcond(self) -> Float64Array:
        """Reciprocal condition number of each group's equilibrated system, an estimate."""
        return self._fits.rcond

    @property
    def info(self) -> SolveInfo:
        """How the fits ended: the worst of all."""
        return self._fits.info


@public("elltwo")
class GroupedCVFit(ChosenAlphas, GroupedFit):
    """Ridge regressions of groups of rows with an alpha chosen for each; read-only.

    As `elltwo.ridge_grouped_cv` returns them.

    Parameters
    ----------
    groups, n_rows : ndarray of shape (n_groups,)
        Keys of the groups, ascending, and their numbers of rows.
    fits : BatchFit
        The fits at the chosen alphas, in the order of the groups.
    choice : object
        The alphas that were tried, and their scores.

    See Also
    --------
    elltwo.ridge_grouped_cv : Makes one.
    """

    __slots__ = ("_choice",)

    def __init__(
        self, groups: AnyArray, n_rows: npt.NDArray[np.int64], fits: BatchFit, choice: Choice
    ) -> None:
        super().__init__(groups, n_rows, fits)
        self._choice = choice

    def __reduce__(self) -> tuple[Any, ...]:
        kind, fields = super().__reduce__()
        return kind, (*fields, self._choice)
