"""Fits of the tables of pandas and polars."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl

import elltwo.integrations.pandas as on_pandas
import elltwo.integrations.polars as on_polars

from .data import dense

if TYPE_CHECKING:
    from .data import Options, Problems

KINDS: dict[str, Options] = {
    "ridge_rolling": {"window": 12, "min_periods": 6},
    "ridge_expanding": {},
    "ridge_ewm": {"half_life": 6.0},
}


def problems() -> Problems:
    """Every kind of fit with and without groups of rows."""
    for kind, options in KINDS.items():
        for grouped in (False, True):
            name = f"{kind}/{'groups' if grouped else 'rows'}"
            yield f"pandas/{name}", partial(_pandas, kind, grouped, options)
            yield f"polars/{name}", partial(_polars, kind, grouped, options)
    yield "polars/ridge/rows", partial(_polars, "ridge", False, {})
    yield "polars/ridge/groups", partial(_polars, "ridge", True, {"fit_intercept": False})


def _pandas(kind: str, grouped: bool, options: dict[str, Any]) -> object:
    rows = dense(150, 3)
    index = pd.date_range("2020-01-01", periods=150, freq="D")
    X = pd.DataFrame(rows.X, index=index, columns=["u", "v", "w"])
    fit = getattr(on_pandas, kind)(
        X,
        pd.Series(rows.y, index=index, name="y"),
        alpha=0.5,
        by=rows.classes if grouped else None,
        sample_weight=rows.weight,
        **options,
    )
    labels = [list(fit.coef.columns), [str(day) for day in fit.coef.index]]
    return labels, [part.to_numpy() for part in fit]


def _polars(kind: str, grouped: bool, options: dict[str, Any]) -> object:
    rows = dense(150, 3)
    table = pl.DataFrame(
        dict(zip("uvw", rows.X.T, strict=True))
        | {"y": rows.y, "key": rows.classes, "weight": rows.weight}
    )
    fit = getattr(on_polars, kind)("y", "u", "v", "w", alpha=0.5, sample_weight="weight", **options)
    chosen = table.select((fit.over("key") if grouped else fit).alias("fit"))["fit"].struct.unnest()
    flat = chosen.unnest("coef")
    return flat.columns, [np.asarray(column.to_numpy()) for column in flat]
