"""Small problems whose columns lie at the ends of the exponent range, with exact references.

Features are small integers times a power of two, so that the subnormal numbers hold them exactly:
the smallest scale makes them the integers from -4 to 4 times the smallest number there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from scipy import sparse

import logistic_exact
import reference
from logistic_reference import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

ROWS, FEATURES = 30, 3
# About 1e-150, 1e-300, 1e-308, 1e-310, 1e-320, and 5e-324.
DOUBLE = (-498, -996, -1023, -1030, -1063, -1074)
SINGLE = (-126, -133, -149)  # 1e-38, 1e-40, and 1e-45
FORMS: dict[str, Callable[[Array], Any]] = {
    "dense": lambda X: X,
    "csr": sparse.csr_array,
    "csc": sparse.csc_array,
    "float32": lambda X: X.astype(np.float32),
    "csr_float32": lambda X: sparse.csr_array(X.astype(np.float32)),
}


class Case(NamedTuple):
    """Features at 2^exponent, in one column or in all."""

    exponent: int
    which: str
    form: str

    @property
    def id(self) -> str:
        return f"{self.form}-{self.which}-{self.exponent}"

    @property
    def single(self) -> bool:
        return self.form.endswith("float32")

    @property
    def units(self) -> Array:
        """The unit of each column as a double; 2^-1074 is one."""
        unit = np.ldexp(1.0, self.exponent)
        return np.full(FEATURES, unit) if self.which == "all" else np.r_[1.0, unit, 1.0]

    def shaped(self, X: Array) -> Any:  # noqa: ANN401
        return FORMS[self.form](X)


def exponents(form: str) -> tuple[int, ...]:
    """The scales of a form; CSC becomes CSR at once, and gets one."""
    if form == "csc":
        return (-1030,)
    return SINGLE if form.endswith("float32") else DOUBLE


def cases(*forms: str) -> list[Case]:
    """Every scale in one column and in all, in these forms."""
    return [
        Case(exponent, which, form)
        for form in forms or FORMS
        for exponent in exponents(form)
        for which in ("one", "all")
    ]


def integers(n: int = ROWS, p: int = FEATURES, seed: int = 0) -> Array:
    """Integers from -4 to 4, a third of them zero."""
    rng = np.random.default_rng(seed)
    X = rng.integers(-4, 5, (n, p)) * (rng.random((n, p)) < 0.75)
    return X.astype(np.float64)


def target(X: Array, seed: int = 1) -> Array:
    rng = np.random.default_rng(seed)
    y: Array = X[:, 0] - 0.5 * X[:, -1] + rng.standard_normal(len(X)) + 3.0
    return y


def labels(X: Array, n_classes: int = 2, seed: int = 2) -> Array:
    rng = np.random.default_rng(seed)
    z = 0.3 * X[:, 0] - 0.2 * X[:, 1] + rng.logistic(size=len(X))
    shares = np.r_[0.4, 0.7][: n_classes - 1]  # no class has as many rows as another
    return np.digitize(z, np.quantile(z, shares)).astype(np.int64)


def ridge(X: Array, y: Array, alpha: float, **options: Any) -> tuple[Array, float]:  # noqa: ANN401
    """The minimum in 50 digits, whose exponents have no limit."""
    return reference.ridge(X, y, alpha, **options)


def logistic(X: Array, label: Array, alpha: float, **options: Any) -> tuple[Array, Array]:  # noqa: ANN401
    """The minimum in 40 digits: coef (outputs, p) and intercept (outputs,)."""
    n_classes = int(label.max()) + 1
    return logistic_exact.solve(Problem(X, label, alpha, n_classes, **options))


def assert_close(
    found: Any,  # noqa: ANN401
    wanted: Any,  # noqa: ANN401
    units: Array | None = None,
    rel: float = 1e-9,
    least: float = 2.0**-1074,
) -> None:
    """Compare coefficients (..., p), each with the largest of columns in the same unit.

    Below the normal numbers a value is known to `least` and no better.
    """
    found, wanted = np.atleast_1d(np.asarray(found, float)), np.atleast_1d(np.asarray(wanted))
    assert found.shape == wanted.shape
    assert np.isfinite(found).all(), found
    units = np.ones(found.shape[-1]) if units is None else units
    for unit in np.unique(units):
        a, b = found[..., units == unit], wanted[..., units == unit]
        assert np.abs(a - b).max() <= rel * np.abs(b).max() + 2 * ROWS * float(least), (a, b)
