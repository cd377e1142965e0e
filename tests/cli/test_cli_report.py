"""``elltwo fit --report --plot`` writes the page and the picture of the fit that it prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo.cli import main
from html_page import Page

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("matplotlib")

RNG = np.random.default_rng(29)
N = 90
SIZE = RNG.normal(size=N) * 30.0
REGION = np.array(["north", "south", "<east>"])[RNG.integers(3, size=N)]
PRICE = 0.1 * SIZE + np.where(REGION == "south", 2.0, 0.0) + RNG.normal(size=N)
KIND = np.where(np.median(PRICE) < PRICE, "dear", "cheap")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "houses.csv"
    rows = zip(SIZE.tolist(), REGION, PRICE.tolist(), KIND, strict=True)
    lines = [f"{size!r},{region},{price!r},{kind}" for size, region, price, kind in rows]
    path.write_text("\n".join(["size,region,price,kind", *lines]))
    return path


def fit(table: Path, *more: str) -> tuple[Page, bytes]:
    page, picture = table.with_suffix(".html"), table.with_suffix(".png")
    arguments = ["fit", str(table), *more, "--report", str(page), "--plot", str(picture)]
    assert main(arguments) == 0
    return Page(page.read_text(encoding="utf-8")), picture.read_bytes()


def matrix() -> tuple[Any, list[str]]:
    levels = ["<east>", "north", "south"]
    dummies = (REGION[:, np.newaxis] == levels).astype(float)
    return np.column_stack([SIZE, dummies]), ["size", *(f"region={level}" for level in levels)]


def assert_near(found: dict[str, float], names: list[str], values: Any) -> None:  # noqa: ANN401
    """Compare numbers of four significant digits."""
    for name, value in zip(names, values, strict=True):
        assert found[name] == pytest.approx(value, rel=6e-4), name


@pytest.mark.parametrize("standardize", [False, True])
def test_ridge_report_has_the_units_of_the_table(
    table: Path,
    standardize: bool,
) -> None:
    page, picture = fit(
        table, "--target", "price", "--ignore", "kind", "--alpha", "2",
        *(["--standardize"] if standardize else []),
    )  # fmt: skip
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    X, names = matrix()
    factors = X.var(axis=0) if standardize else np.ones(4)
    centred = X - X.mean(axis=0)
    gram = centred.T @ centred + 2.0 * np.diag(factors)
    coef = np.linalg.solve(gram, centred.T @ (PRICE - PRICE.mean()))
    assert_near(page.table("Coefficients of price").column("coefficient"), names, coef)
    assert "Trace of the coefficients" in page.text["title"]
    assert page.text["h1"] == ["Ridge regression of price"]


def test_elastic_net_of_standardised_columns(table: Path) -> None:
    page, _ = fit(
        table, "--target", "price", "--ignore", "kind", "--model", "elastic_net", "--alpha", "9",
        "--standardize",
    )  # fmt: skip
    X, names = matrix()
    units = X.std(axis=0)
    expected = elltwo.elastic_net((X - X.mean(axis=0)) / units, PRICE, 9.0, 0.5).coef / units
    assert_near(page.table("Coefficients of price").column("coefficient"), names, expected)
    spread = page.table("The features").column("deviation")
    assert_near(spread, names, units)
    assert "Trace of the coefficients" in page.text["title"]


def test_classes(table: Path) -> None:
    page, _ = fit(table, "--target", "kind", "--ignore", "price")
    assert page.text["h1"] == ["Logistic regression of kind"]
    assert set(page.table("Classes of kind").rows) == {"cheap", "dear"}
    assert "Curve of cross-validation" in page.text["title"]


@pytest.mark.parametrize("option", ["--report", "--plot"])
def test_file_that_cannot_be_written(
    table: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = str(table.parent / "nowhere" / "fit.png")
    arguments = ["fit", str(table), "--target", "kind", option, place, "--alpha", "1"]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("elltwo: error: ")
    assert "nowhere" in said
    assert "Traceback" not in said


def test_picture_of_unknown_kind(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["fit", str(table), "--target", "kind", "--alpha", "1", "--plot", "fit.xyz"]
    assert main(arguments) == 2
    assert "xyz" in capsys.readouterr().err
