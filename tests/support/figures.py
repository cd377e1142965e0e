"""What the artists of a figure show; without matplotlib the tests that import this are skipped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")


def xy(line: Any) -> tuple[list[float], list[float]]:  # noqa: ANN401  # Line2D
    """Data of a line."""
    return np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()


def point(line: Any) -> tuple[float, float]:  # noqa: ANN401  # Line2D
    """Data of a line that is one point."""
    (x,), (y,) = xy(line)
    return x, y


def legend_texts(display: Any) -> list[str]:  # noqa: ANN401  # either display
    """Texts of the legend, none without one."""
    legend = display.ax_.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]
