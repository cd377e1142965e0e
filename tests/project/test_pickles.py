"""Every public record and estimator survives every pickle and copy, and core objects refuse."""

from __future__ import annotations

import copy
import functools
import inspect
import io
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import elltwo
from elltwo import _core, linear_model, neural_network
from elltwo.exceptions import StreamError
from elltwo.functional._logistic_passes.task import Folds
from elltwo.tabular import Coding
from elltwo.tabular._table_fit import Choice
from logistic_passes import passes_cv_fit, passes_path, split, untimed_fit

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")

cloudpickle: Any = pytest.importorskip("cloudpickle")
joblib: Any = pytest.importorskip("joblib")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ [1.0, -2.0, 0.5] + RNG.normal(size=40)
PAIR = np.tile(Y, (2, 1))
LABELS = np.where(Y > 0.0, "a", "b")
THREE = RNG.integers(0, 3, size=40)
KEYS = np.arange(40) % 2
WIDE = sparse.csr_matrix(sparse.random(6100, 6100, density=1e-3, random_state=0))


FRAME = pd.DataFrame(X, columns=["c", "b", "a"])


def moments() -> elltwo.Moments:
    return elltwo.Moments(3).add(X, Y)


def table_fit(target: str) -> elltwo.TableFit:
    coding = Coding.of(FRAME)
    return elltwo.TableFit(elltwo.ridge(X, Y, alpha=1.0), coding, target, Choice(1.0))


@functools.cache  # two fits differ in the seconds that they took
def logistic_stream(**options: Any) -> elltwo.LogisticStreamFit:  # noqa: ANN401
    fit: elltwo.LogisticStreamFit = elltwo.fit_stream((X, LABELS), model="logistic", **options)
    return fit


def joblib_dumped(value: object) -> object:
    file = io.BytesIO()
    joblib.dump(value, file)
    file.seek(0)
    return joblib.load(file)


def pickled(protocol: int) -> Callable[[object], object]:
    return lambda value: pickle.loads(pickle.dumps(value, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    **{f"protocol {protocol}": pickled(protocol) for protocol in range(6)},
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "cloudpickle": lambda value: pickle.loads(cloudpickle.dumps(value)),
    "joblib": joblib_dumped,
}

NETWORK: Any = {"solver": "adam", "hidden_layer_sizes": 3, "tol": 1.0, "random_state": 0}
RECORDS: dict[str, Callable[[], Any]] = {
    "LinearProbe": lambda: elltwo.linear_probe(X, LABELS, cv="alo", alphas=[1.0]),
    "ProbeScores": lambda: elltwo.linear_probe(X, LABELS, cv="alo", alphas=[1.0]).after,
    "ProbeScore": lambda: elltwo.linear_probe(X, LABELS, cv="alo", alphas=[1.0]).after.train,
    "RidgeAdjoint": lambda: elltwo.ridge_adjoint(X, PAIR, alpha=1.0, coef_gradient=np.ones((2, 3))),
    "RidgeFit": lambda: elltwo.ridge(X, Y, alpha=1.0),
    "RidgeFit, bounds": lambda: elltwo.ridge(X, Y, alpha=1.0, bounds=(0.0, 1.0)),
    "RidgeFit, sparse": lambda: elltwo.ridge(sparse.csr_matrix(X), PAIR.T, alpha=1.0),
    "RidgePath": lambda: elltwo.ridge_path(X, Y, [0.1, 1.0]),
    "RidgePath, automatic": lambda: elltwo.ridge_path(X, PAIR.T),
    "RidgePath, wide": lambda: elltwo.ridge_path(X[:2], Y[:2], [0.1, 1.0]),
    "RidgePath, sparse": lambda: elltwo.ridge_path(sparse.csr_matrix(X), Y, [0.1, 1.0]),
    "RidgePath, iterated": lambda: elltwo.ridge_path(WIDE, np.arange(6100.0), [1.0]),
    "RidgePath, bounds": lambda: elltwo.ridge_path(X, Y, [0.1], bounds=(0.0, 1.0)),
    "RidgePath, moments": lambda: moments().path(),
    "RidgeFit, names": lambda: elltwo.ridge(FRAME, Y, alpha=1.0),
    "RidgePath, names": lambda: elltwo.ridge_path(FRAME, Y, [0.1, 1.0]),
    "LogisticPath, names": lambda: elltwo.logistic_path(FRAME, LABELS, [1.0]),
    "Moments, names": lambda: elltwo.Moments(3).add(FRAME, Y),
    "PathPoint": lambda: elltwo.ridge_path(X, Y).at(1.0),
    "RidgeCVFit": lambda: elltwo.ridge_cv(X, Y),
    "RidgeCVFit, stored": lambda: elltwo.ridge_cv(X, Y, store_cv=True),
    "RidgeCVFit, folds": lambda: elltwo.ridge_cv(X, PAIR.T, cv=4, per_target=True),
    "RidgeStatistics": lambda: elltwo.ridge(X, PAIR.T, alpha=[1.0, 2.0]).statistics,
    "RidgeStatistics, path": lambda: elltwo.ridge_path(X, Y).statistics(1.0),
    "RidgeStatistics, moments": lambda: moments().ridge(1.0).statistics,
    "RidgeStatistics, one": lambda: elltwo.ridge(X, PAIR.T, alpha=1.0).statistics.of_target(1),
    "RidgeSummary": lambda: elltwo.ridge(X, Y, alpha=1.0).summary(),
    "StandardErrors": lambda: elltwo.ridge(X, Y, alpha=1.0).statistics.standard_errors("sampling"),
    "IntervalPrediction": lambda: elltwo.ridge(X, Y, alpha=1.0).predict(X, interval=0.5),
    "PredictionInterval": lambda: elltwo.ridge(X, Y, alpha=1.0).statistics.prediction_interval(X),
    "SolveInfo": lambda: elltwo.ridge(X, Y, alpha=1.0).info,
    "ElasticNetFit": lambda: elltwo.elastic_net(X, Y, 3.0),
    "ElasticNetFit, names": lambda: elltwo.elastic_net(FRAME, PAIR.T, 3.0, prior_mean=0.1),
    "ElasticNetFit, moments": lambda: moments().elastic_net(3.0),
    "ElasticNetInfo": lambda: elltwo.elastic_net(X, Y, 3.0).info,
    "ElasticNetPath": lambda: elltwo.elastic_net_path(X, PAIR.T, l1_ratio=1.0),
    "ElasticNetPath, moments": lambda: moments().elastic_net_path(),
    "ElasticNetCVFit": lambda: elltwo.elastic_net_cv(X, PAIR.T, [0.5, 1.0], per_target=True),
    "ElasticNetCVFit, folds": lambda: elltwo.elastic_net_moments_cv([moments(), moments()]),
    "ElasticNetSummary": lambda: elltwo.elastic_net(X, Y, 3.0).summary(),
    "RelaxedCVFit": lambda: elltwo.elastic_net_cv(X, PAIR.T, relax=True, per_target=True),
    "RelaxedFit": lambda: elltwo.elastic_net(X, Y, 3.0).relaxed(0.5),
    "RelaxedPath": lambda: elltwo.elastic_net_path(X, Y).relaxed(),
    "SelectionStability": lambda: elltwo.selection_stability(X, Y, 3.0, n_pairs=2),
    "LogisticFit": lambda: elltwo.logistic(X, LABELS),
    "LogisticFit, three": lambda: elltwo.logistic(X, THREE),
    "PassesFit": lambda: untimed_fit(split([20], X, LABELS)),
    "PassesCVFit": lambda: passes_cv_fit(split([20], X, LABELS), Folds(2, 5), alphas=[2.0, 1.0]),
    "PassesPath": lambda: passes_path(split([20], X, LABELS), [2.0, 1.0]),
    "PassInfo": lambda: untimed_fit(split([20], X, THREE)).passes,
    "LogisticPath": lambda: elltwo.logistic_path(X, LABELS, [1.0, 0.1]),
    "LogisticPath, L1": lambda: elltwo.logistic_path(X, THREE, l1_ratio=0.5, n_alphas=5),
    "LogisticCVFit": lambda: elltwo.logistic_cv(X, LABELS),
    "LogisticStatistics": lambda: elltwo.logistic(X, LABELS).statistics,
    "LogisticStatistics, three": lambda: elltwo.logistic(X, THREE).statistics,
    "LogisticSummary": lambda: elltwo.logistic(X, LABELS).summary(),
    "LogisticInfo": lambda: elltwo.logistic(X, LABELS).info,
    "ZValues": lambda: elltwo.logistic(X, LABELS).statistics.z_values("sampling"),
    "BatchFit": lambda: elltwo.ridge_batch(X, PAIR, alpha=1.0),
    "BatchCVFit": lambda: elltwo.ridge_batch_cv(X, PAIR),
    "ElasticNetBatchFit": lambda: elltwo.elastic_net_batch(X, PAIR, alpha=1.0),
    "ElasticNetGroupedFit": lambda: elltwo.elastic_net_grouped(X, Y, KEYS, alpha=1.0),
    "GroupedFit": lambda: elltwo.ridge_grouped(X, Y, KEYS, alpha=1.0),
    "GroupedCVFit": lambda: elltwo.ridge_grouped_cv(X, Y, KEYS),
    "MLPFit": lambda: elltwo.mlp(X, Y, 3, tol=0.1),
    "MLPFit, adam": lambda: elltwo.mlp(FRAME, Y, 3, solver="adam", tol=1.0),
    "MLPBatchFit": lambda: elltwo.mlp_batch(X, PAIR, 3, tol=0.1),
    "MiniBatches": lambda: elltwo.MiniBatches(100),
    "Progress": lambda: elltwo.Progress("ridge_cv", 1, 4, 2.0, 6.0),
    "RollingFit": lambda: elltwo.ridge_rolling(X, Y, window=9, alpha=1.0),
    "RollingFit, expanding": lambda: elltwo.ridge_expanding(X, Y, alpha=1.0),
    "RollingFit, ewm": lambda: elltwo.ridge_ewm(X, Y, half_life=9.0, alpha=1.0),
    "Moments": moments,
    "MomentsFit": lambda: moments().ridge(1.0),
    "RidgeCVFit, moments": lambda: moments().gcv(),
    "RidgeCVFit, merged": lambda: elltwo.moments_cv([moments(), moments()]),
    "TableFit": lambda: table_fit("y"),
    "StreamFit": lambda: elltwo.fit_stream((X, Y), alpha=1.0),
    "StreamFit, folds": lambda: elltwo.fit_stream((X, Y), cv=2, fold_rows=5),
    "LogisticStreamFit": lambda: logistic_stream(alpha=1.0),
    "LogisticStreamFit, folds": lambda: logistic_stream(cv=2, fold_rows=5),
    "StreamError": lambda: StreamError("row 3", moments(), 3),
    "Ridge": lambda: linear_model.Ridge().fit(X, Y),
    "Ridge, portions": lambda: linear_model.Ridge().partial_fit(X, Y),
    "RidgeCV": lambda: linear_model.RidgeCV(store_cv_results=True).fit(X, Y),
    "RidgeClassifier": lambda: linear_model.RidgeClassifier().fit(X, LABELS),
    "RidgeClassifierCV": lambda: linear_model.RidgeClassifierCV().fit(X, LABELS),
    "LogisticRegression": lambda: linear_model.LogisticRegression().fit(X, LABELS),
    "MLPCurvature": lambda: elltwo.mlp(X, Y, 2, activation="tanh", tol=1e-2).curvature(
        hessian_products=9
    ),
    "MLPInfo": lambda: (
        neural_network.MLPRegressor(**{**NETWORK, "solver": "lbfgs"}).fit(X, Y).info_
    ),
    "MLPClassifier": lambda: neural_network.MLPClassifier(**NETWORK).fit(X, LABELS),
    "MLPRegressor": lambda: neural_network.MLPRegressor(**NETWORK).fit(X, Y),
    "LogisticRegressionCV": lambda: linear_model.LogisticRegressionCV().fit(X, LABELS),
    "ElasticNet": lambda: linear_model.ElasticNet(0.1).fit(X, Y),
    "ElasticNet, sparse": lambda: linear_model.ElasticNet(0.1).fit(X, PAIR.T).sparsify(),
    "ElasticNetCV": lambda: linear_model.ElasticNetCV(l1_ratio=[0.5, 1.0], alphas=5).fit(X, Y),
    "Lasso": lambda: linear_model.Lasso(0.1).fit(X, Y),
    "LassoCV": lambda: linear_model.LassoCV(alphas=5).fit(X, Y),
    "MultiTaskElasticNet": lambda: linear_model.MultiTaskElasticNet(0.1).fit(X, PAIR.T),
    "MultiTaskElasticNetCV": lambda: linear_model.MultiTaskElasticNetCV(alphas=5).fit(X, PAIR.T),
    "MultiTaskLasso": lambda: linear_model.MultiTaskLasso(0.1).fit(X, PAIR.T),
    "MultiTaskLassoCV": lambda: linear_model.MultiTaskLassoCV(alphas=5).fit(X, PAIR.T),
}
FITS = (elltwo.RidgeFit, elltwo.LogisticFit, elltwo.ElasticNetFit, elltwo.MLPFit)
LEFT_BEHIND = {
    "edf",
    "rss",
    "statistics",
    "r2",
    "dispersion",
    "head",
}  # of fits, whose copies have no data


def answers(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """Public attributes that are no methods, or the error that they raise, and the text."""
    found: dict[str, Any] = {"text": str(record)}
    for name in dir(record):
        if name.startswith("_"):
            continue
        try:
            value = getattr(record, name)
        except (AttributeError, ValueError) as error:
            value = str(error)
        if not callable(value) or isinstance(value, tuple):
            found[name] = value
    return found


def require_same(first: Any, second: Any, name: str) -> None:  # noqa: ANN401
    if isinstance(first, dict):
        assert first.keys() == second.keys(), name
        for key in first:
            require_same(first[key], second[key], f"{name}.{key}")
    elif isinstance(first, np.ndarray) and first.dtype.kind not in "fiu":
        np.testing.assert_array_equal(first, second, err_msg=name)
    elif isinstance(first, np.ndarray | float):
        np.testing.assert_allclose(second, first, rtol=1e-9, atol=1e-9, err_msg=name)
    elif isinstance(first, tuple | list):
        assert len(first) == len(second), name
        for k, (a, b) in enumerate(zip(first, second, strict=True)):
            require_same(a, b, f"{name}[{k}]")
    elif type(first).__module__.startswith("elltwo"):
        assert type(second) is type(first), name
    elif hasattr(first, "toarray"):
        np.testing.assert_array_equal(first.toarray(), second.toarray(), err_msg=name)
    else:
        assert first == second, name


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
@pytest.mark.parametrize("name", RECORDS)
def test_record_survives(name: str, used: bool) -> None:
    record = RECORDS[name]()
    expected = answers(record if used else RECORDS[name]())
    is_fit = isinstance(record, FITS)
    kept = {key: expected[key] for key in expected if not (is_fit and key in LEFT_BEHIND)}
    for way, make in WAYS.items():
        twin = make(record)
        assert type(twin) is type(record), way
        after = answers(make(twin))
        for left in after.keys() - kept.keys():
            text = str(after.pop(left))
            assert "left its data behind" in text or "not known for a blend" in text, way
        require_same(kept, after, f"{name} by {way}")


@pytest.mark.parametrize("name", RECORDS)
def test_dask_names_a_record_and_its_twins_alike(name: str) -> None:
    tokenize = pytest.importorskip("dask.base").tokenize
    record = RECORDS[name]()
    token = tokenize(record, ensure_deterministic=True)
    assert token == tokenize(record, ensure_deterministic=True)
    twin = pickle.loads(pickle.dumps(record))
    after = pickle.loads(pickle.dumps(twin))
    assert tokenize(twin, ensure_deterministic=True) == token
    assert tokenize(after, ensure_deterministic=True) == token


def test_dask_tells_records_apart_in_every_process() -> None:
    tokenize = pytest.importorskip("dask.base").tokenize
    makes: list[Callable[[float], object]] = [
        lambda alpha: elltwo.ridge(X, Y, alpha=alpha),
        linear_model.Ridge,
        lambda alpha: linear_model.Ridge(alpha).fit(X, Y),
        lambda alpha: neural_network.MLPRegressor(alpha=alpha),
        lambda alpha: linear_model.RidgeCV(scoring=lambda *_: alpha),
    ]
    for make in makes:
        assert tokenize(make(1.0)) == tokenize(make(1.0)) != tokenize(make(2.0))
    code = """
import elltwo.linear_model, dask.base
class Mine(elltwo.linear_model.Ridge):
    pass
mine = {dask.base.tokenize(Mine(alpha)) for alpha in (0.5, 0.5, 1.0)}
print(dask.base.tokenize(elltwo.linear_model.Ridge(0.5)), len(mine))
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == [tokenize(linear_model.Ridge(0.5)), "2"]


def test_every_public_class_is_tried() -> None:
    tried = {name.split(",")[0] for name in RECORDS}
    classes = {
        name
        for module in (elltwo, linear_model, neural_network)
        for name in module.__all__
        if inspect.isclass(getattr(module, name))
    }
    assert classes <= tried
    kinds = {type(make()).__name__ for make in RECORDS.values()}
    assert classes <= kinds | {"MomentsStatistics"}


@pytest.mark.parametrize("way", WAYS)
def test_path_answers_for_other_alphas_after_it(way: str) -> None:
    path = elltwo.ridge_path(X, PAIR.T, [0.1, 1.0])
    twin = WAYS[way](path)
    for alpha in (0.01, 0.1, 0.5, 7.0):
        np.testing.assert_array_equal(twin.at(alpha).coef, path.at(alpha).coef)
        np.testing.assert_array_equal(twin.loo_residuals(alpha), path.loo_residuals(alpha))
        np.testing.assert_allclose(twin.statistics(alpha).edf, path.statistics(alpha).edf)


def test_pickled_path_is_decomposed_only_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, y = np.tile(X, (10, 1)) + RNG.normal(size=(400, 3)), np.tile(Y, 10)
    path = elltwo.ridge_path(rows, y)
    size = len(pickle.dumps(path))
    assert size < 1.5 * (rows.nbytes + y.nbytes + path.coef.nbytes)
    twin = pickle.loads(pickle.dumps(path))
    with monkeypatch.context() as patch:
        patch.setattr("elltwo.functional._ridge.path_record.decompose", None)
        for name in ("coef", "intercept", "edf", "rss", "gcv", "aic", "eigenvalues", "solver"):
            np.testing.assert_array_equal(getattr(twin, name), getattr(path, name))
        with pytest.raises(TypeError, match="not callable"):
            twin.at(3.0)
    assert twin.at(3.0).coef.shape == (3,)
    many = elltwo.ridge_path(X, np.tile(Y, (50, 1)).T)  # whose coefficients outnumber the data
    twin = pickle.loads(pickle.dumps(many))
    assert "_fits" not in vars(twin)
    np.testing.assert_array_equal(twin.coef, many.coef)


def test_path_returns_from_a_process() -> None:
    path = joblib.Parallel(n_jobs=2)(joblib.delayed(elltwo.ridge_path)(X, Y) for _ in range(2))[1]
    np.testing.assert_array_equal(path.coef, elltwo.ridge_path(X, Y).coef)


CORE: dict[str, Callable[[], Any]] = {
    "LogisticPass": lambda: _core.LogisticPass(
        np.zeros((1, 1, 3)),
        np.full(1, -1, np.int32),
        np.zeros(2),
        np.ones(2),
        2,
        np.zeros(1, bool),
        False,
    ),
    "SolveInfo": lambda: elltwo.ridge(X, Y, alpha=1.0, bounds=(0.0, 1.0))._info,
    "LogisticInfo": lambda: elltwo.logistic(X, LABELS)._info,
    "ElasticNetBatchInfo": lambda: _core.elastic_net_batch(*_batch())[5],
    "ElasticNetInfo": lambda: elltwo.elastic_net(X, Y)._info[1],
    "ElasticNetPath": lambda: elltwo.elastic_net(X, Y)._info[0][0],
    "RidgePath": lambda: elltwo.ridge_path(X, Y)._decomposed,
    "RidgeSplits": lambda: _core.RidgeSplits(*_splits()),
    "StopFlag": _core.StopFlag,
}


def _batch() -> Any:  # noqa: ANN401  # arguments of the core
    given = (PAIR[:, :, np.newaxis], np.ones(1), None, None, None)
    return X, (None, None), given, None, None, 0.5, (True, 1e-10, 1000, 1)


def _splits() -> tuple[Any, ...]:
    from elltwo.functional._base.options import read_options
    from elltwo.functional._cv.splits import contiguous_folds

    options = read_options(True, False, "auto", 1e-10, 10, None)
    return X, (Y[:, np.newaxis], None, None, None, None), contiguous_folds(40, 4)[:4], options


@pytest.mark.parametrize("name", CORE)
def test_core_objects_refuse(name: str) -> None:
    value = CORE[name]()
    assert type(value).__name__ == name
    for make in WAYS.values():
        with pytest.raises(TypeError, match=f"_core.{name} can be neither pickled nor copied"):
            make(value)


def test_every_core_class_refuses_or_survives() -> None:
    classes = {name for name in dir(_core) if inspect.isclass(getattr(_core, name))}
    assert classes == {*CORE, "Moments"}


@pytest.mark.parametrize("way", WAYS)
def test_core_moments_survive(way: str) -> None:
    core = moments()._core
    assert WAYS[way](core).to_bytes() == core.to_bytes()


def test_displays_survive() -> None:
    code = """
import pickle, copy, sys
import matplotlib
matplotlib.use("agg")
import numpy as np, elltwo
from elltwo.plot import (
    CalibrationDisplay,
    CoefficientDisplay,
    CollinearityDisplay,
    ResidualDisplay,
    RidgeCVDisplay,
    RidgePathDisplay,
    RollingDisplay,
)
X = np.random.default_rng(0).normal(size=(40, 3)); y = X[:, 0] + X[:, 1] ** 2
fit = elltwo.ridge_cv(X, y)
displays = [
    RidgePathDisplay.from_path(elltwo.ridge_path(X, y)),
    RidgeCVDisplay.from_fit(fit),
    CalibrationDisplay.from_predictions(y > 1.0, 1.0 / (1.0 + np.exp(-fit.predict(X)))),
    CoefficientDisplay.from_fit(fit),
    *[ResidualDisplay.from_fit(fit, kind=kind) for kind in ("fitted", "quantile", "leverage")],
    *[CollinearityDisplay.from_fit(fit, kind=k) for k in ("vif", "condition", "correlation")],
    RollingDisplay.from_fit(elltwo.ridge_rolling(X, y, window=9, alpha=1.0)),
]
for display in displays:
    for protocol in range(2, 6):
        twin = pickle.loads(pickle.dumps(display, protocol))
        assert type(twin) is type(display)
    copy.copy(display)
print("done")
"""
    pytest.importorskip("matplotlib")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "done", done.stderr
