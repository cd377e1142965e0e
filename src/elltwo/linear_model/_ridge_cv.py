"""Ridge regression with its penalty chosen, as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import one_of
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import targets
from elltwo.linear_model._alphas import DEFAULT_ALPHAS
from elltwo.linear_model._base import RegressionMixin, reraise
from elltwo.linear_model._cross_validated import CrossValidated, Task, weights_of_rows
from elltwo.linear_model._ridge import Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.validate import FloatArray

_GCV_MODES = ("auto", "svd", "eigen")


@public("elltwo.linear_model")
class RidgeCV(RegressionMixin, CrossValidated):
    r"""Ridge regression with alpha chosen, in place of ``sklearn.linear_model.RidgeCV``.

    The fit to all rows minimises the objective of `Ridge` for the alpha of a grid that predicts
    rows best which the fit has not seen.

    Parameters
    ----------
    alphas : float or array-like of shape (n_alphas,) or None, default=(0.1, 1.0, 10.0)
        Grid of penalties in [0, inf], see `Ridge`. None makes a grid for the data, see
        `elltwo.ridge_cv`. The default is scikit-learn's and fits data of unit scale.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    scoring : str or callable, default=None
        Name of a scikit-learn scorer, or ``scorer(estimator, X, y)``. None stands for minus the
        mean squared error where one row is left out at a time, and for R^2 otherwise. With
        ``cv=None`` a scorer sees all rows at once, each predicted by the fit without it.
    cv : int, splitter, iterable of (train, test) or str, default=None
        None and "loo" leave one row out at a time, in closed form. "gcv" is generalised
        cross-validation. An integer is a number of folds, contiguous blocks of rows; splitters
        and index pairs are scikit-learn's. Of splits the mean of their scores counts.
    gcv_mode : {"auto", "svd", "eigen"}, default=None
        Accepted so that calls written for scikit-learn keep working; the answer does not depend on
        it.
    store_cv_results : bool, default=False
        Whether to keep `cv_results_`; only where one row is left out at a time.
    alpha_per_target : bool, default=False
        Whether every target has its own alpha, also with folds, over which the score of each
        target alone is averaged.
    select : {"min", "1se"}, default="min"
        "min" takes the alpha of the best score. "1se" takes the largest alpha whose score is
        within a standard error of the best.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever alpha is.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    alpha_ : float or ndarray of shape (n_targets,)
        Alpha chosen.
    best_score_ : float or ndarray of shape (n_targets,)
        Its score: by default minus the mean over rows of weighted squared leave-one-out errors.
    alphas_ : ndarray of shape (n_alphas,)
        The grid.
    scores_ : ndarray of shape (n_alphas,) or (n_alphas, n_targets)
        Score of every alpha.
    scores_se_ : ndarray of shape (n_alphas,) or (n_alphas, n_targets) or None
        Standard errors of the scores, over rows or splits. None where there are none: with
        ``cv="gcv"``, where a scorer sees all rows at once, and for a single split.
    cv_results_ : ndarray of shape (n_samples, n_alphas) or (n_samples, n_targets, n_alphas)
        Weighted squared leave-one-out errors, or with `scoring` leave-one-out predictions; only
        with ``store_cv_results=True``.
    coef_ : ndarray of shape (n_features,) or (n_targets, n_features)
        Coefficients, float32 if X is, else float64; 1-D for one target, even if y is 2-D.
    intercept_ : float or ndarray of shape (n_targets,)
        Intercept, zero where none was fitted.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    info_ : elltwo.SolveInfo
        How the fit to all rows ended.

    See Also
    --------
    elltwo.ridge_cv : The same as a function.

    Notes
    -----
    Weights count in fits and in scores alike; a scorer without an argument `sample_weight` cannot
    take them. Equal scores of a scorer go to the first alpha of the grid.

    References
    ----------
    .. [1] D. M. Allen (1974). The relationship between variable selection and data augmentation
       and a method for prediction. Technometrics 16, 125-127.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.linear_model import RidgeCV
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
    >>> y = np.array([0.0, 3.0, 1.0, 2.0, 5.0, 3.0])
    >>> RidgeCV(alphas=[0.0, 10.0, 1000.0]).fit(X, y).alpha_
    10.0
    """

    _default_scoring = "r2"

    def __init__(
        self,
        alphas: npt.ArrayLike | None = DEFAULT_ALPHAS,
        *,
        fit_intercept: bool = True,
        scoring: str | Callable[..., float] | None = None,
        cv: Any = None,  # noqa: ANN401  # whatever scikit-learn makes a splitter of
        gcv_mode: str | None = None,
        store_cv_results: bool = False,
        alpha_per_target: bool = False,
        select: str = "min",
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.alphas = alphas
        self.fit_intercept = fit_intercept
        self.scoring = scoring
        self.cv = cv
        self.gcv_mode = gcv_mode
        self.store_cv_results = store_cv_results
        self.alpha_per_target = alpha_per_target
        self.select = select
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.n_threads = n_threads

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        **params: Any,  # noqa: ANN401  # for scorer and splitter
    ) -> Self:
        """Choose alpha and fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; 2 is the row given twice, 0 the row left out.
        **params : dict
            Arguments for the scorer and the splitter, ``groups`` for one; only with scikit-learn's
            metadata routing, see `get_metadata_routing`.

        Returns
        -------
        RidgeCV
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, options exclude each other, or the data
            hold NaN or infinity.

        Warns
        -----
        UserWarning
            If the choice is the smallest or largest of several alphas; with the default grid only
            if its score is better than its neighbour's by more than a standard error.
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If the tolerance was not reached.
        """
        data, seen = self._read(X, y, y_is_plain=type(y) is np.ndarray)
        try:
            Y = targets(seen, data.shape[0])
            self._choose(Task(data, Y, seen, weights_of_rows(sample_weight, data)), params)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, data, seen, sample_weight))
        return self

    def _as_model(self, coef: FloatArray, intercept: FloatArray) -> Ridge:
        model = Ridge()
        model.coef_, model.intercept_ = coef, intercept
        model.n_features_in_ = coef.shape[-1]
        return model

    def _require_agreeing_options(self) -> None:
        super()._require_agreeing_options()
        if self.gcv_mode is not None:
            one_of(_GCV_MODES, self.gcv_mode, "gcv_mode")
