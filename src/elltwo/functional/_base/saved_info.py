"""What files hold of how a fit ended."""

from __future__ import annotations

from elltwo.functional._base.convergence import SolveInfo
from elltwo.functional._base.names import Names
from elltwo.functional._base.saved_fields import (
    TABLE_PACKAGE,
    integer,
    number,
    optional,
    size,
    text,
    texts,
)
from elltwo.functional._base.saved_kinds import Kind

SOLVE_INFO = {
    "status": text,
    "solver": text,
    "reason": text,
    "fallback": optional(text),
    "optimality": number,
    "tolerance": number,
    "rcond": number,
    "rank": integer,
    "n_iter": size,
    "n_threads": size,
}

KINDS = (
    Kind("SolveInfo", SOLVE_INFO, SolveInfo),
    Kind(
        "Names",
        {"features": optional(texts), "targets": optional(texts), "package": TABLE_PACKAGE},
        Names,
    ),
)
