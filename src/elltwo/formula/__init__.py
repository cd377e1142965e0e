"""Regressions by formulas on tables, as in ``sales ~ price + C(region)``.

``pip install 'elltwo[formula]'``
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elltwo.formula._fit import elastic_net, logistic, ridge
    from elltwo.formula._record import FormulaFit

__all__ = ["FormulaFit", "elastic_net", "logistic", "ridge"]


def __getattr__(name: str) -> object:
    """Load a public name on first use, and say which package it needs."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        import_module("formulaic")
    except ImportError as error:
        raise ImportError(
            f"elltwo.formula needs formulaic ({error}): pip install 'elltwo[formula]'",
            name=error.name,
        ) from error
    home = "_record" if name == "FormulaFit" else "_fit"
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return sorted({*globals(), *__all__})
