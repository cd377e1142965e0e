"""Predictions of collections: lazy, with the types and names that they say, those in memory."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import elltwo
from dask_cluster import rows
from elltwo import linear_model
from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")

from elltwo.integrations import dask as ed  # noqa: E402

X, Y = rows(400, 3)
LABELS = np.where(Y.mean() < Y, "yes", "no")
NAMES = ["a", "b", "c"]
FRAME = pd.DataFrame(X, columns=NAMES, index=np.arange(400) * 2).assign(y=Y, w=1.0)
ARRAY = da.from_array(X, chunks=((100, 0, 1, 299), 3))
TABLE = dd.from_pandas(FRAME, npartitions=5)
FEATURES = FRAME[NAMES]


@pytest.fixture(autouse=True)
def _scheduler() -> Any:  # noqa: ANN401
    with dask.config.set(scheduler="synchronous"):
        yield


FITS: dict[str, tuple[Callable[[], Any], str]] = {
    "ridge": (lambda: elltwo.ridge(X, Y, alpha=1.0), "predict"),
    "two targets": (lambda: elltwo.ridge(X, np.column_stack([Y, -Y]), alpha=1.0), "predict"),
    "classes": (lambda: elltwo.logistic(X, LABELS), "predict"),
    "probabilities": (lambda: elltwo.logistic(X, LABELS), "predict_proba"),
    "net": (lambda: elltwo.elastic_net(X, Y), "predict"),
    "estimator": (lambda: linear_model.Ridge().fit(X, Y), "predict"),
    "classifier": (lambda: linear_model.LogisticRegression().fit(X, LABELS), "predict_proba"),
}


@pytest.mark.parametrize("name", FITS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays_in_arrays_out(name: str, dtype: Any) -> None:  # noqa: ANN401
    make, method = FITS[name]
    fit = make()
    given = ARRAY.astype(dtype)
    lazy = getattr(ed, method)(fit, given)
    expected = getattr(fit, method)(X.astype(dtype))
    assert isinstance(lazy, da.Array)
    assert (lazy.shape, lazy.dtype) == (expected.shape, expected.dtype)
    assert lazy.chunks[0] == ARRAY.chunks[0]
    assert lazy._meta.ndim == expected.ndim
    computed = lazy.compute()
    assert computed.dtype == expected.dtype
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(computed, expected, rtol=100 * np.finfo(dtype).eps, atol=1e-6)
    else:
        np.testing.assert_array_equal(computed, expected)


def test_unknown_chunks_and_sparse_blocks() -> None:
    fit = elltwo.ridge(X, Y, alpha=1.0)
    kept = ARRAY[ARRAY[:, 0] > 0.0]
    np.testing.assert_allclose(
        ed.predict(fit, kept).compute(), fit.predict(X[X[:, 0] > 0.0]), rtol=1e-13
    )
    blocks = ARRAY.map_blocks(sparse.csr_matrix)
    np.testing.assert_allclose(ed.predict(fit, blocks).compute(), fit.predict(X), rtol=1e-13)


def named() -> list[Any]:
    return [
        elltwo.ridge(FEATURES, FRAME["y"], alpha=1.0),
        linear_model.Ridge().fit(FEATURES, FRAME["y"]),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_tables_in_named_columns_out(number: int) -> None:
    fit = named()[number]
    for table in (TABLE, TABLE[["w", "c", "a", "b"]]):
        lazy = ed.predict(fit, table)
        assert (lazy.name, lazy.dtype) == ("prediction", np.float64)
        assert lazy.divisions == TABLE.divisions
        found = lazy.compute()
        assert found.name == "prediction"
        assert found.index.equals(FRAME.index)
        np.testing.assert_allclose(found, fit.predict(FEATURES), rtol=1e-13)
    assert "prediction" in TABLE.assign(prediction=ed.predict(fit, TABLE)).compute().columns


def test_columns_of_several_targets_and_classes() -> None:
    both = elltwo.ridge(FEATURES, FRAME[["y", "w"]], alpha=1.0)
    lazy = ed.predict(both, TABLE)
    assert list(lazy.columns) == ["prediction_y", "prediction_w"]
    np.testing.assert_allclose(lazy.compute(), both.predict(FEATURES), rtol=1e-12)
    classes = elltwo.logistic(FEATURES, LABELS)
    probabilities = ed.predict_proba(classes, TABLE)
    assert list(probabilities.columns) == ["probability_no", "probability_yes"]
    assert list(probabilities.dtypes) == [np.float64] * 2
    np.testing.assert_allclose(probabilities.compute(), classes.predict_proba(FEATURES), rtol=1e-12)
    labels = ed.predict(classes, TABLE)
    assert labels.compute().tolist() == classes.predict(FEATURES).tolist()
    assert labels.compute().dtype == labels.dtype
    nameless = ed.predict(elltwo.ridge(X, np.column_stack([Y, Y]), alpha=1.0), TABLE[NAMES])
    assert list(nameless.columns) == ["prediction_0", "prediction_1"]


def test_empty_partitions_of_any_type() -> None:
    fit = named()[0]
    pieces = [FRAME.iloc[:100], pd.DataFrame(columns=FRAME.columns), FRAME.iloc[100:]]
    table = dd.from_delayed(
        [dask.delayed(piece) for piece in pieces], meta=FRAME.iloc[:0], verify_meta=False
    )
    found = ed.predict(fit, table).compute()
    np.testing.assert_allclose(found, fit.predict(FEATURES), rtol=1e-13)
    assert len(ed.predict(fit, TABLE[TABLE.a > 1e9]).compute()) == 0


def test_refusals_before_anything_is_computed() -> None:
    fit, plain = named()[0], elltwo.ridge(X, Y, alpha=1.0)
    with pytest.raises(
        ValueError, match=r"X has no column 'b', which the fit predicts from; its columns are 'a'$"
    ):
        ed.predict(fit, TABLE[["a"]])
    with pytest.raises(ValueError, match="3 features"):
        ed.predict(plain, ARRAY[:, :2])
    with pytest.raises(ValueError, match=r"X\.rechunk\(\{1: -1\}\)"):
        ed.predict(plain, ARRAY.rechunk((100, 1)))
    with pytest.raises(TypeError, match="got ndarray; for data in memory call predict of the fit"):
        ed.predict(plain, X)
    with pytest.raises(TypeError, match="fit must have a method predict_proba, got RidgeFit"):
        ed.predict_proba(plain, ARRAY)
    path = elltwo.elastic_net_path(X, Y, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="single fit, got ElasticNetPath; take one of its fits by"):
        ed.predict(path, ARRAY)
    with pytest.raises(TypeError, match="encode names columns"):
        ed.predict(plain, ARRAY, encode="one-hot")


def test_nan_is_an_error_when_it_is_computed() -> None:
    bad = X.copy()
    bad[150, 1] = np.nan
    lazy = ed.predict(elltwo.ridge(X, Y, alpha=1.0), da.from_array(bad, chunks=(100, 3)))
    with pytest.raises(ValueError, match="X contains NaN at row 50, column 1"):
        lazy.compute()


def test_the_example_runs() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "examples/dask_ridge.py"],
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
    )
    assert re.search(r"^ridge, alpha = .*error (0\.9|1\.0)", done.stdout, re.MULTILINE)
    assert re.search(r"^logistic, [4-6] passes", done.stdout, re.MULTILINE)
