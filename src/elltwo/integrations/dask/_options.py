"""Options of a run over collections of dask, some of which may be collections themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from elltwo.integrations._reduce.task import Level


class DaskOptions(TypedDict, total=False):
    """As `RunOptions`, but that target, weights and offset may be names or collections."""

    target: Any
    features: Sequence[str] | None
    sample_weight: Any
    offset: Any
    ignore: str | Sequence[str]
    missing: str
    encode: str | Mapping[str, Sequence[Level]] | None
    check: str
    fold_rows: int | None
    n_threads: int
    fan_in: int | None
    progress: bool | Callable[[int, int | None, float], object] | None
    state: str | Path | None
