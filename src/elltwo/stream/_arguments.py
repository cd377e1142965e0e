"""Arguments of `fit_stream`, checked before hours are spent on reading."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

MODELS = ("ridge", "logistic", "elastic_net")
_MODELS_WITH = {
    "offset": ("logistic",),
    "tol": ("logistic",),
    "l1_ratio": ("elastic_net", "ridge"),  # which then is an elastic net
    "penalize_intercept": ("ridge",),
}


def require_model(model: object, given: Mapping[str, bool]) -> None:
    """Raise ValueError for an unknown model, or for an option that the model does not have.

    `given` tells of options which were given.
    """
    if model not in MODELS:
        known = ", ".join(map(repr, MODELS))
        raise ValueError(f"model must be one of {known}, got {model!r}")
    for name, models in _MODELS_WITH.items():
        if given.get(name) and model not in models:
            one = " or ".join(map(repr, models))
            raise ValueError(f"{name} is for model={one}, and model is {model!r}")


def read_penalties(
    alpha: Any,  # noqa: ANN401
    alphas: Any,  # noqa: ANN401
    cv: Any,  # noqa: ANN401
    names: tuple[str, ...],
) -> tuple[Any, Any, int | str | None]:
    """Return alpha, alphas and cv, which may be one of some names or a number of folds."""
    if cv is None:
        if alphas is not None:
            raise ValueError("alphas are penalties to choose from, which cv must say how to do")
        if alpha is None:
            raise ValueError("alpha must be given, or cv to say how to choose it")
        values = float64_array(alpha, "alpha")
        if values.ndim > 1 or not (values >= 0.0).all():
            raise ValueError(f"alpha must hold numbers in [0, inf], got {alpha!r}")
        return values if values.ndim else float(values), None, None
    if alpha is not None:
        raise ValueError("alpha is what cv chooses; pass alphas to choose from, or no cv")
    grid = None if alphas is None else given_grid(alphas)
    if isinstance(cv, str):
        if cv not in names:
            known = ", ".join(map(repr, names))
            raise ValueError(f"cv must be {known}, a number of folds or None, got {cv!r}")
        return None, grid, cv
    folds = read_count("cv", cv)
    if folds < 2:
        raise ValueError(f"cv must be at least 2 folds, got {cv!r}")
    return None, grid, folds


def check_elastic_net(
    l1_ratio: Any,  # noqa: ANN401
    alphas: npt.ArrayLike | None,
    cv: object,
    penalize_intercept: object,
) -> None:
    """Refuse what elastic nets do not have."""
    ratios = float64_array(l1_ratio, "l1_ratio")
    if ratios.ndim > 1 or not ratios.size or not ((ratios >= 0.0) & (ratios <= 1.0)).all():
        raise ValueError(f"l1_ratio must hold numbers in [0, 1], got {l1_ratio!r}")
    if ratios.ndim and cv is None:
        raise ValueError("l1_ratio must be a number, or cv must say how to choose one of several")
    if cv is not None and alphas is None and not ratios.all():
        raise ValueError("l1_ratio=0 needs alphas, since no alpha makes all coefficients zero")
    if penalize_intercept is not False:
        raise ValueError("penalize_intercept is for ridge; an elastic net's intercept is free")


def read_count(name: str, value: Any) -> int:  # noqa: ANN401
    """Return a whole number from 1 on."""
    try:
        number = index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from error
    if isinstance(value, bool) or number < 1:
        raise ValueError(f"{name} must be at least 1, got {value!r}")
    return number


def read_seconds(value: object) -> float:
    """Return a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"checkpoint must be a number of seconds, got {value!r}")
    if not value >= 0:
        raise ValueError(f"checkpoint must not be negative, got {value!r}")
    return float(value)
