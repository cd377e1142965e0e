"""NIST Statistical Reference Datasets, linear regression: data, models and certified values.

Source: National Institute of Standards and Technology, StRD, https://www.itl.nist.gov/div898/strd/
(public domain). The tables lie in data/nist/ with y first, as NIST prints them; Longley's is the
table shipped with the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import mpmath as mp
import numpy as np

from paths import DATA, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

LONGLEY = ROOT / "src" / "elltwo" / "data" / "longley.csv"


@dataclass(frozen=True)
class Problem:
    """One certified regression: `certified` starts with the intercept where the model has one."""

    name: str
    degree: int | None  # of the polynomial in x; None takes the table's columns as they are
    fit_intercept: bool
    certified: tuple[float, ...]
    digits: float  # correct digits that a default fit must reach, worst coefficient

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return X with the model's columns (powers computed in float64) and y."""
        table = np.loadtxt(self._path, delimiter=",", skiprows=1)
        y, X = table[:, 0], table[:, 1:]
        if self.degree is not None:
            X = X ** np.arange(1, self.degree + 1)
        return np.ascontiguousarray(X), np.ascontiguousarray(y)

    def load_exact(self) -> tuple[list[list[float]], list[float]]:
        """Return the decimal table at mpmath's precision; X starts with the intercept's ones."""
        lines = self._path.read_text(encoding="utf-8").splitlines()[1:]
        table = [[mp.mpf(text) for text in line.split(",")] for line in lines]
        y = [row[0] for row in table]
        bias = [mp.mpf(1)] if self.fit_intercept else []
        if self.degree is None:
            return [bias + row[1:] for row in table], y
        powers = range(1, self.degree + 1)
        return [bias + [row[1] ** k for k in powers] for row in table], y

    @property
    def _path(self) -> Path:
        return LONGLEY if self.degree is None else DATA / "nist" / f"{self.name}.csv"

    def estimates(self, coef: ArrayLike, intercept: ArrayLike) -> NDArray[np.float64]:
        """Put a fit's numbers in the order of `certified`."""
        return np.concatenate([[intercept], coef]) if self.fit_intercept else np.asarray(coef)


PROBLEMS = (
    Problem("norris", 1, True, (-0.262323073774029, 1.00211681802045), 12),
    Problem(
        "pontius",
        2,
        True,
        (0.673565789473684e-03, 0.732059160401003e-06, -0.316081871345029e-14),
        12,
    ),
    Problem("noint1", 1, False, (2.07438016528926,), 14.5),
    Problem("noint2", 1, False, (0.727272727272727,), 14.5),
    Problem(
        "longley",
        None,
        True,
        (
            -3482258.63459582,
            15.0618722713733,
            -0.358191792925910e-01,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-01,
            1829.15146461355,
        ),
        10.5,
    ),
    Problem(
        "filip",
        10,
        True,
        (
            -1467.48961422980,
            -2772.17959193342,
            -2316.37108160893,
            -1127.97394098372,
            -354.478233703349,
            -75.1242017393757,
            -10.8753180355343,
            -1.06221498588947,
            -0.670191154593408e-01,
            -0.246781078275479e-02,
            -0.402962525080404e-04,
        ),
        7,
    ),
    Problem("wampler1", 5, True, (1.0,) * 6, 9),
    Problem("wampler2", 5, True, (1.0, 0.1, 0.01, 0.001, 0.0001, 0.00001), 12),
    Problem("wampler3", 5, True, (1.0,) * 6, 9),
    Problem("wampler4", 5, True, (1.0,) * 6, 7.5),
    Problem("wampler5", 5, True, (1.0,) * 6, 5.5),
)
