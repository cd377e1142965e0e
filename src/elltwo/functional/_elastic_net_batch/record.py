"""What a batch of elastic nets, or those of groups of rows, return."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.names import NAMELESS, Names
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._batch.batched import Batched
from elltwo.functional._batch.grouped import Grouped
from elltwo.functional._elastic_net_problem.info import ElasticNetInfo

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from elltwo._core import ElasticNetBatchInfo as RawInfo
    from elltwo.functional._base.validate import Float64Array, FloatArray

    # Duality gaps, violations and numbers of active features of the problems.
    Certificates: TypeAlias = tuple[Float64Array, Float64Array, npt.NDArray[np.int64]]

_fields = attrgetter(*ElasticNetInfo._fields)


def as_net_info(raw: RawInfo) -> ElasticNetInfo:
    """Translate the record of the core, which does not pickle."""
    return ElasticNetInfo(*_fields(raw))


@public("elltwo")
class ElasticNetBatchFit(Batched, Saved):
    """Fitted elastic nets, as `elltwo.elastic_net_batch` returns them; read-only.

    Parameters
    ----------
    coef : ndarray of shape (batch, n_features) or (batch, n_targets, n_features)
        Coefficients, of which many are exactly zero.
    intercept : ndarray of shape (batch,) or (batch, n_targets)
        Intercepts, zero where none was fitted.
    alpha : ndarray of shape (batch,)
        Penalties.
    l1_ratio : float
        Share of the absolute values in the penalties.
    certificates : tuple
        What is behind `gap`, `violation` and `n_active`.
    info : ElasticNetInfo
        How the fits ended: sums and maxima over problems and targets.
    names : tuple
        Names of features and targets, of which a batch has any where a table is its X.

    See Also
    --------
    elltwo.elastic_net_batch : Makes one.
    """

    __slots__ = ("_certificates", "_info", "_l1_ratio")

    def __init__(
        self,
        coef: FloatArray,
        intercept: FloatArray,
        alpha: Float64Array,
        l1_ratio: float,
        certificates: Certificates,
        info: ElasticNetInfo,
        names: Names = NAMELESS,
    ) -> None:
        super().__init__(coef, intercept, alpha, names)
        self._l1_ratio = l1_ratio
        self._certificates = certificates
        self._info = info

    @property
    def l1_ratio(self) -> float:
        """Share of the absolute values in the penalties."""
        return self._l1_ratio

    @property
    def gap(self) -> Float64Array:
        """Relative duality gap of each problem, the largest of its targets."""
        return self._certificates[0]

    @property
    def violation(self) -> Float64Array:
        """Violation of the optimality conditions over ``alpha * l1_ratio``, likewise."""
        return self._certificates[1]

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Number of coefficients that are not zero of each problem, of all its targets."""
        return self._certificates[2]

    @property
    def info(self) -> ElasticNetInfo:
        """How the fits ended: sums and maxima over problems and targets, the most passes of one."""
        return self._info

    def __reduce__(self) -> tuple[Any, ...]:
        fields = (self._coef, self._intercept, self._alpha, self._l1_ratio, self._certificates)
        return type(self), (*fields, self._info), *self._state()


@public("elltwo")
class ElasticNetGroupedFit(Grouped, Saved):
    """Elastic nets of groups of rows, as `elltwo.elastic_net_grouped` returns them; read-only.

    Parameters
    ----------
    groups : ndarray of shape (n_groups,)
        Keys of the groups, ascending.
    n_rows : ndarray of shape (n_groups,)
        Number of rows of each group.
    fits : ElasticNetBatchFit
        The fits, in the order of the groups.

    See Also
    --------
    elltwo.elastic_net_grouped : Makes one.
    """

    __slots__ = ()
    _names_apart = False
    _fits: ElasticNetBatchFit

    @property
    def l1_ratio(self) -> float:
        """Share of the absolute values in the penalties."""
        return self._fits.l1_ratio

    @property
    def gap(self) -> Float64Array:
        """Relative duality gap of each group's fit, the largest of its targets."""
        return self._fits.gap

    @property
    def violation(self) -> Float64Array:
        """Violation of the optimality conditions over ``alpha * l1_ratio``, likewise."""
        return self._fits.violation

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Number of coefficients that are not zero of each group, of all targets."""
        return self._fits.n_active

    @property
    def info(self) -> ElasticNetInfo:
        """How the fits ended, see `ElasticNetBatchFit.info`."""
        return self._fits.info
