"""``elltwo fit`` reads large, several and binary tables in one pass, and can be interrupted."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import nist
import reference
from command_line import described, fails
from elltwo.cli import main
from stream_tables import columns, rows, write

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyarrow")


def model_of(arguments: list[str], path: Path) -> dict[str, Any]:
    assert main(["fit", *arguments, "--out", str(path)]) == 0
    return described(path)


@pytest.mark.parametrize("penalty", [["--alpha", "3"], ["--alpha", "3", "--standardize"]])
def test_a_stream_gives_the_model_of_the_table_in_memory(
    tmp_path: Path, penalty: list[str]
) -> None:
    path = str(write(tmp_path / "train.csv", columns(500)))
    arguments = [path, "--target", "y", "--ignore", "w", *penalty]
    in_memory = model_of(arguments, tmp_path / "a.json")
    streamed = model_of([*arguments, "--stream"], tmp_path / "b.json")
    assert streamed.keys() == in_memory.keys()
    assert streamed["feature_names"] == in_memory["feature_names"]
    np.testing.assert_allclose(streamed["coef"], in_memory["coef"], rtol=1e-10)
    np.testing.assert_allclose(streamed["intercept"], in_memory["intercept"], rtol=1e-10)


def test_several_tables_with_folds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = columns(6000)
    for name, part in (("0.parquet", slice(0, 2000)), ("1.csv", slice(2000, 6000))):
        write(tmp_path / name, {key: values[part] for key, values in table.items()})
    paths = [str(tmp_path / "0.parquet"), str(tmp_path / "1.csv")]
    options = ["--target", "y", "--ignore", "w", "--cv", "3", "--fold-rows", "200"]
    model = model_of([*paths, *options], tmp_path / "model.json")
    output = capsys.readouterr().out
    fit = elltwo.fit_stream(paths, target="y", ignore="w", cv=3, fold_rows=200)
    assert fit.scores is not None
    assert model["alpha"] == fit.alpha
    assert model["coef"] == fit.coef.tolist()
    assert "Ridge regression of y on 3 columns, 6000 rows" in output
    assert (
        f"root mean squared error over left-out rows {fit.scores.cv_mse.min() ** 0.5:.6g}" in output
    )
    standardized = model_of([*paths, *options, "--standardize"], tmp_path / "s.json")
    X, y, _ = rows(6000)
    np.testing.assert_allclose(
        np.array(standardized["coef"]) * X.std(0),
        reference.ridge((X - X.mean(0)) / X.std(0), y, alpha=standardized["alpha"])[0],
        rtol=1e-8,
    )


def test_a_folder_and_missing_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = columns(100)
    table["x0"][3] = np.nan
    write(tmp_path / "a.parquet", table)
    arguments = ["fit", str(tmp_path), "--target", "y", "--alpha", "1"]
    assert "a.parquet, row 4, column 'x0' is missing" in fails(arguments, capsys)
    assert main([*arguments, "--missing", "drop"]) == 0
    assert "4 columns, 99 rows" in capsys.readouterr().out


def test_state_is_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "train.csv", columns(70_000))
    good = path.read_bytes()
    bad = good[:-100] + good[-100:].replace(b".", b"!")
    path.write_bytes(bad)
    arguments = ["fit", str(path), "--target", "y", "--alpha", "1"]
    state = ["--state", str(tmp_path / "fit.state")]
    message = fails([*arguments, *state], capsys)
    assert f"(65536 rows before it are in {tmp_path / 'fit.state'})" in message
    path.write_bytes(good)
    assert main([*arguments, *state, "--out", str(tmp_path / "a.json")]) == 0
    assert main([*arguments, "--stream", "--out", str(tmp_path / "b.json")]) == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    (tmp_path / "fit.state").write_bytes(b"?")
    capsys.readouterr()
    assert "not a saved stream" in fails([*arguments, *state], capsys)


@pytest.mark.parametrize("saving", [True, False])
def test_ctrl_c(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    saving: bool,
) -> None:
    """Exit code 130 and one line that says how to go on."""
    path = str(write(tmp_path / "train.csv", columns(70_000)))
    state = tmp_path / "fit.state"
    arguments = ["fit", path, "--target", "y", "--alpha", "1"]
    arguments += ["--state", str(state)] if saving else ["--stream"]

    def interrupted(_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("elltwo.stream._reading._Clock.due", property(interrupted))
        assert main(arguments) == 130
    output = capsys.readouterr()
    how = f"run the same command again to go on from {state}"
    if not saving:
        how = "nothing is kept; --state FILE would save what has been read"
    assert output.err == f"elltwo: interrupted: {how}\n"
    assert output.out == ""
    assert state.exists() == saving
    assert main([*arguments, "--out", str(tmp_path / "a.json")]) == 0
    assert main([*arguments[:6], "--stream", "--out", str(tmp_path / "b.json")]) == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_bad_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(tmp_path / "train.csv", columns(20)))
    few = ["fit", path, "--target", "y", "--stream"]
    assert "smaller --fold-rows" in fails([*few, "--fold-rows", "5"], capsys)
    for arguments, text in (
        ([*few, "--fold-rows", "0"], "whole number from 1 on"),
        (["fit", path, path[:-4], "--target", "y"], "endings that tell"),
        (["fit", str(tmp_path / "no.parquet"), "--target", "y"], "cannot read .*No such file"),
        ([*few, "--state", str(tmp_path / "no" / "where")], "no folder"),
        (["fit", path, "--stream", "--target", "z"], "no column 'z'"),
    ):
        assert re.search(text, fails(arguments, capsys))


def test_small_csv_needs_no_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["fit", str(nist.LONGLEY), "--target", "TOTEMP"]) == 0


def test_large_csv_is_streamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(write(tmp_path / "train.csv", columns(20)))
    monkeypatch.setattr("elltwo.cli.tables.LARGE", 100)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for name in [name for name in sys.modules if name.startswith("pyarrow.")]:
        monkeypatch.setitem(sys.modules, name, None)
    assert "pip install 'elltwo[stream]'" in fails(["fit", path, "--target", "y"], capsys)


@pytest.mark.parametrize("ending", [".parquet", ".feather", ".csv.gz", ".csv"])
@pytest.mark.parametrize("n_rows", [3, 300])
def test_small_tables_are_cross_validated_by_default(
    tmp_path: Path, ending: str, n_rows: int
) -> None:
    """Every fold has rows, however few there are: a fold's consecutive rows are a K-th of them."""
    path = str(write(tmp_path / f"train{ending}", columns(n_rows)))
    model = model_of([path, "--target", "y", "--stream"], tmp_path / "model.json")
    folds = min(5, n_rows)
    fold_rows = n_rows // folds
    fit = elltwo.fit_stream(path, target="y", cv=folds, fold_rows=fold_rows)
    assert model["alpha"] == fit.alpha
    assert model["coef"] == fit.coef.tolist()


def test_large_tables_keep_a_thousand_rows_in_a_fold(tmp_path: Path) -> None:
    path = write(tmp_path / "train.csv", columns(4001))
    by_default = elltwo.fit_stream(path, target="y", cv=5)
    asked = elltwo.fit_stream(path, target="y", cv=5, fold_rows=1000)
    assert by_default.coef.tolist() == asked.coef.tolist()
    few = elltwo.fit_stream([path] * 5, target="y", cv=5)  # short files fill the folds by turns
    asked = elltwo.fit_stream([path] * 5, target="y", cv=5, fold_rows=1000)
    assert few.coef.tolist() == asked.coef.tolist()


@pytest.mark.parametrize("ending", [".parquet", ".feather", ".csv.gz", ".csv"])
def test_predictions_of_every_format(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A missing value empties one prediction; the others are those of the model."""
    table = columns(200)
    train = str(write(tmp_path / "train.csv", table))
    model = model_of([train, "--target", "y", "--ignore", "w", "--alpha", "2"], tmp_path / "m.json")
    table["x1"][[4, 9]] = np.nan
    path = str(write(tmp_path / f"new{ending}", table))
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "m.json"), path]) == 0
    output = capsys.readouterr()
    assert output.err == (
        "elltwo: warning: 2 of 200 predictions are empty, as a value is missing in their rows, "
        "the first of which is row 5\n"
    )
    header, *lines = output.out.splitlines()
    assert header == "y"
    X = np.column_stack([table[name] for name in model["feature_names"]])
    expected = X @ model["coef"] + model["intercept"]
    assert [i for i, line in enumerate(lines) if line == '""'] == [4, 9]
    values = np.array([float(line.strip('"') or "nan") for line in lines])
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_predictions_name_what_is_wrong_with_a_binary_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = columns(50)
    train = str(write(tmp_path / "train.csv", table))
    model_of([train, "--target", "y", "--alpha", "2"], tmp_path / "m.json")
    capsys.readouterr()
    infinite = {**table, "x1": np.where(np.arange(50) == 7, np.inf, table["x1"])}
    for wrong, text in (
        (infinite, "column 'x1', row 8 is infinite"),
        ({**table, "x1": ["a"] * 50}, "column 'x1', row 1 is not a finite number: 'a'"),
        ({name: table[name] for name in table if name != "x1"}, "no column 'x1'"),
    ):
        path = str(write(tmp_path / "new.parquet", wrong))
        assert text in fails(["predict", str(tmp_path / "m.json"), path], capsys)
    gone = str(tmp_path / "gone.parquet")
    assert "cannot read" in fails(["predict", str(tmp_path / "m.json"), gone], capsys)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_header_tells_the_separator(
    tmp_path: Path, delimiter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    commas = write(tmp_path / "commas.csv", columns(60))
    other = tmp_path / "other.csv"
    other.write_text(commas.read_text().replace(",", delimiter))
    for mode in ([], ["--stream"]):
        arguments = ["--target", "y", "--alpha", "1", *mode]
        wanted = model_of([str(commas), *arguments], tmp_path / "a.json")
        assert model_of([str(other), *arguments], tmp_path / "b.json") == wanted
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "b.json"), str(commas)]) == 0
    predicted = capsys.readouterr().out
    assert main(["predict", str(tmp_path / "b.json"), str(other)]) == 0
    assert capsys.readouterr().out == predicted


@pytest.mark.parametrize("mode", [[], ["--stream"]])
@pytest.mark.parametrize("gap", ["", "NA", "nan"])
def test_rows_with_a_gap_are_left_out_if_asked_to(
    tmp_path: Path, mode: list[str], gap: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = write(tmp_path / "whole.csv", columns(300))
    lines = whole.read_text().splitlines()
    holes = tmp_path / "holes.csv"
    cells = lines[40].split(",")
    holes.write_text("\n".join([*lines[:40], ",".join([gap, *cells[1:]]), *lines[41:]]))
    without = tmp_path / "without.csv"
    without.write_text("\n".join([*lines[:40], *lines[41:]]))
    arguments = ["--target", "y", "--alpha", "1", *mode]
    message = fails(["fit", str(holes), *arguments], capsys)
    assert "row 40" in message
    assert message.endswith(
        "; --missing drop leaves out rows in which a value is missing, --missing mean replaces it\n"
    )
    model = model_of([str(holes), "--missing", "drop", *arguments], tmp_path / "a.json")
    assert "299 rows (1 left out: a value is missing)" in capsys.readouterr().out
    wanted = model_of([str(without), *arguments], tmp_path / "b.json")
    np.testing.assert_allclose(model["coef"], wanted["coef"], rtol=1e-12)
