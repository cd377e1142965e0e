"""Fits of collections are those of the rows in memory, on every scheduler of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import elltwo
from dask_cluster import Reads, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")

from elltwo.integrations import dask as ed  # noqa: E402

# Older releases warn of schedulers of this process while there is a cluster.
pytestmark = pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler:UserWarning")

X, Y = rows()
W = np.random.default_rng(1).uniform(0.5, 2.0, size=len(X))
NAMES = ["a", "b", "c", "d"]
FRAME = pd.DataFrame(X, columns=NAMES).assign(y=Y, w=W)
CHUNKS = (700, 0, 1, 299, 1000)


@pytest.fixture(autouse=True, params=["threads", "synchronous"])
def _scheduler(request: pytest.FixtureRequest) -> Any:  # noqa: ANN401
    with dask.config.set(scheduler=request.param):
        yield


def array(values: Any = X) -> Any:  # noqa: ANN401
    return da.from_array(values, chunks=(CHUNKS, *values.shape[1:]))


def table() -> Any:  # noqa: ANN401
    return dd.from_pandas(FRAME, npartitions=5)


def excess(fit: Any, weight: Any = None) -> float:  # noqa: ANN401
    """Relative excess of the ridge objective over that of the fit in memory, in long double."""
    expected = elltwo.ridge(X, Y, alpha=2.0, sample_weight=weight)
    w = np.ones(len(Y)) if weight is None else weight

    def objective(coef: Any, intercept: Any) -> np.longdouble:  # noqa: ANN401
        wide = np.asarray(coef, np.longdouble)
        residual = Y.astype(np.longdouble) - np.longdouble(intercept) - X @ wide
        return np.longdouble((w * residual**2).sum() + 2 * (wide**2).sum())

    least = objective(expected.coef, expected.intercept)
    return float((objective(fit.coef, fit.intercept) - least) / least)


WAYS: dict[str, Callable[[], Any]] = {
    "arrays": lambda: ed.ridge(array(), array(Y), alpha=2.0),
    "unknown chunks": lambda: ed.ridge(unknown(X), unknown(Y), alpha=2.0),
    "table": lambda: ed.ridge(table(), target="y", ignore="w", alpha=2.0),
    "table, y by name": lambda: ed.ridge(table(), "y", features=NAMES, alpha=2.0),
    "table and series": lambda: ed.ridge(table()[NAMES], table()["y"], alpha=2.0),
    "table, target a series": lambda: ed.ridge(table()[NAMES], target=table()["y"], alpha=2.0),
    "arrays of a table": lambda: ed.ridge(
        table()[NAMES].to_dask_array(), table()["y"].to_dask_array(), alpha=2.0
    ),
    "table and array": lambda: ed.ridge(table()[NAMES], table()["y"].to_dask_array(), alpha=2.0),
    "array and series": lambda: ed.ridge(table()[NAMES].to_dask_array(), table()["y"], alpha=2.0),
    "scipy.sparse": lambda: ed.ridge(array().map_blocks(sparse.csr_matrix), array(Y), alpha=2.0),
    "delayed pairs": lambda: ed.ridge(
        [dask.delayed((X[i::3], Y[i::3])) for i in range(3)], alpha=2.0
    ),
    "delayed tables": lambda: ed.ridge(
        [dask.delayed(FRAME.iloc[i::3]) for i in range(3)], target="y", ignore=["w"], alpha=2.0
    ),
    "moments": lambda: ed.moments(array(), array(Y)).ridge(2.0),
}
WEIGHTED: dict[str, Callable[[], Any]] = {
    "arrays": lambda: ed.ridge(array(), array(Y), sample_weight=array(W), alpha=2.0),
    "table": lambda: ed.ridge(table(), target="y", sample_weight="w", alpha=2.0),
    "table and series": lambda: ed.ridge(
        table()[NAMES], table()["y"], sample_weight=table()["w"], alpha=2.0
    ),
    "table and array": lambda: ed.ridge(
        table()[NAMES], table()["y"], sample_weight=table()["w"].to_dask_array(), alpha=2.0
    ),
    "delayed": lambda: ed.ridge([dask.delayed((X, Y, W))], alpha=2.0),
}


def unknown(values: Any) -> Any:  # noqa: ANN401
    """Return an array whose chunks have lengths that are not known."""
    return da.concatenate([array(values)])[da.from_array(np.ones(len(values), bool), chunks=CHUNKS)]


@pytest.mark.parametrize("way", WAYS)
def test_ridge_is_that_of_the_rows_in_memory(way: str) -> None:
    fit = WAYS[way]()
    assert abs(excess(fit)) < 1e-14
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, Y, alpha=2.0).coef, rtol=1e-12)


@pytest.mark.parametrize("way", WEIGHTED)
def test_weights_are_those_of_the_rows(way: str) -> None:
    assert abs(excess(WEIGHTED[way](), W)) < 1e-14


def test_pydata_sparse_blocks() -> None:
    other: Any = pytest.importorskip("sparse")
    assert abs(excess(ed.ridge(array().map_blocks(other.COO.from_numpy), array(Y), alpha=2.0))) < (
        1e-14
    )


def test_names_and_several_targets() -> None:
    fit = ed.ridge(table(), target=["y", "w"], alpha=2.0)
    expected = elltwo.ridge(FRAME[NAMES], FRAME[["y", "w"]], alpha=2.0)
    assert (fit.feature_names, fit.target_names) == (expected.feature_names, ("y", "w"))
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-10, atol=1e-13)
    both = ed.ridge(array(), array(np.column_stack([Y, W])), alpha=2.0)
    np.testing.assert_array_equal(both.coef.shape, (2, 4))


@pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")
def test_other_linear_models() -> None:
    parts = np.split(np.arange(len(X)), np.cumsum(CHUNKS)[:-1])
    folds = [elltwo.Moments(4) for _ in range(3)]
    for j, part in enumerate(parts):
        for i, row in enumerate(part):
            fold = folds[(i // 100 + j) % 3]
            fold.add(X[row : row + 1], Y[row : row + 1])
    best = ed.ridge_cv(array(), array(Y), cv=3, fold_rows=100, alphas=[0.1, 1.0, 10.0])
    expected = elltwo.moments_cv(folds, [0.1, 1.0, 10.0])
    np.testing.assert_allclose(best.cv_mse, expected.cv_mse, rtol=1e-9)
    assert best.alpha == expected.alpha
    gcv = ed.ridge_cv(array(), array(Y), cv="gcv", alphas=[0.1, 1.0])
    np.testing.assert_allclose(
        gcv.cv_mse, elltwo.Moments(4).add(X, Y).gcv([0.1, 1.0]).cv_mse, rtol=1e-9
    )
    net = ed.elastic_net(array(), array(Y), alpha=50.0)
    np.testing.assert_allclose(net.coef, elltwo.elastic_net(X, Y, 50.0).coef, rtol=1e-7)
    path = ed.elastic_net_path(array(), array(Y), n_alphas=5)
    np.testing.assert_allclose(
        path.coef, elltwo.elastic_net_path(X, Y, n_alphas=5).coef, rtol=1e-6, atol=1e-9
    )
    chosen = ed.elastic_net_cv(array(), array(Y), cv=3, fold_rows=100, alphas=[300.0, 30.0])
    again = elltwo.elastic_net_moments_cv(folds, alphas=[300.0, 30.0])
    assert chosen.alpha == again.alpha
    np.testing.assert_allclose(chosen.coef, again.coef, rtol=1e-7)


def test_what_x_and_y_are_made_of_is_read_once(tmp_path: Path) -> None:
    reads = Reads(tmp_path)

    def read(i: int) -> Any:  # noqa: ANN401
        return reads(FRAME.iloc[500 * i : 500 * (i + 1)])

    read_array = dask.delayed(lambda i: read(i).to_numpy())
    blocks = [da.from_delayed(read_array(i), (500, 6), float) for i in range(4)]
    whole = da.concatenate(blocks)
    ed.ridge(whole[:, :4], whole[:, 4], sample_weight=whole[:, 5])
    assert reads.number == 4
    frame = dd.from_map(read, range(4), meta=FRAME.iloc[:0])
    ed.ridge(frame[NAMES], frame["y"], sample_weight=frame["w"])
    assert reads.number == 8
    ed.ridge(frame, target="y")
    assert reads.number == 12


def test_columns_that_are_not_asked_for_are_not_read(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    FRAME.assign(junk="text").to_parquet(tmp_path / "part.parquet")
    wide = dd.read_parquet(tmp_path / "part.parquet")
    assert abs(excess(ed.ridge(wide, target="y", features=NAMES, alpha=2.0))) < 1e-14
    assert abs(excess(ed.ridge(wide, target="y", ignore=["junk", "w"], alpha=2.0))) < 1e-14


@pytest.mark.parametrize("fan_in", [2, 3, 8])
def test_bits_depend_on_partitions_and_fan_in_alone(fan_in: int) -> None:
    chunks = (40,) * 50
    X_, y_ = da.from_array(X, chunks=(chunks, 4)), da.from_array(Y, chunks=(chunks,))
    found = {
        ed.moments(X_, y_, fan_in=fan_in, n_threads=threads).to_bytes() for threads in (1, 2, 4)
    }
    # Beside tables nothing is known of the lengths, so that each partition is a task of its own.
    found.add(
        ed.moments(
            [dask.delayed((X[i : i + 40], Y[i : i + 40])) for i in range(0, 2000, 40)],
            fan_in=fan_in,
        ).to_bytes()
    )
    assert len(found) == 1


@pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")
def test_progress_counts_partitions() -> None:
    seen: list[tuple[int, int | None]] = []
    ed.ridge_cv(array(), array(Y), cv=3, progress=lambda done, total, _: seen.append((done, total)))
    assert seen[-1] == (2000, 2000)


def test_a_state_file_spares_the_pass(tmp_path: Path) -> None:
    reads = Reads(tmp_path)
    given = array().map_blocks(reads, meta=np.empty((0, 0)))
    first = ed.moments(given, array(Y), state=tmp_path / "state")
    n_reads = reads.number
    again = ed.moments(given, array(Y), state=tmp_path / "state")
    assert reads.number == n_reads >= 5
    assert again.to_bytes() == first.to_bytes()
    with pytest.raises(ValueError, match="holds another run"):
        ed.moments(given, array(Y), state=tmp_path / "state", fan_in=2)
