"""Groups of rows, each with a fit of its own, and their predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import Named, Names
from elltwo.functional._base.predict import require_finite_rows, require_representable
from elltwo.functional._base.row_blocks import row_blocks
from elltwo.functional._base.row_labels import require_same_labels
from elltwo.functional._base.validate import design_matrix
from elltwo.functional._batch.groups_keys import group_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._batch.batched import Batched


class Grouped(Named):
    """What records of groups of rows have in common."""

    __slots__ = ("_fits", "_groups", "_n_rows")

    def __init__(self, groups: AnyArray, n_rows: npt.NDArray[np.int64], fits: Batched) -> None:
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
    def info(self) -> Any:  # noqa: ANN401  # a record of the family's own
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
