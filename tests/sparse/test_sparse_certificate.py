"""What sparse fits leave out: the certificate without a last look at the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

import elltwo
import reference
from sparse_data import random_sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

Sparse: TypeAlias = Any  # a matrix or an array of SciPy


def power_law(n: int, p: int, per_row: int, seed: int) -> Sparse:
    """Return rows of `per_row` draws of columns with frequencies 1, 1/2, 1/3 and so on."""
    rng = np.random.default_rng(seed)
    share = 1.0 / np.arange(1, p + 1)
    columns = rng.permutation(p)[rng.choice(p, n * per_row, p=share / share.sum())]
    entries = (rng.standard_normal(n * per_row), (np.repeat(np.arange(n), per_row), columns))
    return sparse.coo_array(entries, shape=(n, p)).tocsr()


@pytest.mark.parametrize("tol", [1e-4, 1e-7, 1e-10, 1e-13])
@pytest.mark.parametrize("shift", [0.0, 30.0, 1e4])
def test_the_certificate_holds_without_a_last_look(tol: float, shift: float) -> None:
    """Also where implicit centring magnifies rounding."""
    dense = random_sparse(3000, 60, 0.1, 21).toarray()
    dense[:, :20] += shift
    y = dense @ np.linspace(-1.0, 1.0, 60) + np.random.default_rng(22).standard_normal(3000)
    fit = elltwo.ridge(sparse.csr_array(dense), y, alpha=0.1, solver="cg", tol=tol)
    assert fit.info.status == "converged"
    assert fit.info.optimality <= tol
    # The data's own rounding is beyond what any certificate in double can see.
    assert reference.optimality(dense, y, fit.coef, 0.1) <= fit.info.optimality + 1e-15 * max(
        1.0, shift
    )


def test_a_power_law_of_columns() -> None:
    X = power_law(3000, 400, 12, 23)
    y = X @ np.random.default_rng(24).standard_normal(400) + 3.0
    fits = [elltwo.ridge(X, y, alpha=1.0, solver="cg", n_threads=n) for n in (1, 2, 4)]
    for fit in fits[1:]:
        assert fit.coef.tobytes() == fits[0].coef.tobytes()
    assert reference.optimality(X.toarray(), y, fits[0].coef, 1.0) <= 1e-10
