"""Numbers as tables of HTML, for notebooks and reports, and of LaTeX.

Fragments carry their style with them and take the colours of what they are shown in, so that they
can be read on light and dark pages alike.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from elltwo.functional._base.text_table import cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from elltwo.functional._base.text_table import Columns

_RULE: Final = "1px solid currentColor"
_TABLE: Final = (
    f'<table cellpadding="4" style="border-collapse:collapse;border-top:{_RULE};'
    f"border-bottom:{_RULE};margin:0.4em 0;text-align:right;white-space:nowrap;"
    'font-variant-numeric:tabular-nums">'
)
_ABREAST: Final = '<div style="display:flex;flex-wrap:wrap;align-items:start;column-gap:2em">'
_FEW: Final = 6  # facts that stand below each other
_NAME: Final = '<th scope="row" style="text-align:left;font-weight:normal">'
_HEAD: Final = f'<th scope="col" style="text-align:right;border-bottom:{_RULE}">'


def html_table(names: Sequence[str], columns: Columns, max_rows: int | None) -> str:
    """Return a table with a row for each name, NaN as blanks; a long one is cut in the middle."""
    head, *rows = cells(names, columns, max_rows)
    top = "".join(f"{_HEAD}{escape(text)}</th>" for text in head)
    return "\n".join(
        [_TABLE, f"<thead><tr>{top}</tr></thead>", "<tbody>", *map(_row, rows), "</tbody></table>"]
    )


def html_pairs(facts: Mapping[str, float | str]) -> str:
    """Return names and values as tables of two columns, two of them beside each other for many."""
    rows = [(name, v if isinstance(v, str) else f"{v:.6g}") for name, v in facts.items()]
    half = (len(rows) + 1) // 2 if len(rows) > _FEW else len(rows)
    tables = [
        "\n".join([_TABLE, "<tbody>", *map(_row, part), "</tbody></table>"])
        for part in (rows[:half], rows[half:])
        if part
    ]
    return "\n".join([_ABREAST, *tables, "</div>"])


def _row(texts: Sequence[str]) -> str:
    name, *values = map(escape, texts)
    return f"<tr>{_NAME}{name}</th>{''.join(f'<td>{value}</td>' for value in values)}</tr>"


def html_block(title: str, parts: Iterable[str], notes: str = "") -> str:
    """Return a titled fragment of tables; wide ones scroll within it."""
    shown = [f'<p style="margin:0.4em 0"><strong>{escape(title)}</strong></p>', *parts]
    if notes:
        text = "<br>\n".join(map(escape, notes.splitlines()))
        shown.append(f'<p style="margin:0.4em 0;font-size:90%">{text}</p>')
    return "\n".join(['<div style="overflow-x:auto">', *shown, "</div>"])


_LATEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "[": "{[}",  # which would otherwise be an option of the line break before it
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def latex_table(names: Sequence[str], columns: Columns) -> str:
    """Return a `tabular` with a row for each name and the rules of the package booktabs."""
    head, *rows = cells(names, columns, None)
    lines = [" & ".join(map(_latex, row)) + r" \\" for row in (head, *rows)]
    return "\n".join(
        [
            f"\\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            r"\toprule",
            lines[0],
            r"\midrule",
            *lines[1:],
            r"\bottomrule",
            r"\end{tabular}",
        ]
    )


def _latex(text: str) -> str:
    escaped = "".join(_LATEX.get(sign, sign) for sign in text)
    return f"${escaped}$" if _is_negative(text) else escaped


def _is_negative(text: str) -> bool:
    """Whether a cell is a negative number, whose sign is a minus and no hyphen."""
    if not text.startswith("-"):
        return False
    try:
        float(text)
    except ValueError:
        return False
    return True
