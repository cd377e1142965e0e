"""Terms evaluated on a frame by formulaic, with what it remembers as plain data."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from formulaic import ModelSpec
from formulaic.errors import DataMismatchWarning
from formulaic.parser.types import Factor

from elltwo.formula._functions import FUNCTIONS
from elltwo.formula._terms import formula_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from elltwo.formula._terms import Factors

    Float64Array = NDArray[np.float64]

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class States(NamedTuple):
    """What transformations and categories remember of the rows that were fitted.

    Parameters
    ----------
    transforms : dict
        By expression, as formulaic keeps it: knots, means, levels.
    encodings : dict
        By expression a pair of the kind of its values, and the levels of categories.
    """

    transforms: dict[str, Any]
    encodings: dict[str, tuple[str, dict[str, Any]]]

    def levels(self, expression: str) -> list[Any] | None:
        """Return the levels of the categories of an expression, None where it has none."""
        _, state = self.encodings.get(expression, ("", {}))
        levels = state.get("categories")
        return levels if isinstance(levels, list) else None


class Side(NamedTuple):
    """One side of a formula, and how its categories are coded.

    Parameters
    ----------
    terms : tuple
        The terms, without an intercept.
    intercept : bool
        Whether there is one.
    full : bool
        Whether categories have a column for every level; otherwise none for the first of them, so
        that columns are not dependent by construction.
    """

    terms: tuple[Factors, ...]
    intercept: bool
    full: bool


class Evaluated(NamedTuple):
    """The columns of terms, their names, those of each term, and the states for other rows."""

    values: Float64Array
    names: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    states: States


def evaluate(
    side: Side,
    frame: pd.DataFrame,
    states: States | None,
    context: Mapping[str, Any],
    *,
    unseen: bool = False,
) -> Evaluated:
    """Evaluate terms on a frame whose rows are complete.

    Parameters
    ----------
    side : Side
        What is evaluated.
    frame : DataFrame
        The columns that it names.
    states : States or None
        What an evaluation on other rows has learned; None learns from these.
    context : mapping
        Further names that the terms may use.
    unseen : bool, default=False
        Whether categories may have levels that `states` do not know, which get zeros.

    Raises
    ------
    ValueError
        If something cannot be evaluated, with formulaic's error as its cause.
    """
    spec = ModelSpec(
        formula=formula_of(side.terms, side.intercept),
        ensure_full_rank=not side.full,
        na_action="ignore",
        output="numpy",
        **_given(states),
    )
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore" if unseen else "error", DataMismatchWarning)
            matrix = spec.get_model_matrix(frame, context={**FUNCTIONS, **context})
    except DataMismatchWarning as error:
        raise ValueError(f"data has a level that is not one of the fit: {_text(error)}") from error
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        raise ValueError(f"the formula cannot be evaluated: {_text(error)}") from error
    return _evaluated(matrix, side, len(frame))


def _given(states: States | None) -> dict[str, Any]:
    if states is None:
        return {}
    encodings = {
        expr: (Factor.Kind(kind), _copied(state))
        for expr, (kind, state) in states.encodings.items()
    }
    # Copies, as an evaluation may write into them.
    return {"transform_state": _copied(states.transforms), "encoder_state": encodings}


def _copied(state: Mapping[Any, Any]) -> dict[Any, Any]:
    return {k: _copied(v) if isinstance(v, Mapping) else v for k, v in state.items()}


def _evaluated(matrix: Any, side: Side, n_rows: int) -> Evaluated:  # noqa: ANN401
    spec = matrix.model_spec
    try:
        values = np.asarray(matrix, dtype=np.float64).reshape(n_rows, -1)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the formula cannot be evaluated as numbers: {error}") from error
    names, indices = list(spec.column_names), list(spec.term_indices.values())
    if side.intercept:
        values, names = values[:, 1:], names[1:]
        indices = [[j - 1 for j in places] for places in indices[1:]]
    spans = tuple((places[0], places[-1] + 1) if places else (0, 0) for places in indices)
    encodings = {
        expr: (kind.value, _plain(state)) for expr, (kind, state) in spec.encoder_state.items()
    }
    states = States(_plain(spec.transform_state), encodings)
    return Evaluated(values, tuple(map(str, names)), spans, states)


def _plain(state: Any) -> Any:  # noqa: ANN401
    """Return a state as plain data, without the codings that formulaic keeps to be looked at."""
    if isinstance(state, Mapping):
        return {k: _plain(v) for k, v in state.items() if k != "contrasts"}
    if isinstance(state, list | tuple):
        return [_plain(entry) for entry in state]
    return state.item() if isinstance(state, np.generic) else state


def _text(error: BaseException) -> str:
    return " ".join(_COLOURS.sub("", str(error)).split())
