"""Problems in other units of X, y and the weights, and what every answer becomes in them.

Units are powers of two, in which scaling rounds nothing: with X times 2^x, y times 2^y, weights
times 2^w and the penalty times 2^(2 x + w) every answer is the same but for a power of two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Data: TypeAlias = Any  # matrices, dense or sparse, labels, grids, and what a record holds


class Units(NamedTuple):
    """Exponents of X, y and the weights."""

    x: int = 0
    y: int = 0
    w: int = 0


# About 1e-140, 1e-99, 1e-78, 1e-40, 1e40, 1e77, 1e99 and 1e140.
SIZES = (-465, -329, -259, -133, 133, 256, 329, 465)
# Even, so that square roots are scaled exactly: about 1e-160, 1e-154, 1e-80 and so on.
WEIGHTS = (-532, -512, -266, 266, 512, 532)
UNITS = (
    *(Units(x=e) for e in SIZES),
    *(Units(y=e) for e in SIZES),
    *(Units(w=e) for e in WEIGHTS),
    Units(x=133, y=-133, w=266),
    Units(x=-133, y=133, w=266),
)

# Enough of them where there are many options.
SOME_UNITS = (
    *(Units(x=e) for e in (-465, -259, 256, 465)),
    *(Units(y=e) for e in (-465, 465)),
    *(Units(w=e) for e in (-532, 532)),
)

# What quantities count in: exponents of X, y and the weights.
COEF, Y, SQUARE, RSS = (-1, 1, 0), (0, 1, 0), (0, 2, 0), (0, 2, 1)
PENALTY, NUMBER = (2, 0, 1), (0, 0, 0)

Answer: TypeAlias = "Mapping[str, tuple[Any, tuple[int, int, int]]]"


class UnitProblem(NamedTuple):
    """A problem in some units."""

    X: Array
    y: Array
    weight: Array
    alphas: Array
    units: Units

    @property
    def alpha(self) -> float:
        """A penalty of middling size."""
        return float(self.alphas[2])

    def of_coef(self, values: Data) -> Array:
        """Return coefficients of the plain problem in these units."""
        result: Array = np.ldexp(values, self.units.y - self.units.x)
        return result


def problem(
    shape: tuple[int, int], units: Units, n_targets: int | None = None, seed: int = 5
) -> UnitProblem:
    """Make a problem: correlated columns off zero, weights other than one."""
    rng = np.random.default_rng(seed)
    n, p = shape
    X = rng.standard_normal(shape) @ (np.eye(p) + 0.3 * rng.standard_normal((p, p))) + 0.5
    true = rng.standard_normal((p, n_targets or 1))
    Y = X @ true + 2.0 * rng.standard_normal((n, n_targets or 1)) + 3.0
    y = Y if n_targets else Y[:, 0]
    weight = rng.uniform(0.5, 2.0, n)
    alphas = np.array([2.0**-7, 1.0, 8.0, 128.0, np.inf])
    return UnitProblem(
        np.ldexp(X, units.x),
        np.ldexp(y, units.y),
        np.ldexp(weight, units.w),
        np.ldexp(alphas, 2 * units.x + units.w),
        units,
    )


def assert_same(
    answer: Callable[[UnitProblem], Answer],
    shape: tuple[int, int],
    units: Units,
    n_targets: int | None = None,
    rtol: float = 1e-10,
) -> None:
    """An answer in some units is the plain answer times powers of two."""
    plain = answer(problem(shape, Units(), n_targets))
    scaled = answer(problem(shape, units, n_targets))
    assert plain.keys() >= scaled.keys()
    for name, (value, dimension) in scaled.items():
        exponent = int(np.dot(dimension, units))
        expected = np.asarray(plain[name][0], dtype=np.float64)
        got = np.ldexp(np.asarray(value, dtype=np.float64), -exponent)
        size = np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected))
        np.testing.assert_allclose(
            got, expected, rtol=rtol, atol=rtol * size, err_msg=f"{name} at {units}"
        )


def names(entries: Iterable[Callable[..., Any]]) -> list[str]:
    """Names of tests."""
    return [entry.__name__ for entry in entries]
