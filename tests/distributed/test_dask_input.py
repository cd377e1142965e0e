"""What collections may be, and errors that name partition, row and column, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import elltwo
from dask_cluster import rows
from elltwo.exceptions import StreamError

if TYPE_CHECKING:
    from collections.abc import Callable

dask: Any = pytest.importorskip("dask")
da: Any = pytest.importorskip("dask.array")
dd: Any = pytest.importorskip("dask.dataframe")

from elltwo.integrations import dask as ed  # noqa: E402

# Older releases warn of schedulers of this process while there is a cluster.
pytestmark = pytest.mark.filterwarnings("ignore:Running on a single-machine scheduler:UserWarning")

X, Y = rows()
NAMES = ["x0", "x1", "x2", "x3"]
FRAME = pd.DataFrame(X, columns=NAMES).assign(y=Y)
PART = 200
ARRAY, TARGET = da.from_array(X, chunks=(PART, 4)), da.from_array(Y, chunks=PART)
TABLE = dd.from_pandas(FRAME, npartitions=10)


@pytest.fixture(autouse=True)
def _scheduler() -> Any:  # noqa: ANN401
    with dask.config.set(scheduler="synchronous"):
        yield


def parts(change: Callable[[pd.DataFrame], pd.DataFrame] | None = None, number: int = 7) -> Any:  # noqa: ANN401
    """Return partitions of the frame, one of which is changed."""
    pieces = [FRAME.iloc[i : i + PART] for i in range(0, len(FRAME), PART)]
    if change is not None:
        pieces[number] = change(pieces[number].copy())
    return [dask.delayed(piece) for piece in pieces]


def spoilt(table: pd.DataFrame, row: int, column: str, value: Any) -> pd.DataFrame:  # noqa: ANN401
    if isinstance(value, str):
        table[column] = table[column].astype(object)
    table.iloc[row, list(table.columns).index(column)] = value
    return table


FAULTS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "NaN": (
        lambda t: spoilt(t, 12, "x3", np.nan),
        "partition 7, row 12, column 'x3' is missing or NaN",
    ),
    "infinity": (
        lambda t: spoilt(t, 12, "x3", np.inf),
        "partition 7, row 12, column 'x3' is infinite",
    ),
    "NaN in y": (
        lambda t: spoilt(t, 3, "y", np.nan),
        "partition 7, row 3, column 'y' is missing or NaN",
    ),
    "text": (
        lambda t: spoilt(t, 12, "x3", "twelve"),
        (
            "partition 7 must hold real numbers, got 'twelve' (str) in column 'x3', row 12; encode "
            "it as numbers, or drop it"
        ),
    ),
    "missing column": (
        lambda t: t.drop(columns="x3"),
        "partition 7 has no column 'x3', which partition 0 has",
    ),
    "extra column": (
        lambda t: t.assign(more=1.0),
        (
            "partition 7 has a column 'more' that partition 0 has not; name the columns to use with"
            " features, or leave it out with ignore"
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_by_partition_row_and_column(fault: str) -> None:
    change, text = FAULTS[fault]
    with pytest.raises((StreamError, TypeError)) as caught:
        ed.ridge(parts(change), target="y")
    assert str(caught.value) == text


def test_the_first_of_several_faults_is_named() -> None:
    pieces = parts(lambda t: spoilt(t, 12, "x3", np.nan), 7)
    pieces[4] = dask.delayed(spoilt(FRAME.iloc[800:1000].copy(), 1, "x0", np.nan))
    with pytest.raises(StreamError, match=r"^partition 4, row 1, column 'x0' is missing or NaN$"):
        ed.ridge(pieces, target="y")


def test_faults_of_arrays_are_named_by_number() -> None:
    bad = X.copy()
    bad[7 * PART + 12, 3] = np.nan
    with pytest.raises(StreamError, match=r"^partition 7, row 12, column 'X\[3\]' is missing"):
        ed.ridge(da.from_array(bad, chunks=(PART, 4)), TARGET)
    fit = ed.ridge(da.from_array(bad, chunks=(PART, 4)), TARGET, missing="skip")
    kept = np.delete(np.arange(len(X)), 7 * PART + 12)
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X[kept], Y[kept], alpha=1.0).coef, rtol=1e-12)


def test_columns_in_another_order_or_of_another_type_are_put_right() -> None:
    expected = ed.moments(parts(), target="y").to_bytes()
    for change in (
        lambda t: t[["y", "x3", "x1", "x0", "x2"]],
        lambda t: t.astype({"x0": object}),
        lambda t: t.convert_dtypes(),
    ):
        assert ed.moments(parts(change), target="y").to_bytes() == expected
        assert ed.moments(parts(change, 0)[:1] + parts()[1:], target="y").n_rows == len(FRAME)


@pytest.mark.parametrize("where", [0, 4, 9])
def test_empty_partitions_of_any_type_are_ordinary(where: int) -> None:
    pieces = parts()
    pieces.insert(where, dask.delayed(pd.DataFrame(columns=[*NAMES, "y"])))
    pieces.insert(where, dask.delayed(FRAME.iloc[:0].astype(object)))
    fit = ed.ridge(pieces, target="y")
    np.testing.assert_allclose(fit.coef, elltwo.ridge(X, Y, alpha=1.0).coef, rtol=1e-12)
    kept = TABLE[TABLE.x0 > 10.0]  # no row
    with pytest.raises(ValueError, match=r"X has 0 sample\(s\)"):
        ed.ridge(kept, target="y")


def levels(known: bool) -> Any:  # noqa: ANN401
    frame = FRAME.assign(color=pd.Categorical(np.where(X[:, 0] > 0, "red", "blue")))
    lazy = dd.from_pandas(frame, npartitions=10)
    return lazy if known else lazy.assign(color=lazy.color.cat.as_unknown())


def test_known_categories_are_encoded_and_predicted() -> None:
    fit = ed.ridge(levels(True), target="y", encode="one-hot")
    names = (*NAMES, "color_blue", "color_red")
    assert fit.feature_names == names
    dummies = np.column_stack([X, X[:, 0] <= 0, X[:, 0] > 0])
    np.testing.assert_allclose(fit.coef, elltwo.ridge(dummies, Y, alpha=1.0).coef, rtol=1e-9)
    predicted = ed.predict(fit, levels(True), encode="one-hot").compute()
    np.testing.assert_allclose(predicted, fit.predict(dummies), rtol=1e-13)


def test_other_categories_and_types_are_refused_before_anything_is_read() -> None:
    with pytest.raises(TypeError, match=r"'color' holds category values.*encode='one-hot'"):
        ed.ridge(levels(True), target="y")
    with pytest.raises(ValueError, match=r"'color' are not known; call \.categorize\(\) first"):
        ed.ridge(levels(False), target="y", encode="one-hot")
    for column in (TABLE.x0.astype("string"), TABLE.x0.astype("datetime64[ns]")):
        with pytest.raises(TypeError, match=r"column 'more' holds .* values, not numbers"):
            ed.ridge(TABLE.assign(more=column), target="y")
    grades = FRAME.assign(grade=pd.Categorical((X[:, 0] > 0).astype(int)))
    assert ed.ridge(dd.from_pandas(grades, npartitions=10), target="y").coef.shape == (5,)


UNKNOWN: Any = {"foo": 1}
REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "column chunks": (
        lambda: ed.ridge(ARRAY.rechunk((PART, 2)), TARGET),
        ValueError,
        r"X has 2 chunks of columns.*X\.rechunk\(\{1: -1\}\)",
    ),
    "other chunks": (
        lambda: ed.ridge(ARRAY, TARGET.rechunk(300)),
        ValueError,
        r"same chunks of rows, got \(200, 200.*y\.rechunk\(\{0: X\.chunks\[0\]\}\)",
    ),
    "other rows": (
        lambda: ed.ridge(ARRAY, TARGET[:-1]),
        ValueError,
        "got 2000 in X and 1999 in y",
    ),
    "unknown chunks, other rows": (
        lambda: ed.ridge(ARRAY[ARRAY[:, 0] > 0], TARGET[ARRAY[:, 0] > 1]),
        StreamError,
        r"^partition 0: X has \d+ rows and y has \d+$",
    ),
    "weights of other rows": (
        lambda: ed.ridge(ARRAY, TARGET, sample_weight=TARGET[:-1]),
        ValueError,
        "got 2000 in X and 1999 in sample_weight",
    ),
    "other partitions": (
        lambda: ed.ridge(TABLE[NAMES], TABLE["y"].repartition(npartitions=3)),
        ValueError,
        "same partitions, got 10 in X and 3 in y",
    ),
    "other divisions": (
        lambda: ed.ridge(
            TABLE[NAMES], TABLE["y"].repartition(divisions=(0, 9, *range(400, 2000, 200), 1999))
        ),
        ValueError,
        r"divisions differ at 1: 200 in X and 9 in y; pass y\.repartition",
    ),
    "other index": (
        lambda: ed.ridge(
            TABLE[NAMES],
            dd.from_pandas(FRAME["y"].set_axis(FRAME.index + 1), npartitions=10).clear_divisions(),
        ),
        ValueError,
        "partition 0.*must have the same index, got 0 in X and 1 in y",
    ),
    "X in memory": (
        lambda: ed.ridge(X, TARGET),
        TypeError,
        r"X must be an Array.*got ndarray; elltwo\.ridge fits data in memory",
    ),
    "y in memory": (lambda: ed.ridge(ARRAY, Y), TypeError, "y must be an Array.*got ndarray"),
    "no y": (lambda: ed.ridge(ARRAY), TypeError, "y must be an Array or a Series.*got None"),
    "no target": (lambda: ed.ridge(TABLE), ValueError, "target must name the column to predict"),
    "unknown target": (lambda: ed.ridge(TABLE, "z"), ValueError, "has no column 'z'"),
    "target twice": (
        lambda: ed.ridge(TABLE, TABLE.y, target="y"),
        TypeError,
        "y and target are the same thing",
    ),
    "a series": (lambda: ed.ridge(TABLE.x0, TABLE.y), ValueError, "X must be a DataFrame"),
    "vector": (lambda: ed.ridge(TARGET, TARGET), ValueError, "X must be 2-D"),
    "masked": (
        lambda: ed.ridge(da.ma.masked_array(ARRAY), TARGET),
        ValueError,
        "X has masked blocks",
    ),
    "list of arrays": (
        lambda: ed.ridge([X]),
        TypeError,
        r"X\[0\] must be a delayed object of dask, got ndarray",
    ),
    "y beside a list": (
        lambda: ed.ridge(parts(), TARGET),
        TypeError,
        "y is given beside a list of delayed partitions",
    ),
    "weights beside a name": (
        lambda: ed.ridge(TABLE, "y", sample_weight=TABLE.y),
        TypeError,
        "sample_weight must name a column of X",
    ),
    "unknown option": (
        lambda: ed.ridge(ARRAY, TARGET, **UNKNOWN),
        TypeError,
        "there is no option 'foo'",
    ),
    "alpha": (
        lambda: ed.ridge(ARRAY, TARGET, alpha=-1.0),
        ValueError,
        r"alpha must hold numbers in \[0, inf\]",
    ),
    "offset": (
        lambda: ed.ridge(TABLE, "y", offset="x0"),
        TypeError,
        "offset is for logistic regression",
    ),
    "bag": (
        lambda: ed.ridge(pytest.importorskip("dask.bag").from_sequence([1]), TARGET),
        TypeError,
        "X must be an Array.*got Bag",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused(case: str) -> None:
    call, kind, text = REFUSED[case]
    with pytest.raises(kind, match=text):
        call()


def test_gpu_blocks_are_refused() -> None:
    kind = type("ndarray", (), {"__module__": "cupy"})
    gpu = ARRAY.map_blocks(lambda block: block, meta=np.empty((0, 0)))
    gpu._meta = kind()
    with pytest.raises(TypeError, match=r"blocks of cupy\.ndarray.*GPU cannot be read"):
        ed.ridge(gpu, TARGET)


def test_data_that_cannot_be_computed_is_told_with_its_cause() -> None:
    def load(_: Any) -> Any:  # noqa: ANN401
        raise FileNotFoundError("no such shard")

    with pytest.raises(RuntimeError, match="FileNotFoundError: no such shard") as caught:
        ed.ridge(ARRAY.map_blocks(load, meta=np.empty((0, 0))), TARGET)
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_another_version_on_the_workers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from elltwo.integrations._reduce import task

    written = task.Task.to_bytes

    def of_another_version(self: Any) -> bytes:  # noqa: ANN401
        with monkeypatch.context() as patch:
            patch.setattr(elltwo, "__version__", "0.0.9")
            return written(self)

    monkeypatch.setattr(task.Task, "to_bytes", of_another_version)
    with pytest.raises(ImportError, match=r"0\.0\.9 on the driver"):
        ed.ridge(ARRAY, TARGET)
