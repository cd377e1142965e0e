"""The page in a browser: nothing loaded, no errors, no overflow, and a PDF."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("matplotlib")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

SECOND = 1000.0
LONG = "a_name_without_any_spaces_that_goes_on_for_much_longer_than_a_line_of_a_telephone"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], timeout=120 * SECOND
        )
        yield chromium
        chromium.close()


def fitted(kind: str, p: int) -> tuple[Any, Any, Any]:
    """Return a fit of a model to p features, with its data."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(120, p)) * np.exp(rng.normal(size=p))
    y = X[:, 0] + rng.normal(size=120)
    if kind == "ridge":
        return elltwo.ridge_cv(X, y, cv=5, extend=True), X, y
    if kind == "elastic_net":
        return elltwo.elastic_net(X, y, 5.0), X, y
    classes = y > 0.0 if kind == "two" else np.digitize(y, np.quantile(y, [0.3, 0.7]))
    return elltwo.logistic(X, classes), X, classes


@pytest.mark.parametrize("p", [1, 10, 200])
@pytest.mark.parametrize("kind", ["ridge", "elastic_net", "two", "three"])
def test_page_fits_the_window_and_loads_nothing(
    browser: Any,  # noqa: ANN401
    tmp_path: Path,
    kind: str,
    p: int,
) -> None:
    path = tmp_path / "fit.html"
    fit, X, y = fitted(kind, p)
    names = [LONG, *(f"feature number {j}" for j in range(1, p))]
    report.write(path, fit, X, y, feature_names=names, target_name=LONG)
    for width in (400, 1400):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(120 * SECOND)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda request, said=said: said.append(request.url))
        page.goto(path.as_uri())
        assert said == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictures = page.locator("figure svg").all()
        assert pictures
        for picture in pictures:
            box = picture.bounding_box()
            assert box["x"] >= 0.0
            assert box["x"] + box["width"] <= width
            assert box["height"] > 100.0
        page.close()


def test_page_prints(browser: Any, tmp_path: Path) -> None:  # noqa: ANN401
    fit, X, y = fitted("ridge", 10)
    path = tmp_path / "fit.html"
    report.write(path, fit, X, y)
    page = browser.new_page()
    page.set_default_timeout(120 * SECOND)
    page.goto(path.as_uri())
    assert page.pdf(format="A4").startswith(b"%PDF-")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # the width of A4 within its margins
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert (
        page.evaluate("getComputedStyle(document.querySelector('figure')).breakInside") == "avoid"
    )
    page.close()
