"""Fits as polars expressions: ``pip install 'elltwo[polars]'``.

Every function returns an expression that holds a struct. ``.over(key)`` fits each group of rows
on its own; in ``group_by(key).agg(...)`` `ridge` gives one fit for each group. Null and NaN are
missing values; `missing` says what to do with their rows. Columns of numbers and booleans are read;
dates, durations, text and nested values are refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import numpy as np

import elltwo
from elltwo.functional._base.gaps import offering_to_skip
from elltwo.functional._base.names import name_column
from elltwo.functional._base.tables import read_column, read_table
from elltwo.integrations._peers import peer

__all__ = ["ridge", "ridge_ewm", "ridge_expanding", "ridge_rolling"]

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import timedelta

    import polars as pl
    from numpy.typing import NDArray

    _Column: TypeAlias = str | pl.Expr
    _Values: TypeAlias = Mapping[str, Any]
    _Options: TypeAlias = dict[str, Any]

_STEPS = ("intercept", "prediction", "residual_variance", "n_rows")


class _Columns(NamedTuple):
    """Columns of a fit as the caller names them."""

    y: _Column
    features: tuple[_Column, ...]
    sample_weight: _Column | None
    suffix: str
    skip_missing: bool
    times: _Column | None = None


class _Data(NamedTuple):
    """Columns of a fit as arrays."""

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    sample_weight: NDArray[Any] | None
    times: pl.Series | None


def ridge(
    y: _Column,
    *features: _Column,
    alpha: float,
    sample_weight: _Column | None = None,
    missing: str = "raise",
    suffix: str = "",
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge` to columns.

    Parameters
    ----------
    y : str or Expr
        Target.
    *features : str or Expr
        Features. An expression may stand for several columns: ``pl.col("a", "b")``, a selector.
    alpha : float
        Strength of the penalty.
    sample_weight : str or Expr, default=None
        Weights of the rows.
    suffix : str, default=""
        What is added to the names of the features in `coef`, so that its fields can be unnested
        beside the features.
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

    def fit(data: _Data) -> _Values:
        X, target, weight, _ = data
        if missing == "skip":
            whole = ~(np.isnan(X).any(axis=1) | np.isnan(target))
            X, target = X[whole], target[whole]
            weight = None if weight is None else weight[whole]
        one = elltwo.ridge(X, target, alpha=alpha, sample_weight=weight, **options)
        return {"coef": np.reshape(one.coef, (1, -1)), "intercept": np.reshape(one.intercept, 1)}

    columns = _Columns(y, features, sample_weight, suffix, missing == "skip")
    return _expression(fit, columns, ("intercept",), returns_scalar=True)


def ridge_rolling(
    y: _Column,
    *features: _Column,
    window: float | str | timedelta | np.timedelta64,
    alpha: float,
    times: _Column | None = None,
    sample_weight: _Column | None = None,
    suffix: str = "",
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_rolling` to columns.

    Parameters
    ----------
    y : str or Expr
        Target.
    *features : str or Expr
        Features. An expression may stand for several columns: ``pl.col("a", "b")``, a selector.
    window : int, float, str, timedelta or timedelta64
        Rows in a window, or with `times` how long it is: "30d", "12h", "90m", or a number.
    alpha : float
        Strength of the penalty.
    times : str or Expr, default=None
        Times of the rows, dates or numbers, which must not decrease within a group. Windows are
        those of ``rolling`` of polars with ``closed="right"``, but for rows of equal times, each of
        which has those before it in its window. `min_periods` is 1 then unless it is given.
    sample_weight : str or Expr, default=None
        Weights of the rows.
    suffix : str, default=""
        What is added to the names of the features in `coef`, so that its fields can be unnested
        beside the features.
    **options
        Further options of `elltwo.ridge_rolling`.

    Returns
    -------
    Expr
        At every row a struct of `coef`, a struct with a field for each feature, `intercept`,
        `prediction`, `residual_variance` and `n_rows`; null where a step has no fit.
    """
    kind = {"window": window, "alpha": alpha, **options}
    return _steps(elltwo.ridge_rolling, y, features, sample_weight, suffix, kind, times)


def ridge_expanding(
    y: _Column,
    *features: _Column,
    alpha: float,
    sample_weight: _Column | None = None,
    suffix: str = "",
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_expanding` to columns.

    Parameters
    ----------
    y, *features, alpha, sample_weight, suffix
        As for `ridge_rolling`.
    **options
        Further options of `elltwo.ridge_expanding`.

    Returns
    -------
    Expr
        As from `ridge_rolling`.
    """
    kind = {"alpha": alpha, **options}
    return _steps(elltwo.ridge_expanding, y, features, sample_weight, suffix, kind)


def ridge_ewm(
    y: _Column,
    *features: _Column,
    half_life: float,
    alpha: float,
    sample_weight: _Column | None = None,
    suffix: str = "",
    **options: Any,  # noqa: ANN401
) -> pl.Expr:
    """Fit `elltwo.ridge_ewm` to columns.

    Parameters
    ----------
    y, *features, alpha, sample_weight, suffix
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
    return _steps(elltwo.ridge_ewm, y, features, sample_weight, suffix, kind)


def _steps(
    core: Callable[..., elltwo.RollingFit],
    y: _Column,
    features: tuple[_Column, ...],
    sample_weight: _Column | None,
    suffix: str,
    options: _Options,
    times: _Column | None = None,
) -> pl.Expr:
    def fit(data: _Data) -> _Values:
        timed = {} if data.times is None else {"times": data.times}
        steps = core(data.X, data.y, sample_weight=data.sample_weight, **timed, **options)
        return {name: getattr(steps, name) for name in ("coef", *_STEPS)}

    skip = options.get("missing") == "skip"
    columns = _Columns(y, features, sample_weight, suffix, skip, times)
    return _expression(fit, columns, _STEPS, returns_scalar=False)


def _expression(
    fit: Callable[[_Data], _Values],
    columns: _Columns,
    numbers: tuple[str, ...],
    *,
    returns_scalar: bool,
) -> pl.Expr:
    """Return the expression of a fit of columns that gives `coef` and `numbers`."""
    polars = peer("polars")
    if not columns.features:
        raise ValueError("features must be at least one column, got none")
    features = [_expr(polars, column) for column in columns.features]
    fields = [polars.struct(*features).alias("X"), _one(polars, columns.y, "y")]
    if columns.sample_weight is not None:
        fields.append(_one(polars, columns.sample_weight, "sample_weight"))
    if columns.times is not None:
        fields.append(_one(polars, columns.times, "times"))
    types = {name: polars.Int64 if name == "n_rows" else polars.Float64 for name in numbers}

    @offering_to_skip
    def fitted(data: pl.DataFrame, table: pl.DataFrame) -> _Values:
        try:
            return fit(_read(data, table, skip_missing=columns.skip_missing))
        except ValueError as error:
            name_column(error, table.columns)
            raise

    def batch(rows: pl.Series) -> pl.Series:
        data = rows.struct.unnest()
        table = data["X"].struct.unnest()
        result = fitted(data, table)
        names = [name + columns.suffix for name in table.columns]
        coef = polars.DataFrame(
            {name: _series(polars, name, result["coef"][:, j]) for j, name in enumerate(names)}
        )
        parts = [coef.to_struct("coef")]
        parts += [_series(polars, name, result[name]) for name in numbers]
        answer: pl.DataFrame = polars.DataFrame(parts)
        return answer.to_struct()

    expression: pl.Expr = polars.struct(fields).map_batches(
        batch,
        return_dtype=_type_of_fits(polars, features, columns.suffix, types),
        returns_scalar=returns_scalar,
    )
    return expression


def _read(data: pl.DataFrame, table: pl.DataFrame, *, skip_missing: bool) -> _Data:
    """Read columns as float64 arrays, NaN where a value is missing if such rows are left out."""
    X = read_table(table, "X", keep_missing=skip_missing)
    columns = {
        name: read_column(data[name], name, keep_missing=skip_missing)
        for name in data.columns
        if name not in {"X", "times"}
    }
    return _Data(
        X.astype(np.float64, copy=False),
        columns["y"].astype(np.float64),
        columns.get("sample_weight"),
        data["times"] if "times" in data.columns else None,
    )


def _type_of_fits(
    polars: Any,  # noqa: ANN401  # a module
    features: Sequence[pl.Expr],
    suffix: str,
    numbers: dict[str, Any],
) -> Any:  # noqa: ANN401  # of data, or an expression for one
    """Return the type of a struct of `coef` and numbers."""
    number = polars.Float64
    if not any(column.meta.has_multiple_outputs() for column in features):
        names = [column.meta.output_name() for column in features]
        if len(set(names)) < len(names):
            raise ValueError(f"features must be columns of different names, got {names}")
        coef = polars.Struct({name + suffix: number for name in names})
        return polars.Struct({"coef": coef, **numbers})
    if not hasattr(polars, "struct_with_fields"):
        raise ValueError(
            "features must be one column each, as this polars does not tell the type of "
            f"expressions that stand for several, got {len(features)} expression(s)"
        )
    coef_like = polars.struct(*(column.cast(number).name.suffix(suffix) for column in features))
    return polars.struct_with_fields({"coef": polars.dtype_of(coef_like), **numbers})


def _one(polars: Any, column: _Column, name: str) -> pl.Expr:  # noqa: ANN401  # a module
    """Return the expression of a single column under a name."""
    expression = _expr(polars, column)
    if expression.meta.has_multiple_outputs():
        raise ValueError(f"{name} must be one column, got {expression}, which may be several")
    return expression.alias(name)


def _expr(polars: Any, column: Any) -> pl.Expr:  # noqa: ANN401  # a module, anything
    expression = polars.col(column) if isinstance(column, str) else column
    if not isinstance(expression, polars.Expr):
        raise TypeError(
            f"columns must be names or expressions of polars, got {type(column).__name__}"
        )
    return cast("pl.Expr", expression)


def _series(polars: Any, name: str, values: Any) -> pl.Series:  # noqa: ANN401  # a module, an array
    series: pl.Series = polars.Series(name, values, nan_to_null=True)
    return series


def __dir__() -> list[str]:
    """Offer the public names to completion, without what is imported."""
    return __all__
