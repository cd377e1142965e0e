"""What Datasets may hold, and errors that name block, row and column, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest

import elltwo
from elltwo.exceptions import StreamError
from elltwo.integrations import ray as er
from ray_cluster import MARKS, NAMES, dataset, lazy, local_ray, table, tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = MARKS

RNG = np.random.default_rng(3)
X = RNG.normal(size=(400, 5))
Y = X @ np.arange(5.0) + RNG.normal(size=400)
SPANS = [slice(40 * key, 40 * key + 40) for key in range(10)]


@pytest.fixture(scope="module", autouse=True)
def _ray() -> Iterator[None]:
    with local_ray():
        yield


def blocks(change: Callable[[Any, int], Any] = lambda part, _: part) -> list[Any]:
    return [change(table(X[span], y=Y[span]), key) for key, span in enumerate(SPANS)]


def with_nan(*places: tuple[int, int, str]) -> list[Any]:
    def change(part: Any, key: int) -> Any:  # noqa: ANN401
        for block, row, name in places:
            if key == block:
                values = part[name].to_numpy().copy()
                values[row] = np.nan
                part = part.set_column(part.column_names.index(name), name, pa.array(values))
        return part

    return blocks(change)


@pytest.mark.parametrize("way", [dataset, lambda parts: lazy(dataset(parts))], ids=["", "lazy"])
def test_nan_is_named_once_and_the_first_of_several(way: Callable[[Any], Any]) -> None:
    found = with_nan((9, 1, "x0"), (7, 12, "x3"), (7, 30, "x1"), (8, 0, "y"))
    with pytest.raises(StreamError) as error:
        er.ridge(way(found), target="y")
    assert str(error.value) == "partition 7, row 12, column 'x3' is missing or NaN"
    assert not isinstance(error.value.__cause__, StreamError)
    kept = er.ridge(way(found), target="y", missing="skip", alpha=1.0)
    whole = np.setdiff1d(np.arange(400), [361, 292, 310, 320])
    local = elltwo.ridge(X[whole], Y[whole], alpha=1.0)
    np.testing.assert_allclose(kept.coef, local.coef, rtol=1e-12)


def test_nan_is_named_in_a_pass_of_logistic_regression() -> None:
    def labelled(part: Any, _: int) -> Any:  # noqa: ANN401
        place = part.column_names.index("y")
        return part.set_column(place, "y", pa.array(part["y"].to_numpy() > 0))

    good = blocks(labelled)
    assert er.logistic(dataset(good), target="y").classes.tolist() == [False, True]
    values = good[7]["x3"].to_numpy().copy()
    values[12] = np.inf
    good[7] = good[7].set_column(3, "x3", pa.array(values))
    with pytest.raises(StreamError, match=r"^partition 7, row 12, column 'x3'"):
        er.logistic(dataset(good), target="y")


def test_nan_in_a_tensor_names_row_and_column() -> None:
    values = X.copy()
    values[7 * 40 + 12, 3] = np.nan
    parts = [tensors(values[span], y=Y[span]) for span in SPANS]
    with pytest.raises(StreamError, match=r"partition 7, row 12, column 'X\[3\]'"):
        er.ridge(dataset(parts), target="y")


def test_columns_in_another_order_are_put_right() -> None:
    def turned(part: Any, key: int) -> Any:  # noqa: ANN401
        return part.select(part.column_names[::-1]) if key == 4 else part

    local = elltwo.ridge(X, Y, alpha=1.0)
    fit = er.ridge(dataset(blocks(turned)), target="y", alpha=1.0)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-12)


def test_a_missing_column_is_named_with_its_partition() -> None:
    def short(part: Any, key: int) -> Any:  # noqa: ANN401
        return part.drop_columns(["x2"]) if key == 4 else part

    with pytest.raises(StreamError, match=r"partition 4 has no column 'x2'"):
        er.ridge(dataset(blocks(short)), target="y")


def test_text_and_categories() -> None:
    def labelled(part: Any, key: int) -> Any:  # noqa: ANN401
        names = [["red", "blue"][(key + i) % 2] for i in range(len(part))]
        return part.append_column("color", pa.array(names).dictionary_encode())

    data = dataset(blocks(labelled))
    with pytest.raises(TypeError, match="column 'color' holds dictionary"):
        er.ridge(data, target="y")
    fit = er.ridge(data, target="y", encode={"color": ["blue", "red"]})
    assert fit.feature_names == (*NAMES, "color_blue", "color_red")
    frames = [part.to_pandas() for part in blocks(labelled)]
    import ray.data

    pandas = ray.data.from_pandas(frames)
    again = er.ridge(pandas, target="y", encode="one-hot")
    assert sorted(again.feature_names or ()) == sorted(fit.feature_names)
    with pytest.raises(TypeError, match="pass encode='one-hot'"):
        er.ridge(pandas, target="y")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "target must name the column to predict"),
        ({"target": "z"}, "no column 'z'"),
        ({"target": "y", "ignore": "z"}, "no column 'z'"),
        ({"target": "y", "sample_weight": "z"}, "no column 'z'"),
        ({"target": "y", "alpha": -1.0}, "alpha must hold numbers"),
        ({"target": "y", "fan_in": 1}, "fan_in"),
    ],
)
def test_options_are_checked_before_anything_is_read(options: dict[str, Any], text: str) -> None:
    def fails(_: Any) -> Any:  # noqa: ANN401
        raise AssertionError("a block has been read")

    with pytest.raises(ValueError, match=text):
        er.ridge(dataset(blocks()), **options)
    tensor = dataset([tensors(X[span], y=Y[span]) for span in SPANS])
    with pytest.raises(ValueError, match=text):
        er.ridge(tensor, **options)


def test_a_tensor_is_all_of_x() -> None:
    data = dataset([tensors(X[span], y=Y[span], z=Y[span]) for span in SPANS])
    with pytest.raises(ValueError, match="column 'X' holds tensors, which are all of X, so 'z'"):
        er.ridge(data, target="y")
    local = elltwo.ridge(X, Y, alpha=1.0)
    for options in ({"ignore": "z"}, {"features": ["X"]}):
        fit = er.ridge(data, target="y", alpha=1.0, **options)
        np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-12)
    plain = er.ridge(data, target="y", features=["z"], alpha=1.0)
    assert plain.coef.shape == (1,)


def test_what_is_no_dataset_is_refused() -> None:
    with pytest.raises(TypeError, match=r"dataset must be a ray.data.Dataset, got Table"):
        er.ridge(table(X, y=Y), target="y")
    with pytest.raises(TypeError, match="call predict of the fit"):
        er.predict(elltwo.ridge(X, Y, alpha=1.0), table(X))
    path = elltwo.elastic_net_path(X, Y, [1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match="single fit, got ElasticNetPath; take one of its fits by"):
        er.predict(path, dataset([table(X)]), features=NAMES)
    with pytest.raises(ValueError, match="a column 'prediction' already"):
        er.predict(elltwo.ridge(X, Y, alpha=1.0), dataset([table(X, prediction=Y)]), features=NAMES)
    with pytest.raises(ValueError, match="no column 'x9'"):
        er.predict(elltwo.ridge(X, Y, alpha=1.0), dataset([table(X)]), features=["x9"])


def test_all_empty_is_the_error_of_no_rows() -> None:
    with pytest.raises(ValueError, match=r"0 sample|no rows|at least"):
        er.ridge(dataset([table(X[:0], y=Y[:0])] * 3), target="y")
