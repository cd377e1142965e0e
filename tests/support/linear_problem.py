"""One problem for a single linear layer, and what elltwo makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]

N, P, OUTPUTS, CLASSES = 48, 3, 2, 3

_RNG = np.random.default_rng(4)
# Columns that are nearly uncorrelated, so that plain descent ends soon, and off centre.
_Q = np.linalg.qr(_RNG.standard_normal((N, P)) + 0.2)[0]
X: Array = np.sqrt(N) * (_Q - _Q.mean(axis=0)) * [1.0, 1.2, 0.8] + [0.2, -0.1, 0.3]
Y: Array = X @ _RNG.standard_normal((P, OUTPUTS)) + [1.0, -0.5]
Y += 0.3 * _RNG.standard_normal((N, OUTPUTS))
LABELS = (X @ _RNG.standard_normal((P, CLASSES)) + _RNG.gumbel(size=(N, CLASSES))).argmax(axis=1)
SIGNS: Array = (Y.mean(axis=0) < Y).astype(np.float64)  # two labels for each row


def ridge(alpha: float, *, theta: bool = False) -> Array:
    """Intercepts and coefficients of every output, as one row of ones in front of X has them."""
    fit = elltwo.ridge(X, Y, alpha=alpha, penalize_intercept=theta)
    return np.vstack([np.atleast_1d(fit.intercept), np.asarray(fit.coef).T])


def softmax(alpha: float) -> Array:
    """Probabilities of the classes for every row, from logistic regression with free intercepts."""
    return np.asarray(elltwo.logistic(X, LABELS, alpha=alpha).predict_proba(X), dtype=np.float64)


def sigmoids(alpha: float) -> Array:
    """Intercepts and coefficients of a regression for each label, with free intercepts."""
    fits: list[Any] = [elltwo.logistic(X, label, alpha=alpha) for label in SIGNS.T]
    return np.array([[float(np.ravel(f.intercept)[0]), *np.ravel(f.coef)] for f in fits]).T


def distance(ours: Array, theirs: Array) -> float:
    """Largest difference relative to the largest entry."""
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())
