"""Options of a run over collections of dask, some of which may be collections themselves."""

from __future__ import annotations

from typing import Any

from elltwo.integrations._reduce.options import ReadOptions


class DaskOptions(ReadOptions, total=False):
    """As `RunOptions`, but that target, weights and offset may be names or collections."""

    target: Any
    sample_weight: Any
    offset: Any
