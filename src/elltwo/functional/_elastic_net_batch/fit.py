"""Many elastic nets of one shape in a single call."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.functional._base.bounds import Bounds, read_bounds
from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.data import read_batch, read_out, write_out
from elltwo.functional._elastic_net_batch.record import ElasticNetBatchFit, as_net_info
from elltwo.functional._elastic_net_problem.info import CONVERGED, warn_of_gap
from elltwo.functional._elastic_net_problem.options import (
    ElasticNetOptions,
    read_elastic_net_options,
    read_l1_ratio,
)
from elltwo.functional._elastic_net_problem.solve import NO_BOUNDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from elltwo._core import ElasticNetBatchInfo
    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._base.progress import Show
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._batch.data import Given
    from elltwo.functional._elastic_net_batch.record import Certificates

    Out: TypeAlias = AnyArray | tuple[AnyArray, AnyArray]
    IntArray: TypeAlias = npt.NDArray[np.int64]


class Nets(NamedTuple):
    """How the problems of a batch are fitted."""

    l1_ratio: float
    bounds: Bounds
    options: ElasticNetOptions

    def solve(
        self, X: FloatArray, given: Given, starts: IntArray | None, order: IntArray | None
    ) -> tuple[Float64Array, Float64Array, Certificates, ElasticNetBatchInfo]:
        """Return coefficients, intercepts, certificates, and how all fits ended."""
        coef, intercept, gap, violation, n_active, info = _core.elastic_net_batch(
            X, self.bounds, given, starts, order, self.l1_ratio, self.options
        )
        return coef, intercept, (gap, violation, n_active), info


def read_nets(
    l1_ratio: object,
    bounds: BoundsLike | None,
    n_features: int,
    feature_names: Sequence[str] | None,
    options: ElasticNetOptions,
) -> Nets:
    """Check what the problems share beside their data."""
    box = NO_BOUNDS if bounds is None else read_bounds(bounds, n_features, feature_names)
    return Nets(read_l1_ratio(l1_ratio), box, options)


@public("elltwo")
@naming_columns
@telling
def elastic_net_batch(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alpha: npt.ArrayLike,
    l1_ratio: float = 0.5,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    tol: float = TOL,
    max_iter: int | None = None,
    n_threads: int | None = None,
    out: Out | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> ElasticNetBatchFit:
    r"""Fit many elastic nets of one shape at once.

    For every problem k and every target of it, minimise over the coefficients b and the intercept
    b0

    .. math::
        \tfrac12 \sum_i w_{ki} (y_{ki} - b_0 - x_{ki} \cdot b)^2 + \alpha_k \sum_j f_j \Bigl(
        \rho |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),

    as `elltwo.elastic_net` does for one, with the same bits. Problems go over the threads. With one
    target, up to 32 features and no more of them than rows, and without options that need more, a
    float64 problem is solved without leaving the stack.

    Parameters
    ----------
    X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
        Features, finite; a matrix is shared by all problems. float64 and float32 arrays of any
        strides are read in place; integers, booleans and other floats are converted to float64.
    y : array-like of shape (batch, n_samples) or (batch, n_samples, n_targets)
        Targets.
    alpha : float or array-like of shape (batch,)
        Strength of the penalty in [0, inf], see `elastic_net`: the loss is a sum, not a mean.
    l1_ratio : float, default=0.5
        Share rho of the absolute values in the penalty, in [0, 1].
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], shared by all problems, 1 each by default. 0 leaves a
        coefficient unpenalised and infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients of all problems shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients of all problems are held to, see `ridge`.
    sample_weight : array-like of shape (batch, n_samples) or (n_samples,), default=None
        Weights, not negative and not all zero in any problem; a vector is shared by all problems.
        They mean repetition: 2 is the row given twice, 0 the row left out.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    tol : float, default=1e-10
        Relative duality gap that every fit is held to.
    max_iter : int, default=None
        At most so many rounds of the active set in each fit, None standing for 1000.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    out : ndarray or tuple (coef, intercept) of ndarray, default=None
        Where to write the coefficients, or coefficients and intercepts: C-contiguous arrays of
        their shapes in float64, or in float32 if X is. The fit refers to them. Nothing is written
        where an error is raised.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    ElasticNetBatchFit
        Record with `coef`, `intercept`, `gap`, `violation`, `n_active`, `alpha`, `l1_ratio`, `info`
        and `predict`. `coef` and `intercept` are float32 if X is, unless a value is beyond its
        range, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity; the
        message names the first problem where they do.
    OverflowError
        If a coefficient is beyond the range of float64; the message names the problem.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached in some problem; `gap` tells where.

    See Also
    --------
    elastic_net : One problem.
    elastic_net_grouped : Groups of rows of one table, of any sizes.

    References
    ----------
    .. [1] H. Zou and T. Hastie (2005). Regularization and variable selection via the elastic net.
       Journal of the Royal Statistical Society B 67, 301-320. Equation 3, with
       ``lambda1 = 2 alpha rho`` and ``lambda2 = alpha (1 - rho)``.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.array([[[0.0], [1.0], [2.0]], [[5.0], [3.0], [1.0]]])
    >>> y = np.array([[1.0, 3.0, 5.0], [0.0, 1.0, 2.0]])
    >>> fit = elltwo.elastic_net_batch(X, y, alpha=[1.0, 5.0], l1_ratio=1.0)
    >>> fit.coef.round(6)
    array([[ 1.5],
           [ 0. ]])
    >>> fit.n_active
    array([1, 0])
    """
    batch = read_batch(X, y, alpha, penalty_factors, prior_mean, sample_weight)
    written = read_out(out, batch)
    options = read_elastic_net_options(fit_intercept, tol, max_iter, n_threads)
    nets = read_nets(l1_ratio, bounds, batch.X.shape[-1], batch.names.features, options)
    coef, intercept, certificates, info = nets.solve(batch.X, batch.given, None, None)
    if info.status != CONVERGED:
        warn_of_gap(info.gap, info.tolerance, f" in problem {info.worst} of a batch")
    return ElasticNetBatchFit(
        *write_out(written, batch.kept(coef, intercept)),
        batch.alphas,
        nets.l1_ratio,
        certificates,
        as_net_info(info),
        batch.names,
    )
