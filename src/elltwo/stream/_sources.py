"""What a stream can be read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.stream._arrays import ArrayPart, ChunkPart, mapped
from elltwo.stream._arrow import ArrowTable, is_arrow
from elltwo.stream._columns import choose_columns
from elltwo.stream._tables import TablePart, open_table, table_paths

if TYPE_CHECKING:
    from elltwo.stream._blocks import Part
    from elltwo.stream._columns import Columns
    from elltwo.stream._tables import Reader


@dataclass(frozen=True)
class Roles:
    """The arguments of `fit_stream` that name columns."""

    target: str | Sequence[str] | None
    features: Sequence[str] | None
    ignore: Sequence[str]
    sample_weight: str | None


@dataclass(frozen=True)
class Source:
    """Parts of a stream, and its columns where it is made of tables."""

    parts: Sequence[Part]
    columns: Columns | None

    @property
    def names(self) -> list[str] | None:
        """Names of features, targets and weights, those of the features alone for DataFrames."""
        if self.columns is not None:
            return self.columns.names
        return getattr(self.parts[0], "column_names", None)

    @property
    def feature_names(self) -> list[str] | None:
        """Names of the features, None where they have none."""
        return self.names if self.columns is None else list(self.columns.features)

    def description(self) -> dict[str, Any]:
        """What makes this stream the one that it is, for comparison with a saved one."""
        columns = self.columns
        return {
            "features": None if columns is None else list(columns.features),
            "targets": None if columns is None else list(columns.targets),
            "sample_weight": None if columns is None else columns.sample_weight,
            "sources": [
                {"name": part.name, "rows": part.n_rows, "bytes": part.n_bytes}
                for part in self.parts
            ],
        }


def open_source(source: Any, roles: Roles) -> Source:  # noqa: ANN401
    """Find out what `source` is, and open it far enough to know its columns."""
    if is_arrow(source):
        return _tables([ArrowTable(source)], roles)
    if isinstance(source, str | Path):
        return _tables([open_table(path) for path in table_paths(source)], roles)
    several = isinstance(source, list | tuple) and len(source) > 0
    if several and all(isinstance(one, str | Path) for one in source):
        if all(str(one).endswith(".npy") for one in source):
            return _arrays(mapped(_two_or_three(source)), f"{source[0]}", roles)
        return _tables([open_table(path) for path in table_paths(source)], roles)
    if several and all(isinstance(one, np.ndarray) for one in source):
        return _arrays(_two_or_three(source), "X", roles)
    if callable(source) or (isinstance(source, Iterable) and not isinstance(source, bytes | dict)):
        _refuse_names(roles)
        return Source([ChunkPart(source)], None)
    raise TypeError(
        "source must be tables, a pair of arrays, or an iterator over chunks (X, y), "
        f"got {type(source).__name__}"
    )


def _tables(readers: Sequence[Reader], roles: Roles) -> Source:
    first = readers[0]
    columns = choose_columns(
        first.column_names,
        first.name,
        roles.target,
        roles.features,
        roles.ignore,
        roles.sample_weight,
    )
    for reader in readers:
        columns.check(reader.column_names, reader.name, first.name)
        reader.check_types(columns.names)
    return Source([TablePart(reader, columns) for reader in readers], columns)


def _arrays(arrays: Sequence[Any], name: str, roles: Roles) -> Source:
    _refuse_names(roles)
    return Source([ArrayPart(arrays, name)], None)


def _two_or_three(items: Sequence[Any]) -> Sequence[Any]:
    if len(items) not in {2, 3}:
        raise ValueError(f"source must be (X, y) or (X, y, sample_weight), got {len(items)} items")
    return items


def _refuse_names(roles: Roles) -> None:
    for name in ("target", "features", "ignore", "sample_weight"):
        value: object = getattr(roles, name)
        if value is not None and value != ():
            raise ValueError(f"{name} names a column of a table, but source has no columns by name")
