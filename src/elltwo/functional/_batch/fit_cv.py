"""Many ridge problems of one shape, each with its penalty chosen by cross-validation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import TOL
from elltwo.functional._base.progress import telling
from elltwo.functional._base.record_parts import public
from elltwo.functional._batch.alpha_choice import choose_alphas, read_rule
from elltwo.functional._batch.cv_record import BatchCVFit
from elltwo.functional._batch.data import read_batch
from elltwo.functional._batch.fit import fit_batch
from elltwo.functional._batch.options import read_many_options
from elltwo.functional._cv.splits import require_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.progress import Show


@public("elltwo")
@naming_columns
@telling
def ridge_batch_cv(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    alphas: npt.ArrayLike | None = None,
    cv: Any = "loo",  # noqa: ANN401  # a name or a number
    select: str = "min",
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float = TOL,
    n_threads: int | None = None,
    progress: Show = False,  # noqa: ARG001  # read by `telling`
) -> BatchCVFit:
    r"""Fit many ridge regressions of one shape, with an alpha chosen for each.

    For every problem k, what `ridge_cv` does for one: every row is predicted, at every alpha of
    the grid, by a fit that has not seen it, and the alpha with the smallest mean of squared
    errors wins, of equals the largest. The fits at those alphas minimise

    .. math::
        \sum_i w_{ki} (y_{ki} - b_0 - x_{ki} \cdot b)^2 + \sum_j \alpha_k f_j (b_j - m_j)^2,

    see `ridge_batch`. Problems go over the threads. Where all problems share one X,
    ``ridge_cv(X, y.T, per_target=True)`` decomposes it only once.

    Parameters
    ----------
    X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
        Features, finite, at least two rows; a matrix is shared by all problems.
    y : array-like of shape (batch, n_samples) or (batch, n_samples, n_targets)
        Targets; those of one problem share its alpha.
    alphas : array-like of shape (n_alphas,), default=None
        Grid of penalties in [0, inf], shared by all problems, in any order, which is kept. None
        stands for a grid of each problem's own, that of `ridge_cv`: 100 values from its spectrum,
        and 0 or infinity as well if the smallest or the largest of them is the best.
    cv : {"loo", "gcv"} or int, default="loo"
        "loo" leaves out every row in turn, exactly and at the cost of one fit (equation 1.2 of
        [2]_ [1]_); a row's weight goes with it. "gcv" is generalised cross-validation (equation
        1.4 of [1]_). A number stands for that many contiguous blocks of rows; shuffle sorted rows
        before the call.
    select : {"min", "1se"}, default="min"
        "1se" takes the largest alpha whose error is within one standard error of the smallest.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], shared by all problems, see `ridge_batch`.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients of all problems shrink to, 0 by default.
    sample_weight : array-like of shape (batch, n_samples) or (n_samples,), default=None
        Weights, not negative, and not all zero in any set; they count in fits and scores alike.
    fit_intercept : bool, default=True
        Whether there are intercepts.
    penalize_intercept : bool, default=False
        Whether the intercepts are penalised as well, by ``alpha * b0**2``.
    tol : float, default=1e-10
        Relative KKT residual that the final fits are held to.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.
    progress : bool or callable, default=False
        True writes to standard error how far the call is and how long the rest will take, once
        it has worked for two seconds: with the bar of tqdm or rich where that has been imported.
        A function is called with a `Progress` a few times a second; what it raises ends the call.

    Returns
    -------
    BatchCVFit
        What `ridge_batch` returns, with the chosen alphas as `alpha`, and `alphas`, `scores`,
        `score_errors` and `best_score`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, there are fewer rows than folds, or the
        data hold NaN or infinity; the message names the first problem where they do.
    OverflowError
        If a coefficient is beyond the range of float64.

    Warns
    -----
    UserWarning
        If a choice is the smallest or largest of several given alphas and neither 0 nor infinity,
        since a wider grid may hold a better one.
    elltwo.exceptions.ConvergenceWarning
        If a final fit did not reach `tol`.

    See Also
    --------
    ridge_batch : Fits for given alphas.
    ridge_cv : One problem.
    ridge_grouped_cv : Problems of different lengths, as groups of rows of one table.

    References
    ----------
    .. [1] G. H. Golub, M. Heath and G. Wahba (1979). Generalized cross-validation as a method for
       choosing a good ridge parameter. Technometrics 21, 215-223.
    .. [2] D. M. Allen (1974). The relationship between variable selection and data augmentation
       and a method for prediction. Technometrics 16, 125-127.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> y = np.array([[0.0, 2.0, 1.0, 4.0, 3.0, 6.0], [1.0, 0.0, 1.0, 0.0, 1.0, 0.0]])
    >>> fit = elltwo.ridge_batch_cv(X, y, alphas=[0.0, 1.0, np.inf], cv=3)
    >>> fit.alpha
    array([ 1., inf])
    >>> fit.coef.round(6)
    array([[0.972973],
           [0.      ]])
    >>> fit.scores.shape
    (2, 3)
    """
    batch = read_batch(X, y, 1.0, penalty_factors, prior_mean, sample_weight)
    rule = read_rule(alphas, cv, select)
    options = read_many_options(fit_intercept, penalize_intercept, tol, n_threads)
    require_rows(batch.X.shape[-2], rule.n_folds)
    beside = (batch.penalty_factors, batch.prior_mean, batch.sample_weight)
    choice = choose_alphas(batch.X, batch.Y, None, None, beside, rule, options)
    return BatchCVFit(fit_batch(batch._replace(alpha=choice.alpha), options), choice)
