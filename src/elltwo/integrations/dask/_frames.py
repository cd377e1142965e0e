"""DataFrames and Series of dask as partitions, and what their metadata say of the columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.integrations._reduce.engine import UNKNOWN, Column, Schema
from elltwo.integrations.dask._arrays import is_array, require_one_column_chunk, require_readable
from elltwo.integrations.dask._blocks import partitions
from elltwo.integrations.dask._rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._reduce.options import RunOptions

UNKNOWN_CATEGORIES = "__UNKNOWN_CATEGORIES__"  # what dask holds for those that it does not know
NUMBERS = ("int", "uint", "float", "double", "bool", "decimal", "halffloat")


def is_frame(value: object) -> bool:
    """Whether a value is a DataFrame or a Series of dask."""
    kind = type(value)
    return all(
        hasattr(kind, name)
        for name in ("__dask_graph__", "map_partitions", "npartitions", "divisions")
    )


def rows_of_table(X: Any, options: RunOptions) -> Rows:  # noqa: ANN401
    """Return the partitions of a table that holds its target.

    Where columns are chosen, the others are not read.
    """
    require_table(X)
    schema = schema_of(X._meta, encode=options.get("encode") is not None)
    if options.get("target") is None:
        raise ValueError("target must name the column to predict, or y be given beside X")
    if schema.columns is None:
        raise TypeError("X must have text for the names of its columns, where target is one")
    taken = chosen(list(X.columns), options)
    return Rows(partitions([X if taken is None else X[taken]]), schema, source=X)


def chosen(columns: Sequence[str], options: RunOptions) -> list[str] | None:
    """Return the columns that are read where these are chosen, None for all."""
    features, ignored = options.get("features"), _listed(options.get("ignore"))
    if len(set(columns)) < len(columns) or (features is None and not ignored):
        return None
    if features is None:
        return [name for name in columns if name not in ignored]
    roles = (features, *map(options.get, ("target", "sample_weight", "offset")))
    wanted = {name for role in roles for name in _listed(role)}
    return [name for name in columns if name in wanted]


def require_table(X: Any) -> None:  # noqa: ANN401
    """Refuse a Series for a table, and blocks that are in the memory of a GPU."""
    if X.ndim != 2:
        raise ValueError("X must be a DataFrame, got a Series; pass X.to_frame()")
    require_readable(X, "X")


def require_partitions(X: Any, value: Any, name: str) -> None:  # noqa: ANN401
    """Refuse what does not have the partitions of X, one of the two being a frame."""
    if is_array(value):
        require_one_column_chunk(value, name)
    n_here = value.numblocks[0] if is_array(value) else value.npartitions
    n_there = X.numblocks[0] if is_array(X) else X.npartitions
    if n_here != n_there:
        raise ValueError(
            f"X and {name} must have the same partitions, got {n_there} in X and {n_here} in {name}"
        )
    if is_array(value) or is_array(X) or not (X.known_divisions and value.known_divisions):
        return
    pairs = enumerate(zip(X.divisions, value.divisions, strict=True))
    differing = next((i for i, (one, two) in pairs if one != two), None)
    if differing is not None:
        raise ValueError(
            f"X and {name} must have the same partitions, but their divisions differ at "
            f"{differing}: {X.divisions[differing]!r} in X and {value.divisions[differing]!r} in "
            f"{name}; pass {name}.repartition(divisions=X.divisions)"
        )


def schema_of(meta: Any, *, encode: bool) -> Schema:  # noqa: ANN401
    """Return what the metadata of a table say; nothing where columns have no text for names."""
    names = list(meta.columns)
    if not all(isinstance(name, str) for name in names):
        return UNKNOWN._replace(n_features=len(names))
    columns = (meta.iloc[:, j] for j in range(len(names)))
    return Schema([_column(name, one, encode) for name, one in zip(names, columns, strict=True)])


def _column(name: str, column: Any, encode: bool) -> Column:  # noqa: ANN401
    """Read one column; those of objects may hold numbers, which the leaves see."""
    kind = column.dtype
    categories = getattr(kind, "categories", None)
    if categories is not None:
        known = UNKNOWN_CATEGORIES not in categories
        if known and not encode and getattr(categories.dtype, "kind", "O") in "biuf":
            return Column(name)  # in memory as well categories that are numbers are read as such
        levels = tuple(categories.tolist()) if known else None
        return Column(name, False, "category", levels)
    if isinstance(kind, np.dtype):
        return Column(name, kind.kind in "biufO", str(kind))
    text = str(kind).lower()
    return Column(name, text.startswith(NUMBERS), str(kind))


def _listed(names: Any) -> Sequence[str]:  # noqa: ANN401
    return [names] if isinstance(names, str) else list(names or ())
