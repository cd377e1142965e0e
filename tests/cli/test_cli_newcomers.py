"""``elltwo`` on foreign tables: what those who had not seen it before tripped over."""

from __future__ import annotations

import bz2
import gzip
import lzma
from typing import TYPE_CHECKING

import numpy as np
import pytest

import elltwo
from command_line import described, fails
from elltwo.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path


def written(path: Path, names: Sequence[str], *columns: Iterable[object]) -> Path:
    lines = [",".join(names), *(",".join(map(str, row)) for row in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_an_elastic_net_finds_columns_in_small_units(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    near, far = rng.normal(size=200), rng.normal(size=200) * 1e4
    y = 5.0 * near + 1e-4 * far + 0.1 * rng.normal(size=200)
    path = written(tmp_path / "t.csv", ["near", "far", "y"], near, far, y)
    out = tmp_path / "m.json"
    options = ["--target", "y", "--model", "elastic_net", "--out", str(out)]
    assert main(["fit", str(path), *options]) == 0
    model = described(out)
    np.testing.assert_allclose(model["coef"], [5.0, 1e-4], rtol=0.05)
    assert model["cv_error"] < 0.2


def test_absolute_values_find_their_alpha_for_classes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    near, far = rng.normal(size=200), rng.normal(size=200) * 1e3
    sold = np.where(3.0 * near + rng.logistic(size=200) > 0.0, "yes", "no")
    path = written(tmp_path / "t.csv", ["near", "far", "sold"], near, far, sold)
    out = tmp_path / "m.json"
    assert main(["fit", str(path), "--target", "sold", "--l1-ratio", "1", "--out", str(out)]) == 0
    assert "edge of the grid" not in capsys.readouterr().err
    assert described(out)["coef"][0] > 1.5


def sizes(path: Path) -> Path:
    rng = np.random.default_rng(1)
    size, grade = rng.normal(size=60), rng.integers(1, 6, 60)
    town = rng.choice(["aa", "bb"], 60)
    price = [f"{value:.3f}" for value in 2.0 * size + grade + rng.normal(size=60)]
    return written(path, ["size", "grade", "town", "price"], size, grade, town, price)


def test_the_user_says_what_the_target_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = sizes(tmp_path / "t.csv")
    fit = ["fit", str(path), "--alpha", "1", "--target"]
    assert main([*fit, "grade", "--categorical", "grade"]) == 0
    assert "logistic regression, as --categorical takes grade for classes" in words(capsys)
    message = fails([*fit, "grade", "--categorical", "grade", "--model", "ridge"], capsys)
    assert "--categorical grade is not what --model ridge predicts" in message
    two = written(tmp_path / "two.csv", ["x", "y"], range(8), [0, 1] * 4)
    arguments = [str(two), "--alpha", "1", "--target", "y"]
    assert main(["fit", *arguments, "--numeric", "y"]) == 0
    assert "ridge regression, as --numeric takes y for numbers" in words(capsys)
    assert "--numeric y is not what" in fails(
        ["fit", *arguments, "--numeric", "y", "--model", "logistic"], capsys
    )


@pytest.mark.parametrize("mode", [[], ["--stream"]])
@pytest.mark.parametrize("option", ["--ignore", "--weight"])
def test_the_target_has_no_other_role(
    tmp_path: Path, option: str, mode: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = sizes(tmp_path / "t.csv")
    message = fails(["fit", str(path), "--target", "price", option, "price", *mode], capsys)
    assert f"column 'price' is the target, and cannot be given to {option}" in message


def test_one_class_is_told_by_its_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "t.csv", ["x", "sold"], range(6), ["no"] * 6)
    message = fails(["fit", str(path), "--target", "sold"], capsys)
    assert "t.csv, column 'sold' is no in all rows" in message


def test_coefficients_that_nothing_determines_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(2)
    path = written(tmp_path / "t.csv", ["a", "b", "c", "d", "y"], *rng.normal(size=(5, 3)))
    assert main(["fit", str(path), "--target", "y", "--alpha", "0"]) == 0
    output = words(capsys)
    assert "the rows do not determine all coefficients (rank 2 of 4)" in output
    assert "--alpha above 0 determines them" in output
    assert "nan" not in output
    assert main(["fit", str(path), "--target", "y", "--alpha", "1"]) == 0
    assert "do not determine" not in words(capsys)


def test_columns_that_do_not_help_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(5)
    labels = rng.permutation(["a", "b"] * 20)
    path = written(tmp_path / "t.csv", ["x", "y"], np.arange(40) % 2, labels)
    assert main(["fit", str(path), "--target", "y", "--cv", "20"]) == 0
    output = words(capsys)
    told = "No finite alpha predicts left-out rows better than an intercept alone"
    assert (told in output) == ("alpha inf" in output)
    assert main(["fit", str(path), "--target", "y", "--alpha", "inf"]) == 0
    assert told not in words(capsys)


def test_rows_left_out_for_their_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "t.csv", ["x", "y"], ["", *range(9)], [*range(9), ""])
    fit = ["fit", str(path), "--target", "y", "--alpha", "1", "--missing"]
    assert main([*fit, "mean"]) == 0
    assert "9 rows (1 left out: the target is missing)" in words(capsys)
    assert main([*fit, "drop"]) == 0
    assert "8 rows (2 left out: a value is missing)" in words(capsys)


def test_weights_of_a_survey_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "t.csv", ["x", "y", "w"], range(9), [1, 3, 2] * 3, [5000] * 9)
    fit = ["fit", str(path), "--target", "y", "--alpha", "1"]
    assert main([*fit, "--weight", "w"]) == 0
    assert "Weights sum to 4.5e+04 on 9 rows" in words(capsys)
    path.write_text(path.read_text().replace("5000", "2"))
    assert main([*fit, "--weight", "w"]) == 0
    assert "Weights sum" not in words(capsys)


def test_messages_name_options_of_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "t.csv", ["x", "y"], range(8), ["a"] * 4 + ["b"] * 4)
    assert main(["fit", str(path), "--target", "y", "--alpha", "0"]) == 0
    warned = capsys.readouterr().err
    assert "--alpha above 0 makes them well defined" in warned
    assert "penalty_factors" not in warned
    assert "error: --cv must be at most" in fails(
        ["fit", str(sizes(tmp_path / "s.csv")), "--target", "price", "--cv", "100"], capsys
    )
    message = fails(["compare", str(path), "--target", "y", "--standardize"], capsys)
    assert "--standardize (see elltwo compare --help)" in message


def test_compare_speaks_of_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = sizes(tmp_path / "t.csv")
    assert main(["compare", str(path), "--target", "grade"]) == 0
    output = words(capsys)
    assert "Models of numbers, as grade holds numbers (--task classes takes them" in output
    assert "Columns are standardised, as by fit --standardize" in output
    assert "--model" not in output


READERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}


@pytest.mark.parametrize("ending", READERS)
def test_predictions_are_compressed_by_their_name(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, model = sizes(tmp_path / "t.csv"), tmp_path / "m.json"
    options = ["--target", "price", "--alpha", "1", "--out", str(model)]
    assert main(["fit", str(path), *options]) == 0
    capsys.readouterr()
    assert main(["predict", str(model), str(path)]) == 0
    shown = capsys.readouterr().out
    out = tmp_path / f"p.csv{ending}"
    assert main(["predict", str(model), str(path), "--out", str(out)]) == 0
    assert READERS[ending](out.read_bytes()).decode() == shown


@pytest.mark.parametrize("option", ["--out", "--report", "--plot"])
def test_a_folder_that_is_missing_is_told_before_the_fit(
    tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elltwo, "ridge", None)
    where = str(tmp_path / "none" / "file.png")
    options = ["--target", "price", "--alpha", "1", option, where]
    message = fails(["fit", str(sizes(tmp_path / "t.csv")), *options], capsys)
    assert f"there is no folder {tmp_path / 'none'}" in message
