"""Quantiles and tail probabilities of the normal and of Student's t distribution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

_TINY: Final = 1e-300  # in the place of zero denominators
_STEPS: Final = 10_000  # far more than the fraction takes, about sqrt(df)
_LARGE: Final = 200.0  # df / 2 from which the series of `_gamma_ratio` has all its digits
_NEARLY_NORMAL: Final = 1e6  # df from which Wallace's transformation is closer than the fraction


def quantile(level: float, df: float = math.inf) -> float:
    """Return t with P(|T| <= t) = level, of the normal distribution for infinite `df`.

    `df` need not be an integer. Without degrees of freedom it is infinite.
    """
    from statistics import NormalDist

    normal = -NormalDist().inv_cdf(0.5 * (1.0 - level))
    if math.isinf(df):
        return normal
    if not df > 0.0:
        return math.inf
    outside = 1.0 - level
    low, high = 0.0, max(normal, 1.0)
    while _tail(high, df) > outside:
        low, high = high, 2.0 * high
        if math.isinf(high):
            return high
    t = 0.5 * (low + high) if low else min(normal, high)
    for _ in range(200):
        excess = _tail(t, df) - outside
        low, high = (t, high) if excess > 0.0 else (low, t)
        step = excess / (2.0 * _density(t, df))
        moved = t + step
        if not low < moved < high:
            moved = 0.5 * (low + high)
        if abs(moved - t) <= 1e-15 * t:
            break
        t = moved
    return t


def p_values(t: npt.ArrayLike, df: float = math.inf) -> Float64Array:
    """Return P(|T| >= |t|) of every t, NaN where t is; normal for infinite `df`."""
    values = np.abs(np.asarray(t, dtype=np.float64))
    flat = [np.nan if math.isnan(value) else _tail(value, df) for value in values.ravel().tolist()]
    return np.array(flat, dtype=np.float64).reshape(values.shape)


def _tail(t: float, df: float) -> float:
    """Return P(|T| >= t), the incomplete beta function I_x(df / 2, 1 / 2), x = df / (df + t^2).

    By its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), on the
    side where it converges fast; for large df from a normal deviate (D. L. Wallace 1959, Bounds on
    normal approximations to Student's and the chi-square distributions, Annals of Mathematical
    Statistics 30, 1121-1130).
    """
    if math.isinf(df):
        return math.erfc(t / math.sqrt(2.0))
    if not df > 0.0 or t == 0.0:
        return 1.0
    if math.isinf(t):
        return 0.0
    if df > _NEARLY_NORMAL:
        z = math.sqrt(df * math.log1p(t * t / df)) * (8.0 * df + 1.0) / (8.0 * df + 3.0)
        return math.erfc(z / math.sqrt(2.0))
    a, ratio = 0.5 * df, t / math.sqrt(df)
    x = 1.0 / (1.0 + ratio * ratio)
    front = math.exp(-a * math.log1p(ratio * ratio)) * _gamma_ratio(a) / math.sqrt(math.pi)
    other = ratio / math.hypot(1.0, ratio)  # the root of 1 - x
    if x < (a + 1.0) / (a + 2.5):
        return front * other * _fraction(a, 0.5, x) / a
    return 1.0 - 2.0 * front * other * _fraction(0.5, a, other * other)


def _density(t: float, df: float) -> float:
    """Return the density of Student's t at t."""
    a = 0.5 * df
    scale = _gamma_ratio(a) / math.sqrt(math.pi * df)
    return scale * math.exp(-(a + 0.5) * math.log1p(t * t / df))


def _gamma_ratio(a: float) -> float:
    """Return Gamma(a + 1/2) / Gamma(a)."""
    if a < _LARGE:
        return math.exp(math.lgamma(a + 0.5) - math.lgamma(a))
    u = 1.0 / a
    series = 1.0 + u * (
        -1 / 8 + u * (1 / 128 + u * (5 / 1024 + u * (-21 / 32768 - u * 399 / 262144)))
    )
    return math.sqrt(a) * series


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta function by Lentz's method."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d or _TINY)
    h = d
    for m in range(1, _STEPS):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0)),
        ):
            d = 1.0 / ((1.0 + step * d) or _TINY)
            c = (1.0 + step / c) or _TINY
            h *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return h
