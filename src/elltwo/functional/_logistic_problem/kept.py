"""Coefficients of a path that are mostly zero, without the zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

    Int64Array = npt.NDArray[np.int64]


class KeptCoef(NamedTuple):
    """Coefficients of several fits in compressed rows; those that are zero are left out.

    Row ``number[a] * n_outputs + k`` belongs to output k of fit a: fits may repeat.
    """

    starts: Int64Array
    features: Int64Array
    values: Float64Array
    number: npt.NDArray[np.intp]  #: (n_fits,)
    n_outputs: int
    n_features: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of the array that this stands for."""
        return self.number.size, self.n_outputs, self.n_features

    @property
    def n_active(self) -> Int64Array:
        """Numbers of coefficients that are not zero, (n_fits,)."""
        counts: Int64Array = np.diff(self.starts[:: self.n_outputs])[self.number]
        return counts

    def fit(self, a: int) -> Float64Array:
        """Return the coefficients of a fit, (n_outputs, n_features)."""
        first = int(self.number[a]) * self.n_outputs
        coef = np.zeros((self.n_outputs, self.n_features))
        for k in range(self.n_outputs):
            row = slice(self.starts[first + k], self.starts[first + k + 1])
            coef[k, self.features[row]] = self.values[row]
        return coef

    def all_fits(self) -> Float64Array:
        """Return the coefficients of all fits, (n_fits, n_outputs, n_features)."""
        coef = np.empty(self.shape)
        for a in range(self.number.size):
            coef[a] = self.fit(a)
        return coef

    def in_order(self, order: npt.NDArray[np.intp]) -> KeptCoef:
        """Return the fits whose numbers are given."""
        return self._replace(number=self.number[order])
