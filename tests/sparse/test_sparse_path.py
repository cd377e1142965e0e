"""Paths and cross-validation of sparse features: the answers of their dense twins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import ShuffleSplit

from elltwo import ridge_cv, ridge_path
from sparse_data import DENSE, Twin, X, Y, assert_close, twins, y

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

pytestmark = pytest.mark.filterwarnings("ignore:alpha = .* lies on")

ALPHAS = np.array([1.0, 0.01, np.inf, 100.0])


STRICT = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@STRICT
@given(twins(), st.booleans())
def test_path_is_that_of_the_dense_twin(twin: Twin, least_squares: bool) -> None:
    alphas = np.append(ALPHAS, 0.0) if least_squares else ALPHAS
    path = ridge_path(twin.X, twin.y, alphas, **twin.options)
    expected = ridge_path(twin.dense.astype(np.float64), twin.y, alphas, **twin.options)
    for k in range(alphas.size):
        tol = 1e-10 if alphas[k] > 0.0 else 1e-8
        assert_close(path.coef[k], expected.coef[k], tol)
        assert_close(path.intercept[k], expected.intercept[k], tol)
    assert_close(path.edf, expected.edf)
    np.testing.assert_allclose(path.rss, expected.rss, rtol=0, atol=1e-10 * (twin.y**2).sum())
    assert_close(path.leverages(0.3), expected.leverages(0.3))
    assert_close(path.loo_residuals(0.3), expected.loo_residuals(0.3))
    assert path.n_samples == expected.n_samples


@STRICT
@given(twins(), st.sampled_from(["loo", "gcv", 3, "pairs", "splitter"]), st.booleans())
def test_choice_is_that_of_the_dense_twin(twin: Twin, cv: Any, per_target: bool) -> None:  # noqa: ANN401
    rows = np.arange(len(twin.y))
    if cv == "pairs":
        cv = [(rows[1:], rows[:2]), (rows[[0, 0, *rows[2:]]], rows[[1, 1, 2]])]
    elif cv == "splitter":
        cv = ShuffleSplit(2, test_size=2, random_state=0)
    options = {"alphas": ALPHAS, "cv": cv, "per_target": per_target, **twin.options}
    fit = ridge_cv(twin.X, twin.y, **options)
    expected = ridge_cv(twin.dense, twin.y, **options)
    assert_close(fit.cv_mse, expected.cv_mse)
    assert fit.coef.dtype == twin.dense.dtype
    if np.array_equal(fit.alpha, expected.alpha):  # else there are ties
        assert_close(fit.coef, expected.coef, 1e-9 if fit.coef.dtype == np.float64 else 1e-6)
    if cv != "gcv":
        assert_close(fit.cv_se, expected.cv_se)
    if cv not in ("loo", "gcv"):
        assert_close(fit.fold_mse, expected.fold_mse)


@pytest.mark.parametrize("cv", ["loo", 4])
@pytest.mark.parametrize("per_target", [False, True])
def test_scoring_and_stored_predictions(cv: str | int, per_target: bool) -> None:
    def score(seen: Array, predicted: Array) -> float:
        return -float(np.abs(seen - predicted).mean())

    options: dict[str, Any] = {"alphas": ALPHAS, "cv": cv, "per_target": per_target}
    fit = ridge_cv(X, Y, scoring=score, **options)
    expected = ridge_cv(DENSE, Y, scoring=score, **options)
    assert_close(fit.cv_score, expected.cv_score)
    np.testing.assert_array_equal(fit.alpha, expected.alpha)
    if cv == "loo":
        fit = ridge_cv(X, Y, store_cv=True, **options)
        expected = ridge_cv(DENSE, Y, store_cv=True, **options)
        assert_close(fit.cv_predictions, expected.cv_predictions)


@pytest.mark.parametrize("shape", [(400, 90), (90, 400)])
@pytest.mark.parametrize("cv", ["loo", "gcv", 3])
def test_automatic_grid_of_rows_with_few_entries(shape: tuple[int, int], cv: str | int) -> None:
    """Rows are taken by their entries where these are few beside the features."""
    rng = np.random.default_rng(3)
    matrix: Any = sparse.random_array(shape, density=0.03, rng=rng, format="csr")
    target = matrix @ rng.normal(size=shape[1]) + rng.normal(size=shape[0])
    prior = rng.normal(size=shape[1])
    fit = ridge_cv(matrix, target, cv=cv, prior_mean=prior)
    expected = ridge_cv(matrix.toarray(), target, cv=cv, prior_mean=prior)
    np.testing.assert_allclose(fit.alphas, expected.alphas, rtol=1e-6)
    assert_close(fit.cv_mse[1:-1], expected.cv_mse[1:-1], 1e-8)
    assert fit.alpha == pytest.approx(expected.alpha, rel=1e-6)


@pytest.mark.parametrize("level", [1e3, 1e8])
@pytest.mark.parametrize("cv", ["loo", "gcv", 4])
def test_full_columns_far_from_zero(level: float, cv: str | int) -> None:
    """A constant column, and one with a large mean, cost the others no digits."""
    rng = np.random.default_rng(5)
    dense = np.hstack([np.full((60, 1), level), DENSE, level + rng.normal(size=(60, 1))])
    fit = ridge_cv(sparse.csc_array(dense), y, alphas=[0.1, 1.0, 10.0], cv=cv)
    centred = dense.copy()
    centred[:, [0, -1]] -= level
    expected = ridge_cv(centred, y, alphas=[0.1, 1.0, 10.0], cv=cv)
    assert_close(fit.cv_mse, expected.cv_mse)
    path = ridge_path(sparse.csr_array(dense), y, [1.0])
    fitted = dense @ path.coef[0] + path.intercept[0]
    again = ridge_path(centred, y, [1.0])
    assert_close(fitted, centred @ again.coef[0] + again.intercept[0], 1e-15 * level + 1e-12)


def test_path_keeps_its_promises_where_the_gram_matrix_is_rough() -> None:
    """Nearly equal columns and a small alpha: digits that eigenvalues of X'X do not hold."""
    rng = np.random.default_rng(6)
    dense = np.hstack([DENSE, DENSE + 1e-7 * rng.normal(size=DENSE.shape)])
    alphas = np.array([1e-14, 1e-9, 1.0])
    path = ridge_path(sparse.csr_array(dense), y, alphas)
    expected = ridge_path(dense, y, alphas)
    assert path.solver == expected.solver == "svd"
    assert_close(path.rss, expected.rss, 1e-8)
    assert_close(path.edf, expected.edf, 1e-8)
    wide = sparse.csr_array(np.hstack([dense, dense[:, :5]])[:20])
    path, expected = (ridge_path(m, y[:20], alphas) for m in (wide, wide.toarray()))
    assert path.solver == expected.solver == "svd"
    assert_close(path.edf, expected.edf, 1e-8)


@pytest.mark.parametrize("scale", [2.0**-400, 2.0**400])
def test_data_out_of_range(scale: float) -> None:
    """Units do not matter, as long as the alphas are within the range of double."""
    fit = ridge_cv(scale * X, y, alphas=[scale**2, 0.0], cv=3)
    expected = ridge_cv(X, y, alphas=[1.0, 0.0], cv=3)
    assert_close(fit.cv_mse, expected.cv_mse, 1e-9)
    for some in (X, X[:8]):
        rows = some.shape[0]
        path = ridge_path((scale * some).tocsc(), y[:rows], [scale**2, 0.0])
        assert_close(path.coef * scale, ridge_path(some.tocsc(), y[:rows], [1.0, 0.0]).coef, 1e-9)


def test_nan_in_y_is_named() -> None:
    bad = y.copy()
    bad[7] = np.nan
    for cv in ("loo", 3):
        with pytest.raises(ValueError, match="y contains NaN at row 7"):
            ridge_cv(X, bad, alphas=[1.0], cv=cv)
    with pytest.raises(ValueError, match="y contains NaN at row 7"):
        ridge_path(X[:8], bad[:8], [1.0])


@pytest.mark.parametrize("shape", [(3000, 200), (150, 4000)])
def test_thread_count_changes_no_bit(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(7)
    matrix: Any = sparse.random_array(shape, density=0.02, rng=rng, format="csr")
    target = rng.normal(size=shape[0])
    options: dict[str, Any] = {"alphas": [0.1, 1.0, 10.0], "store_cv": False}
    for cv in ("loo", 3):
        fits = [ridge_cv(matrix, target, cv=cv, n_threads=n, **options) for n in (1, 2, 3)]
        for fit in fits[1:]:
            assert fit.cv_mse.tobytes() == fits[0].cv_mse.tobytes()
            assert fit.coef.tobytes() == fits[0].coef.tobytes()
