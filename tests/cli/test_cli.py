"""The command line does the main job on real data: demo, fit and predict."""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import pytest

import elltwo
import nist
import reference
from command_line import described
from elltwo.cli import main, predict

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

LONGLEY = str(nist.LONGLEY)

TABLE = """\
size, age ,note,price
1.5,3,a,10.25
2.0,1,b,13.5
0.5,4,c,4.0

3.25,2,d,19.75
1.0,5,e,6.5
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with blanks, an empty line and a column of text."""
    path = tmp_path / "houses.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    return path


def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert main(["demo", "--out", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert max(map(len, output.replace(str(tmp_path), "").splitlines())) <= 80
    certified = dict(zip(["intercept", *longley_names()], nist_longley(), strict=True))
    for name, value in certified.items():
        assert f"{value:.6g}" in line_of(output, name)
    for word in ("least squares", "ridge", "Condition number", "optimality", "rank", "status"):
        assert word in output
    picture = tmp_path / "ridge_trace.png"
    assert str(picture) in output
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_demo_chooses_alpha_by_leaving_one_year_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The errors printed are those of brute force on the standardised columns."""
    assert main(["demo", "--out", str(tmp_path)]) == 0
    X, y = problem_longley().load()
    Z = (X - X.mean(0)) / X.std(0)
    chosen = elltwo.ridge_cv(Z, y, cv=len(y))
    errors = reference.kfold_mse(Z, y, [0.0, chosen.alpha], len(y)).mean(0) ** 0.5
    output = capsys.readouterr().out
    assert f"least squares {errors[0]:.1f}, ridge {errors[1]:.1f}" in output
    assert f"alpha = {chosen.alpha:.4g}" in output


def test_demo_of_the_lasso(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    assert main(["demo", "--model", "lasso", "--out", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert max(map(len, output.replace(str(tmp_path), "").splitlines())) <= 80
    rows = [line.split() for line in output.splitlines() if line.startswith("group")]
    net, lasso = np.array([row[-2:] for row in rows], dtype=float).T
    assert np.ptp(net.reshape(3, 5), axis=1).max() < 2.0  # groups share their coefficient
    assert np.count_nonzero(lasso) < 10
    assert "relative duality gap" in output
    assert (tmp_path / "lasso_path.png").read_bytes().startswith(b"\x89PNG")


def test_demo_without_matplotlib(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["demo", "--out", str(tmp_path)]) == 0
    assert "pip install 'elltwo[plot]'" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_fit_with_given_alpha(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_path = table.with_name("model.json")
    arguments = ["fit", str(table), "--target", "price", "--ignore", "note", "--alpha", "0.5"]
    assert main([*arguments, "--out", str(model_path)]) == 0
    X = np.array([[1.5, 3], [2, 1], [0.5, 4], [3.25, 2], [1, 5]])
    coef, intercept = reference.ridge(X, [10.25, 13.5, 4, 19.75, 6.5], 0.5)
    model = described(model_path)
    content = json.loads(model_path.read_text(encoding="utf-8"))
    assert (content["format"], content["format_version"]) == ("elltwo-model", 3)
    assert content["kind"] == "TableFit"
    assert (model["model"], model["classes"], model["l1_ratio"]) == ("ridge", None, 0.0)
    assert model["feature_names"] == ["size", "age"]
    assert model["coef"] == pytest.approx(coef, rel=1e-12)
    assert model["intercept"] == pytest.approx(intercept, rel=1e-12)
    assert model["alpha"] == 0.5
    assert model["info"]["status"] == "converged"
    output = capsys.readouterr().out
    assert f"{coef[0]:.6g}" in line_of(output, "size")
    assert f"{intercept:.6g}" in line_of(output, "intercept")
    assert "Certificate" in output


def test_fit_of_many_columns_shows_some(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    X = np.random.default_rng(0).normal(size=(10, 500))
    rows = [[f"c{j}" for j in range(500)], *X.tolist()]
    path = tmp_path / "many.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    model = tmp_path / "model.json"
    assert main(["fit", str(path), "--target", "c0", "--alpha", "1", "--out", str(model)]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) < 60
    assert "(470 rows in the middle left out; --out writes all)" in out
    assert len(described(model)["coef"]) == 499


@pytest.mark.parametrize(("choice", "folds"), [([], 5), (["--cv", "16"], 16)])
def test_fit_with_cross_validation(
    choice: list[str], folds: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.json"
    assert main(["fit", LONGLEY, "--target", "TOTEMP", *choice, "--out", str(path)]) == 0
    X, y = problem_longley().load()
    expected = elltwo.ridge_cv(X, y, cv=folds)
    model = described(path)
    assert model["alpha"] == expected.alpha
    assert model["coef"] == pytest.approx(expected.coef, rel=1e-12)
    error = expected.cv_mse.min() ** 0.5
    assert f"left-out rows {error:.6g}\n" in capsys.readouterr().out


def test_fit_of_standardized_columns(tmp_path: Path) -> None:
    """Penalty on standardised columns, coefficients in the table's units."""
    path = tmp_path / "model.json"
    arguments = ["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "2", "--standardize"]
    assert main([*arguments, "--out", str(path)]) == 0
    X, y = problem_longley().load()
    coef, intercept = reference.ridge(X, y, 2.0, penalty_factors=X.var(0))
    model = described(path)
    assert model["coef"] == pytest.approx(coef, rel=1e-9)
    assert model["intercept"] == pytest.approx(intercept, rel=1e-9)


def test_infinite_alpha_survives_the_model_file(table: Path) -> None:
    path = table.with_name("model.json")
    arguments = ["fit", str(table), "--target", "price", "--ignore", "note", "--alpha", "inf"]
    assert main([*arguments, "--out", str(path)]) == 0
    assert described(path)["alpha"] == math.inf
    predictions = table.with_name("predictions.csv")
    assert main(["predict", str(path), str(table), "--out", str(predictions)]) == 0
    assert predictions.read_text(encoding="utf-8").splitlines() == ["price"] + ["10.8"] * 5


def test_predict_matches_columns_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Columns in another order, and one more, give the fitted values of the model."""
    model = tmp_path / "model.json"
    assert main(["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "3", "--out", str(model)]) == 0
    capsys.readouterr()
    X, y = problem_longley().load()
    names = longley_names()
    turned = tmp_path / "turned.csv"
    with turned.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["remark", *names[::-1]])
        writer.writerows(["text", *row[::-1]] for row in X.tolist())
    assert main(["predict", str(model), str(turned)]) == 0
    header, *values = capsys.readouterr().out.splitlines()
    assert header == "TOTEMP"
    expected = elltwo.ridge(X, y, alpha=3.0).predict(X)
    assert np.array(values, float) == pytest.approx(expected, rel=1e-13)


def test_warnings_take_a_line_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def warn(_: argparse.Namespace) -> None:
        warnings.warn("the answer is rough", UserWarning, stacklevel=1)

    monkeypatch.setattr(predict, "run", warn)
    assert main(["predict", "model.json", "table.csv"]) == 0
    assert capsys.readouterr().err == "elltwo: warning: the answer is rough\n"


def test_ctrl_c_ends_a_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: argparse.Namespace) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(predict, "run", interrupt)
    assert main(["predict", "model.json", "table.csv"]) == 130
    assert capsys.readouterr().err == "elltwo: interrupted\n"


def test_version_of_the_module_as_a_program() -> None:
    command = [sys.executable, "-m", "elltwo", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"elltwo {elltwo.__version__}\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_closed_pipe_ends_a_command_without_a_word(table: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "elltwo", "fit", str(table), "--target", "price"]
    done = subprocess.run(
        [*command, "--ignore", "note", "--alpha", "1"],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 141
    assert done.stderr == b""


def problem_longley() -> nist.Problem:
    return next(problem for problem in nist.PROBLEMS if problem.name == "longley")


def nist_longley() -> tuple[float, ...]:
    return problem_longley().certified


def longley_names() -> list[str]:
    return nist.LONGLEY.read_text(encoding="utf-8").splitlines()[0].split(",")[1:]


def line_of(output: str, name: str) -> str:
    return next(line for line in output.splitlines() if line.split()[:1] == [name])
