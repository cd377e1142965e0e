"""What files of fits by formulas hold: the terms as text, and what they remember."""

from __future__ import annotations

from typing import Any

from formulaic.parser.types import Factor

from elltwo.formula._coding import Coding
from elltwo.formula._frame import CATEGORY, Column
from elltwo.formula._frame import KINDS as COLUMN_KINDS
from elltwo.formula._matrix import Side, States
from elltwo.formula._record import FormulaFit
from elltwo.formula._written import require_bounded
from elltwo.functional._base.saved_fields import (
    among,
    flag,
    optional,
    plain,
    record,
    several,
    text,
    texts,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.tables import PACKAGES

_FITS = (
    *("RidgeFit", "RidgeCVFit", "ElasticNetFit", "ElasticNetCVFit"),
    *("LogisticFit", "LogisticCVFit", "RelaxedCVFit"),
)
_METHODS = ("lookup", "python")
_KINDS = {kind.value for kind in Factor.Kind}


def _read(fit: Any, **content: Any) -> FormulaFit:  # noqa: ANN401
    """Return a fit from what a file holds, and refuse what no fit would have written."""
    terms = tuple(tuple(_factor(*factor) for factor in term) for term in content["terms"])
    side = Side(terms, content["intercept"], content["full"])
    columns = tuple(_column(*column) for column in content["columns"])
    transforms = {_text(expr): _dictionary(state) for expr, state in content["transforms"]}
    encodings = {
        _text(expr): (_among(kind, _KINDS), _dictionary(state))
        for expr, kind, state in content["encodings"]
    }
    spans = tuple(_span(*span) for span in content["spans"])
    states = States(transforms, encodings)
    coding = Coding(
        content["formula"], side, columns, states, content["names"], spans, content["package"], {}
    )
    edges = [edge for first, end in spans if first < end for edge in (first, end)]
    if [0, *edges[1::2]] != [*edges[::2], len(coding.names)] or len(spans) != len(terms):
        raise ValueError("its terms do not share its columns")
    if fit.coef.shape[-1] != len(coding.names):
        raise ValueError("its fit has another number of coefficients than its terms have columns")
    require_bounded(coding)
    return FormulaFit(fit, coding)


def _factor(expression: Any, method: Any) -> tuple[str, str]:  # noqa: ANN401
    return _text(expression), _among(method, _METHODS)


def _column(name: Any, kind: Any, levels: Any) -> Column:  # noqa: ANN401
    if levels is not None and not (
        isinstance(levels, list) and all(isinstance(one, str | int | float) for one in levels)
    ):
        raise ValueError("its levels are neither text nor numbers")
    if (kind == CATEGORY) != (levels is not None) or len(set(levels or ())) < len(levels or ()):
        raise ValueError("its columns do not have the levels of their kind")
    known = None if levels is None else tuple(levels)
    return Column(_text(name), _among(kind, COLUMN_KINDS), known)


def _span(first: Any, end: Any) -> tuple[int, int]:  # noqa: ANN401
    if type(first) is not int or type(end) is not int or not 0 <= first <= end < 2**31:
        raise ValueError("its spans are none")
    return first, end


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise TypeError("it has no text where there should be some")
    return value


def _among(value: Any, choices: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"it has {value!r:.40}, which is unknown")
    return value


def _dictionary(value: Any) -> dict[Any, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise TypeError("it has a state that is no dictionary")
    return value


KINDS = (
    Kind(
        "FormulaFit",
        {
            "fit": record(*_FITS),
            "formula": text,
            "full": flag,
            "intercept": flag,
            "terms": several(several(several(text))),
            "columns": several(plain),
            "transforms": several(plain),
            "encodings": several(plain),
            "names": texts,
            "spans": several(plain),
            "package": optional(among(*PACKAGES)),
        },
        _read,
    ),
)
