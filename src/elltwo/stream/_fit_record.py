"""What the records of fits of streams have in common."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from elltwo.functional._base.record_parts import Saved

_Fit = TypeVar("_Fit")


class FitOfStream(Saved, Generic[_Fit]):
    """A fit, with the numbers of rows that it has and of those that were left out."""

    fit: _Fit
    n_rows: int
    n_skipped: int

    def _saved(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "scores"}

    def _repr_html_(self) -> str:
        from elltwo.functional._base.html import html_block, html_pairs

        fit: Any = self.fit
        facts = {"rows": self.n_rows, "rows left out": self.n_skipped}
        return html_block(type(self).__name__, [html_pairs(facts), fit._repr_html_()])

    def __repr__(self) -> str:
        rows = f"n_rows={self.n_rows}, n_skipped={self.n_skipped}"
        return f"{type(self).__name__}({self.fit!r}, {rows})"
