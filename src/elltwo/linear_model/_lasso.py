"""The lasso as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net import ElasticNet
from elltwo.linear_model._elastic_net_parameters import MAX_ROUNDS
from elltwo.linear_model._lasso_path import lasso_path

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike


@public("elltwo.linear_model")
class Lasso(ElasticNet):
    r"""Least squares with a penalty on absolute values, in place of ``sklearn.linear_model.Lasso``.

    For every target, minimises over the coefficients b and the intercept b0

    .. math::
        \frac{1}{2 W} \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j |b_j - m_j|,
        \qquad W = \sum_i w_i,

    with weights w (`sample_weight`), factors f (`penalty_factors`) and prior means m
    (`prior_mean`); with those at their defaults this is scikit-learn's objective. It is
    ``ElasticNet(l1_ratio=1.0)``.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    precompute : bool, "auto" or array-like of shape (n_features, n_features), default=False
        Accepted so that calls written for scikit-learn keep working. A Gram matrix is compared with
        the data, and refused if it is not theirs; none of the values changes the answer.
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
    positive : bool, default=False
        Whether coefficients must not be negative: short for ``bounds=(0, None)``.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    selection : {"cyclic", "random"}, default="cyclic"
        Accepted so that calls written for scikit-learn keep working; it has no effect.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, each a number, an array of shape (n_features,) or
        None for none. The intercept has no bounds.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, float32 if X is, else float64; 1-D for one target, even if y is 2-D. Zeros are
        exact.
    sparse_coef_ : sparse matrix of shape (1, n_features) or (n_targets, n_features)
        The same, without the zeros.
    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, zero where none was fitted.
    n_iter_ : int or list of int
        Rounds of the active set, of each target.
    dual_gap_ : float or ndarray of shape (n_targets,)
        Duality gap, in the units of the objective above.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    info_ : elltwo.ElasticNetInfo
        How the fit ended: status, relative duality gap beside the tolerance it was held to.

    See Also
    --------
    elltwo.elastic_net : The same as a function, with less overhead.
    LassoCV : With alpha chosen by cross-validation.
    MultiTaskLasso : With the same features for all targets.

    References
    ----------
    .. [1] R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the
       Royal Statistical Society B 58, 267-288. Equation 2, in Lagrangian form.

    Examples
    --------
    >>> from elltwo.linear_model import Lasso
    >>> model = Lasso(alpha=0.1).fit([[-1.0], [0.0], [1.0]], [-1.0, 0.0, 1.0])
    >>> model.coef_.round(6), model.predict([[2.0]]).round(6)
    (array([0.85]), array([1.7]))
    """

    path = staticmethod(lasso_path)

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        precompute: Any = False,  # noqa: ANN401  # bool, word or matrix
        copy_X: bool = True,
        max_iter: int | None = MAX_ROUNDS,
        tol: float = TOL,
        warm_start: bool = False,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        super().__init__(
            alpha,
            l1_ratio=1.0,
            fit_intercept=fit_intercept,
            precompute=precompute,
            max_iter=max_iter,
            copy_X=copy_X,
            tol=tol,
            warm_start=warm_start,
            positive=positive,
            random_state=random_state,
            selection=selection,
            penalty_factors=penalty_factors,
            prior_mean=prior_mean,
            bounds=bounds,
            n_threads=n_threads,
        )
