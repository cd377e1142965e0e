"""Student's t distribution: tail probabilities and quantiles."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log1p, pi
from statistics import NormalDist

_TINY = 1e-300
_STEPS = 10_000
_MANY = 1e5  # degrees of freedom beyond which two terms of a series in 1 / df are exact


def upper_tail(t: float, df: float) -> float:
    """Return the probability of more than t >= 0 for df > 0 degrees of freedom.

    Half of the regularised incomplete beta function of df / (df + t^2), by its continued fraction
    (W. H. Press et al. 2007, Numerical Recipes, section 6.4).
    """
    x = df / (df + t * t)
    rest = t * t / (df + t * t)
    a, b = 0.5 * df, 0.5
    front = exp(_log_ratio(a) - 0.5 * log(pi) + a * _log(x, rest) + b * _log(rest, x))
    if x < (a + 1.0) / (a + b + 2.0):
        return 0.5 * front * _fraction(a, b, x) / a
    return 0.5 * (1.0 - front * _fraction(b, a, rest) / b)


def quantile(level: float, df: float) -> float:
    """Return the t that |T| exceeds with probability 1 - level; infinite for df <= 0.

    Of many degrees of freedom by equation 26.7.5 of Abramowitz and Stegun (1964).
    """
    if df <= 0.0:
        return inf
    if df > _MANY:
        z = NormalDist().inv_cdf(0.5 + 0.5 * level)
        terms = (z**3 + z) / 4.0, (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
        return z + (terms[0] + terms[1] / df) / df
    tail = 0.5 * (1.0 - level)
    low, high = 0.0, 1.0
    while upper_tail(high, df) > tail:
        low, high = high, 2.0 * high
        if high > 1e150:
            return inf
    while high - low > 4e-16 * high:
        middle = 0.5 * (low + high)
        if middle in {low, high}:
            break
        low, high = (middle, high) if upper_tail(middle, df) > tail else (low, middle)
    return 0.5 * (low + high)


def _log_ratio(a: float) -> float:
    """Return log(Gamma(a + 1/2) / Gamma(a)), of large a by a series without their difference."""
    if a < 50.0:
        return lgamma(a + 0.5) - lgamma(a)
    return 0.5 * log(a) - (1.0 / 8.0 - (1.0 / 192.0 - 1.0 / (640.0 * a * a)) / (a * a)) / a


def _log(share: float, rest: float) -> float:
    """Return log(share), where share + rest = 1, without loss near 1."""
    if share <= 0.0:
        return -inf
    return log(share) if rest > 0.5 else log1p(-rest)


def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function by Lentz's method."""
    c, d = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1.0))
    result = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d, c = 1.0 / _apart(1.0 + term * d), _apart(1.0 + term / c)
            result *= d * c
        if abs(d * c - 1.0) < 1e-16:
            break
    return result


def _apart(value: float) -> float:
    """Keep a denominator away from zero."""
    return value if abs(value) > _TINY else _TINY
