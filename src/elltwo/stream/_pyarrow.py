"""pyarrow, loaded when it is first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def arrow(module: str = "") -> Any:  # noqa: ANN401
    """Return pyarrow or one of its modules.

    Raises
    ------
    ImportError
        If pyarrow is not there; the text says how to install it.
    """
    try:
        return import_module(f"pyarrow.{module}" if module else "pyarrow")
    except ImportError as error:
        raise ImportError(
            "reading tables needs pyarrow: pip install 'elltwo[stream]'", name="pyarrow"
        ) from error
