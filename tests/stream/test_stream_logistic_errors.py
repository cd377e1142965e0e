"""What a logistic regression of a stream cannot be made of is refused, and what has changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.exceptions import StreamError
from stream_classes import class_chunks, class_columns, class_rows
from stream_tables import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

fit_stream: Any = partial(elltwo.fit_stream, model="logistic")
X, Y, _ = class_rows(1000)


def changing(*versions: Any) -> Any:  # noqa: ANN401
    """A source that yields other chunks each time, the last ones for ever."""
    left = list(versions)
    return lambda: iter(left.pop(0) if len(left) > 1 else left[0])


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ([(X[:-1], Y[:-1])], "the stream has 999 rows, but had 1000 in the first pass"),
        ([(X, Y), (X[:1], Y[:1])], "the stream has 1001 rows, but had 1000 in the first pass"),
        ([], "the stream has 0 rows, but had 1000 in the first pass"),
        (
            [(X, np.where(np.arange(1000) == 7, "south", Y))],
            "chunk 0, row 7, column 'y' holds 'south', which no row did in the first pass",
        ),
        ([(X[:, :2], Y)], r"chunk 0 has 2 feature\(s\), the rows before it 3"),
        ([(np.where(X[5, 1] == X, np.nan, X), Y)], r"chunk 0, row 5, column 'X\[1\]' is missing"),
    ],
    ids=["fewer", "more", "none", "class", "columns", "value"],
)
def test_data_that_change_between_passes(second: list[Any], text: str) -> None:
    with pytest.raises(StreamError, match=text):
        fit_stream(changing([(X, Y)], second), alpha=1.0)


def test_an_iterator_that_is_handed_out_twice() -> None:
    chunks = class_chunks()
    with pytest.raises(StreamError, match="has 0 rows, but had 6000 in the first pass: the data"):
        fit_stream(lambda: chunks, alpha=1.0)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.parametrize("change", ["longer", "other rows"])
def test_files_that_change_between_passes(
    tmp_path: Path, ending: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr("elltwo.stream._progress.PAUSE", 0.0)
    table = class_columns(2000)
    path = write(tmp_path / f"t{ending}", table)
    size = path.stat().st_size
    done: list[int] = []

    def alter(rows: int, *_: object) -> None:
        if rows == 2000 and not done:
            done.append(rows)
            if change == "longer":
                path.write_bytes(path.read_bytes() + b"\n")
            else:
                less = {name: values[:-3] for name, values in table.items()}
                data = write(tmp_path / f"u{ending}", less).read_bytes()
                path.write_bytes(data.ljust(size, b"\n") if ending == ".csv" else data)

    text = "has .* bytes, but had"
    if change == "other rows" and ending == ".csv":
        text = "has 1997 rows, but had 2000 in the first pass"
    with pytest.raises(StreamError, match=rf"t{ending} {text}"):
        fit_stream(path, target="y", ignore=["o", "w"], alpha=1.0, progress=alter)
    assert done


def generator() -> Iterator[tuple[Any, Any]]:
    yield X, Y


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        (generator(), TypeError, "source is a generator, which can be read once only"),
        (iter([(X, Y)]), TypeError, "list_iterator, .* a function that returns an iterator"),
        ([], ValueError, "no rows"),
        ([(X[:0], Y[:0])], ValueError, "no rows"),
        ((X, np.full(1000, "one")), ValueError, "only one class: 'one'"),
        ((X, Y, np.zeros(1000)), ValueError, "sample_weight must not be all zero"),
        ((X, Y, np.full(1000, -1.0)), StreamError, "X, rows 0 to 999: sample_weight must be"),
        ([(X, Y[:5])], ValueError, r"chunk 0: X has 1000 rows and y has shape \(5,\)"),
        ([(X, Y, None, None, None)], ValueError, "chunk 0 must be .* got 5 items"),
        ([(X, np.arange(1000) / 2)], StreamError, "row 1, column 'y' holds 0.5, but labels"),
        ([(X, np.stack([Y, Y]).T)], StreamError, "y must be 1-D"),
        ([(X[:, :0], Y)], ValueError, "feature"),
    ],
)
def test_sources(source: Any, error: type[Exception], text: str) -> None:  # noqa: ANN401
    with pytest.raises(error, match=text):
        fit_stream(source, alpha=1.0)


def test_a_reader_of_pyarrow_can_be_read_once_only() -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table(class_columns(10))
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    with pytest.raises(TypeError, match="RecordBatchReader, which can be read once only"):
        fit_stream(reader, target="y", alpha=1.0)


def test_all_rows_left_out() -> None:
    with pytest.raises(ValueError, match="sample"):
        fit_stream((np.full((5, 2), np.nan), Y[:5]), alpha=1.0, missing="skip")


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"model": "lasso"}, ValueError, "model must be one of 'ridge', 'logistic', 'elastic_net'"),
        ({"l1_ratio": 0.5}, ValueError, "l1_ratio is for model='elastic_net'"),
        ({"penalize_intercept": True}, ValueError, "penalize_intercept is for model='ridge'"),
        ({"target": ["y", "o"]}, TypeError, "target must name the one column that holds the cl"),
        ({"offset": "z"}, ValueError, "has no column 'z'"),
        ({"offset": "w", "sample_weight": "w"}, ValueError, "'w' is named twice among features"),
        ({"alpha": -1.0}, ValueError, "alpha"),
        ({"alpha": [1.0, 2.0]}, (TypeError, ValueError), "alpha"),
        ({"alpha": None}, ValueError, "alpha must be given"),
        ({"tol": -1.0}, ValueError, "tol"),
        ({"cv": 3}, ValueError, "alpha is what cv chooses"),
        ({"alpha": None, "cv": "gcv"}, ValueError, "cv must be 'alo'"),
        ({"penalty_factors": [1.0]}, ValueError, "penalty_factors"),
        ({"prior_mean": [[1.0] * 3] * 3}, ValueError, "prior_mean"),
    ],
)
def test_arguments(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], text: str
) -> None:
    pytest.importorskip("pyarrow")
    path = write(tmp_path / "t.csv", class_columns(50))
    given = {"target": "y", "alpha": 1.0, "ignore": ["o", "w"], **options}
    if "offset" in options:
        given["ignore"] = ()
    with pytest.raises(error, match=text):
        fit_stream(path, **given)


def test_options_of_logistic_regression_alone() -> None:
    for options in ({"tol": 1e-8}, {"offset": "o"}):
        for model in ("ridge", "elastic_net"):
            with pytest.raises(ValueError, match="is for model='logistic'"):
                elltwo.fit_stream([], model=model, alpha=1.0, **options)


def test_elastic_net_by_its_name() -> None:
    y = X @ [1.0, 2.0, 3.0]
    named = elltwo.fit_stream((X, y), model="elastic_net", alpha=1.0)
    short = elltwo.fit_stream((X, y), l1_ratio=0.5, alpha=1.0)
    assert named.coef.tolist() == short.coef.tolist()
    assert isinstance(named.fit, elltwo.ElasticNetFit)


def test_dates_are_no_labels(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    table = class_columns(10)
    table["y"] = pa.array(range(10), pa.date32())
    path = write(tmp_path / "t.parquet", table)
    with pytest.raises(ValueError, match=r"column 'y' holds date32\[day\] values, which are no"):
        fit_stream(path, target="y", alpha=1.0)
