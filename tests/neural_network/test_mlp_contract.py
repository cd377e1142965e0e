"""scikit-learn's contract of estimators, held by the networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from elltwo.neural_network import MLPClassifier, MLPRegressor

if TYPE_CHECKING:
    from collections.abc import Callable

# check: the reason why it fails
_BATCHES = "a row given twice makes other batches than one of weight 2, as scikit-learn's do"
_SINGLE = (
    "the rows are read in single precision at first, whose rounding depends on their number: fits "
    "that max_iter ends differ, while the objectives of the two are one, see test_mlp_estimators"
)


def failures(estimator: Any) -> dict[str, str]:  # noqa: ANN401
    """Return the checks that fail, and why."""
    reason = _SINGLE if estimator.solver == "lbfgs" else _BATCHES
    return {
        "check_sample_weight_equivalence_on_dense_data": reason,
        "check_sample_weight_equivalence_on_sparse_data": reason,
    }


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(  # type: ignore[untyped-decorator]
    [
        MLPRegressor(max_iter=100),
        MLPClassifier(max_iter=100),
        MLPRegressor(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
        MLPClassifier(solver="lbfgs", hidden_layer_sizes=5, max_iter=100),
    ],
    expected_failed_checks=failures,
)
def test_scikit_learn_contract(estimator: Any, check: Callable[[Any], None]) -> None:  # noqa: ANN401
    check(estimator)
