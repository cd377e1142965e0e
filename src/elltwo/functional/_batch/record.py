"""What a batch of fits returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.convergence import SolveInfo, as_info
from elltwo.functional._base.names import NAMELESS, Names
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._batch.batched import Batched

if TYPE_CHECKING:
    from elltwo._core import SolveInfo as RawSolveInfo
    from elltwo.functional._base.validate import Float64Array, FloatArray


@public("elltwo")
class BatchFit(Batched, Saved):
    """Fitted ridge regressions, as `elltwo.ridge_batch` returns them; read-only.

    Parameters
    ----------
    coef : ndarray of shape (batch, n_features) or (batch, n_targets, n_features)
        Coefficients.
    intercept : ndarray of shape (batch,) or (batch, n_targets)
        Intercepts, zero where none was fitted.
    optimality : ndarray of shape (batch,)
        Relative KKT residual that was reached, the worst of a problem's targets.
    rcond : ndarray of shape (batch,)
        Reciprocal condition numbers of the equilibrated systems, estimates.
    alpha : ndarray of shape (batch,)
        Penalties.
    info : SolveInfo
        How the fits ended: the worst of all.
    names : tuple
        Names of features and targets, of which a batch has any where a table is its X.

    See Also
    --------
    elltwo.ridge_batch : Makes one.
    """

    __slots__ = ("_info", "_optimality", "_rcond")

    def __init__(
        self,
        coef: FloatArray,
        intercept: FloatArray,
        optimality: Float64Array,
        rcond: Float64Array,
        alpha: Float64Array,
        info: RawSolveInfo | SolveInfo,
        names: Names = NAMELESS,
    ) -> None:
        super().__init__(coef, intercept, alpha, names)
        self._optimality = optimality
        self._rcond = rcond
        self._info = info

    @property
    def optimality(self) -> Float64Array:
        """Relative KKT residual of each problem, the worst of its targets."""
        return self._optimality

    @property
    def rcond(self) -> Float64Array:
        """Reciprocal condition number of each problem's equilibrated system, an estimate."""
        return self._rcond

    @property
    def info(self) -> SolveInfo:
        """How the fits ended: the worst of all; translated when first read."""
        self._info = as_info(self._info)
        return self._info

    def __reduce__(self) -> tuple[Any, ...]:
        # The core's record does not pickle, `info` does.
        fields = (self._coef, self._intercept, self._optimality, self._rcond, self._alpha)
        return type(self), (*fields, self.info), *self._state()
