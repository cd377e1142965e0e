"""Numbers as frames of pandas or polars, or tables of Arrow."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.tables import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.functional._base.validate import AnyArray

_FOR_ARRAYS = ("pandas", "polars")  # the first that is installed


def frame(
    names: Sequence[str],
    columns: Mapping[str, AnyArray],
    kind: str | None,
    *,
    label: str = "parameter",
) -> Any:  # noqa: ANN401  # of whichever package
    """Make a frame with a row for each name.

    Parameters
    ----------
    names : sequence of str
        Names of the rows: the index of a frame of pandas, else the first column.
    columns : mapping of str to ndarray of shape (n_rows,)
        The columns.
    kind : {"pandas", "polars", "pyarrow"} or None
        The package; None stands for pandas, or polars where that is not installed.
    label : str, default="parameter"
        Name of the index or first column.

    Returns
    -------
    pandas.DataFrame, polars.DataFrame or pyarrow.Table

    Raises
    ------
    ValueError
        If `kind` is none of these.
    ImportError
        If the package is not installed.
    """
    package, library = _library(kind)
    if package == "pandas":
        index = library.Index(list(names), name=label)
        return library.DataFrame(dict(columns), index=index)
    content = {label: list(names), **columns}
    return library.DataFrame(content) if package == "polars" else library.table(content)


def _library(kind: str | None) -> tuple[str, Any]:
    """Import a package; None stands for the first of `_FOR_ARRAYS` that there is."""
    if kind is not None and kind not in PACKAGES:
        raise ValueError(f"kind must be one of {', '.join(map(repr, PACKAGES))}, got {kind!r}")
    wanted = _FOR_ARRAYS if kind is None else (kind,)
    for package in wanted:
        try:
            return package, import_module(package)
        except ImportError:
            continue
    raise ImportError(
        f"a frame needs {' or '.join(wanted)}, which is not installed: "
        f"python -m pip install {wanted[0]}"
    )
