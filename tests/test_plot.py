"""The ridge trace shows what it was given and leaves no state behind."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from elltwo.plot import ridge_trace

if TYPE_CHECKING:
    from pathlib import Path

ALPHAS = [1.0, 0.0, 0.01, np.inf, 100.0]
COEFS = [[2.0, -1.0], [9.0, 9.0], [3.0, -2.0], [0.0, 0.0], [0.5, -0.1]]


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    pytest.importorskip("matplotlib")


def test_lines_are_the_coefficients_in_order_of_alpha() -> None:
    """0 and inf have no place on a logarithmic axis."""
    ax = ridge_trace(ALPHAS, COEFS, names=["a", "b"])
    lines = {str(line.get_label()): line for line in ax.get_lines()}
    assert np.asarray(lines["a"].get_xdata()).tolist() == [0.01, 1.0, 100.0]
    assert np.asarray(lines["a"].get_ydata()).tolist() == [3.0, 2.0, 0.5]
    assert np.asarray(lines["b"].get_ydata()).tolist() == [-2.0, -1.0, -0.1]
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel()
    assert ax.get_ylabel()


def test_legend_names_lines_and_choice() -> None:
    legend = ridge_trace(ALPHAS, COEFS, names=["b", "a"], chosen=0.125).get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["b", "a", "chosen: 0.125"]
    assert ridge_trace(ALPHAS, COEFS).get_legend() is None


def test_many_names_get_no_legend() -> None:
    names = [f"x{j}" for j in range(40)]
    assert ridge_trace([1.0, 2.0], np.ones((2, 40)), names=names).get_legend() is None


def test_infinite_choice_is_not_marked() -> None:
    plain, chosen = ridge_trace(ALPHAS, COEFS), ridge_trace(ALPHAS, COEFS, chosen=np.inf)
    assert len(chosen.get_lines()) == len(plain.get_lines())


def test_draws_into_given_axes_and_saves(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    ax = figure.add_subplot()
    assert ridge_trace(ALPHAS, COEFS, names=["a", "b"], ax=ax) is ax
    figure.savefig(tmp_path / "trace.png")
    assert (tmp_path / "trace.png").read_bytes().startswith(b"\x89PNG")


def test_no_global_state() -> None:
    """No figure is left with pyplot, if somebody has loaded it, and it is not loaded for this."""
    loaded = "matplotlib.pyplot" in sys.modules
    ridge_trace(ALPHAS, COEFS)
    assert ("matplotlib.pyplot" in sys.modules) == loaded


@pytest.mark.parametrize(
    ("alphas", "coefs", "names", "word"),
    [
        ([1.0], COEFS, None, "coefs"),
        ([[1.0]], [[1.0]], None, "coefs"),
        ([1.0], [1.0], None, "coefs"),
        (ALPHAS, COEFS, ["a"], "names"),
        ([0.0, np.inf], COEFS[:2], None, "alphas"),
    ],
)
def test_bad_input(alphas: object, coefs: object, names: list[str] | None, word: str) -> None:
    with pytest.raises(ValueError, match=f"^{word} must"):
        ridge_trace(alphas, coefs, names=names)  # type: ignore[arg-type]


def test_missing_matplotlib_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"elltwo\[plot\]"):
        ridge_trace(ALPHAS, COEFS)
