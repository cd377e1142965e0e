"""Grids of penalties, and the choice among them by scores."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils import check_scalar

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array


DEFAULT_ALPHAS = (0.1, 1.0, 10.0)  # scikit-learn's


def read_alphas(alphas: npt.ArrayLike | None) -> Float64Array | None:
    """Return a number or a sequence of numbers in [0, inf] as a grid; None stays None."""
    if alphas is None:
        return None
    one = np.ndim(alphas) == 0
    if one and isinstance(alphas, np.ndarray):
        alphas = alphas.item()
    values = [alphas] if one else list(alphas)  # type: ignore[arg-type]  # it has a length
    if not values or np.ndim(alphas) > 1:
        raise ValueError(f"alphas must be 1-D and not empty, got shape {np.shape(alphas)}")
    for index, value in enumerate(values):
        name = "alphas" if one else f"alphas[{index}]"
        check_scalar(value, name, target_type=Real, min_val=0.0)
        if np.isnan(value):
            raise ValueError(f"{name} must be in [0, inf], got nan")
    return np.array(values, dtype=np.float64)


def position(grid: Float64Array, alpha: npt.ArrayLike) -> npt.NDArray[np.intp] | np.intp:
    """Return where in the grid each alpha is, in the shape of `alpha`."""
    where: npt.NDArray[np.intp] | np.intp = np.argmax(np.equal.outer(alpha, grid), axis=-1)
    return where


def mean_scores(scores: Float64Array) -> Float64Array:
    """Return the mean over the first axis, the splits, of which there must be one."""
    if scores.shape[0] == 0:
        raise ValueError(
            "scoring gives NaN for every split; R^2, the default for folds, needs two rows in one"
        )
    mean: Float64Array = scores.mean(axis=0)
    return mean


def best(scores: Float64Array) -> npt.NDArray[np.intp] | np.intp:
    """Return where the largest of the scores is, for each column if there are columns.

    Of equals it is the first, as in scikit-learn. A score that is NaN is worse than any number.
    """
    if np.isnan(scores).all(axis=0).any():
        raise ValueError("scoring gives NaN for every alpha")
    where: npt.NDArray[np.intp] | np.intp = np.argmax(
        np.where(np.isnan(scores), -np.inf, scores), axis=0
    )
    return where


def rises_to_edge(
    scores: Float64Array, errors: Float64Array | None, at: npt.NDArray[np.intp]
) -> bool:
    """Whether a score at an end of an ascending grid beats its neighbour by a standard error.

    Parameters
    ----------
    scores : ndarray of shape (n_values,) or (n_values, n_targets)
        Scores, larger being better.
    errors : ndarray or None
        Their standard errors; without any, no difference is known to matter.
    at : ndarray of shape (1,) or (n_targets,)
        The choices.
    """
    last = len(scores) - 1
    if errors is None or last < 1:
        return False
    neighbour = np.select([at == 0, at == last], [1, last - 1], at)
    table = scores.reshape(last + 1, -1)
    targets = np.arange(at.size)
    gain = table[at, targets] - table[neighbour, targets]
    return bool((gain > errors.reshape(last + 1, -1)[at, targets]).any())


def picked(scores: Float64Array, at: npt.NDArray[np.intp] | np.intp) -> float | Float64Array:
    """Return the scores at the alphas chosen, one for each column if there are columns."""
    chosen: float | Float64Array = (
        scores[at] if scores.ndim == 1 else scores[at, np.arange(scores.shape[1])]
    )
    return chosen


def standard_errors(scores: Float64Array) -> Float64Array | None:
    """Return those of means over the first axis, the splits; None if there is a single one."""
    n_splits = scores.shape[0]
    if n_splits < 2:
        return None
    errors: Float64Array = scores.std(axis=0, ddof=1) / np.sqrt(n_splits)
    return errors


def within_one_standard_error(
    scores: Float64Array, grid: Float64Array
) -> npt.NDArray[np.intp] | np.intp:
    """Return where the largest alpha is whose mean score is within a standard error of the best.

    Parameters
    ----------
    scores : ndarray of shape (n_splits, n_alphas) or (n_splits, n_alphas, n_targets)
        Scores, larger being better.
    grid : ndarray of shape (n_alphas,)
        The alphas.
    """
    errors = standard_errors(scores)
    if errors is None:
        raise ValueError(f'select="1se" needs at least 2 splits, got {scores.shape[0]}')
    mean = scores.mean(axis=0)
    at = best(mean)
    good = mean >= picked(mean, at) - picked(errors, at)
    where: npt.NDArray[np.intp] | np.intp = np.argmax(
        np.where(good, grid.reshape(-1, *[1] * (mean.ndim - 1)), -1.0), axis=0
    )
    return where
