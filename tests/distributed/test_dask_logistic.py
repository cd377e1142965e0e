"""Logistic regressions of collections, in passes: the fit in memory, whatever fails on the way."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import elltwo
from dask_cluster import Reads, our_tasks, until, worker_pids

if TYPE_CHECKING:
    from pathlib import Path

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")
pytest.importorskip("distributed")

from elltwo.integrations import dask as ed  # noqa: E402

# Older releases warn of schedulers of this process while there is a cluster.
pytestmark = pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler:UserWarning")

PART = 250


def labelled() -> Any:  # noqa: ANN401
    rng = np.random.default_rng(3)
    X = rng.normal(size=(5000, 4)) * [1.0, 1e-3, 1e3, 1.0] + [5.0, 0.0, 0.0, -1.0]
    z = X @ [0.8, 900.0, -1e-3, 0.3] - 3.5
    return X, np.where(rng.uniform(size=5000) < 1.0 / (1.0 + np.exp(-z)), "yes", "no"), z


X, LABELS, Z = labelled()
THREE = np.where(Z > 1.0, "high", LABELS)
FRAME = pd.DataFrame(X, columns=list("abcd")).assign(label=LABELS, w=1.0 + (X[:, 0] > 5.0))


def lazy(values: Any, reads: Reads | None = None) -> Any:  # noqa: ANN401
    array = da.from_array(values, chunks=(PART, *values.shape[1:]))
    return array if reads is None else array.map_blocks(reads, meta=np.empty((0, 0)))


def require_same(fit: Any, expected: Any) -> None:  # noqa: ANN401
    scale = np.abs(expected.coef).max(axis=-1, keepdims=True)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-6, atol=1e-7 * scale.min())
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-6)
    assert fit.classes.tolist() == expected.classes.tolist()
    assert fit.info.status == "converged"
    assert fit.info.optimality <= 1e-8


@pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
def test_the_fit_is_that_in_memory(scheduler: str) -> None:
    with dask.config.set(scheduler=scheduler):
        fit = ed.logistic(lazy(X), lazy(LABELS), alpha=2.0)
        require_same(fit, elltwo.logistic(X, LABELS, alpha=2.0))
        assert fit.passes.n_passes <= 6
        table = dd.from_pandas(FRAME, npartitions=7)
        weighted = ed.logistic(table, target="label", sample_weight="w", alpha=2.0)
        expected = elltwo.logistic(FRAME[list("abcd")], LABELS, alpha=2.0, sample_weight=FRAME["w"])
        require_same(weighted, expected)
        assert weighted.feature_names == tuple("abcd")
        beside = ed.logistic(
            table[list("abcd")], table["label"], sample_weight=table["w"], alpha=2.0
        )
        require_same(beside, expected)


def test_one_class_a_partition_and_three_classes() -> None:
    order = np.argsort(THREE, kind="stable")
    with dask.config.set(scheduler="threads"):
        fit = ed.logistic(lazy(X[order]), lazy(THREE[order]), alpha=2.0)
    require_same(fit, elltwo.logistic(X, THREE, alpha=2.0))
    assert fit.passes.n_passes <= 9


def test_alpha_is_chosen_as_in_memory() -> None:
    alphas = [500.0, 2.0, 0.01]
    own = X / [1.0, 1e-3, 1e3, 1.0]
    row, part = np.arange(len(X)) % PART, np.arange(len(X)) // PART
    fold = (row // 50 + part) % 3
    pairs = [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(3)]
    ways: list[tuple[Any, Any]] = [(3, pairs), ("alo", "alo")]
    with dask.config.set(scheduler="threads"):
        for cv, there in ways:
            fit = ed.logistic_cv(lazy(own), lazy(LABELS), alphas=alphas, cv=cv, fold_rows=50)
            expected = elltwo.logistic_cv(own, LABELS, alphas=alphas, cv=there)
            assert fit.alpha == expected.alpha
            np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=1e-6)
            require_same(fit, expected)


def test_paths_are_those_in_memory() -> None:
    table = dd.from_pandas(FRAME.drop(columns="w"), npartitions=7)
    with dask.config.set(scheduler="threads"):
        path = ed.logistic_path(table, target="label", alphas=[100.0, 3.0, 0.1])
    assert path.feature_names == tuple("abcd")
    for alpha in path.alphas:
        require_same(path.at(alpha), elltwo.logistic(X, LABELS, alpha=alpha))


def test_offsets_of_rows() -> None:
    shift = np.linspace(-1.0, 1.0, len(X))
    with dask.config.set(scheduler="threads"):
        fit = ed.logistic(lazy(X), lazy(LABELS), offset=lazy(shift), alpha=2.0)
    require_same(fit, elltwo.logistic(X, LABELS, offset=shift, alpha=2.0))


def test_one_class_in_all_is_the_error_of_the_fit_in_memory() -> None:
    ones = np.full(len(X), "yes")
    with dask.config.set(scheduler="threads"), pytest.raises(ValueError, match="only one class"):
        ed.logistic(lazy(X), lazy(ones))


def test_a_fault_of_a_later_partition_is_named() -> None:
    bad = X.copy()
    bad[7 * PART + 12, 3] = np.nan
    with (
        dask.config.set(scheduler="threads"),
        pytest.raises(ValueError, match=r"^partition 7, row 12, column 'X\[3\]' is missing or NaN"),
    ):
        ed.logistic(lazy(bad), lazy(LABELS))


def test_the_same_bytes_on_the_cluster_and_in_process(dask_client: Any) -> None:  # noqa: ANN401
    with dask.config.set(scheduler="synchronous"):
        expected = ed.logistic(lazy(X), lazy(LABELS)).coef.tobytes()
    fits = [ed.logistic(lazy(X), lazy(LABELS), n_threads=n) for n in (1, 1, 1, 2, 4)]
    assert {fit.coef.tobytes() for fit in fits} == {expected}
    until(lambda: not our_tasks(dask_client))
    cloudpickle: Any = pytest.importorskip("cloudpickle")
    again = pickle.loads(cloudpickle.dumps(fits[0]))
    assert again.coef.tobytes() == expected
    assert again.passes == fits[0].passes


def test_a_worker_killed_in_the_third_pass_changes_nothing(
    dask_client: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    expected = ed.logistic(lazy(X), lazy(LABELS))
    assert expected.passes.n_passes >= 3
    reads = Reads(tmp_path, seconds=0.05)
    victim = worker_pids(dask_client)[0]

    def kill() -> None:
        until(lambda: reads.number >= 2 * 20 + 5)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    fit = ed.logistic(lazy(X, reads), lazy(LABELS))
    killer.join()
    assert fit.coef.tobytes() == expected.coef.tobytes()
    assert fit.passes.n_passes == expected.passes.n_passes
    dask_client.wait_for_workers(2, timeout=60)
    until(lambda: len(worker_pids(dask_client)) == 2 and victim not in worker_pids(dask_client))


DRIVER = """
import os, sys
import dask, dask.array as da, numpy as np
from elltwo.integrations import dask as ed
X, labels, state = np.load(sys.argv[1]), np.load(sys.argv[2]), sys.argv[3]
count = 0
def read(block):
    global count
    count += 1
    if count > 2 * 20 + 5:
        os._exit(9)
    return block
rows = da.from_array(X, chunks=(250, 4)).map_blocks(read, meta=np.empty((0, 0)))
with dask.config.set(scheduler="synchronous"):
    ed.logistic(rows, da.from_array(labels, chunks=250), state=state)
"""


def test_a_run_goes_on_after_its_driver_was_killed(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", LABELS)
    state = tmp_path / "state"
    arguments = [tmp_path / "X.npy", tmp_path / "y.npy", state]
    ended = subprocess.run(
        [sys.executable, "-c", DRIVER, *map(str, arguments)], check=False, timeout=120
    )
    assert ended.returncode == 9
    assert state.exists()
    reads = Reads(tmp_path)
    with dask.config.set(scheduler="synchronous"):
        expected = ed.logistic(lazy(X), lazy(LABELS))
        fit = ed.logistic(lazy(X, reads), lazy(LABELS), state=state)
    assert fit.coef.tobytes() == expected.coef.tobytes()
    assert reads.number == 20 * (expected.passes.n_passes - 2)


@pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")
def test_estimators_fit_score_and_predict() -> None:
    with dask.config.set(scheduler="threads"):
        rows, labels = lazy(X), lazy(LABELS)
        clf = ed.LogisticRegression(C=0.5).fit(rows, labels)
        expected = elltwo.logistic(X, LABELS, alpha=2.0)
        np.testing.assert_allclose(clf.coef_[0], expected.coef, rtol=1e-6, atol=1e-9)
        probabilities = clf.predict_proba(rows)
        assert isinstance(probabilities, da.Array)
        np.testing.assert_allclose(
            probabilities.compute(), expected.predict_proba(X), rtol=1e-5, atol=1e-7
        )
        right = np.mean(expected.predict(X) == LABELS)
        assert clf.score(rows, labels) == pytest.approx(right, abs=1e-12)
        assert clf.local().predict(X[:5]).tolist() == clf.predict(rows)[:5].compute().tolist()
        ridge = ed.Ridge(alpha=2.0).fit(rows, lazy(Z))
        local = elltwo.linear_model.Ridge(alpha=2.0).fit(X, Z)
        assert ridge.score(rows, lazy(Z)) == pytest.approx(local.score(X, Z), rel=1e-10)
        best = ed.RidgeCV(alphas=[1e-3, 1e-2, 1e-1], cv=3).fit(rows, lazy(Z + X[:, 0] ** 2))
        assert best.alpha_ in {1e-3, 1e-2, 1e-1}
        for estimator in (clf, ridge, best):
            twin = pickle.loads(pickle.dumps(estimator))
            assert dask.base.tokenize(twin) == dask.base.tokenize(estimator)
            assert twin.get_params().keys() == estimator.get_params().keys()
