"""The lasso of several tasks as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net_parameters import MAX_ROUNDS
from elltwo.linear_model._multi_task_elastic_net import MultiTaskElasticNet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@public("elltwo.linear_model")
class MultiTaskLasso(MultiTaskElasticNet):
    r"""Lasso of several targets that share their features.

    In place of ``sklearn.linear_model.MultiTaskLasso``. Minimises over the coefficients B,
    with a row for each feature, and the intercepts b0

    .. math::
        \frac{1}{2 W} \sum_i w_i |y_i - b_0 - x_i B|^2
        + \alpha \sum_j f_j |B_j - M_j|,
        \qquad W = \sum_i w_i,

    with Euclidean norms, weights w (`sample_weight`), factors f (`penalty_factors`) and prior means
    M (`prior_mean`): a feature has coefficients for all targets or for none.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    max_iter : int, default=1000
        At most so many rounds of the active set.
    tol : float, default=1e-10
        Relative duality gap, a bound on (objective - minimum) / objective, that the fit is held to.
        It is never looser than scikit-learn's `tol`, a multiple of the sum of squares of y.
    warm_start : bool, default=False
        Whether to start from `coef_` of the fit before; the answer is the same.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    selection : {"cyclic", "random"}, default="cyclic"
        Accepted so that calls written for scikit-learn keep working; it has no effect.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves the coefficients of a feature
        unpenalised and infinity pins them to their prior means.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    coef_ : ndarray of shape (n_targets, n_features)
        Coefficients, the transpose of B, float32 if X is, else float64. Zeros are exact.
    sparse_coef_ : sparse matrix of shape (n_targets, n_features)
        The same, without the zeros.
    intercept_ : ndarray of shape (n_targets,)
        Intercepts, zero where none were fitted.
    n_iter_ : int
        Rounds of the active set.
    dual_gap_ : float
        Duality gap, in the units of the objective above.
    eps_ : float
        `tol` times the weighted sum of squares of y about its means.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    info_ : elltwo.ElasticNetInfo
        How the fit ended: status, relative duality gap beside the tolerance it was held to.

    See Also
    --------
    MultiTaskLassoCV : With alpha chosen by cross-validation.
    Lasso : With features of its own for each target.

    References
    ----------
    .. [1] G. Obozinski, B. Taskar and M. I. Jordan (2010). Joint covariate selection and joint
       subspace selection for multiple classification problems. Statistics and Computing 20,
       231-252. Equation 2.

    Examples
    --------
    >>> from elltwo.linear_model import MultiTaskLasso
    >>> X = [[0.0, 0.0], [1.0, 1.5], [2.0, 2.0]]
    >>> model = MultiTaskLasso(alpha=0.1).fit(X, [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    >>> model.coef_.shape
    (2, 2)
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        copy_X: bool = True,
        max_iter: int | None = MAX_ROUNDS,
        tol: float = TOL,
        warm_start: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        super().__init__(
            alpha,
            l1_ratio=1.0,
            fit_intercept=fit_intercept,
            copy_X=copy_X,
            max_iter=max_iter,
            tol=tol,
            warm_start=warm_start,
            random_state=random_state,
            selection=selection,
            penalty_factors=penalty_factors,
            prior_mean=prior_mean,
            n_threads=n_threads,
        )
