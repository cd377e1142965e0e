"""Effective degrees of freedom of elastic nets.

At the minimum the coefficients that are not held (at zero, at the prior mean, at a bound) solve a
smooth system of equations, so the fit is locally a smoother: the trace of its derivative by y is
an unbiased estimate of the degrees of freedom (Tibshirani and Taylor 2012; Vaiter, Deledalle,
Fadili, Peyré and Dossal 2017 where targets share their features).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.smoother_trace import WELL, smoother_trace, without
from elltwo.functional._elastic_net.columns import gram_of, moments_of_columns
from elltwo.functional._elastic_net_problem.solve import is_grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.points import TargetPath
    from elltwo.functional._elastic_net_problem.solve import NetData

    Columns = npt.NDArray[np.intp]


class Smoother(NamedTuple):
    """One target at one alpha, or all of them together: what is free, and the penalty on it."""

    free: Columns
    alpha: float
    l1_ratio: float
    rows: Float64Array | None = None  #: (free, targets) off the prior means, of all together


class _Face(NamedTuple):
    """What the core is asked about: products of free features, and their ridge terms."""

    columns: Columns  #: of the Gram matrix
    ridge: Float64Array
    rows: Float64Array | None
    across: Float64Array  #: curvature of the norm of each row across it


def free_features(data: NetData, features: Columns, values: FloatArray, target: int) -> Columns:
    """Return those features whose coefficients are neither at the prior mean nor at a bound."""
    prior = data.problem.prior_mean
    means = np.zeros(1) if prior is None else prior[target][features]
    held = values == means.astype(values.dtype)
    for side in data.bounds or ():
        if side is not None:
            held |= values == side[features].astype(values.dtype)
    if data.problem.penalty_factors is not None:
        held |= np.isinf(data.problem.penalty_factors[features])
    free: Columns = features[~held]
    return free


def edf_of_fit(
    data: NetData, coef: FloatArray, alphas: Float64Array, l1_ratios: Float64Array
) -> Float64Array:
    """Return the degrees of freedom of each target, or for each those of all together."""
    if is_grouped(data):
        one = _joint_smoother(data, coef, float(alphas[0]), float(l1_ratios[0]))
        return np.repeat(_edf_of(data, [one]), data.n_targets)
    every = np.arange(coef.shape[1])
    smoothers = [
        Smoother(free_features(data, every, row, t), float(alpha), float(ratio))
        for t, (row, alpha, ratio) in enumerate(zip(coef, alphas, l1_ratios, strict=True))
    ]
    return _edf_of(data, smoothers)


def edf_of_path(data: NetData, paths: Sequence[TargetPath]) -> Float64Array:
    """Return the degrees of freedom at every alpha that all targets reached, and each target."""
    n_alphas = min(path.alphas.size for path in paths)
    smoothers = []
    for at in range(n_alphas):
        points, alpha = [path.point(at) for path in paths], float(paths[0].alphas[at])
        if is_grouped(data):
            coef = np.array([point.coef(data.n_features) for point in points])
            smoothers.append(_joint_smoother(data, coef, alpha, data.l1_ratio))
            continue
        for t, point in enumerate(points):
            free = free_features(data, point.features, point.values, t)
            smoothers.append(Smoother(free, alpha, data.l1_ratio))
    found = _edf_of(data, smoothers).reshape(n_alphas, -1)
    return np.repeat(found, len(paths), axis=1) if is_grouped(data) else found


def _joint_smoother(data: NetData, coef: FloatArray, alpha: float, l1_ratio: float) -> Smoother:
    """All targets together, of which a feature has a row of coefficients."""
    factors = data.problem.penalty_factors
    rows = np.asarray(coef, dtype=np.float64).T
    if data.problem.prior_mean is not None:
        rows = rows - data.problem.prior_mean.T.astype(coef.dtype)
    held = ~rows.any(axis=1)
    if factors is not None:
        held = np.where(factors == 0.0, False, held | np.isinf(factors))
    free = np.flatnonzero(~held)
    return Smoother(free, alpha, l1_ratio, rows[free])


def _edf_of(data: NetData, smoothers: Sequence[Smoother]) -> Float64Array:
    factors = data.problem.penalty_factors
    offset = float(data.options.fit_intercept) * (data.n_targets if is_grouped(data) else 1)
    columns = np.unique(np.concatenate([smoother.free for smoother in smoothers]))
    if not columns.size:
        return np.full(len(smoothers), offset)
    known = all(
        smoother.l1_ratio == 1.0 and smoother.alpha > 0.0 and smoother.rows is None
        for smoother in smoothers
    )
    if known and (factors is None or (factors[columns] > 0.0).all()):
        # The core keeps the active features of a lasso linearly independent.
        return np.array([offset + smoother.free.size for smoother in smoothers])
    gram = gram_of(moments_of_columns(data, columns), data.options.fit_intercept)
    weights = np.ones(columns.size) if factors is None else factors[columns]
    faces = []
    for free, alpha, l1_ratio, rows in smoothers:
        some = np.searchsorted(columns, free)
        penalised = weights[some] > 0.0
        strength = weights[some] * (alpha if penalised.any() else 0.0)  # alpha may be infinite
        across = np.zeros(free.size)
        if rows is not None:
            norms = np.linalg.norm(rows, axis=1)
            np.divide(strength * l1_ratio, norms, out=across, where=strength > 0.0)
        faces.append(_Face(some, strength * (1.0 - l1_ratio), rows, across))
    return offset + _traces(gram, faces, data.options.n_threads)


def _traces(gram: Float64Array, faces: Sequence[_Face], n_threads: int) -> Float64Array:
    """Return the traces of the smoothers: most by one call of the core, the rest one by one."""
    result = np.empty(len(faces))
    diagonal = gram.diagonal()
    plain: list[int] = []
    for k, face in enumerate(faces):
        # The outputs of a face without curvature are smoothed alike.
        times = 1 if face.rows is None else face.rows.shape[1]
        penalty = face.ridge + face.across
        if (penalty > 0.0).all() and (diagonal[face.columns] / penalty).sum() * WELL < 1.0:
            plain.append(k)
        elif not face.across.any():
            some = gram[np.ix_(face.columns, face.columns)]
            result[k] = times * smoother_trace(some, face.ridge)
        else:
            result[k] = _open_trace(gram, face, n_threads)
    if plain:
        result[plain] = _core_traces(gram, [faces[k] for k in plain], n_threads)
    return result


def _core_traces(gram: Float64Array, faces: Sequence[_Face], n_threads: int) -> Float64Array:
    starts = np.cumsum([0, *(face.columns.size for face in faces)], dtype=np.int64)
    columns = np.concatenate([face.columns for face in faces]).astype(np.int64)
    asked = starts, columns, np.concatenate([face.ridge for face in faces])
    gram = np.ascontiguousarray(gram)
    if faces[0].rows is None:
        return _core.net_traces(gram, asked, n_threads)
    rows = np.concatenate([face.rows for face in faces if face.rows is not None])
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    directions = np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0.0)
    across = np.concatenate([face.across for face in faces])
    return _core.grouped_net_traces(gram, asked, across, directions, n_threads)


def _open_trace(gram: Float64Array, face: _Face, n_threads: int) -> float:
    """Return the trace of a face of rows of which some have no penalty, or nearly none."""
    assert face.rows is not None
    open_ = face.ridge + face.across <= WELL * gram.diagonal()[face.columns]
    rest, held = gram[np.ix_(face.columns, face.columns)], 0
    if open_.any():
        held, rest = without(rest, open_)
    inner = _Face(
        np.arange(int((~open_).sum())), face.ridge[~open_], face.rows[~open_], face.across[~open_]
    )
    penalised = float(_core_traces(rest, [inner], n_threads)[0]) if inner.columns.size else 0.0
    return float(held * face.rows.shape[1]) + penalised
