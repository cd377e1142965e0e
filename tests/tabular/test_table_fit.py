"""Fits to tables predict from tables, keep what intervals need, and are saved without pickle."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

pd = pytest.importorskip("pandas")

N = 120


def frame(target: str) -> Any:  # noqa: ANN401
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"x": rng.normal(size=N), "c": rng.choice(["a", "b", "d"], size=N)})
    z = table["x"] + (table["c"] == "a") + rng.normal(size=N)
    if target == "numbers":
        return table.assign(y=z)
    if target == "two":
        return table.assign(y=np.where(z > 0.5, "yes", "no"))
    return table.assign(y=np.digitize(z, [-0.5, 1.0]) + 1)


def fitted(path: Path, target: str, *options: str) -> tuple[Any, elltwo.TableFit]:
    table = frame(target)
    table.to_csv(path / "t.csv", index=False)
    model = "ridge" if target == "numbers" else "logistic"
    arguments = ["fit", str(path / "t.csv"), "--target", "y", "--alpha", "2", "--model", model]
    assert main([*arguments, *options, "--out", str(path / "m.json")]) == 0
    return table, elltwo.load(path / "m.json")


def matrix(table: Any) -> Any:  # noqa: ANN401
    return pd.get_dummies(table[["x", "c"]], dtype=float).to_numpy()


def test_predictions_of_numbers_with_intervals(tmp_path: Path) -> None:
    table, model = fitted(tmp_path, "numbers")
    X = matrix(table)
    direct = elltwo.ridge(X, table["y"].to_numpy(), alpha=2.0)
    np.testing.assert_allclose(model.predict(table), direct.predict(X), rtol=1e-12)
    expected: Any = direct.predict(X, interval=0.8, method="bayesian")
    for found, wanted in zip(model.predict(table, interval=0.8), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-10)
    with pytest.raises(TypeError, match="no probabilities"):
        model.predict_proba(table)
    with pytest.raises(ValueError, match="interval must be between 0 and 1"):
        model.predict(table, interval=1.5)


@pytest.mark.parametrize("target", ["two", "three"])
def test_probabilities_with_intervals(tmp_path: Path, target: str) -> None:
    table, model = fitted(tmp_path, target)
    X, y = matrix(table), table["y"].to_numpy()
    direct = elltwo.logistic(X, y, alpha=2.0)
    assert model.classes is not None
    assert model.classes.tolist() == np.unique(y).tolist()
    assert (model.predict(table) == direct.predict(X)).all()
    np.testing.assert_allclose(model.predict_proba(table), direct.predict_proba(X), rtol=1e-8)
    expected = direct.predict_proba(X, interval=0.9)
    for found, wanted in zip(model.predict_proba(table, interval=0.9), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-7)
    with pytest.raises(ValueError, match="labels have no intervals"):
        model.predict(table, interval=0.9)


def test_rows_with_a_gap_are_blank(tmp_path: Path) -> None:
    table, model = fitted(tmp_path, "numbers")
    holes = table.copy()
    holes.loc[4, "c"] = None
    for found, whole in (
        (model.predict(holes), model.predict(table)),
        (model.predict(holes, interval=0.9).lower, model.predict(table, interval=0.9).lower),
    ):
        assert np.flatnonzero(np.isnan(found)).tolist() == [4]
        np.testing.assert_array_equal(np.delete(found, 4), np.delete(whole, 4))
    table, classes = fitted(tmp_path, "two")
    labels = classes.predict(holes)
    assert labels[4] is None
    assert (np.delete(labels, 4) == np.delete(classes.predict(table), 4)).all()


def test_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    _, model = fitted(tmp_path, "numbers")
    content = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert content["kind"] == "TableFit"
    inside = content["content"]
    assert inside["feature_names"] == ["x", "c=a", "c=b", "c=d"]
    assert inside["fit"]["content"]["coef"]["values"] == model.coef.tolist()
    assert inside["coding"]["columns"][1]["levels"] == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"feature_names": ["x", "c=a", "c=b", "c=e"]}, "feature_names are not those"),
        ({"coding": {"missing": "error", "columns": []}}, "feature_names"),
        ({"coding": [1]}, "no list of columns"),
        ({"target": 3}, "target is not text"),
        ({"fit": {"kind": "Moments", "content": {}}}, "fit is not a record"),
        ({"posterior": {"covariance": 3, "sigma": 1.0, "df": 2.0}}, "covariance"),
        ({"choice": {"alpha": 1.0}}, "choice"),
    ],
)
def test_files_that_do_not_agree_are_refused(
    tmp_path: Path, change: dict[str, Any], word: str
) -> None:
    fitted(tmp_path, "numbers")
    path = tmp_path / "m.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["content"] |= change
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=word) as error:
        elltwo.load(path)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("target", ["numbers", "two"])
def test_damaged_files_give_errors_or_models(tmp_path: Path, target: str) -> None:
    """Whatever bytes are changed, the file is refused in words or is a model that predicts."""
    table, _ = fitted(tmp_path, target, "--missing", "mean")
    path = tmp_path / "m.json"
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(200):
        damaged = bytearray(data)
        for place in rng.integers(0, len(data), size=rng.integers(1, 4)):
            damaged[place] = rng.choice(list(b'0123456789"{}[],:-eax\x00\xff'))
        path.write_bytes(
            bytes(damaged[: rng.integers(1, len(data) + 1)] if rng.random() < 0.1 else damaged)
        )
        try:
            model = elltwo.load(path)
        except ValueError as error:
            assert str(path) in str(error)  # noqa: PT017  # one of two ends
            refused += 1
            continue
        with contextlib.suppress(ValueError):  # of columns by another name, or overflow
            assert len(model.predict(table)) == N
    assert refused > 20


def test_absolute_values_have_no_intervals(tmp_path: Path) -> None:
    table, model = fitted(tmp_path, "numbers", "--model", "elastic_net", "--standardize")
    X = matrix(table)
    scaled = (X - X.mean(0)) / X.std(0)
    direct = elltwo.elastic_net(scaled, table["y"].to_numpy(), 2.0, 0.5)
    np.testing.assert_allclose(model.predict(table), direct.predict(scaled), rtol=1e-9)
    np.testing.assert_allclose(X @ model.coef + model.intercept, model.predict(table), rtol=1e-9)
    assert not model.has_intervals
    with pytest.raises(ValueError, match="this model has no posterior"):
        model.predict(table, interval=0.9)


def test_summary_needs_the_data(tmp_path: Path) -> None:
    _, model = fitted(tmp_path, "numbers")
    with pytest.raises(ValueError, match="left its data behind"):
        model.summary()
    assert "'y' from 2 columns, alpha=2" in repr(model)


@pytest.mark.parametrize("target", ["numbers", "two", "three"])
def test_notebooks_show_models_of_tables(tmp_path: Path, target: str) -> None:
    _, model = fitted(tmp_path, target)
    text = model._repr_html_()
    assert text.startswith("<div")
    assert "TableFit" in text
    for name in ("x", "c=a", "c=b", "c=d", "intercept"):
        assert f">{name}</th>" in text
    first = np.atleast_2d(model.coef)[0, 0]
    assert f"<td>{first:.6g}</td>" in text
