"""Parameters that least squares determine, from columns of unit length."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._ridge_problem.decomposition import decompose

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo._core import RidgePath as Core
    from elltwo.functional._base.options import Options
    from elltwo.functional._base.row_blocks import Columns
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._ridge_problem.problem import Problem

_NOTHING = 1e-13  # share of a parameter in the null space that may be rounding


class UnitColumns(NamedTuple):
    """The decomposition of some features, scaled to unit length about their means."""

    core: Core
    factors: Float64Array  #: (n_features,), squared lengths, infinite for features left out
    kept: npt.NDArray[np.bool_]  #: (n_features,)

    @property
    def full_rank(self) -> bool:
        return self.core.eigenvalues().size == np.count_nonzero(self.kept)


def unit_columns(
    problem: Problem, options: Options, columns: Columns, kept: npt.NDArray[np.bool_]
) -> UnitColumns:
    """Decompose the features that are kept, constant ones in their own units."""
    lengths = np.where(columns.square > 0.0, columns.square, 1.0)
    factors = np.where(kept, lengths, np.inf)
    plain = options._replace(penalize_intercept=False)
    core = decompose(problem._replace(penalty_factors=factors), plain, 0.0)
    return UnitColumns(core, factors, kept)


def identified(unit: UnitColumns, mean: Float64Array) -> npt.NDArray[np.bool_]:
    """Tell which coefficients, and last the intercept, all least-squares solutions agree on.

    They have no part in the null space of the unit columns; features left out are determined.
    """
    lengths = np.sqrt(np.where(unit.kept, unit.factors, 1.0))
    basis = unit.core.basis()[:-1] * lengths[:, np.newaxis]
    outside = 1.0 - np.einsum("jk,jk->j", basis, basis)
    s = unit.core.eigenvalues()
    spread = s[0] / s[-1] if unit.core.dual and s.size else 1.0
    nothing = min(_NOTHING * spread, 1e-8)  # the dual's directions are less orthogonal
    known = ~unit.kept | (outside <= nothing)
    level = np.where(unit.kept, mean / lengths, 0.0)
    rest = level - basis @ (level @ basis)
    return np.append(known, rest @ rest <= nothing * (level @ level))
