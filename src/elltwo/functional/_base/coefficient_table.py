"""Coefficients of fits as tables, and how notebooks show fits, paths and choices of alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from elltwo.functional._base.html import html_block, html_pairs, html_table
from elltwo.functional._base.record_parts import short_text
from elltwo.functional._base.table_record import TableRecord
from elltwo.functional._base.text_table import Column, read_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array

_MAX_ROWS: Final = 12
_MAX_OUTPUTS: Final = 8
_PENALTIES: Final = ("alpha", "l1_ratio", "gamma")
_CERTIFICATE: Final = ("status", "solver", "fallback", "optimality", "gap", "violation")


class _Fields(NamedTuple):
    names: tuple[str, ...]
    columns: Columns
    package: str | None
    max_rows: int | None = None
    facts: Any = None


class CoefficientTable(TableRecord, _Fields):
    """Coefficients without statistics."""

    __slots__ = ()

    def _columns(self) -> Columns:
        return self.columns


def coefficient_table(fit: Any, rows: slice) -> CoefficientTable:  # noqa: ANN401  # many records
    """Return the coefficients of some outputs of a fit, one output after the other."""
    coef = np.atleast_2d(fit.coef)[rows].astype(np.float64)
    intercept = np.atleast_1d(fit.intercept)[rows].astype(np.float64)
    names = read_names(fit.feature_names, coef.shape[1])
    both = coef
    if intercept.any():
        names, both = (*names, "intercept"), np.column_stack([coef, intercept])
    if len(both) > 1:
        names = tuple(f"{label}: {name}" for label in fit.classes.tolist() for name in names)
    column = Column("coef", "coefficient", both.ravel())
    return CoefficientTable(names, [column], fit._names.package)


def fit_html(fit: Any) -> str:  # noqa: ANN401  # many records
    """Show the certificate, some coefficients and the curve that chose alpha; nothing is fitted."""
    facts = {name: _text(getattr(fit, name, None)) for name in _PENALTIES}
    facts |= {name: getattr(fit.info, name, None) for name in _CERTIFICATE}
    known = {name: value for name, value in facts.items() if value is not None}
    parts = [html_pairs(known), coefficients_html(fit)]
    curve = fit._curve()
    if curve is not None:
        alphas, scores = curve
        parts.append(curve_html(alphas, scores, fit.alpha))
    return html_block(type(fit).__name__, parts)


def coefficients_html(fit: Any) -> str:  # noqa: ANN401  # many records
    """Show the first coefficients, in a column for each target or class."""
    coef, intercept = np.atleast_2d(fit.coef), np.atleast_1d(fit.intercept)
    names: tuple[str, ...] = read_names(fit.feature_names, coef.shape[1])
    shown = slice(_MAX_OUTPUTS)
    values = [*coef[shown]]
    if intercept.any():
        names = (*names, "intercept")
        values = [np.append(b, b0) for b, b0 in zip(coef[shown], intercept[shown], strict=True)]
    heads = output_names(fit, len(coef))
    columns = [Column("", head, b) for head, b in zip(heads, values, strict=False)]
    table = html_table(names, columns, _MAX_ROWS)
    left_out = len(coef) - len(values)
    return f"{table}\n<p>{left_out} other columns are not shown.</p>" if left_out else table


def _text(value: Any) -> Any:  # noqa: ANN401  # arrays as texts
    return short_text(value) if np.ndim(value) else value


def output_names(fit: Any, n_outputs: int) -> list[str]:  # noqa: ANN401
    if n_outputs == 1:
        return ["coefficient"]
    labels = getattr(fit, "classes", None)
    names = fit.target_names if labels is None else map(str, labels.tolist())
    return [f"target {t}" for t in range(n_outputs)] if names is None else list(names)


def curve_html(alphas: Float64Array, columns: Columns, chosen: npt.ArrayLike = ()) -> str:
    """Show numbers for each alpha, of a long grid the ends and what is near the alphas chosen."""
    marked = np.isin(alphas, np.asarray(chosen, dtype=np.float64))
    places = _rows_shown(alphas.size, np.flatnonzero(marked))
    names = [f"alpha = {alphas[i]:.6g}" + (" (chosen)" if marked[i] else "") for i in places]
    kept = [column._replace(values=np.asarray(column.values)[places]) for column in columns]
    table = html_table(names, kept, None)
    left_out = alphas.size - len(places)
    return f"{table}\n<p>{left_out} other alphas are not shown.</p>" if left_out else table


def curve_columns(
    fit: Any,  # noqa: ANN401  # a record of either kind
    values: Float64Array,
    errors: Float64Array | None,
    what: str,
) -> Columns:
    """Return scores of every alpha as columns: with standard errors, or one for each target."""
    if values.ndim == 1:
        spread = [] if errors is None else [Column("se", "standard error", errors)]
        return [Column("score", what, values), *spread]
    heads = output_names(fit, values.shape[1])[:_MAX_OUTPUTS]
    return [Column("", f"{what}, {head}", values[:, t]) for t, head in enumerate(heads)]


def _rows_shown(size: int, chosen: npt.NDArray[np.intp]) -> list[int]:
    if size <= _MAX_ROWS:
        return list(range(size))
    around = {int(i) + step for i in chosen[:_MAX_OUTPUTS] for step in (-2, -1, 0, 1, 2)}
    count = _MAX_ROWS // 2 if chosen.size else _MAX_ROWS
    evenly = {int(i) for i in np.linspace(0, size - 1, count)}
    return sorted(i for i in around | evenly if 0 <= i < size)


def path_html(path: Any, facts: Mapping[str, Any], columns: Columns) -> str:  # noqa: ANN401
    """Show numbers for each alpha of a path."""
    return html_block(type(path).__name__, [html_pairs(facts), curve_html(path.alphas, columns)])
