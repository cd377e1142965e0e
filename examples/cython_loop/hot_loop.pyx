# cython: language_level=3, boundscheck=False, wraparound=False
"""One ridge fit after the other inside a loop that Python has no part in."""

from elltwo cimport cython_api


def fit_each(
    const double[:, :, ::1] X, const double[:, ::1] y, double alpha,
    double[:, ::1] coef, double[::1] intercept,
):
    """Fit problem k to X[k] and y[k]; write coef[k] and intercept[k]."""
    cdef Py_ssize_t n_samples = X.shape[1]
    cdef Py_ssize_t n_features = X.shape[2]
    cdef Py_ssize_t k
    with nogil:
        for k in range(X.shape[0]):
            cython_api.check(
                cython_api.ridge(
                    n_samples, n_features, &X[k, 0, 0], n_features, 1, &y[k, 0], 1,
                    alpha, True, &coef[k, 0], &intercept[k],
                )
            )
