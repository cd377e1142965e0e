"""Which columns of a table are numbers and which are categories, and what can be neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from elltwo.tabular._column_codes import AnyColumn, category_column, number_column

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from elltwo.tabular._columns import Columns

MAX_LEVELS = 50
FEW_LEVELS = 5  # that are accepted however few rows there are


class Wishes(NamedTuple):
    """What the user says of columns.

    Parameters
    ----------
    numeric, categorical : collection of str
        Columns that are numbers or dates, and columns that are categories.
    missing : {"error", "drop", "mean"}
        What becomes of missing values.
    reference : bool
        Whether the first level of a category has no column.
    """

    numeric: Collection[str] = ()
    categorical: Collection[str] = ()
    missing: str = "error"
    reference: bool = False


class Complaint(NamedTuple):
    """A column that cannot be coded as it is.

    Parameters
    ----------
    column : str
        Its name.
    text : str
        What is wrong.
    ways : tuple of {"ignore", "numeric", "categorical"}
        What helps: to leave it out, or to say what it is.
    """

    column: str
    text: str
    ways: tuple[str, ...]


def choose_columns(
    table: Columns, names: Sequence[str], wishes: Wishes
) -> tuple[list[AnyColumn], list[Complaint]]:
    """Return the codes of columns, and what is wrong with those that have none."""
    codes: list[AnyColumn] = []
    complaints: list[Complaint] = []
    for name in names:
        found = _code(table, name, wishes)
        if isinstance(found, Complaint):
            complaints.append(found)
        else:
            codes.append(found)
    return codes, complaints


def _code(table: Columns, name: str, wishes: Wishes) -> AnyColumn | Complaint:
    kind = table.kind(name)
    if kind == "empty":
        return Complaint(name, f"column {name!r} has no value in any row", ("ignore",))
    if name in wishes.numeric:
        return number_column(table, name, dates=kind == "date")
    if name in wishes.categorical or kind == "text":
        return _category(table, name, wishes)
    if kind == "number":
        return number_column(table, name)
    if kind == "date":
        return Complaint(name, f"column {name!r} holds dates", ("ignore", "numeric"))
    return Complaint(name, _mixed(table, name), ("ignore", "categorical"))


def _category(table: Columns, name: str, wishes: Wishes) -> AnyColumn | Complaint:
    """Return the code of a category, unless it has more levels than nobody asked for."""
    code = category_column(
        table, name, missing_level=wishes.missing == "mean", reference=wishes.reference
    )
    if name not in wishes.categorical:
        n_levels, n_filled = len(code.levels), sum(code.counts)
        if n_levels > max(FEW_LEVELS, min(MAX_LEVELS, n_filled // 5)):
            example = next(text for text in table.texts(name) if text is not None)
            text = f"column {name!r} holds {n_levels} different texts such as {example!r}"
            return Complaint(name, text, ("ignore", "categorical"))
    return code


def _mixed(table: Columns, name: str) -> str:
    try:
        table.numbers(name)
    except ValueError as error:
        return f"{error}, where most cells hold numbers"
    return f"column {name!r} holds numbers and text"


def complaints_text(
    complaints: Sequence[Complaint], source: str, advise: Callable[[Sequence[Complaint]], str]
) -> str:
    """Write complaints in one line; `advise` says in the caller's words what may be done."""
    text = "; ".join(one.text for one in complaints)
    if source not in text:
        text = f"{source}: {text}"
    return f"{text}; {advise(complaints)}"
