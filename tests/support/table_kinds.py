"""Columns of every kind that tables hold, and whether they are numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

N_ROWS = 12
GAP = 5  # row of what is missing, where anything is
EVEN = np.linspace(-1.0, 2.0, N_ROWS)
NUMBERS = np.tile([3.0, 1.0, 2.0, 0.0, 1.0, 4.0], N_ROWS // 6)
ODD = "odd"  # name of the column in question


class Kind(NamedTuple):
    """A column of some package, and the numbers that it holds, or words of the refusal."""

    package: str
    column: Any
    numbers: np.ndarray[Any, Any] | None
    words: tuple[str, ...] = ()

    def table(self) -> Any:  # noqa: ANN401
        """Return a table with it as the second of two columns."""
        if self.package == "pandas":
            return pd.DataFrame({"even": EVEN, ODD: self.column})
        if self.package == "polars":
            return pl.DataFrame({"even": EVEN, ODD: self.column})
        if self.package == "batch":
            return pa.RecordBatch.from_arrays([pa.array(EVEN), self.column], ["even", ODD])
        return pa.table({"even": EVEN, ODD: self.column})


def _gapped(values: Sequence[object]) -> list[object]:
    return [None if row == GAP else value for row, value in enumerate(values)]


def _all(value: object) -> list[object]:
    return [value] * N_ROWS


def _series(dtype: Any, values: Any = NUMBERS) -> pd.Series:  # noqa: ANN401
    made: pd.Series = pd.Series(values, dtype=dtype)
    return made


_WHOLE = [int(number) for number in NUMBERS]
_TRUTH = [bool(number > 1.0) for number in NUMBERS]
_LETTERS = list("xyz") * (N_ROWS // 3)
_DAYS = [dt.datetime(2020, 1, day + 1) for day in range(N_ROWS)]
_MISSING = (f"row {GAP}", "missing", "impute")
_AT_0 = ("row 0",)

# What pandas holds: the type and the values, then numbers or words.
_PANDAS: dict[str, tuple[Callable[[], pd.Series], Any]] = {
    "float64": (lambda: _series("float64"), NUMBERS),
    "float32": (lambda: _series("float32"), NUMBERS),
    "float16": (lambda: _series("float16"), NUMBERS),
    "int8": (lambda: _series("int8"), NUMBERS),
    "uint64": (lambda: _series("uint64"), NUMBERS),
    "bool": (lambda: _series("bool", _TRUTH), np.array(_TRUTH, float)),
    "Int64": (lambda: _series("Int64"), NUMBERS),
    "Float32": (lambda: _series("Float32"), NUMBERS),
    "boolean": (lambda: _series("boolean", _TRUTH), np.array(_TRUTH, float)),
    "sparse": (lambda: _series(pd.SparseDtype(float, 0.0)), NUMBERS),
    "decimal": (lambda: _series(object, [Decimal(k) / 4 for k in _WHOLE]), NUMBERS / 4),
    "fraction": (lambda: _series(object, [Fraction(k, 4) for k in _WHOLE]), NUMBERS / 4),
    "categories of numbers": (lambda: _series("category"), NUMBERS),
    "arrow int": (lambda: _series("int32[pyarrow]"), NUMBERS),
    "arrow float": (lambda: _series("float[pyarrow]"), NUMBERS),
    "arrow bool": (lambda: _series("bool[pyarrow]", _TRUTH), np.array(_TRUTH, float)),
    "arrow decimal": (
        lambda: _series(pd.ArrowDtype(pa.decimal128(9, 2)), [Decimal(k) for k in _WHOLE]),
        NUMBERS,
    ),
    "Int64 with NA": (lambda: _series("Int64", _gapped(_WHOLE)), ("<NA>", *_MISSING)),
    "Float64 with NA": (lambda: _series("Float64", _gapped(NUMBERS.tolist())), _MISSING),
    "boolean with NA": (lambda: _series("boolean", _gapped(_TRUTH)), ("<NA>", *_MISSING)),
    "objects with None": (lambda: _series(object, _gapped(_TRUTH)), ("None", *_MISSING)),
    "objects with NaN": (
        lambda: _series(object, [np.nan if v is None else v for v in _gapped(_WHOLE)]),
        ("nan", *_MISSING),
    ),
    "decimal with None": (
        lambda: _series(object, _gapped([Decimal(k) for k in _WHOLE])),
        _MISSING,
    ),
    "arrow int with null": (lambda: _series("int32[pyarrow]", _gapped(_WHOLE)), _MISSING),
    "arrow bool with null": (lambda: _series("bool[pyarrow]", _gapped(_TRUTH)), _MISSING),
    "text": (lambda: _series("str", _LETTERS), ("'x'", "encode", *_AT_0)),
    "objects of text": (lambda: _series(object, _LETTERS), ("'x'", "encode", *_AT_0)),
    "digits": (lambda: _series("str", list(map(str, _WHOLE))), ("'3'", "encode", *_AT_0)),
    "objects of digits": (
        lambda: _series(object, list(map(str, _WHOLE))),
        ("'3'", "encode", *_AT_0),
    ),
    "arrow text": (lambda: _series("string[pyarrow]", _LETTERS), ("'x'", "encode", *_AT_0)),
    "categories": (lambda: _series("category", _LETTERS), ("'x'", "encode", *_AT_0)),
    "intervals": (lambda: pd.cut(_series("float64"), 3), ("encode", *_AT_0)),
    "datetime": (lambda: pd.Series(_DAYS), ("2020-01-01", *_AT_0)),
    "datetime with zone": (
        lambda: pd.Series(pd.DatetimeIndex(_DAYS, tz="UTC")),
        ("2020-01-01", *_AT_0),
    ),
    "date": (lambda: _series(object, [day.date() for day in _DAYS]), ("2020, 1, 1", *_AT_0)),
    "arrow timestamp": (
        lambda: pd.Series(_DAYS).astype(pd.ArrowDtype(pa.timestamp("us"))),
        ("2020, 1, 1", *_AT_0),
    ),
    "timedelta": (lambda: pd.Series(pd.to_timedelta(NUMBERS, unit="s")), ("timedelta", *_AT_0)),
    "objects of timedelta": (lambda: _series(object, _all(dt.timedelta(1))), _AT_0),
    "period": (lambda: pd.Series(pd.PeriodIndex(_DAYS, freq="D")), ("2020-01-01", *_AT_0)),
    "complex": (lambda: _series("complex128", NUMBERS + 1j), ("1j", "imaginary", *_AT_0)),
    "objects of complex": (lambda: _series(object, _all(1j)), ("1j", "imaginary", *_AT_0)),
    "lists": (lambda: _series(object, _all([1.0])), ("[1.0]", "expand", *_AT_0)),
    "arrays": (lambda: _series(object, [np.ones(1) for _ in range(N_ROWS)]), ("expand", *_AT_0)),
    "arrow lists": (
        lambda: _series(pd.ArrowDtype(pa.list_(pa.float64())), _all([1.0])),
        ("expand", *_AT_0),
    ),
}

_POLARS: dict[str, tuple[Callable[[], pl.Series], Any]] = {
    "Float64": (lambda: pl.Series(NUMBERS), NUMBERS),
    "Float32": (lambda: pl.Series(NUMBERS, dtype=pl.Float32), NUMBERS),
    "Int8": (lambda: pl.Series(_WHOLE, dtype=pl.Int8), NUMBERS),
    "Int128": (lambda: pl.Series(_WHOLE, dtype=pl.Int128), NUMBERS),
    "UInt64": (lambda: pl.Series(_WHOLE, dtype=pl.UInt64), NUMBERS),
    "Boolean": (lambda: pl.Series(_TRUTH), np.array(_TRUTH, float)),
    "Decimal": (lambda: pl.Series([Decimal(k) for k in _WHOLE]), NUMBERS),
    "Object": (lambda: pl.Series([Fraction(k, 4) for k in _WHOLE], dtype=pl.Object), NUMBERS / 4),
    "Float64 with null": (lambda: pl.Series(_gapped(NUMBERS.tolist())), ("null", *_MISSING)),
    "Int64 with null": (lambda: pl.Series(_gapped(_WHOLE)), ("null", *_MISSING)),
    "Boolean with null": (lambda: pl.Series(_gapped(_TRUTH)), ("null", *_MISSING)),
    "Null": (lambda: pl.Series([None] * N_ROWS), ("null", "missing", *_AT_0)),
    "String": (lambda: pl.Series(_LETTERS), ("'x'", "encode", *_AT_0)),
    "digits": (lambda: pl.Series(list(map(str, _WHOLE))), ("'3'", "encode", *_AT_0)),
    "Categorical": (
        lambda: pl.Series(_LETTERS, dtype=pl.Categorical),
        ("'x'", "encode", *_AT_0),
    ),
    "Enum": (lambda: pl.Series(_LETTERS, dtype=pl.Enum(list("xyz"))), ("'x'", "encode", *_AT_0)),
    "Binary": (lambda: pl.Series([b"1"] * N_ROWS), ("encode", *_AT_0)),
    "Date": (lambda: pl.Series([day.date() for day in _DAYS]), ("2020, 1, 1", *_AT_0)),
    "Datetime": (lambda: pl.Series(_DAYS), ("2020, 1, 1", *_AT_0)),
    "Time": (lambda: pl.Series([dt.time(1)] * N_ROWS), _AT_0),
    "Duration": (lambda: pl.Series([dt.timedelta(1)] * N_ROWS), _AT_0),
    "List": (lambda: pl.Series([[1.0]] * N_ROWS), ("[1.0]", "expand", *_AT_0)),
    "Array": (
        lambda: pl.Series([[1.0]] * N_ROWS, dtype=pl.Array(pl.Float64, 1)),
        ("[1.0]", "expand", *_AT_0),
    ),
    "Struct": (lambda: pl.Series([{"a": 1}] * N_ROWS), ("expand", *_AT_0)),
}

_ARROW: dict[str, tuple[Callable[[], Any], Any]] = {
    "double": (lambda: pa.array(NUMBERS), NUMBERS),
    "float": (lambda: pa.array(NUMBERS, pa.float32()), NUMBERS),
    "halffloat": (lambda: pa.array(NUMBERS.astype(np.float16)), NUMBERS),
    "int8": (lambda: pa.array(_WHOLE, pa.int8()), NUMBERS),
    "bool": (lambda: pa.array(_TRUTH), np.array(_TRUTH, float)),
    "decimal128": (lambda: pa.array([Decimal(k) for k in _WHOLE]), NUMBERS),
    "dictionary of numbers": (lambda: pa.array(NUMBERS).dictionary_encode(), NUMBERS),
    "double with null": (lambda: pa.array(_gapped(NUMBERS.tolist())), ("null", *_MISSING)),
    "bool with null": (lambda: pa.array(_gapped(_TRUTH)), ("null", *_MISSING)),
    "null": (lambda: pa.nulls(N_ROWS), ("missing", *_AT_0)),
    "string": (lambda: pa.array(_LETTERS), ("'x'", "encode", *_AT_0)),
    "large_string": (lambda: pa.array(_LETTERS, pa.large_string()), ("'x'", "encode", *_AT_0)),
    "digits": (lambda: pa.array(list(map(str, _WHOLE))), ("'3'", "encode", *_AT_0)),
    "dictionary": (lambda: pa.array(_LETTERS).dictionary_encode(), ("'x'", "encode", *_AT_0)),
    "binary": (lambda: pa.array([b"1"] * N_ROWS), ("encode", *_AT_0)),
    "date32": (lambda: pa.array([day.date() for day in _DAYS]), ("2020, 1, 1", *_AT_0)),
    "timestamp": (lambda: pa.array(_DAYS), ("2020, 1, 1", *_AT_0)),
    "time64": (lambda: pa.array([dt.time(1)] * N_ROWS), _AT_0),
    "duration": (lambda: pa.array([dt.timedelta(1)] * N_ROWS), _AT_0),
    "list": (lambda: pa.array([[1.0]] * N_ROWS), ("[1.0]", "expand", *_AT_0)),
    "struct": (lambda: pa.array([{"a": 1}] * N_ROWS), ("expand", *_AT_0)),
}


def _kind(package: str, column: Any, outcome: Any) -> Kind:  # noqa: ANN401
    if isinstance(outcome, tuple):
        return Kind(package, column, None, outcome)
    return Kind(package, column, outcome)


KINDS: dict[str, Kind] = {
    f"{package} {name}": _kind(package, make(), outcome)
    for package, kinds in (
        ("pandas", _PANDAS),
        ("polars", _POLARS),
        ("arrow", _ARROW),
        ("batch", {name: _ARROW[name] for name in ("int8", "bool with null", "timestamp")}),
    )
    for name, (make, outcome) in kinds.items()
}
READ = [name for name, kind in KINDS.items() if kind.numbers is not None]
REFUSED = [name for name, kind in KINDS.items() if kind.numbers is None]
