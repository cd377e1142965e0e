"""Fits as polars expressions: ``pip install 'elltwo[polars]'``.

Every function returns an expression that holds a struct. ``.over(key)`` fits each group of rows
on its own; in ``group_by(key).agg(...)`` `ridge` gives one fit for each group. Null and NaN are
missing values; `missing` says what to do with their rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

import elltwo
from elltwo.integrations._peers import peer

__all__ = ["ridge", "ridge_ewm", "ridge_expanding", "ridge_rolling"]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    _Column: TypeAlias = str | pl.Expr
    _Values: TypeAlias = Mapping[str, Any]
    _Options: TypeAlias = dict[str, Any]

_STEPS = ("intercept", "prediction", "residual_variance", "n_rows")


def ridge(
    y: _Column,
    *features: _Column,
    alpha: float,
    sample_weight: _Column | None = None,
    missing: str = "raise",
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge` to columns.

    Parameters
    ----------
    y : str or Expr
        Target.
    *features : str or Expr
        Features, one column each.
    alpha : float
        Strength of the penalty.
    sample_weight : str or Expr, default=None
        Weights of the rows.
    missing : {"raise", "skip"}, default="raise"
        Whether rows with missing values are refused or left out.
    **options
        Further options of `elltwo.ridge`.

    Returns
    -------
    Expr
        A struct of `coef`, a struct with a field for each feature, and `intercept`.
    """
    if missing not in {"raise", "skip"}:
        raise ValueError(f"missing must be one of 'raise', 'skip', got {missing!r}")

    def fit(X: Any, target: Any, weight: Any) -> _Values:  # noqa: ANN401  # arrays
        if missing == "skip":
            whole = ~(np.isnan(X).any(axis=1) | np.isnan(target))
            X, target = X[whole], target[whole]
            weight = None if weight is None else weight[whole]
        one = elltwo.ridge(X, target, alpha=alpha, sample_weight=weight, **options)
        return {"coef": np.reshape(one.coef, (1, -1)), "intercept": np.reshape(one.intercept, 1)}

    return _expression(fit, y, features, sample_weight, ("intercept",), returns_scalar=True)


def ridge_rolling(
    y: _Column,
    *features: _Column,
    window: int,
    alpha: float,
    sample_weight: _Column | None = None,
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_rolling` to columns.

    Parameters
    ----------
    y : str or Expr
        Target.
    *features : str or Expr
        Features, one column each.
    window : int
        Rows in a window.
    alpha : float
        Strength of the penalty.
    sample_weight : str or Expr, default=None
        Weights of the rows.
    **options
        Further options of `elltwo.ridge_rolling`.

    Returns
    -------
    Expr
        At every row a struct of `coef`, a struct with a field for each feature, `intercept`,
        `prediction`, `residual_variance` and `n_rows`; null where a step has no fit.
    """
    kind = {"window": window, "alpha": alpha, **options}
    return _steps(elltwo.ridge_rolling, y, features, sample_weight, kind)


def ridge_expanding(
    y: _Column,
    *features: _Column,
    alpha: float,
    sample_weight: _Column | None = None,
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_expanding` to columns.

    Parameters
    ----------
    y, *features, alpha, sample_weight
        As for `ridge_rolling`.
    **options
        Further options of `elltwo.ridge_expanding`.

    Returns
    -------
    Expr
        As from `ridge_rolling`.
    """
    kind = {"alpha": alpha, **options}
    return _steps(elltwo.ridge_expanding, y, features, sample_weight, kind)


def ridge_ewm(
    y: _Column,
    *features: _Column,
    half_life: float,
    alpha: float,
    sample_weight: _Column | None = None,
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_ewm` to columns.

    Parameters
    ----------
    y, *features, alpha, sample_weight
        As for `ridge_rolling`.
    half_life : float
        Rows after which a weight has halved.
    **options
        Further options of `elltwo.ridge_ewm`.

    Returns
    -------
    Expr
        As from `ridge_rolling`.
    """
    kind = {"half_life": half_life, "alpha": alpha, **options}
    return _steps(elltwo.ridge_ewm, y, features, sample_weight, kind)


def _steps(
    core: Callable[..., elltwo.RollingFit],
    y: _Column,
    features: tuple[_Column, ...],
    sample_weight: _Column | None,
    options: _Options,
) -> pl.Expr:
    def fit(X: Any, target: Any, weight: Any) -> _Values:  # noqa: ANN401  # arrays
        steps = core(X, target, sample_weight=weight, **options)
        return {name: getattr(steps, name) for name in ("coef", *_STEPS)}

    return _expression(fit, y, features, sample_weight, _STEPS, returns_scalar=False)


def _expression(
    fit: Callable[..., _Values],
    y: _Column,
    features: tuple[_Column, ...],
    sample_weight: _Column | None,
    numbers: tuple[str, ...],
    *,
    returns_scalar: bool,
) -> pl.Expr:
    """Return the expression of a fit of `features` and `y` that gives `coef` and `numbers`."""
    polars = peer("polars")
    columns = [_expr(polars, column) for column in (*features, y)]
    names = [column.meta.output_name() for column in columns[:-1]]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"features must be columns of different names, got {names}")
    if sample_weight is not None:
        columns.append(_expr(polars, sample_weight))
    fields = [column.cast(polars.Float64).alias(str(k)) for k, column in enumerate(columns)]
    whole = polars.Int64
    dtype = {name: whole if name == "n_rows" else polars.Float64 for name in numbers}
    coef_type = polars.Struct(dict.fromkeys(names, polars.Float64))

    def batch(rows: pl.Series) -> pl.Series:
        values = [column.to_numpy() for column in rows.struct.unnest()]
        p = len(names)
        X = np.column_stack(values[:p])
        result = fit(X, values[p], values[p + 1] if len(values) > p + 1 else None)
        coef = polars.DataFrame(
            {name: _series(polars, name, result["coef"][:, j]) for j, name in enumerate(names)}
        )
        columns = [coef.to_struct("coef")]
        columns += [_series(polars, name, result[name]) for name in numbers]
        table: pl.DataFrame = polars.DataFrame(columns)
        return table.to_struct()

    expression: pl.Expr = polars.struct(fields).map_batches(
        batch,
        return_dtype=polars.Struct({"coef": coef_type, **dtype}),
        returns_scalar=returns_scalar,
    )
    return expression


def _expr(polars: Any, column: _Column) -> pl.Expr:  # noqa: ANN401  # a module
    expression: pl.Expr = polars.col(column) if isinstance(column, str) else column
    return expression


def _series(polars: Any, name: str, values: Any) -> pl.Series:  # noqa: ANN401  # a module, an array
    series: pl.Series = polars.Series(name, values, nan_to_null=True)
    return series


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
