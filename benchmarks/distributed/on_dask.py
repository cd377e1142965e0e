"""Fits on a LocalCluster of two workers with one thread each, the partitions being persisted."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.distributed.in_process import answer
from benchmarks.distributed.works import PARTS, Answer, Data, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "Dask"
WAIT = 120.0


@contextmanager
def fits(work: Work, data: Data, folder: Path) -> Iterator[dict[str, Callable[[], Answer]]]:
    """Start a cluster on the loopback device, and yield the fits by their names."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            memory_limit=0,
            silence_logs=50,
        ) as cluster,
        Client(cluster, timeout=WAIT) as client,
    ):
        client.wait_for_workers(2, timeout=WAIT)
        X, y = _persisted(client, data, folder)
        yield _ours(work, X, y, client) | _peers(work, X, y)


def _persisted(client: Any, data: Data, folder: Path) -> tuple[Any, Any]:  # noqa: ANN401
    """Return arrays whose blocks workers read from files, and can read again after a loss."""
    import dask.array as da
    from dask import delayed
    from distributed import wait

    load, p = delayed(np.load), data.X.shape[1]
    rows = [len(np.load(folder / f"y{part}.npy", mmap_mode="r")) for part in range(PARTS)]
    parts = list(enumerate(rows))
    X = da.concatenate(
        [da.from_delayed(load(str(folder / f"X{i}.npy")), (n, p), float) for i, n in parts]
    )
    y = da.concatenate(
        [da.from_delayed(load(str(folder / f"y{i}.npy")), (n,), data.y.dtype) for i, n in parts]
    )
    X, y = client.persist([X, y])
    wait([X, y], timeout=WAIT)
    return X, y


def _ours(work: Work, X: Any, y: Any, client: Any) -> dict[str, Callable[[], Answer]]:  # noqa: ANN401
    from elltwo.integrations import dask as ed

    one = partial(_fitted, "logistic", X, y, alpha=1.0)
    if work.kind == "ridge":
        fit = partial(_fitted, "ridge", X, y, alpha=1.0)
        return {"elltwo": fit, "elltwo, a worker killed": partial(_killed, fit, client)}
    if work.kind == "ridge_cv":
        return {
            "elltwo ridge": partial(_fitted, "ridge", X, y, alpha=1.0),
            "elltwo": partial(_fitted, "ridge_cv", X, y, cv=work.n_folds),
        }
    if not hasattr(ed, "logistic"):
        return {}
    if work.kind == "logistic_cv":
        alphas = np.geomspace(1e-2, 1e4, work.n_alphas)
        cv = partial(_fitted, "logistic_cv", X, y, cv=work.n_folds, alphas=alphas)
        return {"elltwo logistic": one, "elltwo": cv}
    return {
        "elltwo": one,
        "elltwo, tol 1e-10": partial(one, tol=1e-10),
        "elltwo, a worker killed": partial(_killed, one, client),
    }


def _fitted(name: str, X: Any, y: Any, **options: Any) -> Answer:  # noqa: ANN401
    from elltwo.integrations import dask as ed

    return answer(getattr(ed, name)(X, y, **options))


def _killed(fit: Callable[[], Answer], client: Any) -> Answer:  # noqa: ANN401
    """Kill a worker while it works, and wait until there are two again."""
    pid = min(client.run(os.getpid).values())
    killer = threading.Timer(0.03, os.kill, (pid, signal.SIGKILL))
    killer.start()
    found = fit()
    killer.join()
    client.wait_for_workers(2, timeout=WAIT)
    return found


def _peers(work: Work, X: Any, y: Any) -> dict[str, Callable[[], Answer]]:  # noqa: ANN401
    """Return dask-ml's fits, without an intercept, as it would be penalised."""
    if find_spec("dask_ml") is None or work.in_order or work.n_folds:
        return {}
    if work.kind == "ridge":
        return {"dask-ml lbfgs": partial(_dask_ml, "LinearRegression", X, y, "lbfgs", 0.5)}
    return {
        f"dask-ml {solver}": partial(_dask_ml, "LogisticRegression", X, y, solver, 1.0)
        for solver in ("lbfgs", "admm")
    }


def _dask_ml(name: str, X: Any, y: Any, solver: str, C: float) -> Answer:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from dask_ml import linear_model

        fit = getattr(linear_model, name)(
            solver=solver, C=C, fit_intercept=False, max_iter=100 if solver == "lbfgs" else 10
        ).fit(X, y)
    return Answer(np.asarray(fit.coef_, float).ravel(), 0.0, has_intercept=False)
