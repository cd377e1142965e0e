"""Numbers as tables of text, for summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from elltwo.functional._base.validate import Float64Array


class Column(NamedTuple):
    """A column of a table of numbers."""

    key: str  #: its name in frames
    head: str  #: what stands above it
    values: Float64Array
    form: str = ".6g"  #: how its numbers are written


Columns: TypeAlias = "Sequence[Column]"


def cells(names: Sequence[str], columns: Columns, max_rows: int | None) -> list[tuple[str, ...]]:
    """Write heads and rows, NaN as blanks; of more than `max_rows` omit the middle."""
    n_rows = len(names)
    head, tail = n_rows, 0
    if max_rows is not None and n_rows > max_rows:
        head, tail = (max_rows + 1) // 2, max_rows // 2

    def row(number: int) -> tuple[str, ...]:
        values = (format(column.values[number], column.form) for column in columns)
        return names[number], *("" if value == "nan" else value for value in values)

    written: list[tuple[str, ...]] = [("", *(column.head for column in columns))]
    written += map(row, range(head))
    if head + tail < n_rows:
        written.append((f"... {n_rows - head - tail} more", *[""] * len(columns)))
    written += map(row, range(n_rows - tail, n_rows))
    return written


def table(names: Sequence[str], columns: Columns, max_rows: int | None) -> str:
    """Lay out numbers in columns, as `cells` writes them."""
    lined = cells(names, columns, max_rows)
    first, *widths = (max(map(len, column)) for column in zip(*lined, strict=True))
    rule = "-" * (first + sum(widths) + 2 * len(widths))
    lines = [
        (
            name.ljust(first)
            + "".join(f"  {v:>{width}}" for v, width in zip(values, widths, strict=True))
        ).rstrip()
        for name, *values in lined
    ]
    return "\n".join([lines[0], rule, *lines[1:], rule])


def pairs(facts: Mapping[str, float | str]) -> str:
    """Lay out names and values in two columns."""
    texts = [(k, v if isinstance(v, str) else f"{v:.6g}") for k, v in facts.items()]
    half = (len(texts) + 1) // 2
    blocks = []
    for part in (texts[:half], texts[half:]):
        wide, long = (max(map(len, column)) for column in zip(*part, strict=True))
        blocks.append([f"{name:<{wide}}  {value:>{long}}" for name, value in part])
    blocks[1] += [""] * (half - len(blocks[1]))
    return "\n".join(f"{a}    {b}".rstrip() for a, b in zip(*blocks, strict=True))


def read_names(names: Sequence[str] | None, n_features: int) -> tuple[str, ...]:
    """Return the names of features, one for each; None stands for x0, x1 and so on."""
    if names is None:
        return tuple(f"x{j}" for j in range(n_features))
    if isinstance(names, str):
        raise TypeError(f"names must be a sequence of {n_features} names, got the text {names!r}")
    texts = tuple(map(str, names))
    if len(texts) != n_features:
        raise ValueError(
            f"names must have length {n_features}, one for each feature of X, got {len(texts)}"
        )
    return texts
