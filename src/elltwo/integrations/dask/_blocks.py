"""Blocks of collections as delayed objects, what they have in common being computed once.

``to_delayed`` of X and of y would each read what both are made of.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from dask.base import tokenize
from dask.core import flatten
from dask.delayed import Delayed
from dask.highlevelgraph import HighLevelGraph

from elltwo.integrations.dask._arrays import is_array

if TYPE_CHECKING:
    from collections.abc import Sequence


def partitions(collections: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the blocks of every partition, one for a collection; of None nothing but None.

    Of frames alone there is one block, a tuple of theirs.
    """
    present = [value for value in collections if value is not None]
    if not any(map(is_array, present)):
        return [(block,) for block in _packed_blocks(present, collections)]
    arrays = [value for value in present if is_array(value)]
    of_arrays = iter(_array_blocks(arrays))
    n_parts = arrays[0].numblocks[0]
    columns = [
        [None] * n_parts
        if value is None
        else next(of_arrays)
        if is_array(value)
        else value.to_delayed()
        for value in collections
    ]
    return list(zip(*columns, strict=True))


def _array_blocks(arrays: Sequence[Any]) -> list[list[Any]]:
    """Do what ``Array.to_delayed`` does, for the merged graph of several arrays."""
    keys = [list(flatten(array.__dask_keys__())) for array in arrays]
    graph = HighLevelGraph.merge(*(array.__dask_graph__() for array in arrays))
    graph = arrays[0].__dask_optimize__(graph, [key for some in keys for key in some])
    layer = f"elltwo-blocks-{tokenize(*arrays)}"
    graph = HighLevelGraph.from_collections(layer, graph, dependencies=())
    blocks = (Delayed(key, graph, layer=layer) for some in keys for key in some)
    return [list(islice(blocks, len(some))) for some in keys]


def _packed_blocks(frames: Sequence[Any], collections: Sequence[Any]) -> list[Any]:
    from dask.dataframe import map_partitions

    first, *others = frames
    if not others:
        return list(first.to_delayed())
    tuples = map_partitions(
        packed,
        *frames,
        present=tuple(value is not None for value in collections),
        meta=first._meta,
        align_dataframes=False,
        enforce_metadata=False,  # what comes out are no frames
    )
    return list(tuples.to_delayed())


def packed(*blocks: Any, present: Sequence[bool]) -> tuple[Any, ...]:  # noqa: ANN401
    """Return what belongs to the same rows, with None for what is not there."""
    given = iter(blocks)
    return tuple(next(given) if here else None for here in present)
