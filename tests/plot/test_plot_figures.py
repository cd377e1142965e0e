"""The figures of docs/plots.md, drawn anew by its examples, against the stored ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import elltwo.plot
import figures  # noqa: F401  # skips where there is no matplotlib
from page_figures import FIGURES, PLOTS, draw, drawn_by, figures_of

if TYPE_CHECKING:
    from pathlib import Path

NAMES = figures_of(PLOTS)
_TOLERANCE = 2.0  # root mean square of differences, of 255: rounding moves edges of lines


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the figures, drawn once."""
    for package in ("sklearn", "pandas"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("figures")
    draw(PLOTS, folder)
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_the_stored_one(name: str, drawn: Path) -> None:
    """Other releases of matplotlib place letters and ticks otherwise: skipped with them."""
    compare = pytest.importorskip("matplotlib.testing.compare")
    stored = drawn_by(FIGURES / name)
    here = drawn_by(drawn / name)
    if stored != here:
        pytest.skip(f"{name} was drawn by matplotlib {stored}, here is {here}")
    found = compare.compare_images(str(FIGURES / name), str(drawn / name), tol=_TOLERANCE)
    assert found is None, f"{found}\nIf it is meant: python tests/support/page_figures.py"


def test_a_figure_that_differs_is_found(drawn: Path, tmp_path: Path) -> None:
    """The tolerance sees one mark that has moved."""
    compare = pytest.importorskip("matplotlib.testing.compare")
    image = pytest.importorskip("PIL.Image")
    other = tmp_path / "other.png"
    with image.open(drawn / "coefficients.png") as picture:
        moved = picture.convert("RGB")
    side = 18
    moved.paste((0, 114, 178), (300, 200, 300 + side, 200 + side))
    moved.save(other)
    assert compare.compare_images(str(drawn / "coefficients.png"), str(other), tol=_TOLERANCE)


def test_the_page_shows_every_display_and_every_figure() -> None:
    page = PLOTS.read_text(encoding="utf-8")
    for name in elltwo.plot.__all__:
        assert f"`{name}`" in page, name
    for name in NAMES:
        assert f"](figures/{name})" in page, name
