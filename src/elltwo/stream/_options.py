"""The arguments of `fit_stream` beside the model, for type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt


class StreamOptions(TypedDict, total=False):
    """What all models take; `fit_stream` says what each is, and which model it is for."""

    target: str | Sequence[str] | None
    features: Sequence[str] | None
    ignore: Sequence[str]
    sample_weight: str | None
    offset: str | Sequence[str] | None
    alpha: npt.ArrayLike | None
    alphas: npt.ArrayLike | None
    cv: int | str | None
    l1_ratio: float | npt.ArrayLike | None
    fold_rows: int | None
    penalty_factors: npt.ArrayLike | None
    prior_mean: npt.ArrayLike | None
    fit_intercept: bool
    penalize_intercept: bool
    tol: float | None
    missing: str
    state: str | Path | None
    checkpoint: float
    progress: bool | Callable[[int, int | None, float], object] | None
    n_jobs: int
    n_threads: int | None
