"""The lasso with its penalty chosen, as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net_choice import ElasticNetChoice
from elltwo.linear_model._elastic_net_parameters import MAX_ROUNDS
from elltwo.linear_model._lasso_path import lasso_path

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike


@public("elltwo.linear_model")
class LassoCV(ElasticNetChoice):
    """Lasso with alpha chosen, in place of ``sklearn.linear_model.LassoCV``.

    The fit to all rows minimises the objective of `Lasso` for the alpha of a grid that
    predicts rows best which the fit has not seen.

    Parameters
    ----------
    eps : float, default=1e-3
        Smallest over largest alpha of an automatic grid.
    alphas : int or array-like of shape (n_alphas,), default=100
        Size of an automatic grid, from the smallest alpha at which all penalised coefficients are
        zero downwards, or the alphas, in [0, inf]; None stands for 100.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    precompute : bool, "auto" or array-like of shape (n_features, n_features), default="auto"
        Accepted so that calls written for scikit-learn keep working. A Gram matrix is compared with
        the data, and refused if it is not theirs; none of the values changes the answer.
    max_iter : int, default=1000
        At most so many rounds of the active set at each alpha.
    tol : float, default=1e-10
        Relative duality gap, a bound on (objective - minimum) / objective, that every fit is held
        to.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    cv : int, splitter or iterable of (train, test), default=None
        Number of folds, contiguous blocks of rows, None standing for 5; splitters and index pairs
        are scikit-learn's. The mean over splits of mean squared errors decides.
    verbose : bool or int, default=False
        Whether to write to standard error how far the fit is and how long the rest will take, once
        it has worked for two seconds.
    n_jobs : int, default=None
        Accepted so that calls written for scikit-learn keep working; see `n_threads`.
    positive : bool, default=False
        Whether coefficients must not be negative: short for ``bounds=(0, None)``.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    selection : {"cyclic", "random"}, default="cyclic"
        Accepted so that calls written for scikit-learn keep working; it has no effect.
    n_alphas : int, default=None
        Size of an automatic grid, as it was given before scikit-learn 1.9; None stands for
        `alphas`.
    select : {"min", "1se"}, default="min"
        "min" takes the alpha of the smallest mean error. "1se" takes the largest
        alpha whose mean error is within a standard error of it.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean.
    prior_mean : float or array-like of shape (n_features,), default=None
        Values that the coefficients shrink to, 0 by default.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients are held to, each a number, an array of shape (n_features,) or
        None for none. The intercept has no bounds.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    alpha_ : float
        Alpha chosen.
    coef_ : ndarray of shape (n_features,)
        Coefficients, float32 if X is, else float64. Zeros are exact.
    sparse_coef_ : sparse matrix of shape (1, n_features)
        The same, without the zeros.
    intercept_ : float
        Intercept, zero where none was fitted.
    mse_path_ : ndarray of shape (n_alphas, n_splits)
        Mean squared errors on the test sets.
    alphas_ : ndarray of shape (n_alphas,)
        The grid, falling.
    dual_gap_ : float
        Duality gap of the fit to all rows, in the units of the objective of `Lasso`.
    n_iter_ : int
        Rounds of the active set of that fit.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    info_ : elltwo.ElasticNetInfo
        How the fit to all rows ended.

    See Also
    --------
    elltwo.elastic_net_cv : The same as a function, with more ways to choose.

    Notes
    -----
    The loss is a mean, so that an alpha means the same for all rows and for a training set.

    References
    ----------
    .. [1] R. Tibshirani (1996). Regression shrinkage and selection via the lasso. Journal of the
       Royal Statistical Society B 58, 267-288. Section 4, on the choice by cross-validation.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.linear_model import LassoCV
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 4))
    >>> y = X @ [2.0, 0.0, 0.0, -1.0] + rng.normal(size=60)
    >>> model = LassoCV(alphas=20).fit(X, y)
    >>> model.mse_path_.shape
    (20, 5)
    """

    path = staticmethod(lasso_path)
    l1_ratio = 1.0

    def __init__(
        self,
        *,
        eps: float = 1e-3,
        alphas: int | npt.ArrayLike | None = 100,
        fit_intercept: bool = True,
        precompute: Any = "auto",  # noqa: ANN401  # bool, word or matrix
        max_iter: int = MAX_ROUNDS,
        tol: float = TOL,
        copy_X: bool = True,
        cv: Any = None,  # noqa: ANN401  # whatever scikit-learn makes a splitter of
        verbose: bool | int = False,
        n_jobs: int | None = None,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        n_alphas: int | None = None,
        select: str = "min",
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.precompute = precompute
        self.max_iter = max_iter
        self.tol = tol
        self.copy_X = copy_X
        self.cv = cv
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.positive = positive
        self.random_state = random_state
        self.selection = selection
        self.n_alphas = n_alphas
        self.select = select
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.bounds = bounds
        self.n_threads = n_threads
