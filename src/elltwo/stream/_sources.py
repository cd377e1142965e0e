"""What a stream can be read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.tables import is_table
from elltwo.stream._arrays import ArrayPart, ChunkPart, mapped
from elltwo.stream._arrow import ArrowTable, is_arrow
from elltwo.stream._tables import TablePart, labels_of, open_table, table_paths

if TYPE_CHECKING:
    from elltwo.stream._blocks import Part
    from elltwo.stream._columns import Columns, Roles
    from elltwo.stream._tables import Reader


@dataclass(frozen=True)
class Source:
    """Parts of a stream, and its columns where these are known before it is read."""

    parts: Sequence[Part]
    columns: Columns | None
    roles: Roles

    @property
    def names(self) -> list[str] | None:
        """Names of features, targets and weights, or of the features alone."""
        if self.columns is not None:
            return self.columns.names
        return getattr(self.parts[0], "column_names", None)

    def description(self) -> dict[str, Any]:
        """What makes this stream the one that it is, for comparison with a saved one."""
        columns = self.columns
        named = self.roles.description() if columns is None else columns.description()
        return {
            **named,
            "sources": [
                {"name": part.name, "rows": part.n_rows, "bytes": part.n_bytes}
                for part in self.parts
            ],
        }


def open_source(source: Any, roles: Roles) -> Source:  # noqa: ANN401
    """Find out what `source` is, and open it far enough to know its columns.

    Labels are read several times, which one-shot iterators are refused for.
    """
    refuse_lazy(source, "source")
    for i, chunk in enumerate(source if isinstance(source, list | tuple) else ()):
        if isinstance(chunk, list | tuple):
            refuse_lazy(chunk, f"source[{i}]")
    if roles.labels:
        _require_rereadable(source)
    if is_arrow(source):
        return _tables([ArrowTable(source)], roles)
    if isinstance(source, str | Path):
        return _tables([open_table(path) for path in table_paths(source)], roles)
    several = isinstance(source, list | tuple) and len(source) > 0
    if several and all(isinstance(one, str | Path) for one in source):
        if all(str(one).endswith(".npy") for one in source):
            return _arrays(mapped(_arrays_of(source, roles)), f"{source[0]}", roles)
        return _tables([open_table(path) for path in table_paths(source)], roles)
    if several and all(isinstance(one, np.ndarray) for one in source):
        return _arrays(_arrays_of(source, roles), "X", roles)
    chunks = [source] if is_table(source) or _is_one_chunk(source, roles) else source
    if callable(chunks) or (isinstance(chunks, Iterable) and not isinstance(chunks, bytes | dict)):
        return Source([ChunkPart(chunks, roles)], None, roles)
    raise TypeError(
        "source must be tables, a pair of arrays, or an iterator over tables or chunks (X, y), "
        f"got {type(source).__name__}"
    )


def _require_rereadable(source: Any) -> None:  # noqa: ANN401
    """Raise TypeError for what can be read once only."""
    if isinstance(source, Iterator) or hasattr(type(source), "read_next_batch"):
        raise TypeError(
            f"source is a {type(source).__name__}, which can be read once only, but a logistic "
            "regression reads the data several times: pass a list of chunks, or a function that "
            "returns an iterator over them"
        )


def _tables(readers: Sequence[Reader], roles: Roles) -> Source:
    first = readers[0]
    columns = roles.columns(first.column_names, first.name)
    for reader in readers:
        columns.check(reader.column_names, reader.name, first.name)
        reader.check_types(columns.numbers)
    labels = labels_of(readers, columns.targets[0]) if columns.labels else None
    return Source([TablePart(reader, columns, labels) for reader in readers], columns, roles)


def _arrays(arrays: Sequence[Any], name: str, roles: Roles) -> Source:
    roles.refuse()
    return Source([ArrayPart(arrays, name)], None, roles)


def _is_one_chunk(source: Any, roles: Roles) -> bool:  # noqa: ANN401
    """Whether a tuple is the X and y, with or without weights, of one chunk that is in memory."""
    if not isinstance(source, tuple) or len(source) not in _sizes(roles):
        return False
    return roles.target is None and (is_table(source[0]) or isinstance(source[0], np.ndarray))


def _arrays_of(items: Sequence[Any], roles: Roles) -> Sequence[Any]:
    if len(items) not in _sizes(roles):
        raise ValueError(f"source must be (X, y) or (X, y, sample_weight), got {len(items)} items")
    return items


def _sizes(roles: Roles) -> set[int]:
    """Return how many arrays a chunk may have: an offset belongs to classes."""
    return {2, 3, 4} if roles.labels else {2, 3}
