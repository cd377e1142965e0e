"""Collections that an engine has yet to compute are refused, and by what name they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import elltwo
from elltwo import linear_model, neural_network
from elltwo.exceptions import StreamError
from elltwo.functional._base.lazy import refuse_lazy

if TYPE_CHECKING:
    from collections.abc import Callable

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3))
Y = X @ [1.0, 2.0, 3.0]
LABELS = (Y > 0.0).astype(int)
KEYS = np.repeat([0, 1], 20)
ONES = np.ones(40)
SMALL: Any = {"hidden_layer_sizes": 2}

REGRESSIONS: dict[str, Callable[[Any, Any, Any], object]] = {
    "ridge": lambda x, y, w: elltwo.ridge(x, y, alpha=1.0, sample_weight=w),
    "ridge_path": lambda x, y, w: elltwo.ridge_path(x, y, sample_weight=w),
    "ridge_cv": lambda x, y, w: elltwo.ridge_cv(x, y, sample_weight=w),
    "elastic_net": lambda x, y, w: elltwo.elastic_net(x, y, sample_weight=w),
    "elastic_net_path": lambda x, y, w: elltwo.elastic_net_path(x, y, sample_weight=w),
    "elastic_net_cv": lambda x, y, w: elltwo.elastic_net_cv(x, y, sample_weight=w),
    "linear_probe": lambda x, y, w: elltwo.linear_probe(x, y, cv=3, sample_weight=w),
    "mlp": lambda x, y, w: elltwo.mlp(x, y, sample_weight=w),
    "ridge_rolling": lambda x, y, w: elltwo.ridge_rolling(
        x, y, window=9, alpha=1.0, sample_weight=w
    ),
    "ridge_grouped": lambda x, y, w: elltwo.ridge_grouped(x, y, KEYS, alpha=1.0, sample_weight=w),
    "Moments.add": lambda x, y, w: elltwo.Moments(3).add(x, y, sample_weight=w),
    "Ridge": lambda x, y, w: linear_model.Ridge().fit(x, y, sample_weight=w),
    "Ridge.partial_fit": lambda x, y, w: linear_model.Ridge().partial_fit(x, y, sample_weight=w),
    "RidgeCV": lambda x, y, w: linear_model.RidgeCV().fit(x, y, sample_weight=w),
    "Lasso": lambda x, y, w: linear_model.Lasso().fit(x, y, sample_weight=w),
    "ElasticNetCV": lambda x, y, w: linear_model.ElasticNetCV().fit(x, y, sample_weight=w),
    "MLPRegressor": lambda x, y, w: neural_network.MLPRegressor(**SMALL).fit(x, y, w),
}
CLASSIFICATIONS: dict[str, Callable[[Any, Any, Any], object]] = {
    "logistic": lambda x, y, w: elltwo.logistic(x, y, sample_weight=w),
    "logistic_path": lambda x, y, w: elltwo.logistic_path(x, y, sample_weight=w),
    "logistic_cv": lambda x, y, w: elltwo.logistic_cv(x, y, sample_weight=w),
    "LogisticRegression": lambda x, y, w: linear_model.LogisticRegression().fit(x, y, w),
    "LogisticRegressionCV": lambda x, y, w: linear_model.LogisticRegressionCV().fit(x, y, w),
    "RidgeClassifier": lambda x, y, w: linear_model.RidgeClassifier().fit(x, y, w),
    "RidgeClassifierCV": lambda x, y, w: linear_model.RidgeClassifierCV().fit(x, y, w),
    "MLPClassifier": lambda x, y, w: neural_network.MLPClassifier(**SMALL).fit(x, y, w),
}
FITS = {name: (fit, Y) for name, fit in REGRESSIONS.items()} | {
    name: (fit, LABELS) for name, fit in CLASSIFICATIONS.items()
}


def matrices() -> list[Any]:
    """X as each of the lazy collections that have columns or may have."""
    frame = pd.DataFrame(X, columns=list("abc"))
    return [
        da.from_array(X, chunks=(10, 3)),
        dd.from_pandas(frame, npartitions=4),
        dask.delayed(X),
        dask.delayed(frame)["a"],
        pl.LazyFrame(X, schema=list("abc")),
    ]


def vectors(values: Any) -> list[Any]:  # noqa: ANN401
    """A vector as each of the lazy collections that may hold one."""
    return [
        da.from_array(values, chunks=10),
        dd.from_pandas(pd.Series(values, name="y"), npartitions=4),
        dask.delayed(values),
        [dask.delayed(float)(value) for value in values],
        [da.from_array(np.array(value), chunks=()) for value in values],
    ]


@pytest.mark.parametrize("name", FITS)
def test_fits_refuse_them_in_every_place(name: str) -> None:
    fit, y = FITS[name]
    for lazy in matrices():
        with pytest.raises(TypeError, match=r"^X is lazy .* call \.\w+\(\) first$"):
            fit(lazy, y, None)
    for lazy in vectors(y):
        for rows in (X, pd.DataFrame(X, columns=list("abc"))):
            with pytest.raises(
                TypeError, match=r"^y(\[0\])? is lazy \(dask\w* .*integrations\.dask"
            ):
                fit(rows, lazy, None)
    for lazy in vectors(ONES):
        with pytest.raises(TypeError, match=r"^sample_weight(\[0\])? is lazy \(dask"):
            fit(X, y, lazy)


def test_batches_and_options_refuse_them() -> None:
    batch, targets = np.stack([X, X]), np.stack([Y, Y])
    with pytest.raises(TypeError, match=r"^X is lazy"):
        elltwo.ridge_batch(da.from_array(batch), targets, alpha=1.0)
    with pytest.raises(TypeError, match=r"^y is lazy"):
        elltwo.ridge_batch(batch, da.from_array(targets), alpha=1.0)
    for option in ("alpha", "penalty_factors", "prior_mean"):
        with pytest.raises(TypeError, match=f"^{option} is lazy"):
            elltwo.ridge(X, Y, **{"alpha": 1.0, option: da.ones(3)})
    with pytest.raises(TypeError, match=r"^groups is lazy"):
        elltwo.ridge_grouped(X, Y, da.from_array(KEYS), alpha=1.0)
    with pytest.raises(TypeError, match=r"^offset is lazy"):
        elltwo.logistic(X, LABELS, offset=da.from_array(ONES))


@pytest.mark.parametrize("named", [False, True])
def test_predictions_refuse_them(named: bool) -> None:
    rows = pd.DataFrame(X, columns=list("abc")) if named else X
    predictions: list[Callable[[Any], object]] = [
        elltwo.ridge(rows, Y, alpha=1.0).predict,
        elltwo.logistic(rows, LABELS).predict_proba,
        elltwo.elastic_net(rows, Y).predict,
        elltwo.Moments(3).add(rows, Y).ridge().predict,
        linear_model.Ridge().fit(rows, Y).predict,
        linear_model.LogisticRegression().fit(rows, LABELS).predict_proba,
        neural_network.MLPRegressor(solver="lbfgs", tol=1.0, **SMALL).fit(rows, Y).predict,
    ]
    for predict in predictions:
        for lazy in matrices():
            with pytest.raises(TypeError, match=r"^X is lazy"):
                predict(lazy)


def test_streams_refuse_them() -> None:
    arrays = da.from_array(X), da.from_array(Y)
    for lazy in [*matrices(), dask.delayed((X, Y))]:
        with pytest.raises(TypeError, match=r"^source is lazy"):
            elltwo.fit_stream(lazy, alpha=1.0)
        with pytest.raises(TypeError, match=r"^source\[0\] is lazy"):
            elltwo.fit_stream([lazy, lazy], alpha=1.0)
    with pytest.raises(TypeError, match=r"^source\[0\] is lazy"):
        elltwo.fit_stream(arrays, alpha=1.0)
    with pytest.raises(TypeError, match=r"^source\[1\]\[1\] is lazy"):
        elltwo.fit_stream([(X, Y), (X, arrays[1])], alpha=1.0)
    chunks = [(X, Y), (dask.delayed(X), dask.delayed(Y))]
    with pytest.raises(StreamError, match=r"^chunk 1: X is lazy") as caught:
        elltwo.fit_stream(iter(chunks), alpha=1.0)
    assert caught.value.moments.n_rows == 40


def lazy_type(module: str, name: str) -> Any:  # noqa: ANN401
    """Return a value of a type that another package would have."""
    return type(name, (), {"__module__": module, "shape": (), "columns": ()})()


@pytest.mark.parametrize(
    ("module", "name", "where", "compute"),
    [
        ("pyspark.sql.dataframe", "DataFrame", "spark", ".toPandas()"),
        ("pyspark.sql.classic.dataframe", "DataFrame", "spark", ".toPandas()"),
        ("pyspark.sql.connect.dataframe", "DataFrame", "spark", ".toPandas()"),
        ("pyspark.pandas.frame", "DataFrame", "spark", ".to_pandas()"),
        ("pyspark.core.rdd", "RDD", "spark", ".collect()"),
        ("ray.data.dataset", "MaterializedDataset", "ray", ".to_pandas()"),
        ("ray", "ObjectRef", "ray", "ray.get()"),
        ("distributed.client", "Future", "dask", ".result()"),
    ],
)
def test_other_engines_are_known_without_them(
    module: str, name: str, where: str, compute: str
) -> None:
    lazy = lazy_type(module, name)
    with pytest.raises(TypeError) as caught:
        elltwo.ridge(lazy, Y, alpha=1.0)
    text = str(caught.value)
    assert text.startswith(f"X is lazy ({module.partition('.')[0]} {name})")
    assert f"elltwo.integrations.{where} " in text
    assert text.endswith(f"call {compute} first")


def test_values_of_engines_are_no_collections() -> None:
    refuse_lazy(lazy_type("pyspark.ml.linalg", "DenseMatrix"), "X")
    refuse_lazy(lazy_type("distributed.client", "Client"), "X")
    refuse_lazy([np.ones(3), 1.0, None], "X")

    class Labelled:
        """An array of xarray, whose graph is None once its values are there."""

        def __init__(self, graph: object) -> None:
            self.graph = graph

        def __dask_graph__(self) -> object:
            return self.graph

        def __array__(self, dtype: object = None, copy: object = None) -> Any:  # noqa: ANN401
            return X

    assert elltwo.ridge(Labelled(None), Y, alpha=1.0).coef.shape == (3,)
    with pytest.raises(TypeError, match=r"^X is lazy"):
        elltwo.ridge(Labelled({}), Y, alpha=1.0)
