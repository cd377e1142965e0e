"""The statistics of small logistic regressions from explicit Hessians, in 40 digits of mpmath."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import mpmath as mp
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

DIGITS = 40


class Reference(NamedTuple):
    """Numbers of a fit; matrices over all parameters, class by class, intercepts last in each."""

    edf: float
    bayesian: Array
    sampling: Array
    sandwich_hc0: Array
    leverages: Array  #: of all classes together
    probabilities: Array


def statistics(
    X: Array,
    label: Array,
    parameters: Array,
    penalty: Array,
    *,
    weight: Array | None = None,
    offset: Array | None = None,
) -> Reference:
    """Return the statistics at `parameters`, (n_outputs, n_features + 1).

    `penalty` holds alpha times factors, (n_features,), all finite. Two classes are one output.
    """
    n, p = X.shape
    outputs = len(parameters)
    with mp.workdps(DIGITS):
        Z = mp.matrix(np.column_stack([X, np.ones(n)]).tolist())
        w = [mp.mpf(1)] * n if weight is None else [mp.mpf(v) for v in weight]
        o = np.zeros((n, outputs)) if offset is None else offset.reshape(n, outputs)
        q = p + 1
        fisher, meat = mp.zeros(outputs * q), mp.zeros(outputs * q)
        chances, parts = [], []
        for i in range(n):
            z = [
                mp.mpf(float(o[i, k]))
                + mp.fsum(mp.mpf(float(parameters[k, j])) * Z[i, j] for j in range(q))
                for k in range(outputs)
            ]
            chance = probabilities(z)
            own = chance[1:] if outputs == 1 else chance
            classes = [1] if outputs == 1 else range(outputs)
            curve = mp.matrix(outputs, outputs)
            for k in range(outputs):
                for m in range(outputs):
                    curve[k, m] = w[i] * own[k] * (int(k == m) - own[m])
            part = kronecker(curve, [Z[i, j] for j in range(q)])
            score = [
                w[i] * (int(label[i] == c) - own[k]) * Z[i, j]
                for k, c in enumerate(classes)
                for j in range(q)
            ]
            column = mp.matrix(score)
            fisher += part
            meat += column * column.T
            chances.append([float(c) for c in chance])
            parts.append(part)
        hessian = fisher + mp.diag([*map(mp.mpf, map(float, penalty)), mp.mpf(0)] * outputs)
        inverse = sum_zero_inverse(hessian, outputs, q)
        levels = [float(trace(inverse * part)) for part in parts]
        return Reference(
            float(trace(inverse * fisher)),
            as_array(inverse),
            as_array(inverse * fisher * inverse),
            as_array(inverse * meat * inverse),
            np.array(levels),
            np.array(chances),
        )


def probabilities(z: list[Any]) -> list[Any]:
    """Of all classes, in the order of the labels."""
    odds = [mp.mpf(1), mp.exp(z[0])] if len(z) == 1 else [mp.exp(v) for v in z]
    return [v / mp.fsum(odds) for v in odds]


def kronecker(curve: Any, z: list[Any]) -> Any:  # noqa: ANN401  # of mpmath
    """Kronecker product of a matrix and z z^T."""
    q, outputs = len(z), curve.rows
    result = mp.matrix(outputs * q, outputs * q)
    for k in range(outputs):
        for m in range(outputs):
            for j in range(q):
                for i in range(q):
                    result[k * q + j, m * q + i] = curve[k, m] * z[j] * z[i]
    return result


def sum_zero_inverse(hessian: Any, outputs: int, q: int) -> Any:  # noqa: ANN401  # of mpmath
    """Inverse on the parameters that sum to zero over the classes: all of them for one output."""
    if outputs == 1:
        return hessian**-1
    share = mp.mpf(1) / outputs
    mean = mp.matrix(outputs * q, outputs * q)
    for k in range(outputs):
        for m in range(outputs):
            for j in range(q):
                mean[k * q + j, m * q + j] = share
    keep = mp.eye(outputs * q) - mean
    return (keep * hessian * keep + mean) ** -1 - mean


def trace(matrix: Any) -> Any:  # noqa: ANN401  # of mpmath
    """Sum of the diagonal."""
    return mp.fsum(matrix[i, i] for i in range(matrix.rows))


def as_array(matrix: Any) -> Array:  # noqa: ANN401  # of mpmath
    """Round to doubles."""
    return np.array(matrix.tolist(), dtype=np.float64)
