"""Classification by ridge regression with its penalty chosen, as a scikit-learn estimator."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import targets
from elltwo.linear_model._alphas import DEFAULT_ALPHAS
from elltwo.linear_model._base import reraise
from elltwo.linear_model._cross_validated import CrossValidated, Task, weights_of_rows
from elltwo.linear_model._labels import LabelMixin, labels_are_plain, read_labels, weigh_classes
from elltwo.linear_model._ridge_classifier import RidgeClassifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.validate import FloatArray


@public("elltwo.linear_model")
class RidgeClassifierCV(LabelMixin, CrossValidated):  # type: ignore[misc]  # untyped bases
    r"""Classification by ridge regression with alpha chosen.

    In place of ``sklearn.linear_model.RidgeClassifierCV``.

    The fit to all rows is that of `RidgeClassifier` for the alpha of a grid that predicts rows best
    which the fit has not seen; by default their indicator columns, in squared error.

    Parameters
    ----------
    alphas : float or array-like of shape (n_alphas,) or None, default=(0.1, 1.0, 10.0)
        Grid of penalties in [0, inf], see `Ridge`. None makes a grid for the data, see
        `elltwo.ridge_cv`. The default is scikit-learn's and fits data of unit scale.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    scoring : str or callable, default=None
        Name of a scikit-learn scorer, or ``scorer(estimator, X, y)``. None stands for minus the
        mean squared error where one row is left out at a time, and for accuracy otherwise. With
        ``cv=None`` a scorer sees all rows at once, each predicted by the fit without it.
    cv : int, splitter, iterable of (train, test) or str, default=None
        None and "loo" leave one row out at a time, in closed form. "gcv" is generalised
        cross-validation. An integer is a number of folds, contiguous blocks of rows
        with the classes in proportion; splitters
        and index pairs are scikit-learn's. Of splits the mean of their scores counts.
    class_weight : dict or "balanced", default=None
        Weights of the classes, ``{label: weight}``, 1 for those that are left out. "balanced"
        stands for ``n_samples / (n_classes * count)``, with counts of rows.
    store_cv_results : bool, default=False
        Whether to keep `cv_results_`; only where one row is left out at a time.
    select : {"min", "1se"}, default="min"
        "min" takes the alpha of the best score. "1se" takes the largest alpha whose score is
        within a standard error of the best.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], 1 each by default. 0 leaves a coefficient unpenalised and
        infinity pins it to its prior mean, whatever alpha is.
    prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none.

    Attributes
    ----------
    alpha_ : float
        Alpha chosen.
    best_score_ : float
        Its score: by default minus the mean over rows of weighted squared leave-one-out errors.
    alphas_ : ndarray of shape (n_alphas,)
        The grid.
    scores_ : ndarray of shape (n_alphas,)
        Score of every alpha.
    scores_se_ : ndarray of shape (n_alphas,) or None
        Standard errors of the scores, over rows or splits. None where there are none: with
        ``cv="gcv"``, where a scorer sees all rows at once, and for a single split.
    cv_results_ : ndarray of shape (n_samples, n_classes, n_alphas)
        Weighted squared leave-one-out errors, or with `scoring` leave-one-out predictions; only
        with ``store_cv_results=True``.
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
    info_ : elltwo.SolveInfo
        How the fit to all rows ended.

    See Also
    --------
    RidgeClassifier : The same for one alpha.
    RidgeCV : The regression, whose notes apply.

    Examples
    --------
    >>> from elltwo.linear_model import RidgeClassifierCV
    >>> X = [[0.0], [1.0], [2.0], [4.0], [5.0], [6.0]]
    >>> y = ["low", "low", "high", "low", "high", "high"]
    >>> model = RidgeClassifierCV(alphas=[0.0, 10.0, 1000.0]).fit(X, y)
    >>> model.alpha_
    0.0
    >>> model.predict([[-1.0], [7.0]])
    array(['low', 'high'], dtype='<U4')
    """

    _default_scoring = "accuracy"
    alpha_per_target = False  # classes share one

    def __init__(
        self,
        alphas: npt.ArrayLike | None = DEFAULT_ALPHAS,
        *,
        fit_intercept: bool = True,
        scoring: str | Callable[..., float] | None = None,
        cv: Any = None,  # noqa: ANN401  # whatever scikit-learn makes a splitter of
        class_weight: Mapping[Any, float] | str | None = None,
        store_cv_results: bool = False,
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
        self.class_weight = class_weight
        self.store_cv_results = store_cv_results
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
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Labels, see `RidgeClassifier.fit`.
        sample_weight : float or array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; 2 is the row given twice, 0 the row left out.
        **params : dict
            Arguments for the scorer and the splitter, ``groups`` for one; only with scikit-learn's
            metadata routing, see `get_metadata_routing`.

        Returns
        -------
        RidgeClassifierCV
            The estimator itself.

        Raises
        ------
        TypeError
            If X or an option does not hold real numbers, or has the wrong type, or if labels
            cannot be sorted.
        ValueError
            If shapes disagree, a value is out of its range, options exclude each other, the data
            hold NaN or infinity, or y holds numbers that are not whole.

        Warns
        -----
        UserWarning
            If the choice is the smallest or largest of several alphas; with the default grid only
            if its score is better than its neighbour's by more than a standard error.
        elltwo.exceptions.ConvergenceWarning, sklearn.exceptions.ConvergenceWarning
            If the tolerance was not reached.
        """
        data, seen = self._read(X, y, y_is_plain=labels_are_plain(y))
        try:
            labels = read_labels(seen)
            self.classes_, self._multilabel = labels.classes, labels.multilabel
            weight = weigh_classes(sample_weight, self.class_weight, labels.y)
            columns = targets(labels.targets, data.shape[0])
            task = Task(data, columns, labels.y, weights_of_rows(weight, data))
            self._choose(task, params)
        except (TypeError, ValueError) as error:
            reraise(error, partial(self._validate_fit, data, seen, sample_weight))
        self._set_classes(labels)
        return self

    def _as_model(self, coef: FloatArray, intercept: FloatArray) -> RidgeClassifier:
        model = RidgeClassifier()
        model.coef_, model.intercept_ = coef, intercept
        model.n_features_in_ = coef.shape[-1]
        model.classes_, model._multilabel = self.classes_, self._multilabel
        return model
