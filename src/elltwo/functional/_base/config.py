"""Facts about the build, for bug reports."""

from __future__ import annotations

import sys

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.record_parts import public


@public("elltwo")
def build_config() -> dict[str, object]:
    """Return the facts of the build that matter to a bug report.

    Returns
    -------
    dict
        ``version`` of elltwo; ``blas``, the library's own description of itself; ``simd``, the
        instruction set in use; ``simd_available``, those this machine can run; ``compiler``.
    """
    return dict(_core.build_config())


@public("elltwo")
def show_config() -> None:
    """Print what `build_config` returns, one fact a line, beside the versions of what runs it.

    See Also
    --------
    build_config : The same facts of the build as a dictionary.
    """
    facts = {**build_config(), "numpy": np.__version__, "python": sys.version.split()[0]}
    width = max(map(len, facts))
    for name, value in facts.items():
        text = ", ".join(value) if isinstance(value, list) else value
        sys.stdout.write(f"{name:<{width}}  {text}\n")
