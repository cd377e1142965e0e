"""Collections of dask as partitions: what they may be, and what is refused before work begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from elltwo.integrations._reduce.engine import Schema
from elltwo.integrations.dask import _arrays as arrays
from elltwo.integrations.dask import _frames as frames
from elltwo.integrations.dask._blocks import partitions
from elltwo.integrations.dask._rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.integrations._reduce.options import RunOptions

BESIDE = ("y", "sample_weight", "offset")


def read_data(X: Any, y: Any, run: Mapping[str, Any]) -> tuple[Rows, RunOptions]:  # noqa: ANN401
    """Return the partitions, and the options without what is data.

    Parameters
    ----------
    X : dask Array, dask DataFrame, or list of delayed objects
        Features, or a table with all columns, or partitions that hold all that a leaf takes.
    y : dask Array, Series or DataFrame, str, or None
        Targets in the same partitions, or the name of their column in X.
    run : dict
        Options of the run, of which `target`, `sample_weight` and `offset` may be collections.

    Raises
    ------
    TypeError
        If something is no collection, or one that cannot be read.
    ValueError
        If partitions do not match, as far as that is known.
    """
    options = dict(run)
    y = _target(y, options)
    beside: dict[str, Any] = {} if y is None else {"y": y}
    for name in BESIDE[1:]:
        if not _is_name(options.get(name)):
            beside[name] = options.pop(name)
    given = cast("RunOptions", options)
    if isinstance(X, list | tuple):
        return _of_delayed(X, beside), given
    _require_collection(X, "X")
    for name, value in beside.items():
        _require_collection(value, name)
    if "y" in beside:
        return _pairs(X, beside, encode=given.get("encode") is not None), given
    if arrays.is_array(X):
        raise TypeError("y must be an Array or a Series of dask, where X is an Array; got None")
    for name in beside:
        raise TypeError(f"{name} must name a column of X, as target does; or pass y as a Series")
    return frames.rows_of_table(X, given), given


def _target(y: Any, options: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return y, None where the options name it."""
    target = options.get("target")
    if y is not None and target is not None:
        raise TypeError("y and target are the same thing; pass one of them")
    if isinstance(y, str):
        options["target"] = y
        return None
    return y if _is_name(target) else options.pop("target")


def _pairs(X: Any, beside: dict[str, Any], *, encode: bool) -> Rows:  # noqa: ANN401
    """Return partitions of X with those of y, and of weights and offsets if there are any."""
    if arrays.is_array(X):
        arrays.require_rows(X)
        n_bytes = arrays.largest(X)
        schema = Schema(None, arrays.known(X.shape[1]))
    else:
        frames.require_table(X)
        n_bytes = None
        schema = frames.schema_of(X._meta, encode=encode)
    for name, value in beside.items():
        if arrays.is_array(X) and arrays.is_array(value):
            arrays.require_aligned(X, value, name)
        else:
            frames.require_partitions(X, value, name)
    last = max(BESIDE.index(name) for name in beside)
    collections = [X, *(beside.get(name) for name in BESIDE[: last + 1])]
    return Rows(partitions(collections), schema, n_bytes, X)


def _of_delayed(X: Sequence[Any], beside: dict[str, Any]) -> Rows:
    """Return partitions that are delayed objects, of what a leaf takes."""
    for name in beside:
        raise TypeError(
            f"{name} is given beside a list of delayed partitions, each of which holds all that "
            "belongs to its rows: (X, y) or (X, y, sample_weight), or a table and target a name"
        )
    for i, part in enumerate(X):
        if _is_collection(part) or not (
            hasattr(type(part), "__dask_graph__") or type(part).__module__ == "distributed.client"
        ):
            raise TypeError(f"X[{i}] must be a delayed object of dask, got {type(part).__name__}")
    return Rows([(part,) for part in X])


def _require_collection(value: Any, name: str) -> None:  # noqa: ANN401
    if _is_collection(value):
        return
    allowed = "a list of delayed objects" if name == "X" else "a Series"
    hint = "" if hasattr(type(value), "__dask_graph__") else "; elltwo.ridge fits data in memory"
    raise TypeError(
        f"{name} must be an Array or DataFrame of dask, or {allowed}, got "
        f"{type(value).__name__}{hint}"
    )


def _is_collection(value: object) -> bool:
    return arrays.is_array(value) or frames.is_frame(value)


def _is_name(value: object) -> bool:
    """Whether an option that names columns does so, or is not given."""
    return value is None or isinstance(value, str | list | tuple)
