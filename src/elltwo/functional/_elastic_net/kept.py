"""What a fit was made from, kept by reference for what is computed later."""

from __future__ import annotations

from typing import TypeAlias

from elltwo.functional._base.names import Names
from elltwo.functional._base.record_parts import LEFT_BEHIND
from elltwo.functional._elastic_net_problem.quick import PlainData
from elltwo.functional._elastic_net_problem.solve import NetData

# What a record of a fit knows of its data; copies and pickles keep the names alone.
Kept: TypeAlias = NetData | PlainData | Names | None


def require_data(data: Kept) -> NetData:
    """Return the data of a fit that still has them."""
    if isinstance(data, PlainData):
        return data.read()
    if isinstance(data, NetData):
        return data
    raise ValueError(LEFT_BEHIND)
