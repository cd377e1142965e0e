"""Logistic regression for one penalty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.exceptions import ConvergenceWarning, SeparationWarning
from elltwo.functional._base.bounds import read_box
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.l1_ratio import read_l1_ratio
from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import AUTO, TOL, StandIn
from elltwo.functional._base.record_parts import as_float32, public
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._logistic.record import LogisticFit
from elltwo.functional._logistic_problem.core import fit_alphas
from elltwo.functional._logistic_problem.info import LogisticSource, as_info
from elltwo.functional._logistic_problem.problem import (
    MAX_ITER,
    read_logistic_options,
    read_logistic_problem,
    weighed_by_class,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from elltwo._core import LogisticInfo as RawLogisticInfo
    from elltwo.functional._base.bounds import Bounds, BoundsLike
    from elltwo.functional._base.names import Names
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_problem.core import Start
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_problem.problem import LogisticOptions, LogisticProblem

L1_SOLVER = "prox_newton"  # its tolerance bounds gaps


@public("elltwo")
@naming_columns
def logistic(
    X: npt.ArrayLike | SparseLike,
    y: Any,  # noqa: ANN401  # whatever has labels
    *,
    alpha: float = 1.0,
    l1_ratio: float = 0.0,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    bounds: BoundsLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    class_weight: Mapping[Any, float] | str | None = None,
    offset: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    solver: str = AUTO,
    tol: float = TOL,
    max_iter: int = MAX_ITER,
    n_threads: int | None = None,
) -> LogisticFit:
    r"""Fit a logistic regression: binomial for two classes, multinomial (softmax) for more.

    For two classes, minimise over the coefficients b and the intercept b0

    .. math::
        \sum_i w_i \log(1 + e^{-s_i z_i}) + \frac12 \sum_j \alpha_j (b_j - m_j)^2,
        \qquad z_i = o_i + b_0 + x_i \cdot b, \quad \alpha_j = \alpha f_j,

    with :math:`s_i = 1` for rows of the second class and -1 for the others, weights w
    (`sample_weight`), offsets o (`offset`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`). For K classes every class k has coefficients :math:`b_k` and an intercept, and
    the objective is

    .. math::
        \sum_i w_i \Bigl(\log \sum_k e^{z_{ik}} - z_{i, y_i}\Bigr)
        + \frac12 \sum_{kj} \alpha_j (b_{kj} - m_{kj})^2 .

    The loss is a sum, not a mean, and the penalty carries the factor 1/2, unlike that of `ridge`:
    ``alpha = 1 / C`` for the C of scikit-learn, and alpha is the reciprocal variance of a normal
    prior. The intercept is free.

    With `l1_ratio` :math:`\rho` the penalty of a coefficient is

    .. math::
        \alpha_j \Bigl(\rho |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2\Bigr),

    the elastic net, and at 1 the lasso. Coefficients are then zeros exactly, or at their prior
    means, where the penalty keeps them there. Penalties of several classes are of single
    coefficients.

    Over K classes the intercepts sum to zero, and so do the coefficients of a feature, or to what
    their prior means sum to, unless `bounds` or an L1 penalty do not let them.

    A class without a row of positive weight keeps its place in `classes`, and is counted in
    ``info.n_empty_classes``. With an intercept the loss is least where its probability is 0, for
    which an intercept of -1e30 stands (of two classes 1e30 or -1e30, beyond any offset); its
    coefficients are the prior means, and the other classes are fitted without it.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite. float64 and float32 arrays of any memory order are read in place;
        integers, booleans and other floats are converted to float64. Sparse matrices and arrays of
        SciPy stay sparse: CSR is read in place, CSC copied by rows, other formats converted.
    y : array-like of shape (n_samples,)
        Labels of two or more classes, of any hashable kind; numbers must be whole. Classes are
        sorted, or kept in order of appearance where they cannot be sorted.
    alpha : float, default=1.0
        Strength of the penalty in [0, inf], in units of ``sum(w * x**2)``. At 0 the fit is that of
        maximum likelihood, at infinity ``b = m``.
    l1_ratio : float, default=0.0
        Share of the absolute values in the penalty, in [0, 1].
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default; one row for two classes.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients of every output are held to, each a number, an array of shape
        (n_features,) or None for none. The intercept has no bounds.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero. They mean repetition: 2 is the row given twice, 0
        the row left out.
    class_weight : dict or "balanced", default=None
        Weights of classes by their labels, 1 for those that a dict leaves out, which multiply the
        weights of their rows. "balanced" gives every class the
        same total: ``W / (n_classes * W_c)`` for the sums W of all weights and W_c of the class's
        own.
    offset : array-like of shape (n_samples,) or (n_samples, n_classes), default=None
        Known part of the linear predictor; 1-D for two classes.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    solver : {"auto", "newton_cholesky", "quasi_newton", "newton_cg"}, default="auto"
        "auto" chooses from shape and classes, and changes from quasi-Newton steps to conjugate
        gradients where classes are nearly separable. "newton_cholesky" insists on steps with a
        Cholesky factor of the Hessian of all classes, kept while that pays; "quasi_newton", for
        dense X, on quasi-Newton steps from a Hessian that is kept where it serves, of more than two
        classes of their blocks alone; "newton_cg" on steps by conjugate gradients with the exact
        Hessian. ``info.fallback`` says so where another solver had to be used. A hyphen stands for
        an underscore. scikit-learn's "lbfgs", "liblinear", "sag" and "saga" stand for "auto", as
        ``info.reason`` says; unlike liblinear's, the intercept is then free. With an L1 penalty all
        stand for "prox_newton", Newton models of the loss that are minimised on the active set.
    tol : float, default=1e-10
        Relative gradient that the fit is held to, see `LogisticInfo`; with an L1 penalty, relative
        duality gap.
    max_iter : int, default=100
        At most so many steps.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.

    Returns
    -------
    LogisticFit
        Record with `coef`, `intercept`, `classes`, `info`, and `predict`, `predict_proba`,
        `predict_log_proba` and `linear_predictor`. `coef` and `intercept` are float32 if X is,
        unless a value is beyond its range, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, labels are not hashable, or an option has the
        wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, labels are
        missing, or there is one class only.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If `tol` was not reached.
    elltwo.exceptions.SeparationWarning
        If unpenalised features separate the classes, so that there is no minimum; the coefficients
        returned are finite. It is a ConvergenceWarning too.

    See Also
    --------
    logistic_path : Many penalties in turn.
    elltwo.linear_model.LogisticRegression : The same as a scikit-learn estimator.

    References
    ----------
    .. [1] S. le Cessie and J. C. van Houwelingen (1992). Ridge estimators in logistic regression.
       Applied Statistics 41, 191-201. Their lambda is alpha / 2.
    .. [2] A. Albert and J. A. Anderson (1984). On the existence of maximum likelihood estimates in
       logistic regression models. Biometrika 71, 1-10. (Separation.)
    .. [3] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33 (1). (The elastic
       net.)
    .. [4] J. D. Lee, Y. Sun and M. A. Saunders (2014). Proximal Newton-type methods for minimizing
       composite functions. SIAM Journal on Optimization 24, 1420-1443.

    Examples
    --------
    >>> import elltwo
    >>> X = [[0.0], [1.0], [2.0], [3.0]]
    >>> fit = elltwo.logistic(X, ["no", "yes", "no", "yes"], alpha=1.0)
    >>> fit.coef.round(4), round(fit.intercept, 4)
    (array([0.4529]), -0.6793)
    >>> fit.predict([[5.0]]), fit.predict_proba([[1.5]]).round(6)
    (array(['yes'], dtype='<U3'), array([[0.5, 0.5]]))

    Three classes have coefficients each:

    >>> fit = elltwo.logistic([[0.0], [1.0], [3.0]], ["a", "b", "c"], alpha=0.5)
    >>> fit.coef.shape, fit.predict([[3.0], [0.0]]).tolist(), fit.info.status
    ((3, 1), ['c', 'a'], 'converged')
    """
    problem = read_logistic_problem(X, y, penalty_factors, prior_mean, sample_weight, offset)
    problem = weighed_by_class(problem, class_weight)
    problem = problem._replace(l1_ratio=read_l1_ratio(l1_ratio))
    box = read_box(bounds, problem.X, problem.names.features)
    options = read_logistic_options(fit_intercept, solver, tol, max_iter, n_threads)
    return solve(problem, one_penalty(alpha), options, box)


def solve(
    problem: LogisticProblem,
    alpha: float,
    options: LogisticOptions,
    bounds: Bounds | None,
    start: Start | None = None,
) -> LogisticFit:
    """Fit a problem that has been read, in the precision of its data."""
    alphas = np.array([alpha])
    fits = fit_alphas(problem, alphas, options, bounds, start)
    warn_unless_converged(fits.infos, alphas, options.max_iter)
    return as_fit(
        problem,
        fits.coef_of(0),
        fits.intercept[0],
        fits.infos[0],
        LogisticSource(problem, alpha, options, bounds),
    )


def as_fit(
    problem: LogisticProblem,
    coef: Float64Array,
    intercept: Float64Array,
    info: RawLogisticInfo | LogisticInfo,
    source: LogisticSource,
) -> LogisticFit:
    """Return a fit of the core in the shape of its classes and the precision of its data."""
    if isinstance(source.options.solver, StandIn):
        info = as_info(info, source.options.solver)
    return shaped_fit(problem, coef, intercept, info, source)


def shaped_fit(
    problem: LogisticProblem,
    coef: Float64Array,
    intercept: Float64Array,
    info: RawLogisticInfo | LogisticInfo,
    source: LogisticSource | Names,
) -> LogisticFit:
    """Return a fit in the shape of its classes and the precision of its data."""
    kept = as_float32(coef) if problem.is_float32 else coef
    if problem.n_outputs == 1:
        return LogisticFit(kept[0], float(intercept[0]), problem.classes, info, source)
    shifts = as_float32(intercept) if problem.is_float32 else intercept
    return LogisticFit(kept, shifts, problem.classes, info, source)


def warn_unless_converged(
    infos: Sequence[RawLogisticInfo | LogisticInfo], alphas: Float64Array, max_iter: int
) -> None:
    """Warn once of fits without a minimum, and once of fits that did not reach theirs."""
    if all(info.status == "converged" for info in infos):
        return
    for status, category in (
        ("separable", SeparationWarning),
        ("max_iter_reached", ConvergenceWarning),
    ):
        failed = [k for k, info in enumerate(infos) if info.status == status]
        if failed:
            worst = max(failed, key=lambda k: _missed(infos[k]))
            is_gap = status == "max_iter_reached" and infos[worst].solver == L1_SOLVER
            text = _TEXTS["gap" if is_gap else status].format(
                info=infos[worst],
                fits=_which(alphas, worst, len(failed)),
                more="raise max_iter, or" if infos[worst].n_iter >= max_iter else "raise",
            )
            warn(text, category, _missed(infos[worst]))


def _missed(info: RawLogisticInfo | LogisticInfo) -> float:
    """Return what the tolerance of a fit is a bound for."""
    return info.gap if info.solver == L1_SOLVER else info.optimality


_TEXTS = {
    "separable": (
        "features that no penalty holds back separate the classes, so that no finite coefficients "
        "are the best{fits}; those returned have an optimality of {info.optimality:.3g}, for a "
        "tolerance of {info.tolerance:.3g}, and a loss of {info.loss:.3g}; alpha > 0, and "
        "penalty_factors > 0, make them well defined"
    ),
    "max_iter_reached": (
        "logistic regression stopped{fits} at an optimality of {info.optimality:.3g}, above the "
        "tolerance of {info.tolerance:.3g}, after {info.n_iter} iteration(s) with solver "
        "{info.solver!r}; {more} tol if the optimality is good enough"
    ),
    "gap": (
        "logistic regression stopped{fits} at a relative duality gap of {info.gap:.3g}, above the "
        "tolerance of {info.tolerance:.3g}, after {info.n_iter} iteration(s) with solver "
        "{info.solver!r}; {more} tol if the gap is good enough"
    ),
}


def _which(alphas: Float64Array, worst: int, n_failed: int) -> str:
    """Say which of several fits a warning is about."""
    if alphas.size == 1:
        return ""
    others = f" and {n_failed - 1} other alpha(s)" if n_failed > 1 else ""
    return f" for alpha = {alphas[worst]:.6g}{others}"
