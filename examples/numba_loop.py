"""One ridge fit after the other inside a loop that Numba compiles."""

import numba
import numpy as np

from elltwo import cython_api

ridge = cython_api.function("ridge")


@numba.njit(nogil=True)
def fit_each(X, y, alpha, coef, intercept):
    """Fit problem k to X[k] and y[k]; return the first status that is not zero."""
    n_problems, n_samples, n_features = X.shape
    for k in range(n_problems):
        status = ridge(
            n_samples, n_features, X[k].ctypes, n_features, 1, y[k].ctypes, 1,
            alpha, True, coef[k].ctypes, intercept[k:].ctypes,
        )  # fmt: skip
        if status != 0:
            return status
    return 0


def main():
    """Fit 1 000 problems in 4 features."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1_000, 20, 4))
    y = rng.normal(size=(1_000, 20))
    coef, intercept = np.empty((1_000, 4)), np.empty(1_000)
    cython_api.check(fit_each(X, y, 1.0, coef, intercept))
    return X, y, coef, intercept


if __name__ == "__main__":
    main()
