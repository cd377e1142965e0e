"""What the command line is given wrong, it says in one line: exit code 2 and no traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import nist
from command_line import fails
from elltwo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LONGLEY = str(nist.LONGLEY)


BROKEN_TABLES = {
    "text": ("a,b,y\n1,2,3\n1,two,3\n", ["row 2", "line 3", "'b'", "'two'"]),
    "nan": ("a,b,y\n1,nan,3\n2,3,4\n", ["row 1", "'b'", "'nan'"]),
    "no_value": ("a,b,y\n1,nan,3\n2,,4\n", ["'b'", "no value", "--ignore b"]),
    "infinity": ("a,b,y\n1,1e999,3\n", ["row 1", "'b'", "'1e999'"]),
    "empty_cell": ("a,b,y\n1,2,3\n1,,3\n", ["row 2", "line 3", "'b'", "empty"]),
    "ragged": ("a,b,y\n1,2,3\n\n1,2\n", ["row 2", "line 4", "2 cells", "3"]),
    "duplicate": ("a,b,a,y\n1,2,3,4\n", ["'a'"]),
    "nameless": ("a,,y\n1,2,3\n", ["column 2", "no name"]),
    "no_rows": ("a,b,y\n", ["no rows"]),
    "empty": ("", ["empty"]),
    "quote": ('a,b,y\n1,"2,3\n', ["line"]),
    "no_feature": ("y\n1\n2\n", ["'y'"]),
}


@pytest.mark.parametrize(("text", "words"), BROKEN_TABLES.values(), ids=BROKEN_TABLES.keys())
def test_broken_tables(
    text: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.csv"
    path.write_text(text, encoding="utf-8")
    message = fails(["fit", str(path), "--target", "y", "--alpha", "1"], capsys)
    for word in ["broken.csv", *words]:
        assert word in message


def test_unreadable_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path, word in [(tmp_path / "none.csv", "No such file"), (tmp_path, "holds no table")]:
        message = fails(["fit", str(path), "--target", "y"], capsys)
        assert str(path) in message
        assert word in message


def test_missing_column(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "houses.csv"
    table.write_text("size,age,price\n1,2,3\n", encoding="utf-8")
    for arguments in (["--target", "cost"], ["--target", "price", "--ignore", "cost"]):
        message = fails(["fit", str(table), *arguments], capsys)
        assert "'cost'" in message
        assert "size, age, price" in message


BAD_ARGUMENTS = {
    "negative_alpha": (["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "-1"], "alpha"),
    "nan_alpha": (["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "nan"], "'nan'"),
    "text_alpha": (["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "much"], "'much'"),
    "one_fold": (["fit", LONGLEY, "--target", "TOTEMP", "--cv", "1"], "--cv"),
    "too_many_folds": (["fit", LONGLEY, "--target", "TOTEMP", "--cv", "17"], "cv"),
    "both": (["fit", LONGLEY, "--target", "TOTEMP", "--cv", "3", "--alpha", "1"], "--alpha"),
    "no_target": (["fit", LONGLEY], "--target"),
    "no_command": ([], "COMMAND"),
    "unknown_command": (["train"], "train"),
}


@pytest.mark.parametrize(("arguments", "word"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS.keys())
def test_bad_arguments(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert word in fails(arguments, capsys)


BROKEN_MODELS = {
    "not_json": ("{", "not JSON"),
    "other_json": ("[1, 2]", "does not say"),
    "other_format": ('{"format": "onnx"}', "does not say"),
    "future": ('{"format": "elltwo-model", "format_version": 99}', "version 99"),
    "incomplete": ('{"format": "elltwo-ridge", "format_version": 1}', "has no"),
}
BROKEN_FIELDS = {
    "lengths": ({"coef": [1.0]}, "1 coefficients for 2"),
    "text": ({"coef": [1.0, "2"]}, "coef"),
    "nan": ({"intercept": "nan"}, "intercept"),
    "names": ({"feature_names": "ab"}, "feature_names"),
    "number": ({"coef": 3}, "coef is not a list"),
}


@pytest.mark.parametrize(("text", "word"), BROKEN_MODELS.values(), ids=BROKEN_MODELS.keys())
def test_broken_models(
    text: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    message = fails(["predict", str(path), LONGLEY], capsys)
    assert str(path) in message
    assert word in message


@pytest.mark.parametrize(("change", "word"), BROKEN_FIELDS.values(), ids=BROKEN_FIELDS.keys())
def test_models_with_a_broken_field(
    change: dict[str, object], word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = {
        "format": "elltwo-ridge",
        "format_version": 1,
        "target": "TOTEMP",
        "feature_names": ["GNP", "YEAR"],
        "coef": [1.0, 2.0],
        "intercept": 3.0,
        "alpha": 1.0,
        "standardize": False,
        "info": {},
    }
    path = tmp_path / "model.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert main(["predict", str(path), LONGLEY]) == 0
    capsys.readouterr()
    path.write_text(json.dumps(content | change), encoding="utf-8")
    assert word in fails(["predict", str(path), LONGLEY], capsys)


def test_predict_names_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none.json" in fails(["predict", str(tmp_path / "none.json"), LONGLEY], capsys)
    model = tmp_path / "model.json"
    assert main(["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "1", "--out", str(model)]) == 0
    capsys.readouterr()
    table = tmp_path / "years.csv"
    table.write_text("YEAR\n1963\n", encoding="utf-8")
    assert "'GNPDEFL'" in fails(["predict", str(model), str(table)], capsys)


def test_outputs_that_cannot_be_written(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "none" / "file")
    assert main(["demo", "--out", nowhere]) == 2
    assert main(["fit", LONGLEY, "--target", "TOTEMP", "--alpha", "1", "--out", nowhere]) == 2
