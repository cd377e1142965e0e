"""The elastic net as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.metadata_routing import UNUSED

from elltwo.functional._base.options import TOL, flag
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net_base import OneAlpha
from elltwo.linear_model._elastic_net_parameters import MAX_ROUNDS
from elltwo.linear_model._elastic_net_paths import enet_path

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.bounds import BoundsLike


@public("elltwo.linear_model")
class ElasticNet(OneAlpha):
    r"""Least squares with penalties on absolute values and squares of the coefficients.

    In place of ``sklearn.linear_model.ElasticNet``. For every target, minimises over the
    coefficients b and the intercept b0

    .. math::
        \frac{1}{2 W} \sum_i w_i (y_i - b_0 - x_i \cdot b)^2
        + \alpha \sum_j f_j \Bigl( \rho \, |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr),
        \qquad W = \sum_i w_i,

    with weights w (`sample_weight`), rho = `l1_ratio`, factors f (`penalty_factors`) and prior
    means m (`prior_mean`); with those at their defaults this is scikit-learn's objective. The alpha
    of `elltwo.elastic_net` is W times this one.

    Parameters
    ----------
    alpha : float, default=1.0
        Strength of the penalty in [0, inf]. At 0 the fit is least squares.
    l1_ratio : float, default=0.5
        Share of the absolute values in the penalty, in [0, 1]: 1 is the lasso, 0 is ridge
        regression.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    precompute : bool, "auto" or array-like of shape (n_features, n_features), default=False
        Accepted so that calls written for scikit-learn keep working. A Gram matrix is compared with
        the data, and refused if it is not theirs; none of the values changes the answer.
    max_iter : int, default=1000
        At most so many rounds of the active set.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
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
    ElasticNetCV : With alpha and `l1_ratio` chosen by cross-validation.
    MultiTaskElasticNet : With the same features for all targets.

    References
    ----------
    .. [1] H. Zou and T. Hastie (2005). Regularization and variable selection via the elastic net.
       Journal of the Royal Statistical Society B 67, 301-320, eq. 3.

    Examples
    --------
    >>> from elltwo.linear_model import ElasticNet
    >>> model = ElasticNet(alpha=0.5).fit([[-1.0], [0.0], [1.0]], [-1.0, 0.0, 1.0])
    >>> model.coef_.round(6), model.predict([[2.0]]).round(6)
    (array([0.454545]), array([0.909091]))
    """

    # scikit-learn's name for the loop over alphas
    path = staticmethod(enet_path)

    __metadata_request__fit = {"check_input": UNUSED}  # noqa: RUF012  # scikit-learn's

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        precompute: Any = False,  # noqa: ANN401  # bool, word or matrix
        max_iter: int | None = MAX_ROUNDS,
        copy_X: bool = True,
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
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.copy_X = copy_X
        self.tol = tol
        self.warm_start = warm_start
        self.positive = positive
        self.random_state = random_state
        self.selection = selection
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.bounds = bounds
        self.n_threads = n_threads

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        check_input: bool = True,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets, each with its own problem.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; a number has no effect.
        check_input : bool, default=True
            Accepted so that calls written for scikit-learn keep working. Input is always checked.

        Returns
        -------
        ElasticNet
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, or the data hold NaN or infinity.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        UserWarning
            If `precompute` is the Gram matrix of X, which has to be centred first.
        """
        flag(check_input, "check_input")
        self._fit(X, y, sample_weight)
        return self
