"""``elltwo fit`` and ``predict`` on tables as people have them: categories, gaps, layouts."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from command_line import described, fails
from elltwo.cli import main
from elltwo.cli.fitting import random_folds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

N = 150
HEADER = ["size", "region", "day", "note", "price", "sold", "weight"]


def rows() -> list[list[Any]]:
    rng = np.random.default_rng(4)
    size, price = rng.normal(50.0, 10.0, N), rng.normal(size=N)
    region = rng.choice(["north", "south", "west"], N)
    price = price + size / 10 + (region == "west")
    sold = np.where(price + rng.normal(size=N) > 5.5, "yes", "no")
    weight = rng.integers(1, 4, N)
    day = np.datetime64("2024-01-01") + np.arange(N)
    return [
        [f"{size[i]:.3f}", region[i], day[i], f"house {i}", f"{price[i]:.4f}", sold[i], weight[i]]
        for i in range(N)
    ]


def write(path: Path, body: list[list[Any]] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *(rows() if body is None else body)])
    return path


OTHERS = ["--ignore", "note", "--ignore", "day", "--ignore", "sold", "--ignore", "weight"]


def arguments(path: Path, *options: str) -> list[str]:
    return ["fit", str(path), "--target", "price", *OTHERS, *options]


def dummies() -> Any:  # noqa: ANN401
    body = rows()
    region = np.array([row[1] for row in body])
    levels = [(region == level).astype(float) for level in ("north", "south", "west")]
    return np.column_stack([np.array([float(row[0]) for row in body]), *levels])


def prices() -> Any:  # noqa: ANN401
    return np.array([float(row[4]) for row in rows()])


def test_text_becomes_categories(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "t.csv")
    assert main([*arguments(path, "--alpha", "2"), "--out", str(tmp_path / "m.json")]) == 0
    output = capsys.readouterr().out
    model = described(tmp_path / "m.json")
    assert model["feature_names"] == ["size", "region=north", "region=south", "region=west"]
    expected = elltwo.ridge(dummies(), prices(), alpha=2.0)
    np.testing.assert_allclose(model["coef"], expected.coef, rtol=1e-12)
    counts = dummies()[:, 1:].sum(axis=0).astype(int)
    assert f"region (north {counts[0]}, south {counts[1]}, west {counts[2]})" in output
    assert "of price on 2 columns as 4 features, 150 rows" in output
    assert "Model: ridge regression, as price holds numbers" in output
    assert max(map(len, output.replace(str(tmp_path), "").splitlines())) <= 80


def test_intervals_are_those_of_the_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "t.csv")
    assert main(arguments(path, "--alpha", "2", "--level", "0.9")) == 0
    output = capsys.readouterr().out
    lower, upper = elltwo.ridge(dummies(), prices(), alpha=2.0).summary(level=0.9).bayesian_interval
    row = next(line for line in output.splitlines() if line.startswith("region=west"))
    np.testing.assert_allclose(
        [float(cell) for cell in row.split()[2:]], [lower[3], upper[3]], 1e-5
    )
    assert "(90 % credible intervals)" in output
    assert "[0.05" in output


def test_least_squares_is_that_of_statsmodels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a penalty a category's first level is the reference, as in R and statsmodels."""
    formulas = pytest.importorskip("statsmodels.formula.api")
    pd = pytest.importorskip("pandas")
    path = write(tmp_path / "t.csv")
    options = ["--alpha", "0", "--weight", "weight", "--out", str(tmp_path / "m.json")]
    assert main(["fit", str(path), "--target", "price", *OTHERS[:-2], *options]) == 0
    output = capsys.readouterr().out
    table = pd.read_csv(path)
    counted = table.loc[table.index.repeat(table["weight"])]  # weights count observations
    reference = formulas.ols("price ~ size + C(region)", counted).fit()
    model = elltwo.load(tmp_path / "m.json")
    names = ["size", "region=south", "region=west"]
    assert model.feature_names == names
    wanted = reference.params[["size", "C(region)[T.south]", "C(region)[T.west]"]]
    np.testing.assert_allclose(model.coef, wanted, rtol=1e-10)
    intervals = reference.conf_int().loc[wanted.index]
    for name, old in zip(names, wanted.index, strict=True):
        cells = next(line for line in output.splitlines() if line.startswith(name)).split()[1:]
        told = [*intervals.loc[old], reference.pvalues[old]]
        np.testing.assert_allclose([float(cell) for cell in cells[1:]], told, rtol=1e-4)
    assert "first level of each category is the reference" in output
    found = model.predict(table, interval=0.95)
    expected = reference.get_prediction(table).summary_frame(alpha=0.05)
    np.testing.assert_allclose(found.mean, expected["mean"], rtol=1e-10)
    np.testing.assert_allclose(found.lower, expected["obs_ci_lower"], rtol=1e-8)
    np.testing.assert_allclose(found.upper, expected["obs_ci_upper"], rtol=1e-8)


def test_classes_without_a_penalty_are_those_of_statsmodels(tmp_path: Path) -> None:
    formulas = pytest.importorskip("statsmodels.formula.api")
    pd = pytest.importorskip("pandas")
    path = write(tmp_path / "t.csv")
    out = tmp_path / "m.json"
    ignored = [*OTHERS[:4], "--ignore", "weight", "--ignore", "price"]
    command = ["fit", str(path), "--target", "sold", *ignored, "--alpha", "0"]
    assert main([*command, "--out", str(out)]) == 0
    table = pd.read_csv(path)
    table["z"] = (table["sold"] == "yes").astype(float)
    reference = formulas.logit("z ~ size + C(region)", table).fit(disp=0, tol=1e-12)
    model = elltwo.load(out)
    np.testing.assert_allclose(
        [*model.coef, model.intercept],
        reference.params[["size", "C(region)[T.south]", "C(region)[T.west]", "Intercept"]],
        rtol=1e-7,
    )
    np.testing.assert_allclose(model.predict_proba(table)[:, 1], reference.predict(table), 1e-8)


GUESSES: dict[str, tuple[list[Any], str]] = {
    "text": (["a", "b"] * 10, "logistic"),
    "truth": (["True", "False"] * 10, "logistic"),
    "two numbers": ([0, 1] * 10, "logistic"),
    "two halves": ([0.5, 1.5] * 10, "ridge"),
    "numbers": (list(range(20)), "ridge"),
}


@pytest.mark.parametrize("mode", [[], ["--stream"]])
@pytest.mark.parametrize("kind", GUESSES)
def test_the_target_tells_the_model(
    tmp_path: Path, kind: str, mode: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    if mode:
        pytest.importorskip("pyarrow")
    labels, wanted = GUESSES[kind]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["x,y", *(f"{i % 7},{label}" for i, label in enumerate(labels))]))
    out = tmp_path / "m.json"
    assert main(["fit", str(path), "--target", "y", "--alpha", "1", *mode, "--out", str(out)]) == 0
    assert described(out)["model"] == wanted
    output = " ".join(capsys.readouterr().out.split())
    assert f"Model: {wanted} regression, as y holds" in output
    assert ("--model ridge" in output) == (kind == "two numbers" or (kind == "truth" and not mode))


def test_missing_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = rows()
    body[3][0], body[5][1], body[9][4] = "", "NA", ""
    path = write(tmp_path / "t.csv", body)
    message = fails(arguments(path, "--alpha", "2"), capsys)
    assert "row 4 (line 5), column 'size' is empty (so are cells in 3 of 150 rows)" in message
    assert "--missing drop" in message
    out = tmp_path / "m.json"
    X, y = dummies(), prices()
    assert main([*arguments(path, "--alpha", "2", "--missing", "drop"), "--out", str(out)]) == 0
    assert "147 rows (3 left" in " ".join(capsys.readouterr().out.split())
    kept = np.delete(np.arange(N), [3, 5, 9])
    expected = elltwo.ridge(X[kept], y[kept], alpha=2.0)
    np.testing.assert_allclose(described(out)["coef"], expected.coef, rtol=1e-12)
    assert main([*arguments(path, "--alpha", "2", "--missing", "mean"), "--out", str(out)]) == 0
    output = capsys.readouterr().out
    assert "149 rows (1 left out: the target is missing)" in " ".join(output.split())
    kept = np.delete(np.arange(N), 9)
    Z = np.column_stack([X, np.zeros(N)])
    Z[3, 0] = np.delete(X[:, 0], [3, 9]).mean()
    Z[5] = [Z[5, 0], 0.0, 0.0, 0.0, 1.0]
    expected = elltwo.ridge(Z[kept], y[kept], alpha=2.0)
    np.testing.assert_allclose(described(out)["coef"], expected.coef, rtol=1e-10)
    assert main(["predict", str(out), str(path)]) == 0
    found = capsys.readouterr()
    assert found.err == ""
    predicted = [float(cell) for cell in found.out.splitlines()[1:]]
    np.testing.assert_allclose(predicted, expected.predict(Z), rtol=1e-12)


def test_dates_and_names_of_rows_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "t.csv")
    message = fails(["fit", str(path), "--target", "price"], capsys)
    assert "column 'day' holds dates" in message
    assert "column 'note' holds 150 different texts such as 'house 0'" in message
    assert "--ignore day --ignore note leaves them out" in message
    options = ["--ignore", "note", "--numeric", "day", "--alpha", "1"]
    out = tmp_path / "m.json"
    assert main(["fit", str(path), "--target", "price", *options, "--out", str(out)]) == 0
    assert "day" in described(out)["feature_names"]
    capsys.readouterr()
    message = fails(["fit", str(path), "--target", "price", "--ignore", "note"], capsys)
    assert "--ignore day leaves it out or --numeric day counts days" in message
    assert "holds dates, which cannot be" in fails(["fit", str(path), "--target", "day"], capsys)
    both = ["--ignore", "note", "--numeric", "day", "--categorical", "day"]
    assert "given to both" in fails(["fit", str(path), "--target", "price", *both], capsys)


def test_row_numbers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    body = rows()
    lines = ["id,size,price", *(f"{i + 1},{row[0]},{row[4]}" for i, row in enumerate(body))]
    path.write_text("\n".join(lines))
    assert main(["fit", str(path), "--target", "price", "--alpha", "1"]) == 0
    assert "id counts the rows; --ignore id leaves it out" in capsys.readouterr().out
    lines[0] = ",size,price"
    path.write_text("\n".join(lines))
    out = tmp_path / "m.json"
    assert main(["fit", str(path), "--target", "price", "--alpha", "1", "--out", str(out)]) == 0
    assert "has no name, and was left out as row names" in " ".join(capsys.readouterr().out.split())
    assert described(out)["feature_names"] == ["size"]
    lines[0] = "size,price"  # as R's write.table has it
    path.write_text("\n".join(lines))
    assert main(["fit", str(path), "--target", "price", "--alpha", "1", "--out", str(out)]) == 0
    assert described(out)["feature_names"] == ["size"]


def commas(text: str) -> bytes:
    return text.replace(",", ";").replace(".", ",").encode()


LAYOUTS: dict[str, tuple[Callable[[str], bytes], list[str]]] = {
    "decimal commas": (commas, []),
    "tabs": (lambda text: text.replace(",", "\t").encode(), []),
    "given": (lambda text: text.replace(",", "#").encode(), ["--delimiter", "#"]),
    "blanks": (lambda text: text.replace(" ", "_").replace(",", "  ").encode(), []),
    "UTF-8 with a mark": (lambda text: text.encode("utf-8-sig"), []),
    "UTF-16": (lambda text: text.encode("utf-16"), []),
    "UTF-16 without a mark": (lambda text: text.encode("utf-16-le"), []),
    "gzip": (lambda text: gzip.compress(text.encode()), []),
    "bzip2": (lambda text: bz2.compress(text.encode()), []),
    "xz": (lambda text: lzma.compress(text.encode()), []),
    "single quotes": (
        lambda text: text.replace("size,region", "'size','region'").encode(),
        [],
    ),
    "carriage returns": (lambda text: text.replace("\n", "\r\n").encode(), []),
    "another word": (lambda text: text.encode(), ["--na", "?"]),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_files(tmp_path: Path, layout: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain = write(tmp_path / "plain.csv")
    text = plain.read_text(encoding="utf-8").replace("\r\n", "\n")
    convert, options = LAYOUTS[layout]
    other = tmp_path / "other.csv"
    other.write_bytes(convert(text))
    paths = {plain: tmp_path / "a.json", other: tmp_path / "b.json"}
    for path, out in paths.items():
        more = options if path == other else []
        assert main([*arguments(path, "--alpha", "1", *more), "--out", str(out)]) == 0
    assert described(paths[plain]) == described(paths[other])
    assert ("Decimal commas were found" in capsys.readouterr().out) == (layout == "decimal commas")
    assert main(["predict", str(paths[other]), str(other), *options]) == 0
    found = capsys.readouterr().out
    assert main(["predict", str(paths[other]), str(plain)]) == 0
    assert capsys.readouterr().out == found


def test_latin_text_is_read_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("größe,ort,y\n1,Köln,2\n2,Bern,3\n4,Köln,4\n".encode("latin-1"))
    out = tmp_path / "m.json"
    assert main(["fit", str(path), "--target", "y", "--alpha", "1", "--out", str(out)]) == 0
    assert described(out)["feature_names"] == ["größe", "ort=Bern", "ort=Köln"]
    output = capsys.readouterr().out.replace(str(path), "t.csv")
    assert "t.csv is not UTF-8 (line 1), and was read as Windows-1252" in " ".join(output.split())


def test_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write(tmp_path / "t.csv").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    options = [*OTHERS, "--alpha", "1", "--out", str(tmp_path / "m.json")]
    assert main(["fit", "-", "--target", "price", *options]) == 0
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "m.json"), "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == N + 1


NO_TABLES = {
    "a spreadsheet": b"PK\x03\x04rest",
    "an old spreadsheet": b"\xd0\xcf\x11\xe0rest",
    "gzip": gzip.compress(b"a,y\n1,2\n")[:-9],
    "bzip2": bz2.compress(b"a,y\n1,2\n")[:-3],
    "xz": lzma.compress(b"a,y\n1,2\n")[:-3],
    "bytes": bytes(range(256)),
    "zeros": bytes(300),
}


@pytest.mark.parametrize("content", NO_TABLES.values(), ids=NO_TABLES.keys())
def test_what_is_no_table_is_refused(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert "t.csv" in fails(["fit", str(path), "--target", "y"], capsys)


@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_binary_tables_have_categories_too(tmp_path: Path, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    plain = write(tmp_path / "t.csv")
    path = tmp_path / f"t{ending}"
    table = pd.read_csv(plain)
    table.to_parquet(path) if ending == ".parquet" else table.to_feather(path)
    for source, out in ((plain, "a.json"), (path, "b.json")):
        command = [*arguments(source, "--alpha", "1"), "--out", str(tmp_path / out)]
        assert main(command) == 0
    assert described(tmp_path / "a.json") == described(tmp_path / "b.json")


def test_unseen_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "t.csv")
    out = str(tmp_path / "m.json")
    assert main([*arguments(path, "--alpha", "1"), "--out", out]) == 0
    body = rows()
    body[1][1] = "east"
    new = str(write(tmp_path / "new.csv", body))
    capsys.readouterr()
    message = fails(["predict", out, new], capsys)
    assert "row 2 (line 3), column 'region' is 'east', which is none of the levels" in message
    assert main(["predict", out, new, "--unseen", "ignore"]) == 0
    found = float(capsys.readouterr().out.splitlines()[2])
    fit = elltwo.ridge(dummies(), prices(), alpha=1.0)
    assert found == pytest.approx(float(fit.intercept) + fit.coef[0] * dummies()[1, 0], rel=1e-12)


def test_predictions_with_intervals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "t.csv")
    out = str(tmp_path / "m.json")
    assert main([*arguments(path, "--alpha", "1"), "--out", out]) == 0
    capsys.readouterr()
    assert main(["predict", out, str(path), "--interval", "0.9"]) == 0
    header, *lines = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header == ["price", "price lower", "price upper"]
    fit = elltwo.ridge(dummies(), prices(), alpha=1.0)
    expected: Any = fit.predict(dummies(), interval=0.9, method="bayesian")
    np.testing.assert_allclose(
        np.array(lines, dtype=float), np.column_stack(expected[:3]), rtol=1e-10
    )
    text = fails(["predict", out, str(path), "--interval", "2"], capsys)
    assert "must be a number between 0 and 1" in text


def test_shuffled_folds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = sorted(rows(), key=lambda row: float(row[4]))
    path = write(tmp_path / "t.csv", body)
    assert main(arguments(path)) == 0
    output = " ".join(capsys.readouterr().out.split())
    assert "Neighbouring rows are alike" in output
    assert "of the target" in output
    out = tmp_path / "m.json"
    assert main([*arguments(path, "--shuffle", "--seed", "3"), "--out", str(out)]) == 0
    assert "Neighbouring" not in capsys.readouterr().out
    order = np.argsort(prices(), kind="stable")
    X, y = dummies()[order], prices()[order]
    folds = random_folds(y, 5, seed=3, by_class=False)
    assert described(out)["alpha"] == elltwo.ridge_cv(X, y, cv=list(folds)).alpha
    message = fails(arguments(path, "--shuffle", "--alpha", "1"), capsys)
    assert "--shuffle is for a choice of alpha" in message


def test_random_folds_hold_every_row_once_and_share_classes() -> None:
    y = np.repeat(["a", "b", "c"], [50, 30, 20])
    splits = random_folds(y, 5, seed=0, by_class=True)
    assert sorted(np.concatenate([test for _, test in splits]).tolist()) == list(range(100))
    for train, test in splits:
        assert sorted([*train, *test]) == list(range(100))
        assert np.unique(y[test], return_counts=True)[1].tolist() == [10, 6, 4]
    other = random_folds(y, 5, seed=1, by_class=True)
    assert other[0][1].tolist() != splits[0][1].tolist()


@pytest.mark.filterwarnings("ignore:alpha.* lies on:UserWarning")
@pytest.mark.parametrize("model", ["ridge", "elastic_net", "logistic"])
def test_choices_of_alpha_show_progress(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The functions are asked for it; they show it of what takes more than two seconds."""
    function = getattr(elltwo, f"{model}_cv")
    asked: list[object] = []

    def noted(*args: object, **options: object) -> object:
        asked.append(options.pop("progress"))
        return function(*args, **options)

    monkeypatch.setattr(elltwo, f"{model}_cv", noted)
    path = write(tmp_path / "t.csv")
    target = "sold" if model == "logistic" else "price"
    ignored = [*OTHERS[:4], "--ignore", "weight", "--ignore", "price"]
    options = ignored if model == "logistic" else OTHERS
    assert main(["fit", str(path), "--target", target, *options, "--model", model]) == 0
    assert asked == [True]


def test_pictures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    path = write(tmp_path / "t.csv")
    page, picture = tmp_path / "page.html", tmp_path / "p.png"
    for options in (["--alpha", "1"], ["--model", "elastic_net", "--standardize"]):
        command = arguments(path, *options, "--report", str(page), "--plot", str(picture))
        assert main(command) == 0
        output = capsys.readouterr().out
        assert f"Report written to {page}" in output
        assert f"Picture written to {picture}" in output
        text = page.read_text(encoding="utf-8")
        assert "region=west" in text
        assert "<html" in text
        assert picture.read_bytes().startswith(b"\x89PNG")
    nowhere = str(tmp_path / "none" / "page.html")
    assert main(arguments(path, "--alpha", "1", "--report", nowhere)) == 2


@pytest.mark.parametrize(
    "options",
    [
        ["--categorical", "x"],
        ["--missing", "mean"],
        ["--delimiter", ";"],
        ["--decimal", ","],
        ["--na", "?"],
        ["--shuffle"],
        ["--report", "page.html"],
        ["--plot", "p.png"],
    ],
)
def test_what_needs_the_table_in_memory(
    tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n2,3\n")
    message = fails(["fit", str(path), "--target", "y", "--stream", *options], capsys)
    assert message.startswith(f"elltwo: error: {options[0]}")
    assert "needs the table in memory" in message


def test_a_model_of_arrays_predicts_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.json"
    elltwo.ridge([[0.0], [1.0]], [0.0, 1.0], alpha=1.0).save(path)
    assert "holds a RidgeFit, which knows no table" in fails(["predict", str(path), "-"], capsys)
