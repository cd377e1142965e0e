"""Classification by ridge regression as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.options import AUTO, TOL
from elltwo.functional._base.record_parts import public
from elltwo.linear_model._base import RidgeEstimator, reraise
from elltwo.linear_model._labels import (
    LabelMixin,
    labels_are_plain,
    read_labels,
    weigh_classes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.bounds import BoundsLike


@public("elltwo.linear_model")
class RidgeClassifier(LabelMixin, RidgeEstimator):  # type: ignore[misc]  # untyped bases
    r"""Classification by ridge regression, in place of scikit-learn's ``RidgeClassifier``.

    Regresses on one column :math:`t_c` for each class c, 1 where a row has the class and -1
    elsewhere, and predicts the class of the largest column. With two classes there is one column,
    for the second. Every column minimises over its coefficients b and intercept b0

    .. math::
        \sum_i w_i (t_{ci} - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    with weights w (`sample_weight` times `class_weight`), factors f (`penalty_factors`) and prior
    means m (`prior_mean`). One factorisation serves all classes.

    Parameters
    ----------
    alpha : float or array-like of shape (n_classes,), default=1.0
        Strength of the penalty in [0, inf], see `Ridge`.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is read in place and never
        modified, whatever this is.
    max_iter : int, default=None
        At most so many corrections, iterations or sweeps, see `Ridge`.
    tol : float, default=1e-10
        Relative KKT residual that the fit is held to.
    class_weight : dict or "balanced", default=None
        Weights of the classes, ``{label: weight}``, 1 for those that are left out. "balanced"
        stands for ``n_samples / (n_classes * count)``, with counts of rows.
    solver : {"auto", "cholesky", "svd", "cg"}, default="auto"
        See `Ridge`, also for scikit-learn's iterative solvers.
    positive : bool, default=False
        Whether coefficients must not be negative: short for ``bounds=(0, None)``.
    random_state : int, RandomState instance or None, default=None
        Accepted so that calls written for scikit-learn keep working. Nothing is random.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of `alpha` in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever `alpha` is.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default; one row for two classes.
    bounds : tuple (lower, upper), default=None
        Bounds that the coefficients of every class are held to, see `Ridge`.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels seen by `fit`, sorted; numbers of the columns of y after a multilabel fit.
    coef_ : ndarray of shape (n_features,) or (n_classes, n_features)
        Coefficients, float32 if X is, else float64; 1-D for two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Intercepts, zero where none was fitted.
    n_features_in_ : int
        Number of features seen by `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen by `fit`, where X had names that are all strings.
    n_iter_ : int
        Linear solves made: the first, and ``info_.n_iter`` corrections, or sweeps with `bounds`.
    solver_ : str
        Solver used, see `elltwo.SolveInfo`; "cholesky" also stands for "dual_cholesky".
    info_ : elltwo.SolveInfo
        How the fit ended: status, optimality beside the tolerance it was held to, rank, rcond.

    See Also
    --------
    Ridge : The regression.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning,
       2nd edition, section 4.2.

    Examples
    --------
    >>> from elltwo.linear_model import RidgeClassifier
    >>> X = [[0.0], [1.0], [4.0], [5.0]]
    >>> model = RidgeClassifier(alpha=0.5).fit(X, ["low", "low", "high", "high"])
    >>> model.predict([[0.5], [6.0]])
    array(['low', 'high'], dtype='<U4')
    """

    def __init__(
        self,
        alpha: npt.ArrayLike = 1.0,
        *,
        fit_intercept: bool = True,
        copy_X: bool = True,
        max_iter: int | None = None,
        tol: float = TOL,
        class_weight: Mapping[Any, float] | str | None = None,
        solver: str = AUTO,
        positive: bool = False,
        random_state: int | np.random.RandomState | None = None,
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        n_threads: int | None = None,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.copy_X = copy_X
        self.max_iter = max_iter
        self.tol = tol
        self.class_weight = class_weight
        self.solver = solver
        self.positive = positive
        self.random_state = random_state
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.bounds = bounds
        self.n_threads = n_threads

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels: strings, whole numbers, or other objects that can be sorted. A 2-D y with at
            most two values is multilabel: above 0 where a row has the class.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; 2 is the row given twice, 0 the row left out.

        Returns
        -------
        RidgeClassifier
            The estimator itself.

        Raises
        ------
        TypeError
            If X or an option does not hold real numbers, or has the wrong type, or if labels
            cannot be sorted.
        ValueError
            If shapes disagree, a value is out of its range, the data hold NaN or infinity, or y
            holds numbers that are not whole.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        X, y = self._read(X, y, y_is_plain=labels_are_plain(y))
        try:
            labels = read_labels(y)
            weight = weigh_classes(sample_weight, self.class_weight, labels.y)
            fitted = self._solve(X, labels.targets, weight)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, X, y, sample_weight))
        self._set_fit(fitted)
        self._set_classes(labels)
        return self
