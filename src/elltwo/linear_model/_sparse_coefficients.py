"""Coefficients that may be stored without their zeros."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn import get_config
from sklearn.utils.validation import check_is_fitted

from elltwo.linear_model._base import LinearEstimator

if TYPE_CHECKING:
    from typing_extensions import Self

    from elltwo.functional._base.validate import FloatArray


class SparseCoefficients(LinearEstimator):
    """An estimator many of whose coefficients may be zero."""

    coef_: Any  # an array, or a sparse matrix after `sparsify`
    _one_row_is_flat = True  # of an array

    @property
    def sparse_coef_(self) -> Any:  # noqa: ANN401  # a matrix or array of SciPy
        """Coefficients as a sparse matrix of shape (1, n_features) or (n_targets, n_features)."""
        return sparse_rows(self.coef_)

    def sparsify(self) -> Self:
        """Store `coef_` as a sparse matrix of shape (1, n_features) or (n_targets, n_features).

        Predictions stay as they are, and a new fit stores an array again.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        if not _is_sparse(self.coef_):
            self.coef_ = sparse_rows(self.coef_)
        return self

    def densify(self) -> Self:
        """Store `coef_` as an array, as `fit` does.

        Returns
        -------
        object
            The estimator itself.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        self.coef_ = self._dense_coef()
        return self

    def _dense_coef(self) -> FloatArray:
        coef = self.coef_
        if not _is_sparse(coef):
            return super()._dense_coef()
        dense: FloatArray = coef.toarray()
        return dense[0] if self._one_row_is_flat and len(dense) == 1 else dense


def sparse_rows(coef: Any) -> Any:  # noqa: ANN401  # matrices or arrays of SciPy or NumPy
    """Return coefficients as a sparse matrix, of the interface scikit-learn is set to."""
    rows = sparse.csr_array(coef if _is_sparse(coef) else np.atleast_2d(coef))
    if get_config().get("sparse_interface", "spmatrix") == "spmatrix":
        return sparse.csr_matrix(rows)
    return rows


def _is_sparse(coef: Any) -> bool:  # noqa: ANN401  # whatever `coef_` has been set to
    return bool(sparse.issparse(coef))
