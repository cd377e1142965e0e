"""What notebooks show of fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array


class ShownInNotebooks:
    """What fits with `coef`, `intercept`, `info` and names of features show in notebooks."""

    __slots__ = ()

    def _curve(self) -> tuple[Float64Array, Columns] | None:
        """Return a grid of alphas and what was measured there, if alpha was chosen."""
        return None

    def _repr_html_(self) -> str:
        from elltwo.functional._base.coefficient_table import fit_html

        return fit_html(self)
