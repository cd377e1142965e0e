"""Moments: a bad portion is named, and leaves the moments as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from elltwo import Moments

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array

RNG = np.random.default_rng(6)
X = RNG.normal(size=(60, 3))
y = RNG.normal(size=60)


def with_value(array: Float64Array, place: int | tuple[int, int], value: float) -> Float64Array:
    changed = array.copy()
    changed[place] = value
    return changed


BAD = [
    ((with_value(X, (5, 1), np.nan), y), {}, "X contains NaN at row 5, column 1"),
    ((with_value(X, (5, 1), -np.inf), y), {}, "X contains infinity at row 5, column 1"),
    ((X, with_value(y, 7, np.inf)), {}, "y contains infinity at row 7"),
    ((with_value(X[:2], (1, 2), np.nan), y[:2]), {}, "X contains NaN at row 1, column 2"),
    ((X, y), {"sample_weight": with_value(np.ones(60), 3, -1.0)}, "sample_weight must be in"),
    ((X, y), {"sample_weight": with_value(np.ones(60), 3, np.nan)}, "sample_weight contains NaN"),
    ((X[:1], y[:1]), {"sample_weight": [-1.0]}, "sample_weight must be in"),
    ((with_value(X, (5, 1), np.nan), y), {"sample_weight": np.zeros(60)}, "X contains NaN"),
    ((X[:, :2], y), {}, "2 feature"),
    ((X, y[:5]), {}, "row"),
    ((X, np.column_stack([y, y])), {}, r"y must have shape \(60,\)"),
    ((X, y), {"sample_weight": np.ones(3)}, "sample_weight must have shape"),
    ((X, y), {"n_threads": 0}, "n_threads must be"),
    ((X[0], y[:1]), {}, "X must be 2-D"),
]


@pytest.mark.parametrize("method", ["add", "remove"])
@pytest.mark.parametrize(("rows", "options", "message"), BAD)
def test_bad_rows_change_nothing(
    method: str, rows: tuple[Float64Array, Float64Array], options: dict[str, Any], message: str
) -> None:
    m = Moments(3).add(X, y)
    before = m.to_bytes()
    with pytest.raises(ValueError, match=message):
        getattr(m, method)(*rows, **options)
    assert m.to_bytes() == before


def test_rows_without_weight_or_none_at_all_add_nothing() -> None:
    m = Moments(3).add(X, y)
    before = m.to_bytes()
    m.add(X, y, sample_weight=np.zeros(60)).add(X[:0], y[:0]).add(X[:1], y[:1], sample_weight=[0.0])
    assert m.to_bytes() == before


def test_other_arguments() -> None:
    m = Moments(3).add(X, y)
    with pytest.raises(TypeError, match="expected Moments, got float"):
        m.merge(1.0)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="others of 2 and 1"):
        m.merge(Moments(2))
    for factor in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="factor must be a positive finite number"):
            m.scale(factor)
    with pytest.raises(ValueError, match="columns must be a 1-D array"):
        m.select([])
    with pytest.raises(ValueError, match="n_features must be"):
        Moments(0)
    with pytest.raises(TypeError, match="data must be bytes"):
        Moments.from_bytes("text")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="hold no rows"):
        Moments(3).ridge()
    with pytest.raises(ValueError, match="alpha must be in"):
        m.ridge(-1.0)
    with pytest.raises(ValueError, match="penalty_factors must have shape"):
        m.ridge(1.0, penalty_factors=[1.0])
    with pytest.raises(ValueError, match="at least 2 Moments"):
        elltwo.moments_cv([m])
    with pytest.raises(ValueError, match="fold 1 of folds has no rows"):
        elltwo.moments_cv([m, Moments(3)])
    with pytest.raises(TypeError, match="got one Moments"):
        elltwo.moments_cv(m)  # type: ignore[arg-type]


def test_what_needs_rows_says_so() -> None:
    m = Moments(3).add(X, y)
    fit = m.ridge(1.0)
    for name in ("residuals", "leverages", "loo_residuals"):
        with pytest.raises(ValueError, match="do not keep"):
            getattr(fit.statistics, name)
    with pytest.raises(ValueError, match="do not keep"):
        fit.stderr("sandwich")
    with pytest.raises(ValueError, match="do not keep"):
        m.path([1.0]).leverages(1.0)
    with pytest.raises(ValueError, match="do not keep"):
        m.path([1.0]).loo_residuals(1.0)
    with pytest.raises(ValueError, match="range"):
        Moments(3).add(X * 1e200, y).path()
