"""What records that are tables have in common: text, frames, HTML and LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.text_table import pairs, table

if TYPE_CHECKING:
    from elltwo.functional._base.text_table import Columns


class TableRecord:
    """A table of numbers with a row for each of `names`, and facts about the whole.

    Subclasses are named tuples with the fields `facts`, `names`, `max_rows` and `package`, the
    package that frames are of.
    """

    __slots__ = ()

    facts: dict[str, float | str]
    names: tuple[str, ...]
    max_rows: int | None
    package: str | None

    @property
    def _title(self) -> str:
        """What the report is headed by."""
        raise NotImplementedError

    @property
    def _notes(self) -> str:
        """What the columns mean."""
        raise NotImplementedError

    def _columns(self) -> Columns:
        """Return the columns of frames."""
        raise NotImplementedError

    def _shown(self) -> Columns:
        """Return the columns that are printed."""
        return self._columns()

    def __str__(self) -> str:
        shown = table(self.names, self._shown(), self.max_rows)
        return "\n\n".join([self._title, pairs(self.facts), shown, self._notes])

    def __repr__(self) -> str:
        return str(self)

    def to_frame(self, kind: str | None = None) -> Any:  # noqa: ANN401  # of whichever package
        """Return the table as a frame, all its rows and the ends of intervals among its columns.

        Parameters
        ----------
        kind : {"pandas", "polars", "pyarrow"}, default=None
            The package. None stands for that of X, or of y where X was no table; for arrays it is
            pandas, or polars where pandas is not installed.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            The names of the parameters are the index of a frame of pandas, else the first column.

        Raises
        ------
        ValueError
            If `kind` is none of these.
        ImportError
            If the package is not installed.
        """
        from elltwo.functional._base.frame import frame

        columns = {column.key: column.values for column in self._columns()}
        return frame(self.names, columns, self.package if kind is None else kind)

    def to_html(self, *, table_only: bool = False) -> str:
        """Return the report as a fragment of HTML that brings its style with it.

        Parameters
        ----------
        table_only : bool, default=False
            Whether to leave out title, facts and notes.

        Returns
        -------
        str
            A ``<table>``, cut as the text is, or a ``<div>`` with the other parts around it. All
            texts are escaped.
        """
        from elltwo.functional._base.html import html_block, html_pairs, html_table

        shown = html_table(self.names, self._shown(), self.max_rows)
        if table_only:
            return shown
        return html_block(self._title, [html_pairs(self.facts), shown], self._notes)

    def to_latex(self) -> str:
        """Return the table, all its rows, as a ``tabular`` of LaTeX.

        Returns
        -------
        str
            For documents that use the package booktabs.
        """
        from elltwo.functional._base.html import latex_table

        return latex_table(self.names, self._shown())

    def _repr_html_(self) -> str:
        return self.to_html()
