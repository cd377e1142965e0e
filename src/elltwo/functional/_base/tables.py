"""Tables and columns of other packages, read as arrays of numbers.

They are known by what they have, and no package is imported for them. Numbers and booleans are
read, in whatever way they are stored: nullable, decimal, backed by Arrow, as categories or in a
dictionary of numbers. Missing values, text, dates, durations, complex numbers and nested values are
refused by the name of their column.
"""

from __future__ import annotations

import sys
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.columns_in_place import as_matrix, columns_in_place
from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.refusals import (
    COUNT,
    DROP,
    ENCODE,
    EXPAND,
    in_column,
    is_missing,
    missing_value,
    no_number,
    object_numbers,
    refuse_kind,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    import numpy.typing as npt

    from elltwo.functional._base.refusals import AnyArray

    FloatArray = npt.NDArray[np.floating[Any]]

_DATES = ("date", "time", "duration", "period", "interval[ns", "month")
PACKAGES = ("pandas", "polars", "pyarrow")
_NESTED = ("list", "array", "struct", "map", "union")
_SHOWN = 20  # names in a message


def is_table(value: object) -> bool:
    """Whether a value has columns: a frame of pandas or polars, a table or batch of Arrow."""
    if isinstance(value, np.ndarray | list | tuple | dict | str | bytes):
        return False
    return (
        _has(value, "columns", "shape")
        or _has(value, "column_names")
        or _has(value, "collect_schema")
    )


def is_column(value: object) -> bool:
    """Whether a value is a column of pandas, polars or Arrow."""
    return _is_arrow(value) or _is_polars(value) or _is_pandas(value)


def column_names(value: object) -> tuple[str, ...] | None:
    """Return the names of a table's columns; None if one is no text, or there is no table.

    Like scikit-learn, which takes the names of columns that all have text for a name.
    """
    if not is_table(value):
        return None
    labels = _labels(value)
    return tuple(map(str, labels)) if all(isinstance(one, str) for one in labels) else None


def target_names(y: object) -> tuple[str, ...] | None:
    """Return the names of the columns of y, or that of the one column that it is."""
    if is_column(y):
        name = getattr(y, "name", None)
        return (str(name),) if isinstance(name, str) and name else None
    return column_names(y)


def package_of(value: object) -> str | None:
    """Return the package of a table or column, if it is pandas, polars or pyarrow."""
    package = type(value).__module__.partition(".")[0]
    return package if package in PACKAGES else None


def read_table(
    table: Any,  # noqa: ANN401
    argument: str,
    wanted: Sequence[str] | None = None,
    *,
    keep_missing: bool = False,
) -> AnyArray:
    """Read columns of a table into a matrix of numbers, in place where it holds one.

    Parameters
    ----------
    table : table
        With names of columns in `columns` or `column_names`.
    argument : str
        Name of the argument, for errors.
    wanted : sequence of str, default=None
        Names of the columns to read, in this order, others being ignored; None stands for all, and
        so does a table whose columns have no names.
    keep_missing : bool, default=False
        Whether missing values become NaN.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)
        float32 if all columns are, otherwise float64, or integers or booleans if all columns are
        of the same such type.

    Raises
    ------
    ValueError
        If a value is missing, or the table lacks a column that is wanted or has two of its name.
    TypeError
        If a column does not hold real numbers.
    """
    table = _native(table, argument)
    labels = _labels(table)
    places = None if wanted is None else places_of(wanted, labels, argument)
    if _has(table, "iloc") or _has(table, "get_columns"):
        if places is not None:
            labels = [labels[place] for place in places]
            table = table.iloc[:, places] if _has(table, "iloc") else table.select(labels)
        if _is_plain(table):
            plain: AnyArray = table.to_numpy()
            return plain
        places = None
    elif _has(table, "__array__") and not _is_known(table):
        whole = np.asarray(table)
        if whole.ndim == 2 and whole.dtype.kind in "biuf":
            return whole if places is None else whole[:, _span(places)]
    columns = ((labels[j], _column(table, j, labels)) for j in (places or range(len(labels))))
    shape = (len(table), len(labels) if places is None else len(places))
    return _matrix(columns, shape, argument, keep_missing)


def require_columns(table: Any, argument: str) -> None:  # noqa: ANN401
    """Refuse a table of which a column does not hold real numbers, as `read_table` does."""
    table = _native(table, argument)
    labels = _labels(table)
    if not (_has(table, "dtypes") and _is_plain(table)):
        for j, label in enumerate(labels):
            read_column(_column(table, j, labels), argument, label)


def places_of(wanted: Sequence[str], labels: Sequence[Hashable], argument: str) -> list[int] | None:
    """Return the places of columns in a table; None stands for all, in order.

    A table of which some columns have no text for a name is read by position.
    """
    if list(labels) == list(wanted) or not all(isinstance(label, str) for label in labels):
        return None
    places: dict[Hashable, int] = {}
    twice = set()
    for place, label in enumerate(labels):
        if label in places:
            twice.add(label)
        places[label] = place
    missing = [name for name in wanted if name not in places]
    if missing:
        raise ValueError(
            f"{argument} has no column {_listed(missing)}; its columns are {_listed(labels)}"
        )
    ambiguous = [name for name in wanted if name in twice or wanted.count(name) > 1]
    if ambiguous:
        raise ValueError(
            f"{argument} cannot be read by names of columns, since two are named {ambiguous[0]!r}"
        )
    return [places[name] for name in wanted]


def read_column(
    column: Any,  # noqa: ANN401
    argument: str,
    label: Hashable = None,
    *,
    keep_missing: bool = False,
) -> AnyArray:
    """Read a column into a vector of numbers, in place where it holds one.

    Parameters
    ----------
    column : column
        Of pandas, polars or Arrow, or what NumPy converts.
    argument : str
        Name of the argument, for errors.
    label : hashable, default=None
        Name of the column, for errors; None stands for its own.
    keep_missing : bool, default=False
        Whether missing values become NaN.

    Returns
    -------
    ndarray of shape (n_rows,)
        Of booleans, integers or floats.

    Raises
    ------
    ValueError
        If a value is missing.
    TypeError
        If the column does not hold real numbers.
    """
    if label is None:
        label = getattr(column, "name", None)
        label = label if isinstance(label, str) and label else None
    place = partial(in_column, label)
    if _is_polars(column):
        values = _of_polars(column, argument, place, keep_missing)
    elif _is_arrow(column):
        values = _of_arrow(column, argument, place, keep_missing)
    elif _is_pandas(column):
        values = _of_pandas(column, argument, place, keep_missing)
    else:
        values = np.asarray(column)
    if values.dtype.kind == "O":
        return _of_objects(values, argument, place, keep_missing)
    refuse_kind(values, argument, place)
    return values


def _of_objects(values: AnyArray, argument: str, place: Any, keep_missing: bool) -> AnyArray:  # noqa: ANN401
    if keep_missing:
        values = np.where([is_missing(item) for item in values.tolist()], np.nan, values)
    numbers = object_numbers(values, argument, place)
    if not keep_missing and np.isnan(numbers).any():
        raise missing_value(argument, "nan", place(int(np.isnan(numbers).argmax())))
    return numbers


def read_labelled(value: Any, argument: str, names: Sequence[str]) -> Any:  # noqa: ANN401
    """Return a Series of pandas in the order of names, if it has text for labels.

    Raises
    ------
    ValueError
        If its labels are not the names.
    """
    if not _has(value, "index", "iloc"):
        return value
    labels = list(value.index)
    if not all(isinstance(label, str) for label in labels) or labels == list(names):
        return value
    if sorted(labels) != sorted(names) or len(set(labels)) < len(labels):
        raise ValueError(
            f"{argument} is labelled {_listed(labels)}, but the features are {_listed(names)}"
        )
    return value.loc[list(names)]


def _native(table: Any, argument: str) -> Any:  # noqa: ANN401
    """Unwrap frames of other packages, and refuse a query that has not been run."""
    if _has(table, "to_native"):
        table = table.to_native()
    refuse_lazy(table, argument)
    if not _is_known(table) and _has(table, "__arrow_c_stream__") and "pyarrow" in sys.modules:
        table = sys.modules["pyarrow"].table(table)
    return table


def _has(value: object, *names: str) -> bool:
    """Whether a value has attributes, looked for where a column of its own cannot pose as one.

    That is in its type and its dictionary; frames of pandas look for all others among the columns.
    """
    own = getattr(value, "__dict__", ())
    return all(hasattr(type(value), name) or name in own for name in names)


def _is_known(table: object) -> bool:
    """Whether a table is one of pandas, polars or Arrow."""
    return any(_has(table, name) for name in ("iloc", "get_columns", "column_names"))


def _labels(table: Any) -> list[Hashable]:  # noqa: ANN401
    if _has(table, "collect_schema"):
        return list(table.collect_schema().names())
    return list(table.column_names if _has(table, "column_names") else table.columns)


def _column(table: Any, j: int, labels: Sequence[Hashable]) -> Any:  # noqa: ANN401
    if _has(table, "iloc"):
        return table.iloc[:, j]
    if _has(table, "get_columns"):
        return table.get_column(labels[j])
    return table.column(j) if _has(table, "column") else table[labels[j]]


def _is_plain(frame: Any) -> bool:  # noqa: ANN401
    """Whether the columns of a frame of pandas or polars have one type, a number of NumPy."""
    kinds = set(frame.dtypes)
    only = kinds.pop() if len(kinds) == 1 else None
    if isinstance(only, np.dtype):
        return only.kind in "biuf"
    if _has(frame, "get_columns") and str(only) in {"Float32", "Float64"}:
        return not any(column.null_count() for column in frame.get_columns())
    return False


def _matrix(
    columns: Iterable[tuple[Hashable, Any]],
    shape: tuple[int, int],
    argument: str,
    keep_missing: bool,
) -> FloatArray:
    """Read columns one after another into a matrix in order of columns.

    Columns that lie in memory as those of a matrix do are not copied.
    """
    read = (
        read_column(column, argument, label, keep_missing=keep_missing) for label, column in columns
    )
    in_place, rest = columns_in_place(read)
    if not rest and len(in_place) == shape[1] > 0:
        return as_matrix(in_place)
    matrix: FloatArray | None = None
    for j, values in enumerate(chain(in_place, rest, read)):
        if matrix is None:
            kind = np.float32 if values.dtype == np.float32 else np.float64
            matrix = np.empty(shape, kind, order="F")
        elif matrix.dtype == np.float32 and values.dtype != np.float32:
            matrix = matrix.astype(np.float64)
        with np.errstate(over="ignore"):  # a longdouble beyond float64: an infinity to the core
            matrix[:, j] = values
    return np.empty(shape) if matrix is None else matrix


def _is_polars(column: object) -> bool:
    return _has(column, "null_count", "arg_max")


def _is_arrow(column: object) -> bool:
    return _has(column, "null_count", "type")


def _is_pandas(column: object) -> bool:
    """Whether a value is a Series, an index or an extension array of pandas."""
    return _has(column, "isna", "dtype") and not _has(column, "columns")


def _of_polars(column: Any, argument: str, place: Any, keep_missing: bool) -> AnyArray:  # noqa: ANN401
    kind = str(column.dtype)
    if not (column.dtype.is_numeric() or kind in {"Boolean", "Null", "Object"}):
        value = next((one for one in column if one is not None), None)
        row = int((~column.is_null()).to_numpy().argmax()) if value is not None else 0
        raise no_number(argument, value, kind, place(row), _advice(kind))
    if column.null_count() and not keep_missing:
        raise missing_value(argument, "null", place(int(column.is_null().to_numpy().argmax())))
    if column.null_count() or column.dtype.is_decimal() or "128" in kind:
        column = column.cast(sys.modules["polars"].Float64)
    values: AnyArray = column.to_numpy()
    return values


def _of_arrow(column: Any, argument: str, place: Any, keep_missing: bool) -> AnyArray:  # noqa: ANN401
    arrow = sys.modules[type(column).__module__.partition(".")[0]]
    types, kind = arrow.types, column.type
    if types.is_dictionary(kind) and _holds_numbers(types, kind.value_type):
        kind = kind.value_type
        column = column.cast(kind)
    if not (_holds_numbers(types, kind) or types.is_null(kind)):
        valid = column.is_valid().to_numpy(zero_copy_only=False)
        row = int(valid.argmax()) if len(column) else 0
        value = _python_value(column[row]) if len(column) else None
        raise no_number(argument, value, str(kind), place(row), _advice(str(kind)))
    if column.null_count and not keep_missing:
        missing = column.is_null().to_numpy(zero_copy_only=False)
        raise missing_value(argument, "null", place(int(missing.argmax())))
    if column.null_count or types.is_decimal(kind) or types.is_null(kind):
        column = column.cast(arrow.float64(), safe=False)
    values: AnyArray = column.to_numpy(zero_copy_only=False)
    return values


def _python_value(scalar: Any) -> object:  # noqa: ANN401
    try:
        return scalar.as_py()
    except ValueError:  # nanoseconds, which are beyond Python's own types
        return str(scalar)


def _holds_numbers(types: Any, kind: Any) -> bool:  # noqa: ANN401  # of pyarrow
    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_decimal(kind)
    )


def _of_pandas(column: Any, argument: str, place: Any, keep_missing: bool) -> AnyArray:  # noqa: ANN401
    kind = column.dtype
    if isinstance(kind, np.dtype):
        return np.asarray(column)
    if hasattr(kind, "pyarrow_dtype"):
        return _of_arrow(_as_arrow(column), argument, place, keep_missing)
    levels = getattr(kind, "categories", None)
    held = kind if levels is None else levels.dtype
    absent = np.asarray(column.isna())
    if getattr(held, "kind", "O") not in "biuf":
        return _refuse_pandas(column, absent, argument, place)
    if absent.any() and not keep_missing:
        row = int(absent.argmax())
        raise missing_value(argument, str(_entry(column, row)), place(row))
    if levels is not None:
        return np.asarray(column)
    exact = np.float32 if str(kind).lower() == "float32" else np.float64
    values: AnyArray = column.to_numpy(dtype=exact, na_value=np.nan)
    return values


def _as_arrow(column: Any) -> Any:  # noqa: ANN401
    """Return what a column of pandas holds in Arrow."""
    return getattr(column, "array", column).__arrow_array__()


def _refuse_pandas(column: Any, absent: AnyArray, argument: str, place: Any) -> AnyArray:  # noqa: ANN401
    """Refuse a type of pandas that holds no numbers; a type of others may hold them as objects."""
    kind = str(column.dtype)
    if type(column.dtype).__module__.partition(".")[0] == "pandas":
        row = int(absent.argmin()) if absent.size else 0
        value = _entry(column, row) if absent.size else None
        raise no_number(argument, value, kind, place(row), _advice(kind))
    return np.asarray(column)


def _entry(column: Any, row: int) -> object:  # noqa: ANN401
    return column.iloc[row] if _has(column, "iloc") else column[row]


def _advice(kind: str) -> str:
    """Say what to do about a column of a type that holds no numbers, known by its name."""
    kind = kind.lower()
    if kind.startswith(_NESTED):
        return EXPAND
    if any(word in kind for word in _DATES):
        return COUNT
    text = ("str", "cat", "enum", "dictionary", "utf8", "binary", "large_", "object")
    return ENCODE if kind.startswith(text) else DROP


def _span(places: list[int]) -> list[int] | slice:
    """Return neighbours in order as a slice, which copies nothing."""
    span = slice(places[0], places[-1] + 1) if places else slice(0)
    return span if places == list(range(span.start or 0, span.stop)) else places


def _listed(names: Sequence[Hashable]) -> str:
    text = ", ".join(map(repr, names[:_SHOWN]))
    return f"{text}, ..." if len(names) > _SHOWN else text
