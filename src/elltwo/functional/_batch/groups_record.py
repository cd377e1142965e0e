"""What fits of groups of rows return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import Named, Names
from elltwo.functional._base.predict import require_finite_rows, require_representable
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import design_matrix
from elltwo.functional._batch.alpha_choice_record import ChosenAlphas
from elltwo.functional._batch.groups_keys import group_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._batch.alpha_choice import Choice
    from elltwo.functional._batch.record import BatchFit


@public("elltwo")
class GroupedFit(Named):
    """Ridge regressions of groups of rows, as `elltwo.ridge_grouped` returns them; read-only.

    Parameters
    ----------
    groups : ndarray of shape (n_groups,)
        Keys of the groups, ascending.
    n_rows : ndarray of shape (n_groups,)
        Number of rows of each group.
    fits : BatchFit
        The fits, in the order of the groups.

    See Also
    --------
    elltwo.ridge_grouped : Makes one.
    """

    __slots__ = ("_fits", "_groups", "_n_rows")

    def __init__(self, groups: AnyArray, n_rows: npt.NDArray[np.int64], fits: BatchFit) -> None:
        self._groups = groups
        self._n_rows = n_rows
        self._fits = fits

    @property
    def groups(self) -> AnyArray:
        """Keys of the groups, ascending; what else has an entry for each group has this order."""
        return self._groups

    @property
    def n_rows(self) -> npt.NDArray[np.int64]:
        """Number of rows of each group."""
        return self._n_rows

    @property
    def _names(self) -> Names:  # type: ignore[override]
        return self._fits._names

    @property
    def coef(self) -> FloatArray:
        """Coefficients of shape (n_groups, n_features) or (n_groups, n_targets, n_features)."""
        return self._fits.coef

    @property
    def intercept(self) -> FloatArray:
        """Intercepts of shape (n_groups,) or (n_groups, n_targets); zero where none was fitted."""
        return self._fits.intercept

    @property
    def alpha(self) -> Float64Array:
        """Penalty of each group."""
        return self._fits.alpha

    @property
    def optimality(self) -> Float64Array:
        """Relative KKT residual of each group's fit, the worst of its targets."""
        return self._fits.optimality

    @property
    def rcond(self) -> Float64Array:
        """Reciprocal condition number of each group's equilibrated system, an estimate."""
        return self._fits.rcond

    @property
    def info(self) -> SolveInfo:
        """How the fits ended: the worst of all."""
        return self._fits.info

    def predict(self, X: npt.ArrayLike, groups: npt.ArrayLike) -> FloatArray:
        """Predict the targets of rows, each by the fit of its group.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to predict; columns of a table are found by name, see `RidgeFit.predict`.
        groups : array-like of shape (n_samples,)
            Keys of the rows' groups, in any order; of fits from `starts`, numbers of groups.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
            ``x @ coef[g].T + intercept[g]``, float32 if X and `coef` are, else float64.

        Raises
        ------
        ValueError
            If a group was not fitted, which the message names, X has another number of features
            or holds NaN or infinity, or if a prediction overflows.
        TypeError
            If X does not hold real numbers.
        """
        rows = design_matrix(X, self.feature_names)
        coef, intercept = self.coef, self.intercept
        if rows.shape[1] != coef.shape[-1]:
            raise ValueError(
                f"X has {rows.shape[1]} features, but the fit is expecting {coef.shape[-1]} "
                "features"
            )
        require_same_labels(X, groups=groups)
        numbers = group_numbers(self._groups, groups, rows.shape[0])
        predicted = np.empty((len(rows), *coef.shape[1:-1]), np.result_type(rows, coef))
        for at, block in row_blocks(rows, coef[0].size):
            of_block = numbers[at]
            with np.errstate(all="ignore"):  # overflow and NaN are looked for below
                product = np.einsum("ij,i...j->i...", block, coef[of_block])
                predicted[at] = product + intercept[of_block]
            require_finite_rows(rows[at], at.start, self.feature_names)
        require_representable(predicted)
        return predicted

    def __len__(self) -> int:
        return len(self._groups)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._groups, self._n_rows, self._fits)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({len(self)} groups, coef of shape {self.coef.shape}, "
            f"status={self.info.status!r})"
        )


@public("elltwo")
class GroupedCVFit(ChosenAlphas, GroupedFit):
    """Ridge regressions of groups of rows with an alpha chosen for each; read-only.

    As `elltwo.ridge_grouped_cv` returns them.

    Parameters
    ----------
    groups, n_rows : ndarray of shape (n_groups,)
        Keys of the groups, ascending, and their numbers of rows.
    fits : BatchFit
        The fits at the chosen alphas, in the order of the groups.
    choice : object
        The alphas that were tried, and their scores.

    See Also
    --------
    elltwo.ridge_grouped_cv : Makes one.
    """

    __slots__ = ("_choice",)

    def __init__(
        self, groups: AnyArray, n_rows: npt.NDArray[np.int64], fits: BatchFit, choice: Choice
    ) -> None:
        super().__init__(groups, n_rows, fits)
        self._choice = choice

    def __reduce__(self) -> tuple[Any, ...]:
        kind, fields = super().__reduce__()
        return kind, (*fields, self._choice)
