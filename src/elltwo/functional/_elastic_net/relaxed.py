"""Refits of active features without a penalty, blended with the fits that chose them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.bounds import Bounds
from elltwo.functional._base.validate import float64_array
from elltwo.functional._elastic_net.columns import moments_of_columns
from elltwo.functional._elastic_net.degrees import free_features
from elltwo.functional._elastic_net.relaxed_record import RelaxedFit, RelaxedPath
from elltwo.functional._elastic_net_problem.options import Penalty
from elltwo.functional._elastic_net_problem.solve import NetData, solve_paths
from elltwo.functional._ridge_problem.problem import MomentsProblem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo import _core
    from elltwo.functional._base.validate import Float64Array, FloatArray

    Columns = npt.NDArray[np.intp]


def read_gamma(gamma: object) -> float:
    """Return the share of the elastic net in a blend."""
    value = float64_array(gamma, "gamma")  # type: ignore[arg-type]
    if value.ndim != 0 or not 0.0 <= value <= 1.0:
        raise ValueError(f"gamma must be in [0, 1], got {gamma!r}")
    return float(value)


class Fits(NamedTuple):
    """Elastic nets, of one alpha or of many, in the shape that their record shows."""

    coef: FloatArray
    intercept: float | FloatArray

    def refits(self, data: NetData) -> Refits:
        """Return what refits them."""
        coef = self.coef.reshape(-1, data.n_targets, data.n_features).astype(np.float64)
        intercept = np.asarray(self.intercept, dtype=np.float64)
        return Refits(data, coef, intercept.reshape(coef.shape[:2]))


def relax_fit(data: NetData, fit: Fits, gamma: float) -> RelaxedFit:
    """Blend a fit."""
    share, names = read_gamma(gamma), data.problem.names.features
    coef, intercept, _ = fit.refits(data).blended(share)
    if data.problem.one_dimensional:
        return RelaxedFit(share, data.kept(coef[0, 0]), float(intercept[0, 0]), names)
    return RelaxedFit(share, data.kept(coef[0]), data.kept(intercept[0]), names)


def relax_path(data: NetData, alphas: Float64Array, fits: Fits, gamma: float) -> RelaxedPath:
    """Blend all fits of a path."""
    share, names = read_gamma(gamma), data.problem.names.features
    coef, intercept, rss = fits.refits(data).blended(share)
    if data.problem.one_dimensional:
        coef, intercept, rss = coef[:, 0], intercept[:, 0], rss[:, 0]
    return RelaxedPath(share, alphas, data.kept(coef), data.kept(intercept), rss, names)


class Refits:
    """Unpenalised fits of the free features of elastic nets, by the moments of all of these.

    Parameters
    ----------
    data : NetData
        The problem.
    coef : ndarray of shape (n_fits, n_targets, n_features)
        Coefficients of the elastic nets.
    intercept : ndarray of shape (n_fits, n_targets)
        Their intercepts.
    """

    def __init__(self, data: NetData, coef: Float64Array, intercept: Float64Array) -> None:
        self._data = data
        self._coef = coef
        self._intercept = intercept
        used = (coef != 0.0).any(axis=(0, 1))
        used[0] |= not used.any()  # moments are of one feature at least
        self._columns = np.flatnonzero(used)
        self._moments = moments_of_columns(data, self._columns)
        self._free = self._free_features()
        self._targets = [
            self._moments.of_targets(np.array([t], dtype=np.intp)) for t in range(data.n_targets)
        ]
        self._known: dict[tuple[int, bytes, bytes], tuple[Float64Array, float]] = {}

    def blended(
        self, gamma: float | Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        """Return coefficients, intercepts and sums of squared residuals.

        `gamma` is the share of the elastic net, or that of each target.
        """
        coef, intercept = self._coef.copy(), self._intercept.copy()
        shares = np.broadcast_to(np.asarray(gamma, dtype=np.float64), intercept.shape[1:])
        for at, t in np.ndindex(intercept.shape):
            share = float(shares[t])
            if share == 1.0:
                continue
            refit, offset = self._refit(at, t)
            coef[at, t, self._columns] *= share
            coef[at, t, self._columns] += (1.0 - share) * refit
            intercept[at, t] = share * intercept[at, t] + (1.0 - share) * offset
        some = np.ascontiguousarray(coef[:, :, self._columns])
        rss = self._moments.squared_errors(some, intercept)
        return coef, intercept, rss.reshape(intercept.shape)

    def _free_features(self) -> dict[tuple[int, int], Columns]:
        every = np.arange(self._coef.shape[2])
        return {
            (at, t): free_features(self._data, every, self._data.kept(self._coef[at, t]), t)
            for at, t in np.ndindex(self._intercept.shape)
        }

    def _refit(self, at: int, t: int) -> tuple[Float64Array, float]:
        """Return the coefficients of the columns that are used, and the intercept."""
        free = np.isin(self._columns, self._free[at, t], assume_unique=True)
        held = np.where(free, 0.0, self._coef[at, t, self._columns])
        key = t, free.tobytes(), held.tobytes()
        if key not in self._known:  # neighbours on a path have often the same features
            self._known[key] = self._found(self._targets[t], free, held)
        return self._known[key]

    def _found(
        self, moments: _core.Moments, free: npt.NDArray[np.bool_], held: Float64Array
    ) -> tuple[Float64Array, float]:
        if not free.any() and not held.any():
            mean = float(moments.means()[-1])
            return held, mean if self._data.options.fit_intercept else 0.0
        return self._solved(moments, free, held)

    def _solved(
        self, moments: _core.Moments, free: npt.NDArray[np.bool_], held: Float64Array
    ) -> tuple[Float64Array, float]:
        used = free | (held != 0.0)  # what is held away from zero takes part, pinned
        some = np.flatnonzero(used)
        factors = np.where(free[some], 0.0, np.inf)
        prior = np.where(free[some], 0.0, held[some])[np.newaxis]
        problem = MomentsProblem(
            moments.select(some),  # type: ignore[arg-type]
            np.empty((0, 1)),
            factors,
            prior,
            None,
            True,
        )
        bounds = None
        if self._data.bounds is not None:
            taken = self._columns[some]
            bounds = Bounds(*(None if b is None else b[taken] for b in self._data.bounds))
        part = NetData(problem, bounds, 1.0, self._data.options)
        path = solve_paths(part, np.ones(1), Penalty(1.0)).paths[0]
        refit = held.copy()
        refit[some] = path.point(0).coef(some.size)
        return refit, float(path.intercept[0])
