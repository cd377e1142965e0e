"""scikit-learn's contract of estimators, held by the networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from elltwo.neural_network import MLPClassifier, MLPRegressor

if TYPE_CHECKING:
    from collections.abc import Callable

# check: the reason why it fails
_ROUNDING = (
    "on their way to a tolerance or to max_iter fits of no convex objective show how sums were "
    "rounded; the objectives of rows repeated and weighted are one, see test_mlp_estimators"
)


def failures(estimator: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the checks that fail, and why."""
    if estimator.solver in {"adam", "sgd"}:
        return {}
    return {
        "check_sample_weight_equivalence_on_dense_data": _ROUNDING,
        "check_sample_weight_equivalence_on_sparse_data": _ROUNDING,
    }


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        MLPRegressor(max_iter=100),
        MLPClassifier(max_iter=100),
        MLPRegressor(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
        MLPRegressor(solver="varpro", hidden_layer_sizes=3, activation="tanh", max_iter=100),
        MLPClassifier(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
    ],
    expected_failed_checks=failures,
)
def test_scikit_learn_contract(estimator: Any, check: Callable[[Any], None]) -> None:  # noqa: ANN401
    check(estimator)
