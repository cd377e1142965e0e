"""What a Dataset holds: its columns as the driver knows them, and which of them is a tensor."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import ray.data

from elltwo.integrations._reduce.engine import Column, Schema
from elltwo.integrations.ray._blocks import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elltwo.integrations._reduce.options import RunOptions

_ROLES = ("target", "features", "sample_weight", "offset", "ignore")


class Rows(NamedTuple):
    """A Dataset with what is known of it, and the options that remain for the run."""

    dataset: ray.data.Dataset
    schema: Schema
    load: Tensor | None
    options: RunOptions


def read_dataset(dataset: Any, options: RunOptions) -> Rows:  # noqa: ANN401
    """Look at the columns of a Dataset, without reading more than what tells them.

    Raises
    ------
    TypeError
        If it is no Dataset.
    ValueError
        If there is no target, or several columns would be X.
    """
    if not isinstance(dataset, ray.data.Dataset):
        raise TypeError(
            f"dataset must be a ray.data.Dataset, got {type(dataset).__name__}; "
            "ray.data.from_pandas, from_arrow and from_numpy make one of what is in memory"
        )
    if options.get("target") is None:
        raise ValueError("target must name the column to predict, got None")
    with quiet(dataset):
        schema = dataset.schema()
    if schema is None:
        raise ValueError("dataset has no rows, and no columns are known of it")
    kinds = _kinds(schema)
    tensors = _tensors(kinds, options)
    if not tensors:
        columns = [_column(name, kind) for name, kind in kinds.items()]
        return Rows(dataset, Schema(columns), None, options)
    return _with_tensor(dataset, kinds, tensors[0], options)


@contextmanager
def quiet(dataset: ray.data.Dataset) -> Iterator[None]:
    """Let Ray keep the order of blocks and show no bars of its own, for a while."""
    context = dataset.context
    options = context.execution_options
    before = context.enable_progress_bars, options.preserve_order
    context.enable_progress_bars, options.preserve_order = False, True
    try:
        yield
    finally:
        context.enable_progress_bars, options.preserve_order = before


def _tensors(kinds: dict[str, Any], options: RunOptions) -> list[str]:
    """Return the tensors among the columns that are to be features."""
    features, ignored = options.get("features"), _names(options.get("ignore"))
    wanted = [name for name in kinds if name not in ignored]
    if features is not None:
        wanted = [name for name in wanted if name in _names(features)]
    return [name for name in wanted if _holds_tensors(kinds[name])]


def _with_tensor(
    dataset: ray.data.Dataset, kinds: dict[str, Any], X: str, options: RunOptions
) -> Rows:
    """Return the rows of a Dataset whose features are one column of tensors."""
    given = cast("dict[str, Any]", dict(options))
    roles = {name: given.pop(name, None) for name in _ROLES}
    targets, offsets = roles["target"], roles["offset"]
    weight = roles["sample_weight"]
    others = {*_names(targets), *_names(offsets), *_names(weight), *_names(roles["ignore"])}
    absent = next((name for name in sorted(others) if name not in kinds), None)
    if absent is not None:
        raise ValueError(f"dataset has no column {absent!r}; its columns are {', '.join(kinds)}")
    chosen = kinds if roles["features"] is None else _names(roles["features"])
    rest = [name for name in chosen if name not in others and name != X]
    if rest:
        raise ValueError(
            f"column {X!r} holds tensors, which are all of X, so {rest[0]!r} can be no feature as "
            "well; leave it out with ignore, or name the one to use with features"
        )
    if given.get("encode") is not None:
        raise ValueError("encode is for columns of categories, but X is a column of tensors")
    width = _width(X, kinds[X])
    load = Tensor(X, _packed(targets), weight, None if offsets is None else _packed(offsets))
    return Rows(dataset, Schema(None, width), load, cast("RunOptions", given))


def _width(X: str, kind: Any) -> int:  # noqa: ANN401
    """Return the numbers in a tensor of a column."""
    sizes = list(_shape(kind) or [None])
    whole = [size for size in sizes if size is not None]
    if len(whole) < len(sizes):
        raise TypeError(f"column {X!r} must hold tensors of one shape, got {kind}")
    return prod(whole)


def _packed(names: Any) -> str | tuple[str, ...]:  # noqa: ANN401
    return names if isinstance(names, str) else tuple(names)


def _names(names: Any) -> list[str]:  # noqa: ANN401
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


def _kinds(schema: ray.data.Schema) -> dict[str, Any]:
    """Return the types of the columns, of Arrow or of pandas, by their names."""
    base = schema.base_schema
    own = dict(zip(base.names, base.types, strict=True))
    return {name: own[name] for name in schema.names}


def _shape(kind: Any) -> Sequence[int | None] | None:  # noqa: ANN401
    """Return the shape of the tensors in a column, None where it holds none or of any shape."""
    known = getattr(kind, "shape", None)
    shape = getattr(kind, "_shape", None) if known is None else known  # pandas' name for it
    return shape if isinstance(shape, tuple | list) and len(shape) > 0 else None


def _holds_tensors(kind: Any) -> bool:  # noqa: ANN401
    return _shape(kind) is not None or "tensor" in type(kind).__name__.lower()


def _column(name: str, kind: Any) -> Column:  # noqa: ANN401
    """Say what a column holds, from its type of Arrow or of pandas."""
    if hasattr(kind, "categories"):
        return Column(name, False, "category", tuple(kind.categories))
    if hasattr(kind, "kind"):  # of NumPy and pandas
        return Column(name, kind.kind in "iufb", "" if kind.kind in "iufb" else str(kind))
    types = import_module("pyarrow.types")
    numbers = ("is_integer", "is_floating", "is_boolean", "is_decimal", "is_null")
    is_number = any(getattr(types, holds)(kind) for holds in numbers)
    return Column(name, is_number, "" if is_number else str(kind))
