"""Every public entry point as a function of one data set, and what it returns as bytes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse

import elltwo
from elltwo import linear_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


class Data(NamedTuple):
    """One set of rows, read-only."""

    X: Array  # (300, 6)
    y: Array
    Y: Array  # two targets
    weight: Array
    labels: Array  # of two classes
    classes: Array  # of three
    counts: Any  # CSR
    large: Array  # (3000, 120), enough for a team of threads
    large_y: Array
    wide: Array  # (40, 150)


def make_data(seed: int) -> Data:
    """Draw a data set; nothing can write to its arrays."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 6)) + 3.0
    noise = rng.standard_normal((300, 2))
    large = rng.standard_normal((3000, 120))
    counts = sparse.csr_array(X.T[:1].T * (rng.random((300, 8)) < 0.4))
    data = Data(
        X=X,
        y=X @ np.arange(6.0) + noise[:, 0],
        Y=X[:, :2] + noise,
        weight=rng.uniform(0.1, 2.0, 300),
        labels=(X[:, 0] + noise[:, 0] > 3.0).astype(np.int64),
        classes=np.argmax(X[:, :3] + rng.gumbel(size=(300, 3)), axis=1),
        counts=counts,
        large=large,
        large_y=large[:, 0] + rng.standard_normal(3000),
        wide=rng.standard_normal((40, 150)),
    )
    for array in (*data, counts.data, counts.indices, counts.indptr):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return data


def bits(value: object) -> bytes:
    """Everything that a result holds, as bytes; of records their public entries."""
    if isinstance(value, np.ndarray):
        return str(value.dtype).encode() + str(value.shape).encode() + value.tobytes()
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, tuple | list):
        return b"(" + b",".join(bits(entry) for entry in value) + b")"
    if isinstance(value, float | np.floating):
        return np.float64(value).tobytes()
    if value is None or isinstance(value, str | int | np.integer | np.bool_):
        return repr(value).encode()
    names = (
        *("alpha", "alphas", "coef", "intercept", "coef_", "intercept_", "info"),
        *("groups", "parameters", "prediction", "residual_variance", "scores"),
    )
    held = [getattr(value, name) for name in names if hasattr(value, name)]
    if not held:
        raise TypeError(f"no bytes of {type(value).__name__}")
    return bits(held)


def _moments(d: Data) -> elltwo.Moments:
    moments = elltwo.Moments(6)
    for rows in np.split(np.arange(300), 5):
        moments.add(d.X[rows], d.y[rows], sample_weight=d.weight[rows], n_threads=2)
    return elltwo.Moments.from_bytes(moments.copy().to_bytes())


def _parts(d: Data) -> list[elltwo.Moments]:
    return [elltwo.Moments(6).add(d.X[k::3], d.y[k::3]) for k in range(3)]


_CALLS: dict[str, Callable[[Data], object]] = {
    "ridge_small": lambda d: elltwo.ridge(d.X, d.y, alpha=1.5),
    "ridge_weights": lambda d: elltwo.ridge(d.X, d.Y, alpha=[0.5, 2.0], sample_weight=d.weight),
    "ridge_team": lambda d: elltwo.ridge(d.large, d.large_y, alpha=1.0, n_threads=2),
    "ridge_svd": lambda d: elltwo.ridge(d.X, d.y, alpha=0.0, solver="svd"),
    "ridge_wide": lambda d: elltwo.ridge(d.wide, d.wide[:, 0] + 1.0, alpha=2.0),
    "ridge_float32": lambda d: elltwo.ridge(d.X.astype(np.float32), d.y, alpha=1.0),
    "ridge_sparse": lambda d: elltwo.ridge(d.counts, d.y, alpha=1.0),
    "ridge_sparse_cg": lambda d: elltwo.ridge(d.counts, d.y, alpha=1.0, solver="cg"),
    "ridge_bounds": lambda d: elltwo.ridge(d.X, d.y, alpha=1.0, bounds=(0.0, 2.5)),
    "ridge_batch": lambda d: elltwo.ridge_batch(
        d.X.reshape(10, 30, 6), d.y.reshape(10, 30), alpha=1.0, n_threads=2
    ),
    "ridge_batch_cv": lambda d: elltwo.ridge_batch_cv(
        d.X.reshape(10, 30, 6), d.y.reshape(10, 30), n_threads=2
    ),
    "ridge_grouped": lambda d: elltwo.ridge_grouped(d.X, d.y, d.classes, alpha=1.0, n_threads=2),
    "elastic_net_batch": lambda d: elltwo.elastic_net_batch(
        d.X.reshape(10, 30, 6), d.y.reshape(10, 30), alpha=1.0, n_threads=2
    ),
    "elastic_net_grouped": lambda d: elltwo.elastic_net_grouped(
        d.X, d.Y, d.classes, alpha=1.0, sample_weight=d.weight, n_threads=2
    ),
    "mlp": lambda d: elltwo.mlp(d.X, d.y, 7, alpha=1.0, tol=1e-3, n_starts=2, n_threads=2),
    "mlp_adam": lambda d: elltwo.mlp(
        d.X, d.Y, (7, 20), alpha=1.0, solver="adam", tol=1.0, sample_weight=d.weight
    ),
    "mlp_batch": lambda d: elltwo.mlp_batch(
        d.X.reshape(10, 30, 6), d.y.reshape(10, 30), 4, tol=1e-2, n_threads=2
    ),
    "ridge_grouped_cv": lambda d: elltwo.ridge_grouped_cv(d.X, d.y, d.classes, cv=3),
    "ridge_rolling": lambda d: elltwo.ridge_rolling(d.X, d.y, window=20, alpha=1.0, n_threads=2),
    "ridge_rolling_times": lambda d: elltwo.ridge_rolling(
        d.X, d.y, window=35.0, times=np.cumsum(d.weight), alpha=1.0, n_threads=2
    ),
    "ridge_expanding": lambda d: elltwo.ridge_expanding(d.X, d.y, alpha=1.0),
    "ridge_ewm": lambda d: elltwo.ridge_ewm(d.X, d.y, half_life=9.0, alpha=1.0),
    "Moments": lambda d: _moments(d).ridge(alpha=1.0),
    "Moments_path": lambda d: _moments(d).path([0.1, 10.0]),
    "moments_cv": lambda d: elltwo.moments_cv(_parts(d), [0.0, 1.0, np.inf]),
    "ridge_path": lambda d: elltwo.ridge_path(d.X, d.y, [0.1, 10.0]),
    "ridge_path_wide": lambda d: elltwo.ridge_path(d.wide, d.wide[:, 0]),
    "ridge_path_sparse": lambda d: elltwo.ridge_path(d.counts, d.y),
    "ridge_path_bounds": lambda d: elltwo.ridge_path(d.X, d.y, [0.1, 1.0], bounds=(0.0, 2.5)),
    "ridge_cv_loo": lambda d: elltwo.ridge_cv(d.X, d.y),
    "ridge_cv_folds": lambda d: elltwo.ridge_cv(d.large, d.large_y, cv=3, n_threads=2),
    "ridge_cv_gcv": lambda d: elltwo.ridge_cv(d.wide, d.wide[:, :2], cv="gcv"),
    "logistic": lambda d: elltwo.logistic(d.X, d.labels, alpha=1.0),
    "logistic_multinomial": lambda d: elltwo.logistic(d.X, d.classes, alpha=1.0),
    "logistic_sparse": lambda d: elltwo.logistic(d.counts, d.labels, alpha=1.0),
    "logistic_bounds": lambda d: elltwo.logistic(d.X, d.labels, bounds=(-1.0, 0.5)),
    "logistic_path": lambda d: elltwo.logistic_path(d.X, d.labels, [0.1, 1.0, 10.0]),
    "logistic_cv": lambda d: elltwo.logistic_cv(d.X, d.labels, alphas=[0.01, 1.0, 1e4], cv=3),
    "convert_penalty": lambda d: elltwo.convert_penalty(
        d.weight, from_="mse", to="ridge", n_samples=d.y.size
    ),
    "penalty_conventions": lambda _: sorted(elltwo.penalty_conventions()),
    "build_config": lambda _: elltwo.build_config(),
}


def _estimated(make: Callable[[], Any], target: str, d: Data) -> object:
    model = make().fit(d.X, getattr(d, target))
    return model, model.predict(d.X)


_ESTIMATORS: dict[str, tuple[Callable[[], Any], str]] = {
    "Ridge": (partial(linear_model.Ridge, 0.5), "Y"),
    "RidgeCV": (partial(linear_model.RidgeCV, [1e-3, 1.0, 1e5]), "Y"),
    "RidgeClassifier": (linear_model.RidgeClassifier, "classes"),
    "RidgeClassifierCV": (partial(linear_model.RidgeClassifierCV, [1e-5, 1.0, 1e5]), "labels"),
    "LogisticRegression": (linear_model.LogisticRegression, "classes"),
    "LogisticRegressionCV": (
        partial(
            linear_model.LogisticRegressionCV,
            Cs=3,
            cv=3,
            l1_ratios=(0.0,),
            use_legacy_attributes=False,
        ),
        "labels",
    ),
}

CALLS = _CALLS | {
    name: partial(_estimated, make, target) for name, (make, target) in _ESTIMATORS.items()
}

Reader: TypeAlias = "Callable[[Any, Data], object]"


class Shared(NamedTuple):
    """How a record is made, and the ways in which many threads read it."""

    make: Callable[[Data], Any]
    readers: list[Reader]


_STATISTICS: list[Reader] = [
    lambda fit, _: fit.statistics.edf,
    lambda fit, _: fit.statistics.sigma,
    lambda fit, _: fit.statistics.standard_errors("bayesian"),
    lambda fit, _: fit.statistics.covariance("sandwich"),
    lambda fit, _: fit.statistics.vif,
    lambda fit, _: fit.statistics.leverages,
    lambda fit, _: fit.info,
    lambda fit, _: str(fit.summary()),
    lambda fit, d: fit.statistics.prediction_interval(d.X[:5]),
    lambda fit, d: fit.predict(d.X),
]
_WIDE: list[Reader] = [
    lambda fit, _: fit.statistics.standard_errors("sampling"),
    lambda fit, _: fit.statistics.loo_residuals,
    lambda fit, _: fit.statistics.covariance(),
]
_PATH: list[Reader] = [
    lambda path, _: path.coef,
    lambda path, _: path.eigenvalues,
    lambda path, _: path.gcv,
    lambda path, _: path.leverages(1.0),
    lambda path, _: path.loo_residuals(1.0),
    lambda path, _: path.statistics(1.0).standard_errors(),
    *(lambda path, _, a=alpha: path.at(a) for alpha in (3.0, 1e-3, 1e-12, 1e-5, 0.0)),
]
_LOGISTIC: list[Reader] = [
    lambda fit, _: fit.edf,
    lambda fit, _: fit.statistics.deviance,
    lambda fit, _: fit.statistics.null_deviance,
    lambda fit, _: fit.statistics.standard_errors(),
    lambda fit, _: fit.statistics.covariance("sandwich"),
    lambda fit, _: fit.info,
    lambda fit, d: fit.predict_proba(d.X),
]
_LOGISTIC_PATH: list[Reader] = [
    lambda path, _: path.edf,
    *(lambda path, _, a=alpha: path.at(a) for alpha in (1.0, 0.3, 0.01)),
]

SHARED = {
    "ridge": Shared(lambda d: elltwo.ridge(d.X, d.y, alpha=1.0), _STATISTICS),
    "ridge_weights": Shared(
        lambda d: elltwo.ridge(d.X, d.y, alpha=1.0, sample_weight=d.weight), _STATISTICS
    ),
    "ridge_wide": Shared(lambda d: elltwo.ridge(d.wide, d.wide[:, 0], alpha=1.0), _WIDE),
    "ridge_sparse": Shared(lambda d: elltwo.ridge(d.counts, d.y, alpha=1.0), _STATISTICS[:-2]),
    "ridge_cv": Shared(lambda d: elltwo.ridge_cv(d.X, d.y, cv=3), _STATISTICS),
    "ridge_path": Shared(lambda d: elltwo.ridge_path(d.X, d.y, [0.1, 10.0]), _PATH),
    "ridge_path_wide": Shared(lambda d: elltwo.ridge_path(d.wide, d.wide[:, 0], [0.1, 9.0]), _PATH),
    "ridge_path_sparse": Shared(lambda d: elltwo.ridge_path(d.counts, d.y, [0.1, 10.0]), _PATH),
    "moments": Shared(
        _moments,
        [
            lambda moments, _: moments.gram,
            lambda moments, _: moments.copy().scale(0.5).gram,
            lambda moments, _: moments.to_bytes(),
            lambda moments, _: moments.select([0, 3]).ridge(alpha=1.0),
            lambda moments, d: elltwo.Moments(6).add(d.X, d.y).merge(moments).gram,
            lambda moments, _: moments.path([0.1, 10.0]).at(1e-9),
        ],
    ),
    "moments_fit": Shared(
        lambda d: _moments(d).ridge(alpha=1.0),
        [
            lambda fit, _: fit.edf,
            lambda fit, _: fit.stderr(),
            lambda fit, _: fit.info,
            lambda fit, d: fit.predict(d.X),
        ],
    ),
    "logistic": Shared(lambda d: elltwo.logistic(d.X, d.labels, alpha=1.0), _LOGISTIC),
    "multinomial": Shared(lambda d: elltwo.logistic(d.X, d.classes, alpha=1.0), _LOGISTIC),
    "logistic_path": Shared(
        lambda d: elltwo.logistic_path(d.X, d.labels, [0.1, 1.0, 10.0]), _LOGISTIC_PATH
    ),
}
