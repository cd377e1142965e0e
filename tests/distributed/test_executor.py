"""Fits of parts on executors of processes and threads, and what becomes of errors on them."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations import executor as ex
from executor_parts import (
    N_PARTS,
    load,
    load_and_die,
    load_broken,
    load_classes,
    load_table,
)
from partitions import NAMES
from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from partitions import Anything

PARTS = range(N_PARTS)
X, Y = (np.concatenate(arrays) for arrays in zip(*map(load, PARTS), strict=True))
CX, CY = (np.concatenate(arrays) for arrays in zip(*map(load_classes, PARTS), strict=True))


@pytest.fixture(scope="module")
def processes() -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        yield pool


@pytest.fixture(scope="module")
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(3) as pool:
        yield pool


def close(fit: Anything, expected: Anything, tol: float = 1e-10) -> None:
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=0, atol=tol)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=0, atol=tol * 100)


def test_linear_models_in_processes_and_threads(
    processes: ProcessPoolExecutor, threads: ThreadPoolExecutor
) -> None:
    fits = [ex.ridge(PARTS, load, executor=pool, alpha=2.0) for pool in (processes, threads)]
    close(fits[0], elltwo.ridge(X, Y, alpha=2.0))
    assert fits[0].coef.tobytes() == fits[1].coef.tobytes()
    named = ex.ridge(PARTS, load_table, executor=processes, alpha=2.0, target="t")
    close(named, fits[0])
    assert named.feature_names == NAMES
    assert ex.moments(PARTS, load, executor=threads).n_rows == len(X)
    for cv in (4, "gcv"):
        chosen = ex.ridge_cv(PARTS, load, executor=threads, cv=cv)
        close(chosen, elltwo.ridge(X, Y, alpha=chosen.alpha))
    options: dict[str, Any] = {"alphas": [np.inf, 100.0, 0.0], "l1_ratio": 0.9}
    path = ex.elastic_net_path(PARTS, load, executor=threads, **options)
    np.testing.assert_allclose(
        path.coef, elltwo.elastic_net_path(X, Y, options["alphas"], 0.9).coef, atol=1e-8
    )
    net = ex.elastic_net(PARTS, load, executor=threads, alpha=100.0, l1_ratio=0.9)
    np.testing.assert_allclose(net.coef, path.coef[1], atol=1e-8)
    assert ex.elastic_net_cv(PARTS, load, executor=threads, cv=3, **options).alpha in {0.0, 100.0}


def test_bytes_are_the_same_over_runs(processes: ProcessPoolExecutor) -> None:
    fits = {ex.ridge(PARTS, load, executor=processes).coef.tobytes() for _ in range(5)}
    fits |= {ex.ridge(PARTS, load, executor=processes, n_threads=2).coef.tobytes()}
    assert len(fits) == 1


def test_logistic_in_processes_and_threads(
    processes: ProcessPoolExecutor, threads: ThreadPoolExecutor
) -> None:
    expected = elltwo.logistic(CX, CY, alpha=2.0, tol=1e-13)
    fits = [
        ex.logistic(PARTS, load_classes, executor=pool, alpha=2.0, tol=1e-11)
        for pool in (processes, threads)
    ]
    close(fits[0], expected, 1e-9)
    assert fits[0].coef.tobytes() == fits[1].coef.tobytes()
    assert fits[0].passes.n_bytes > 0  # type: ignore[operator]
    chosen = ex.logistic_cv(PARTS, load_classes, executor=threads, cv=3, alphas=[0.0, 3.0, np.inf])
    close(chosen, elltwo.logistic(CX, CY, alpha=chosen.alpha, tol=1e-13), 1e-6)
    alphas = [100.0, 3.0, 0.1]
    chosen = ex.logistic_cv(PARTS, load_classes, executor=processes, cv="alo", alphas=alphas)
    expected = elltwo.logistic_cv(CX, CY, cv="alo", alphas=alphas)
    assert chosen.alpha == expected.alpha
    np.testing.assert_allclose(chosen.cv_score, expected.cv_score, rtol=1e-6)
    path = ex.logistic_path(PARTS, load_classes, executor=processes, alphas=alphas)
    np.testing.assert_allclose(path.coef, elltwo.logistic_path(CX, CY, alphas).coef, atol=1e-6)


@pytest.mark.parametrize("pool_name", ["processes", "threads"])
def test_the_first_fault_is_raised_once(pool_name: str, request: pytest.FixtureRequest) -> None:
    pool = request.getfixturevalue(pool_name)
    with pytest.raises(StreamError, match=r"^partition 7, row 12, column 'c' is missing or NaN$"):
        ex.ridge(PARTS, load_broken, executor=pool, target="t")
    with pytest.raises(FileNotFoundError, match=r"^partition 0: \[Errno 2\] .*'part-8.parquet'"):
        ex.ridge([8, 9, 10], load_broken, executor=pool, target="t")


def test_a_dead_process_is_named_and_nothing_hangs() -> None:
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(2, mp_context=context) as pool,
        pytest.raises(RuntimeError, match="the executor did not run the work on partition"),
    ):
        ex.ridge(PARTS, load_and_die, executor=pool)


def test_a_loader_that_cannot_be_sent(processes: ProcessPoolExecutor) -> None:
    with pytest.raises(RuntimeError, match="the executor did not run the work on partition 0"):
        ex.ridge([1], lambda part: load(part), executor=processes)  # noqa: PLW0108


def test_what_is_no_executor_is_refused() -> None:
    nothing: Any = None
    text: Any = "file"
    with pytest.raises(TypeError, match="executor must have a method submit"):
        ex.ridge(PARTS, load, executor=nothing)
    with ThreadPoolExecutor(1) as pool, pytest.raises(TypeError, match="loader must be a function"):
        ex.ridge(PARTS, text, executor=pool)
    number: Any = 3
    with ThreadPoolExecutor(1) as pool, pytest.raises(TypeError, match=r"parts must .* got 3"):
        ex.ridge(number, load, executor=pool)


class Backwards:
    """An executor that ends what it was given in the opposite order, some of it twice."""

    def __init__(self) -> None:
        self.calls: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:  # noqa: ANN401
        future: Future[Any] = Future()
        self.calls.append((future, function, arguments))
        if len(self.calls) == N_PARTS:
            for one, call, given in reversed(self.calls):
                call(*given)
                one.set_result(call(*given))
        return future


def test_any_order_and_any_executor_give_the_same_bytes(threads: ThreadPoolExecutor) -> None:
    here = ex.ridge(PARTS, load, executor=threads)
    assert ex.ridge(PARTS, load, executor=Backwards()).coef.tobytes() == here.coef.tobytes()


def test_loky(threads: ThreadPoolExecutor) -> None:
    loky = pytest.importorskip("loky")
    pool: Executor = loky.get_reusable_executor(max_workers=2)
    try:
        fit = ex.ridge(PARTS, load, executor=pool)
    finally:
        pool.shutdown(wait=True)
    assert fit.coef.tobytes() == ex.ridge(PARTS, load, executor=threads).coef.tobytes()


def test_parts_may_be_the_rows(threads: ThreadPoolExecutor) -> None:
    fit = ex.ridge(map(load, PARTS), executor=threads, alpha=2.0)
    close(fit, elltwo.ridge(X, Y, alpha=2.0))


def test_predictions(processes: ProcessPoolExecutor, threads: ThreadPoolExecutor) -> None:
    fit = elltwo.ridge(X, Y, alpha=2.0)
    found = ex.predict(fit, PARTS[1:], load, executor=processes)
    assert [len(part) for part in found] == [40 * part for part in PARTS[1:]]
    np.testing.assert_array_equal(np.concatenate(found), fit.predict(X))
    classes = elltwo.logistic(CX, CY)
    shares = ex.predict_proba(classes, PARTS[1:], load_classes, executor=threads)
    np.testing.assert_array_equal(np.concatenate(shares), classes.predict_proba(CX))
    named = ex.ridge(PARTS, load_table, executor=threads, target="t")
    by_name = ex.predict(named, PARTS[1:], load_table, executor=threads)
    np.testing.assert_allclose(np.concatenate(by_name), named.predict(X))
    with pytest.raises(ValueError, match=r"^partition 1: .* NaN"):
        ex.predict(named, [3, 7], load_broken, executor=threads)
    with pytest.raises(TypeError, match="fit must have a method predict_proba"):
        ex.predict_proba(fit, PARTS, load, executor=threads)
    path = elltwo.elastic_net_path(X, Y, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="single fit, got ElasticNetPath; take one of its fits by"):
        ex.predict(path, PARTS, load, executor=threads)


def test_estimators(threads: ThreadPoolExecutor) -> None:
    from sklearn.base import clone

    model = ex.Ridge(alpha=2.0)
    with pytest.raises(ValueError, match="this Ridge is not fitted yet"):
        model.local()
    assert model.fit(PARTS, load_table, executor=threads, target="t") is model
    local = model.local()
    expected = elltwo.linear_model.Ridge(alpha=2.0).fit(X, Y)
    np.testing.assert_allclose(local.coef_, expected.coef_, rtol=1e-10)
    assert local.feature_names_in_.tolist() == list(NAMES)
    assert model.score(PARTS, load_table, executor=threads, target="t") == pytest.approx(
        expected.score(X, Y), rel=1e-10
    )
    np.testing.assert_array_equal(
        model.predict([3], load, executor=threads)[0], model.fit_.predict(load(3)[0])
    )
    assert clone(model).get_params() == model.get_params()
    assert pickle.loads(pickle.dumps(model)).coef_.tolist() == model.coef_.tolist()
    with pytest.raises(ValueError, match="Ridge has no parameter 'C'; it has alpha"):
        model.set_params(C=1.0)
    assert repr(model.set_params(alpha=1.0, tol=1e-8)) == "Ridge(tol=1e-08)"

    chosen = ex.RidgeCV(cv=4).fit(PARTS, load, executor=threads)
    assert chosen.alpha_ in chosen.alphas_
    close(chosen.fit_, elltwo.ridge(X, Y, alpha=chosen.alpha_))
    np.testing.assert_allclose(chosen.local().predict(X), chosen.fit_.predict(X))


@pytest.mark.parametrize("C", [0.0, 0.5, np.inf])
def test_estimator_of_classes(threads: ThreadPoolExecutor, C: float) -> None:
    model = ex.LogisticRegression(C=C).fit(PARTS, load_classes, executor=threads)
    alpha = np.inf if C == 0.0 else 1.0 / C
    expected = elltwo.logistic(CX, CY, alpha=alpha)
    np.testing.assert_allclose(model.coef_[0], expected.coef, atol=1e-6)
    local = model.local()
    np.testing.assert_array_equal(local.predict(CX), expected.predict(CX))
    np.testing.assert_allclose(local.predict_proba(CX), expected.predict_proba(CX), atol=1e-7)
    assert model.score(PARTS, load_classes, executor=threads) == pytest.approx(local.score(CX, CY))
    shares = model.predict_proba([4], load_classes, executor=threads)[0]
    assert shares.shape == (160, 2)
    with pytest.raises(ValueError, match="C must be a number"):
        ex.LogisticRegression(C=-1.0).fit(PARTS, load_classes, executor=threads)


def test_the_example_runs() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "executor_ridge.py")],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert [line.split(",")[0] for line in run.stdout.splitlines()] == ["ridge", "logistic"]


@pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler:UserWarning")
def test_executor_of_a_cluster(dask_client: Anything, threads: ThreadPoolExecutor) -> None:
    fit = ex.ridge(PARTS, load, executor=dask_client.get_executor())
    assert fit.coef.tobytes() == ex.ridge(PARTS, load, executor=threads).coef.tobytes()


def test_dask_tells_estimators_apart_by_what_they_are(threads: ThreadPoolExecutor) -> None:
    base = pytest.importorskip("dask.base")
    model = ex.Ridge(alpha=2.0, prior_mean=np.ones(4)).fit(PARTS, load, executor=threads)
    twin = pickle.loads(pickle.dumps(model))
    assert base.tokenize(twin) == base.tokenize(model)
    assert base.tokenize(twin.set_params(alpha=3.0)) != base.tokenize(model)
    assert base.tokenize(ex.Ridge(alpha=2.0)) != base.tokenize(ex.RidgeCV())
