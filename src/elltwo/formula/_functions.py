"""Functions that formulas may use beside those of formulaic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _exp10(x: Any) -> Any:  # noqa: ANN401  # a column, as formulas have it
    """Return 10**x; formulaic's own function of this name is x**10."""
    return np.power(10.0, x)


_UFUNCS = [
    "abs",
    "arccos",
    "arcsin",
    "arctan",
    "arctanh",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "deg2rad",
    "exp",
    "exp2",
    "expm1",
    "fabs",
    "floor",
    "fmax",
    "fmin",
    "hypot",
    "isfinite",
    "isnan",
    "log",
    "log10",
    "log1p",
    "log2",
    "logical_and",
    "logical_not",
    "logical_or",
    "maximum",
    "minimum",
    "power",
    "rad2deg",
    "rint",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
    "where",
]

#: Functions of NumPy of whole columns, which may be called with or without ``np.`` before them.
NUMPY: Mapping[str, Callable[..., Any]] = {
    name: getattr(np, name) for name in _UFUNCS if hasattr(np, name)
}

#: What is known to every formula beside the columns of its table.
FUNCTIONS: Mapping[str, Callable[..., Any]] = {**NUMPY, "exp10": _exp10}

#: Functions of formulaic, each with what it remembers of the rows that were fitted.
TRANSFORMS = frozenset(
    [
        "bs",
        "cc",
        "cr",
        "cs",
        "center",
        "lag",
        "poly",
        "scale",
        "standardize",
        "C",
        "I",
        "Q",
        "hashed",
        "Treatment",
        "Poly",
        "Sum",
        "Helmert",
        "Diff",
    ]
)

#: Codings of categories, ``contr.sum`` and the like.
CONTRASTS = frozenset(("SAS", "diff", "helmert", "poly", "sum", "treatment"))
