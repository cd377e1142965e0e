"""Checks of constructor parameters that no function of elltwo reads."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from elltwo.functional._base.options import count, flag


def require_bools(estimator: object, *names: str) -> None:
    """Refuse parameters that are not bools."""
    for name in names:
        flag(getattr(estimator, name), name)


def require_random_state(value: object) -> None:
    """Refuse what scikit-learn makes no generator of."""
    if value is None:
        return
    try:
        check_random_state(value)
    except (TypeError, ValueError):
        raise ValueError(
            f"random_state must be None, an integer in [0, 2**32 - 1] or a RandomState, got "
            f"{value!r}"
        ) from None


def require_verbose(value: object) -> None:
    """Refuse what is neither a bool nor a number from 0 on."""
    if not isinstance(value, bool | np.bool_):
        count(value, "verbose", minimum=0)


def require_unused_of_logistic(estimator: Any) -> None:  # noqa: ANN401  # one of two estimators
    """Refuse values that scikit-learn refuses of parameters without a meaning here."""
    flag(estimator.dual, "dual")
    require_random_state(estimator.random_state)
    scaling = estimator.intercept_scaling
    if isinstance(scaling, bool) or not isinstance(scaling, Real):
        raise TypeError(f"intercept_scaling must be a number, got {scaling!r}")
    if not float(scaling) > 0.0:
        raise ValueError(f"intercept_scaling must be positive, got {scaling!r}")
    require_verbose(estimator.verbose)
    n_jobs = estimator.n_jobs
    if n_jobs is not None and (
        isinstance(n_jobs, bool) or not isinstance(n_jobs, int | np.integer)
    ):
        raise TypeError(f"n_jobs must be an integer or None, got {n_jobs!r}")


def require_scoring(scoring: object) -> None:
    """Refuse a scoring that is neither the name of a scorer nor a function."""
    if not (scoring is None or isinstance(scoring, str) or callable(scoring)):
        raise TypeError(f"scoring must be a string, a callable or None, got {scoring!r}")


def require_splitter(cv: Any, words: tuple[str, ...]) -> None:  # noqa: ANN401  # whatever was passed
    """Refuse a cv that is no word, number of folds, splitter or iterable of pairs."""
    names = ", ".join(f'"{word}"' for word in words)
    kinds = f"cv must be None, {names}, a number of folds, a splitter or pairs of indices"
    if isinstance(cv, str):
        if cv not in words:
            raise ValueError(f"{kinds}, got {cv!r}")
    elif cv is None or (hasattr(cv, "split") and not isinstance(cv, bytes)):
        return
    elif isinstance(cv, int | np.integer) and not isinstance(cv, bool):
        count(cv, "cv", minimum=2)
    elif not np.iterable(cv) or isinstance(cv, bytes | dict):
        raise TypeError(f"{kinds}, got {cv!r}")
    elif isinstance(cv, list | tuple | np.ndarray):
        for number, pair in enumerate(cv):
            if not hasattr(pair, "__len__") or len(pair) != 2:
                raise ValueError(f"{kinds}, got {pair!r} as split {number}")
        if len(cv) == 0:
            raise ValueError(f"{kinds}, got no splits")
