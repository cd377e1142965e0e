"""Columns of numbers and of vectors: arrays, and the vectors of Spark's own machine learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.integrations.spark._frames import quoted
from elltwo.integrations.spark._jobs import Jobs
from elltwo.integrations.spark._packed import Held

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VECTOR = "vectorudt"


def is_vector(kind: Any) -> bool:  # noqa: ANN401  # a DataType
    """Whether a column of a type holds vectors of numbers."""
    from pyspark.sql.types import ArrayType, NumericType

    return kind.typeName() == VECTOR or (
        isinstance(kind, ArrayType) and isinstance(kind.elementType, NumericType)
    )


def is_number(kind: Any) -> bool:  # noqa: ANN401  # a DataType
    """Whether a column of a type holds numbers."""
    from pyspark.sql.types import BooleanType, NumericType

    return isinstance(kind, NumericType | BooleanType)


def pack(
    df: Any,  # noqa: ANN401  # a DataFrame
    vectors: Mapping[str, tuple[str, ...]],
    numbers: Sequence[str],
) -> tuple[list[Any], list[Held]]:
    """Return expressions of arrays, one for each vector and one of all numbers, and what they hold.

    Spark writes one column of arrays to Arrow in less time than as many columns as they are long.
    """
    from pyspark.sql import functions

    fields = {field.name: field for field in df.schema.fields}
    arrays = [array_of(fields[name]) for name in vectors]
    packing = [Held(f"column {name!r}", elements) for name, elements in vectors.items()]
    if numbers:
        columns = [functions.col(quoted(name)).cast("double") for name in numbers]
        arrays.append(functions.array(*columns))
        packing.append(Held("columns of numbers", tuple(numbers)))
    return arrays, packing


def array_of(field: Any) -> Any:  # noqa: ANN401  # a StructField; a Column
    """Return the expression of a column of vectors as arrays of float64."""
    from pyspark.sql import functions

    column = functions.col(quoted(field.name))
    if field.dataType.typeName() != VECTOR:
        return column.cast("array<double>")
    from pyspark.ml.functions import vector_to_array

    return vector_to_array(column)


def element_names(df: Any, field: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return names of a vector's elements: those that Spark's assembler keeps, or ``name[j]``.

    Their number is taken from the first vector that is not null, where it is not known.
    """
    known = _assembled(field.metadata)
    if known is not None:
        return known
    size = _known_size(field.metadata)
    return tuple(f"{field.name}[{j}]" for j in range(_size(df, field) if size is None else size))


def _assembled(metadata: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the names that an assembler has put into a column's metadata, if it has all."""
    described = metadata.get("ml_attr", {})
    names = {}
    for attributes in described.get("attrs", {}).values():
        names.update({one["idx"]: one["name"] for one in attributes if "name" in one})
    places = range(described.get("num_attrs", 0))
    complete = len(names) == len(places) > 0 and all(place in names for place in places)
    return tuple(names[place] for place in places) if complete else None


def _known_size(metadata: Mapping[str, Any]) -> int | None:
    size: int | None = metadata.get("ml_attr", {}).get("num_attrs")
    return size


def _size(df: Any, field: Any) -> int:  # noqa: ANN401
    from pyspark.sql import functions

    sizes = df.select(functions.size(array_of(field)).alias("n")).where("n >= 0")
    jobs = Jobs(df.sparkSession.sparkContext, f"elltwo: length of {field.name}")
    found = jobs.run(sizes.first)
    return 1 if found is None else max(int(found[0]), 1)  # without rows, any number will do
