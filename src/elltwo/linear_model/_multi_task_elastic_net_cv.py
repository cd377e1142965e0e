"""The elastic net of several tasks with its penalty chosen, as a scikit-learn estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net_choice import ElasticNetChoice
from elltwo.linear_model._elastic_net_parameters import MAX_ROUNDS
from elltwo.linear_model._elastic_net_paths import enet_path
from elltwo.linear_model._multi_task import MultiTask

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@public("elltwo.linear_model")
class MultiTaskElasticNetCV(MultiTask, ElasticNetChoice):
    """Elastic net of several targets that share their features, with its penalty chosen.

    In place of ``sklearn.linear_model.MultiTaskElasticNetCV``.

    The fit to all rows minimises the objective of `MultiTaskElasticNet` for the alpha of a grid,
    and `l1_ratio`, that predicts rows best which the fit has not seen.

    Parameters
    ----------
    l1_ratio : float or list of float, default=0.5
        Share of the absolute values in the penalty, in [0, 1]: 1 is the lasso, 0 is ridge
        regression, for which there is no automatic grid. Of a list the best value is chosen.
    eps : float, default=1e-3
        Smallest over largest alpha of an automatic grid.
    alphas : int or array-like of shape (n_alphas,), default=100
        Size of an automatic grid, from the smallest alpha at which all penalised coefficients are
        zero downwards, or the alphas, in [0, inf]; None stands for 100.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    max_iter : int, default=1000
        At most so many rounds of the active set at each alpha.
    tol : float, default=1e-10
        Bound on the relative duality gap of every fit, see `MultiTaskElasticNet`.
    cv : int, splitter or iterable of (train, test), default=None
        Number of folds, contiguous blocks of rows, None standing for 5; splitters and index pairs
        are scikit-learn's. The mean over splits of mean squared errors decides.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    verbose : bool or int, default=0
        Whether to write to standard error how far the fit is and how long the rest will take, once
        it has worked for two seconds.
    n_jobs : int, default=None
        Accepted so that calls written for scikit-learn keep working; see `n_threads`.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    selection : {"cyclic", "random"}, default="cyclic"
        Accepted so that calls written for scikit-learn keep working; it has no effect.
    n_alphas : int, default=None
        Size of an automatic grid, as it was given before scikit-learn 1.9; None stands for
        `alphas`.
    select : {"min", "1se"}, default="min"
        "min" takes the alpha of the smallest mean error. "1se" takes, for the `l1_ratio` of that,
        the largest alpha whose mean error is within a standard error of it.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], 1 each by default. 0 leaves the coefficients of a feature
        unpenalised and infinity pins them to their prior means.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    alpha_ : float
        Alpha chosen.
    l1_ratio_ : float
        `l1_ratio` chosen.
    coef_ : ndarray of shape (n_targets, n_features)
        Coefficients, float32 if X is, else float64. Zeros are exact.
    sparse_coef_ : sparse matrix of shape (n_targets, n_features)
        The same, without the zeros.
    intercept_ : ndarray of shape (n_targets,)
        Intercepts, zero where none were fitted.
    mse_path_ : ndarray of shape (n_alphas, n_splits) or (n_l1_ratio, n_alphas, n_splits)
        Mean squared errors on the test sets, averaged over the targets.
    alphas_ : ndarray of shape (n_alphas,) or (n_l1_ratio, n_alphas)
        The grid, falling; one for each `l1_ratio` where it is automatic.
    dual_gap_ : float
        Duality gap of the fit to all rows, in the units of the objective of `MultiTaskElasticNet`.
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
    ElasticNetCV : With features of its own for each target, of which it takes one.

    Notes
    -----
    The loss is a mean, so that an alpha means the same for all rows and for a training set.

    References
    ----------
    .. [1] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33(1). Section 2.5,
       the grid.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.linear_model import MultiTaskElasticNetCV
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 4))
    >>> Y = X @ [[2.0, 1.0], [0.0, 0.0], [0.0, 0.0], [-1.0, 1.0]] + rng.normal(size=(60, 2))
    >>> model = MultiTaskElasticNetCV(l1_ratio=[0.5, 1.0], alphas=20).fit(X, Y)
    >>> model.l1_ratio_, model.mse_path_.shape
    (1.0, (2, 20, 5))
    """

    path = staticmethod(enet_path)

    def __init__(
        self,
        *,
        l1_ratio: float | npt.ArrayLike = 0.5,
        eps: float = 1e-3,
        alphas: int | npt.ArrayLike | None = 100,
        fit_intercept: bool = True,
        max_iter: int = MAX_ROUNDS,
        tol: float = TOL,
        cv: Any = None,  # noqa: ANN401  # whatever scikit-learn makes a splitter of
        copy_X: bool = True,
        verbose: bool | int = 0,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        selection: str = "cyclic",
        n_alphas: int | None = None,
        select: str = "min",
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.l1_ratio = l1_ratio
        self.eps = eps
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol
        self.cv = cv
        self.copy_X = copy_X
        self.verbose = verbose
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.selection = selection
        self.n_alphas = n_alphas
        self.select = select
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.n_threads = n_threads
