"""What is read of a DataFrame: columns by their roles, packed into arrays for Arrow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.integrations._reduce.engine import Column, Schema
from elltwo.integrations._reduce.options import read_run
from elltwo.integrations.spark._frames import quoted, require_frame
from elltwo.integrations.spark._vectors import element_names, is_number, is_vector, pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._reduce.options import Run, RunOptions
    from elltwo.integrations.spark._packed import Held

ARRAY = "__elltwo_array"  # begins the names of columns of arrays
KEY = "__elltwo_key"
PARTITIONS = "spark.sql.shuffle.partitions"


class Rows(NamedTuple):
    """A DataFrame of what is read.

    The first columns of `frame` are arrays, whose elements `packing` names; others follow under
    their own names. `options` name the features after vectors have been taken apart.
    """

    frame: Any
    packing: tuple[Held, ...]
    schema: Schema
    options: RunOptions


def read_frame(
    df: Any,  # noqa: ANN401  # a DataFrame
    options: RunOptions,
    key: str | None = None,
    *,
    labels: bool = False,
) -> Rows:
    """Select the columns that are asked for; with `labels` the target holds classes.

    Columns of numbers are converted to float64 and packed into one array.

    Raises
    ------
    TypeError
        If `df` is not a DataFrame of a classic session, or a target or weights are no numbers.
    ValueError
        If a column is not there or has two roles, or two columns have its name.
    """
    from pyspark.sql import functions

    require_frame(df, "df")
    features = options.get("features")
    if isinstance(features, str):
        options = {**options, "features": [features]}
    run = read_run(options, labels=labels)
    roles = replace(run.roles, ignore=_ignored(run, key, df))
    columns = roles.columns(df.columns, "df")
    fields = {field.name: field for field in df.schema.fields}
    vectors = {
        name: element_names(df, fields[name])
        for name in columns.features
        if is_vector(fields[name].dataType)
    }
    classes = columns.targets if labels else ()
    numbers = [
        name for name in columns.names if is_number(fields[name].dataType) and name not in classes
    ]
    others = [name for name in columns.names if name not in numbers and name not in vectors]
    if run.encode == "one-hot":
        _refuse_unknown_levels([fields[name] for name in others if name in columns.features])

    packed, packing = pack(df, vectors, numbers)
    selected = [
        *(column.alias(f"{ARRAY}{j}") for j, column in enumerate(packed)),
        *(functions.col(quoted(name)) for name in others),
    ]
    names = tuple(one for name in columns.features for one in vectors.get(name, (name,)))
    rest = columns.names[len(columns.features) :]
    known = [Column(one) for one in (*names, *rest)]
    kinds = {name: fields[name].dataType.simpleString() for name in others}
    for name in rest:
        if name in kinds and name not in classes:
            raise TypeError(f"column {name!r} holds {kinds[name]} values, not numbers")
    known = [
        one._replace(is_number=False, kind=kinds[one.name]) if one.name in kinds else one
        for one in known
    ]
    _refuse_equal_names([one.name for one in known])
    return Rows(
        _ordered(df, key, selected),
        tuple(packing),
        Schema(known),
        {**options, "features": names, "ignore": ()},
    )


def _ignored(run: Run, key: str | None, df: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the columns that are left out, the key among them where no features are named."""
    given = run.roles.ignore
    ignored = [given] if isinstance(given, str) else list(given)
    if key is None:
        return tuple(ignored)
    if key not in df.columns:
        raise ValueError(f"df has no column {key!r}, which key names")
    used = {run.roles.target, run.roles.sample_weight, *ignored}
    return tuple(ignored if run.roles.features is not None or key in used else [*ignored, key])


def _refuse_unknown_levels(fields: Sequence[Any]) -> None:
    """Raise ValueError for a column that "one-hot" would need to know the levels of."""
    for field in fields:
        name = field.name
        raise ValueError(
            f"the levels of column {name!r} ({field.dataType.simpleString()}) are not known to "
            f"Spark before the rows are read; pass encode={{{name!r}: levels}}, with levels such "
            f"as sorted(row[0] for row in df.select({name!r}).distinct().collect())"
        )


def _refuse_equal_names(names: Sequence[str]) -> None:
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"an element of a vector and a column of df are both named {twice!r}")


def _ordered(df: Any, key: str | None, selected: Sequence[Any]) -> Any:  # noqa: ANN401
    """Select columns; with a key, put rows where it alone says, in an order of rows alone.

    A row goes to the partition of the key's hash and is sorted there by the key and then by all
    that is read of it, so that rows which change places are equal.
    """
    from pyspark.sql import functions

    if key is None:
        return df.select(*selected)
    keyed = df.select(functions.col(quoted(key)).alias(KEY), *selected)
    n_parts = int(df.sparkSession.conf.get(PARTITIONS))
    return (
        keyed.repartition(n_parts, KEY).sortWithinPartitions(*map(quoted, keyed.columns)).drop(KEY)
    )
