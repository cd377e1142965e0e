"""scikit-learn's contract of estimators, held by the networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from elltwo.neural_network import MLPClassifier, MLPRegressor

if TYPE_CHECKING:
    from functools import partial

# Fits of an objective that is not convex show, on their way to a tolerance or to max_iter, how sums
# were rounded. test_mlp_estimators compares objectives of rows repeated and weighted instead.
_ROUNDING = {
    "check_sample_weight_equivalence_on_dense_data",
    "check_sample_weight_equivalence_on_sparse_data",
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        MLPRegressor(max_iter=100),
        MLPClassifier(max_iter=100),
        MLPRegressor(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
        MLPRegressor(solver="varpro", hidden_layer_sizes=3, activation="tanh", max_iter=100),
        MLPClassifier(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
    ]
)
def test_scikit_learn_contract(estimator: Any, check: partial[None]) -> None:  # noqa: ANN401
    if estimator.solver not in {"adam", "sgd"} and check.func.__name__ in _ROUNDING:
        pytest.skip("coefficients show the rounding of sums")
    check(estimator)
