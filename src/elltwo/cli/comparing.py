"""Models of one table held against each other over rows that they have not seen."""

from __future__ import annotations

import time
import warnings
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import elltwo
from elltwo.cli.fitting import default_folds, deviations
from elltwo.functional._base.probability import log_probabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Labels = NDArray[Any]
    # A model's fit to training rows, and its predictions of other rows.
    Model: TypeAlias = Callable[["Training", Array], "Predicted"]

L1_RATIOS = (0.2, 0.5, 0.8)  # of an elastic net, which chooses among them
_WORDS = {
    "SeparationWarning": "features separate the classes, so that no finite coefficients are best",
    "ConvergenceWarning": "the tolerance was not reached",
}
_EDGE = "the best alpha lies at an end of its grid"
_LEAST = float(np.log(2.0**-52))  # log-probability of a class that the training rows do not have


class Training(NamedTuple):
    """Standardised columns, target and weights of the rows that a model is fitted to."""

    X: Array
    y: Labels
    weights: Array | None

    @property
    def given(self) -> dict[str, Any]:
        """Weights as an option of a fit, if there are any."""
        return {} if self.weights is None else {"sample_weight": self.weights}


class Predicted(NamedTuple):
    """Predictions, of classes logarithms of probabilities, and the penalty that was chosen."""

    values: NDArray[np.floating[Any]]
    classes: Labels | None = None
    alpha: float | None = None
    l1_ratio: float | None = None


class Scores(NamedTuple):
    """What became of a model on each fold.

    Parameters
    ----------
    name : str
        Name of the model.
    loss : ndarray of shape (n_folds,)
        Root mean squared error, or for classes mean log loss.
    share : ndarray of shape (n_folds,)
        R squared, the share of the baseline's squared error that the model removes, or for classes
        accuracy.
    seconds : float
        Time of all fits with their choices of alpha, and predictions.
    penalties : list of (float, float), each or None
        Alpha, in units of standardised columns, and share of absolute values on each fold.
    warnings : Counter
        What the fits warned of, with the number of folds that did.
    """

    name: str
    loss: Array
    share: Array
    seconds: float
    penalties: list[tuple[float | None, float | None]]
    warnings: Counter[str]


def compare_models(
    X: Array,
    y: Labels,
    models: dict[str, Model],
    folds: Sequence[NDArray[np.intp]],
    weights: Array | None = None,
    on_step: Callable[[int, int, str], object] | None = None,
) -> list[Scores]:
    """Fit models to the rows outside each fold and score their predictions of the rows in it.

    Everything that a model chooses, alpha included, and means and deviations of the columns come
    from the rows outside the fold alone. The first model is the baseline of R squared.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Features.
    y : ndarray of shape (n_rows,)
        Numbers, or labels of classes.
    models : dict
        Models by name.
    folds : sequence of ndarrays
        Rows of each fold; every row is in one.
    weights : ndarray of shape (n_rows,), default=None
        Weights of the rows, in fits and scores.
    on_step : callable, default=None
        Called before each fit with the number of fits done, that of all, and the model's name.

    Returns
    -------
    list of Scores
        In the order of the models.
    """
    loss, share = np.zeros((2, len(models), len(folds)))
    seconds = np.zeros(len(models))
    penalties: list[list[tuple[float | None, float | None]]] = [[] for _ in models]
    caught = [Counter[str]() for _ in models]
    for k, fold in enumerate(folds):
        train = np.concatenate([rows for other, rows in enumerate(folds) if other != k])
        mean, unit = X[train].mean(0), deviations(X[train])
        training = Training((X[train] - mean) / unit, y[train], _of(weights, train))
        test = (X[fold] - mean) / unit
        baseline = 0.0
        for m, (name, model) in enumerate(models.items()):
            if on_step is not None:
                on_step(k * len(models) + m, len(folds) * len(models), name)
            start = time.perf_counter()
            with warnings.catch_warnings(record=True) as shown:
                warnings.simplefilter("always")
                predicted = model(training, test)
            seconds[m] += time.perf_counter() - start
            caught[m].update({_words(warning) for warning in shown})
            penalties[m].append((predicted.alpha, predicted.l1_ratio))
            loss[m, k], share[m, k] = _score(predicted, y[fold], _of(weights, fold))
            if m == 0:
                baseline = loss[0, k]
            if predicted.classes is None:
                share[m, k] = 1.0 - (loss[m, k] / baseline) ** 2 if baseline else np.nan
    return [
        Scores(name, loss[m], share[m], float(seconds[m]), penalties[m], caught[m])
        for m, name in enumerate(models)
    ]


def regressions() -> dict[str, Model]:
    """Return the models of numbers, the baseline first."""
    return {
        "mean": _mean,
        "least squares": _least_squares,
        "ridge": _ridge,
        "elastic net": _net(L1_RATIOS),
        "lasso": _net((1.0,)),
    }


def classifiers() -> dict[str, Model]:
    """Return the models of classes, the baseline first."""
    return {
        "class shares": _class_shares,
        "no penalty": _maximum_likelihood,
        "ridge": _logistic((0.0,)),
        "elastic net": _logistic(L1_RATIOS),
        "lasso": _logistic((1.0,)),
    }


def draw_folds(y: Labels, n_folds: int, seed: int, *, by_class: bool) -> list[NDArray[np.intp]]:
    """Divide the rows at random into folds of nearly equal size, the rows of each class too."""
    order = np.random.default_rng(seed).permutation(len(y))
    if by_class:
        order = order[np.argsort(y[order], kind="stable")]
    # Rows within a fold stay in random order, since choices of alpha take consecutive rows.
    shuffle = np.random.default_rng(seed + 1)
    return [shuffle.permutation(order[k::n_folds]) for k in range(n_folds)]


def _words(warning: warnings.WarningMessage) -> str:
    """Return a warning in a few words, the same for all folds."""
    text = str(warning.message)
    if " lies on " in text:
        return _EDGE
    return _WORDS.get(warning.category.__name__, text.partition(";")[0])


def _of(weights: Array | None, rows: NDArray[np.intp]) -> Array | None:
    return None if weights is None else weights[rows]


def _mean(training: Training, X: Array) -> Predicted:
    return Predicted(np.full(len(X), np.average(training.y, weights=training.weights)))


def _least_squares(training: Training, X: Array) -> Predicted:
    fit = elltwo.ridge(training.X, training.y, alpha=0.0, **training.given)
    return Predicted(fit.predict(X))


def _ridge(training: Training, X: Array) -> Predicted:
    fit = elltwo.ridge_cv(training.X, training.y, **training.given)
    return Predicted(fit.predict(X), alpha=fit.alpha, l1_ratio=0.0)


def _net(l1_ratios: Sequence[float]) -> Model:
    """Return an elastic net that chooses alpha and the share of absolute values."""

    def fitted(training: Training, X: Array) -> Predicted:
        n_folds = default_folds(training.y)
        fit = elltwo.elastic_net_cv(
            training.X,
            training.y,
            l1_ratio=list(l1_ratios),
            cv=n_folds,
            extend=True,
            **training.given,
        )
        return Predicted(fit.predict(X), alpha=fit.alpha, l1_ratio=fit.l1_ratio)

    return fitted


def _class_shares(training: Training, X: Array) -> Predicted:
    classes, places = np.unique(training.y, return_inverse=True)
    counts = np.bincount(places, weights=training.weights)
    shares = np.log(np.maximum(counts / counts.sum(), np.finfo(float).tiny))
    return Predicted(np.tile(shares, (len(X), 1)), classes)


def _maximum_likelihood(training: Training, X: Array) -> Predicted:
    fit = elltwo.logistic(training.X, training.y, alpha=0.0, **training.given)
    return Predicted(log_probabilities(fit.linear_predictor(X)), fit.classes)


def _logistic(l1_ratios: Sequence[float]) -> Model:
    """Return a logistic regression that chooses alpha and the share of absolute values."""

    def fitted(training: Training, X: Array) -> Predicted:
        n_folds = default_folds(training.y)
        fit = elltwo.logistic_cv(
            training.X, training.y, l1_ratio=list(l1_ratios), cv=n_folds, **training.given
        )
        z = log_probabilities(fit.linear_predictor(X))
        return Predicted(z, fit.classes, fit.alpha, fit.l1_ratio)

    return fitted


def _score(predicted: Predicted, y: Labels, weights: Array | None) -> tuple[float, float]:
    """Return root mean squared error and nothing, or log loss and accuracy."""
    if predicted.classes is None:
        errors = np.asarray(y, dtype=float) - predicted.values
        # The largest error comes out first so that no square overflows.
        largest = float(np.abs(errors).max())
        if largest == 0.0:
            return 0.0, 0.0
        return largest * float(np.sqrt(np.average((errors / largest) ** 2, weights=weights))), 0.0
    places = np.minimum(np.searchsorted(predicted.classes, y), len(predicted.classes) - 1)
    known = predicted.classes[places] == y
    logs = np.where(known, predicted.values[np.arange(len(y)), places], _LEAST)
    right = known & (predicted.values.argmax(axis=1) == places)
    logs = np.maximum(logs, _LEAST)
    return float(-np.average(logs, weights=weights)), float(np.average(right, weights=weights))
