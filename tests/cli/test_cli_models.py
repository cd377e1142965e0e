"""``elltwo fit --model`` and ``elltwo predict`` with classes and with absolute values."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from command_line import described, fails
from elltwo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    Array = np.ndarray[Any, Any]

N = 400
LABELS: dict[str, tuple[Any, ...]] = {
    "two texts": ("no", "yes"),
    "numbers": (3, 10),
    "three texts": ("a", "b", "c"),
    "three numbers": (1, 2, 30),
}


def problem(kind: str, n: int = N) -> tuple[Array, list[Any]]:
    rng = np.random.default_rng(3)
    labels = LABELS[kind]
    X = rng.standard_normal((n, 2)) * [1.0, 20.0] + [0.0, 100.0]
    z = (X - [0.0, 100.0]) @ np.array([[1.0, 0.1], [-1.0, 0.05], [0.5, -0.1]])[: len(labels)].T
    return X, [labels[k] for k in (z + rng.gumbel(size=z.shape)).argmax(axis=1)]


def table(path: Path, kind: str, n: int = N) -> Path:
    X, y = problem(kind, n)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["x0", "x1", "kind"])
        writer.writerows([*row, label] for row, label in zip(X.tolist(), y, strict=True))
    return path


def model_of(arguments: list[str], path: Path) -> dict[str, Any]:
    assert main(["fit", *arguments, "--out", str(path)]) == 0
    return described(path)


def fitted(path: Path, *options: str) -> list[str]:
    return [str(path), "--target", "kind", "--model", "logistic", *options]


@pytest.mark.parametrize("kind", sorted(LABELS))
@pytest.mark.parametrize("mode", [[], ["--stream"]])
def test_classes(
    tmp_path: Path, kind: str, mode: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if mode:
        pytest.importorskip("pyarrow")
    path = table(tmp_path / "train.csv", kind)
    model = model_of(fitted(path, "--alpha", "2", *mode), tmp_path / "m.json")
    output = capsys.readouterr().out
    X, y = problem(kind)
    expected = elltwo.logistic(X, y, alpha=2.0)
    assert model["classes"] == list(LABELS[kind])
    assert (model["model"], model["alpha"]) == ("logistic", 2.0)
    np.testing.assert_allclose(model["coef"], expected.coef, rtol=1e-8)
    np.testing.assert_allclose(model["intercept"], expected.intercept, rtol=1e-8)
    assert "Logistic regression of kind on 2 columns, 400 rows" in output
    assert "(relative gradient)" in output
    assert "passes" in output
    if len(LABELS[kind]) == 2:
        assert f"(of the log-odds of {LABELS[kind][1]})" in output
    assert max(map(len, output.replace(str(tmp_path), "").splitlines())) <= 80


@pytest.mark.parametrize("kind", ["two texts", "three numbers"])
def test_predictions_are_classes_and_their_probabilities(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "train.csv", kind)
    model = model_of(fitted(path, "--alpha", "2"), tmp_path / "m.json")
    capsys.readouterr()
    new = tmp_path / "new.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    new.write_text("\n".join([*lines[:6], ",1.0,a"]), encoding="utf-8")
    assert main(["predict", str(tmp_path / "m.json"), str(new)]) == 0
    output = capsys.readouterr()
    assert "1 of 6 predictions are empty" in output.err
    header, *rows = csv.reader(io.StringIO(output.out))
    labels = [str(label) for label in LABELS[kind]]
    assert header == ["kind", *(f"P({label})" for label in labels)]
    assert rows[5] == [""] * len(header)
    X = problem(kind)[0][:5]
    z = X @ np.array(model["coef"]).T + np.array(model["intercept"])
    z = np.stack([np.zeros(5), z], axis=1) if z.ndim == 1 else z
    share = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    found = np.array([row[1:] for row in rows[:5]], dtype=float)
    np.testing.assert_allclose(found, share, rtol=1e-10)
    assert [row[0] for row in rows[:5]] == [labels[k] for k in share.argmax(axis=1)]


def test_alpha_is_chosen_by_log_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "train.csv", "two texts")
    model = model_of(fitted(path, "--cv", "4"), tmp_path / "m.json")
    X, y = problem("two texts")
    expected = elltwo.logistic_cv(X, y, cv=4)
    assert model["alpha"] == expected.alpha
    best = expected.cv_score.max()
    assert f"log loss over left-out rows {-best:.6g}" in capsys.readouterr().out


def test_a_stream_chooses_alpha_by_folds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow")
    path = table(tmp_path / "train.csv", "two texts")
    model = model_of(fitted(path, "--cv", "4", "--stream"), tmp_path / "m.json")
    fit = elltwo.fit_stream(path, model="logistic", target="kind", cv=4)
    assert fit.scores is not None
    assert model["alpha"] == fit.alpha
    assert model["coef"] == fit.coef.tolist()
    output = capsys.readouterr().out
    assert f"log loss over left-out rows {-fit.scores.cv_score.max():.6g}" in output


def test_standardised_columns_and_absolute_values(tmp_path: Path) -> None:
    path = table(tmp_path / "train.csv", "two texts")
    options = ["--alpha", "5", "--l1-ratio", "0.7", "--standardize"]
    model = model_of(fitted(path, *options), tmp_path / "m.json")
    X, y = problem("two texts")
    expected = elltwo.logistic((X - X.mean(0)) / X.std(0), y, alpha=5.0, l1_ratio=0.7)
    np.testing.assert_allclose(np.array(model["coef"]) * X.std(0), expected.coef, rtol=1e-7)
    assert model["l1_ratio"] == 0.7


@pytest.mark.parametrize("mode", [[], ["--stream"]])
def test_elastic_net(tmp_path: Path, mode: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    if mode:
        pytest.importorskip("pyarrow")
    path = table(tmp_path / "train.csv", "numbers")
    arguments = [str(path), "--target", "kind", "--model", "elastic_net", *mode]
    model = model_of([*arguments, "--alpha", "30", "--l1-ratio", "0.9"], tmp_path / "m.json")
    output = capsys.readouterr().out
    X, y = problem("numbers")
    expected = elltwo.elastic_net(X, y, alpha=30.0, l1_ratio=0.9)
    np.testing.assert_allclose(model["coef"], expected.coef, rtol=1e-6, atol=1e-9)
    assert model["classes"] is None
    assert "relative duality gap" in output
    assert "share of absolute values 0.9" in output
    assert "chosen" not in output
    model_of([*arguments, "--cv", "3"], tmp_path / "m.json")
    assert "root mean squared error over left-out rows" in capsys.readouterr().out


def test_a_missing_label_leaves_its_row_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "train.csv", "two texts")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5][: lines[5].rindex(",") + 1] + "NA"
    path.write_text("\n".join(lines), encoding="utf-8")
    modes: list[list[str]] = [[], ["--stream"]]
    coefs = []
    for mode in modes:
        message = fails(["fit", *fitted(path, "--alpha", "1", *mode)], capsys)
        assert "row 5" in message
        assert "column 'kind'" in message
        options = ["--alpha", "1", "--missing", "drop", *mode]
        coefs.append(model_of(fitted(path, *options), tmp_path / "m.json")["coef"])
        output = " ".join(capsys.readouterr().out.split())
        assert "399 rows (1 left out: a value is missing)" in output
    np.testing.assert_allclose(coefs[0], coefs[1], rtol=1e-8)


def test_what_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "train.csv", "two texts")
    logistic = ["fit", *fitted(path, "--alpha", "1")]
    ridge = ["fit", str(path), "--target", "kind", "--alpha", "1"]
    for arguments, text in (
        (
            [*ridge, "--model", "ridge", "--l1-ratio", "0.5"],
            "--l1-ratio is for --model elastic_net",
        ),
        ([*logistic, "--l1-ratio", "2"], "from 0 to 1"),
        ([*logistic, "--stream", "--l1-ratio", "0.5"], "needs the table in memory"),
        ([*logistic, "--stream", "--standardize"], "needs the table in memory"),
        ([*ridge, "--model", "poisson"], "invalid choice"),
        ([*ridge, "--model", "ridge"], "'kind' is not a finite number"),
    ):
        assert text in fails(arguments, capsys)
    halves = tmp_path / "halves.csv"
    halves.write_text("x0,kind\n1,0\n2,0.5\n3,1\n", encoding="utf-8")
    for mode in ([], ["--stream"]):
        message = fails(["fit", *fitted(halves, "--alpha", "1", *mode)], capsys)
        assert "row 2" in message
        assert "labels that are numbers must be whole" in message


def test_a_file_of_the_first_version_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "train.csv", "numbers")
    model = tmp_path / "m.json"
    arguments = [str(path), "--target", "kind", "--alpha", "1", "--model", "ridge"]
    content = model_of(arguments, model)
    capsys.readouterr()
    assert main(["predict", str(model), str(path)]) == 0
    predicted = capsys.readouterr().out
    for name in ("model", "l1_ratio", "classes", "cv_error"):
        del content[name]
    old = {**content, "format": "elltwo-ridge", "format_version": 1}
    model.write_text(json.dumps(old), encoding="utf-8")
    assert main(["predict", str(model), str(path)]) == 0
    assert capsys.readouterr().out == predicted


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"classes": "ab"}, "classes is not a list"),
        ({"classes": ["a"]}, "two or more labels"),
        ({"coef": [[1.0, 2.0]] * 2}, "coef has 2 entries for 3 classes"),
        ({"coef": [[1.0]] * 3}, "1 coefficients for 2 feature names"),
        ({"intercept": [1.0, 2.0]}, "intercept has 2 entries for 3 classes"),
        ({"model": "lasso"}, "model is 'lasso'"),
        ({"format_version": 4}, "format version 4 is newer than 3"),
    ],
)
def test_models_with_a_broken_field(
    tmp_path: Path, change: dict[str, Any], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "train.csv", "three texts")
    model = tmp_path / "m.json"
    content = model_of(fitted(path, "--alpha", "1"), model)
    second = {**content, "format": "elltwo-model", "format_version": 2}
    model.write_text(json.dumps(second), encoding="utf-8")
    assert main(["predict", str(model), str(path)]) == 0
    capsys.readouterr()
    model.write_text(json.dumps({**second, **change}), encoding="utf-8")
    assert word in fails(["predict", str(model), str(path)], capsys)
