"""A fit of the elastic net as a printed table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from elltwo.functional._base.options import count, require_target
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.table_record import TableRecord
from elltwo.functional._base.text_table import Column, read_names
from elltwo.functional._elastic_net.criteria import observations
from elltwo.functional._elastic_net.relaxed import Refits
from elltwo.functional._elastic_net_problem.solve import is_grouped
from elltwo.functional._ridge_problem.criteria import generalised_cv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.names import Names
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net_problem.info import ElasticNetInfo
    from elltwo.functional._elastic_net_problem.solve import NetData

_TITLE = "Elastic net: 1/2 sum w (y - b0 - x.b)^2 + alpha sum f (r |b - m| + (1 - r)/2 (b - m)^2)"
_NOTES = """\
Relaxed: the active features without a penalty. r is l1_ratio.
No standard errors, p-values or intervals are given: the data that would give them have chosen the
features as well, and errors that ignore the choice are too small. selection_stability tells how
often halves of the rows choose a feature."""


class _Fields(NamedTuple):
    facts: dict[str, float | str]
    names: tuple[str, ...]
    coef: Float64Array
    relaxed: Float64Array
    max_rows: int | None
    package: str | None = None


@public("elltwo")
class ElasticNetSummary(TableRecord, _Fields):
    """The report on one target, as `ElasticNetFit.summary` returns it; ``str`` prints it.

    Notebooks show it as a table.

    Parameters
    ----------
    facts : dict
        Numbers of the fit as a whole, by name.
    names : tuple of str
        Names of the active features, an intercept last.
    coef, relaxed : ndarray of shape (n_parameters,)
        Columns of the table.
    max_rows : int or None
        Features that the text shows.
    package : {"pandas", "polars", "pyarrow"}, default=None
        What frames are of, see `to_frame`.
    """

    __slots__ = ()

    @property
    def _title(self) -> str:
        return _TITLE

    @property
    def _notes(self) -> str:
        return _NOTES

    def _columns(self) -> Columns:
        return (
            Column("coef", "coefficient", self.coef),
            Column("relaxed", "relaxed", self.relaxed),
        )


class Reported(Protocol):
    """The attributes of a fit that its report reads."""

    @property
    def coef(self) -> FloatArray: ...
    @property
    def intercept(self) -> float | FloatArray: ...
    @property
    def info(self) -> ElasticNetInfo: ...
    @property
    def alpha(self) -> float | Float64Array: ...
    @property
    def l1_ratio(self) -> float | Float64Array: ...
    @property
    def edf(self) -> float | Float64Array: ...
    @property
    def active(self) -> Any: ...  # noqa: ANN401
    @property
    def feature_names(self) -> tuple[str, ...] | None: ...
    @property
    def target_names(self) -> tuple[str, ...] | None: ...
    @property
    def _names(self) -> Names: ...


def summarise(
    fit: Reported,
    data: NetData,
    names: Sequence[str] | None,
    target: int,
    max_rows: int | None,
) -> ElasticNetSummary:
    """Collect the report on one target."""
    coef = np.atleast_2d(fit.coef).astype(np.float64)
    intercept = np.atleast_1d(fit.intercept).astype(np.float64)
    t = require_target(target, len(coef))
    refits = Refits(data, coef[np.newaxis], intercept[np.newaxis])
    relaxed, offset, _ = refits.blended(0.0)
    every_rss = refits.blended(1.0)[2][0]
    rss = every_rss.sum() if is_grouped(data) else every_rss[t]  # of all targets if they are one
    active = fit.active[t] if isinstance(fit.active, tuple) else fit.active
    named = read_names(fit.feature_names if names is None else names, coef.shape[1])
    rows = tuple(named[j] for j in active)
    columns = [coef[t][active], relaxed[0, t][active]]
    if data.options.fit_intercept:
        rows = (*rows, "intercept")
        last = (intercept[t], offset[0, t])
        columns = [np.append(c, v) for c, v in zip(columns, last, strict=True)]
    facts: dict[str, Any] = {} if fit.target_names is None else {"target": fit.target_names[t]}
    facts |= _facts(fit, data, t, float(rss))
    shown = None if max_rows is None else count(max_rows, "max_rows", minimum=2)
    estimates, refitted = columns
    return ElasticNetSummary(facts, rows, estimates, refitted, shown, fit._names.package)


def _facts(fit: Reported, data: NetData, t: int, rss: float) -> dict[str, Any]:
    info, n = fit.info, data.problem.n_weighted
    edf = float(np.atleast_1d(fit.edf)[t])
    return {
        "rows": n,
        "features": data.n_features,
        "active": int((fit.active[t] if isinstance(fit.active, tuple) else fit.active).size),
        "alpha": float(np.broadcast_to(fit.alpha, (data.n_targets,))[t]),
        "l1_ratio": float(np.broadcast_to(fit.l1_ratio, (data.n_targets,))[t]),
        "alpha_max": info.alpha_max,
        "effective degrees of freedom": edf,
        "residual sum of squares": rss,
        "GCV": float(generalised_cv(observations(data), np.array(rss), edf)),
        "solver": info.solver,
        "status": info.status,
        "duality gap": info.gap,
        "violation": info.violation,
    }
