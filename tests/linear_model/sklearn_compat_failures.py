"""Tests of scikit-learn that elltwo's classes are expected to fail, and why."""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A failure is expected if both expressions are found, in the test's name and its error."""

    test: str
    error: str
    reason: str


RIDGE = [
    Rule(
        "_limits_ridge_gcv.*svd",
        "FutureWarning",
        '`gcv_mode="svd"` is not about to be refused for sparse X, so there is no warning of it',
    ),
    Rule(
        "test_ridge_positive_error_test|test_ridge_fit_intercept_sparse",
        "DID NOT (RAISE|WARN)",
        "every solver takes `positive` and sparse X with an intercept",
    ),
    Rule(
        "test_lbfgs_solver_error",
        "DID NOT WARN",
        "it converges",
    ),
    Rule(
        "test_ridge_regression",
        "assert '.*cholesky' == '(sag|saga|lsqr|sparse_cg|cholesky)'",
        "`solver_` is the solver that was used, not the one asked for",
    ),
    Rule(
        "test_n_iter",
        "",
        "`n_iter_` counts linear solves, since no solver iterates by target",
    ),
    Rule(
        "test_ridgecv_alphas_zero",
        "DID NOT RAISE",
        "alpha = 0 is defined: least squares, of minimum norm",
    ),
    Rule(
        "test_ridgecv_alphas_validation",
        "Regex",
        'the message says "must be >= 0", since alpha = 0 is defined',
    ),
    Rule(
        "test_ridgecv_sample_weight",
        "",
        "with R^2 of single rows, which is NaN, scikit-learn takes the first alpha of the grid; "
        "here such splits do not count",
    ),
    Rule(
        "test_ridge_cv_individual_penalties",
        "Regex pattern did not match",
        "an alpha for each target is chosen by folds as well",
    ),
]


LOGISTIC = [
    Rule("test_liblinear_dual_random_state", "DID NOT RAISE", "nothing is random"),
    Rule(
        "test_max_iter|test_newton_cholesky_fallback_to_lbfgs",
        "DID NOT WARN|Regex pattern did not match",
        "warnings have our words, and fits that scikit-learn stops early converge",
    ),
    Rule(
        "test_(penalty_deprecated|l1_ratio_None_deprecated|logisticregression_warns_with_n_jobs"
        "|logisticregressioncv_warns_with_use_legacy_attributes|lr_scoring_warns)",
        "FutureWarning",
        "no parameter is about to be removed, so there is no warning of it",
    ),
    Rule(
        "test_lr_penalty_l1ratio_incompatible",
        "DID NOT WARN",
        '`penalty="l1"` needs no `l1_ratio`, as in scikit-learn before 1.8',
    ),
    Rule(
        "test_elasticnet_l1_ratio_err_helpful",
        "DID NOT RAISE",
        "`l1_ratio=None` stands for 0, as in scikit-learn before 1.8",
    ),
    Rule("callback", "set_callbacks|DID NOT WARN", "there are no callbacks"),
    Rule(
        "",
        "_predict_proba_lr|_log_reg_scoring_path|_get_scorer",
        "private functions of scikit-learn are not ours",
    ),
    Rule(
        "test_check_solver_option|test_liblinear_multiclass_raises|test_liblinear_with_large_values",
        "DID NOT RAISE",
        "solvers that do not take what they are asked for stand for one that does",
    ),
    Rule(
        "test_large_sparse_matrix",
        "Regex pattern did not match|DID NOT RAISE",
        "every solver takes 64-bit indices",
    ),
    Rule(
        "test_dtype_match",
        "float32.* == .*float64",
        "float32 data have float32 coefficients, whatever the solver",
    ),
    Rule(
        "test_warm_start_newton_solver.*newton-cg",
        "AssertionError",
        "how exact a step of conjugate gradients is depends on the steps before it, so that two at "
        "once are not two restarts",
    ),
]

COORDINATE_DESCENT = [
    Rule(
        "test_enet_nonfinite_params",
        "DID NOT RAISE",
        "values near the largest number are scaled, and the fit is finite",
    ),
    Rule(
        "test_lasso_dual_gap",
        "AssertionError",
        "the gap is a sum of terms none of which is negative, exact where the difference of "
        "objectives that scikit-learn computes is rounding",
    ),
    Rule(
        "test_lasso_alpha_warning",
        "DID NOT WARN",
        "alpha = 0 is defined: least squares, without advice against it",
    ),
    Rule(
        "test_check_input_false",
        "DID NOT RAISE",
        "any order in memory will do, and input is checked even if it is not to be",
    ),
    Rule(
        "test_enet_copy_X_False_check_input_False",
        "AssertionError",
        "X is never overwritten",
    ),
    Rule(
        "test_lassoCV_does_not_set_precompute",
        "assert 0 > 0",
        "the fit to all rows is a point of the path, not a fit by scikit-learn's private module",
    ),
    Rule(
        "test_path_function_deprecated_n_alphas",
        "FutureWarning",
        "`n_alphas` is not about to be removed, so there is no warning of it",
    ),
]

SPARSE_COORDINATE_DESCENT = [
    Rule(
        "test_sparse_enet_coordinate_descent",
        "DID NOT WARN",
        "fits that scikit-learn stops early converge",
    ),
]

MLP = [
    Rule(
        "test_gradient",
        "_loss_grad_lbfgs",
        "private methods of scikit-learn are not ours",
    ),
    Rule(
        "test_mlp_diverging_loss",
        "non-finite parameter weights",
        "a loss that becomes infinite or NaN is an error, also where rows are held back",
    ),
    Rule(
        "test_mlp_vs_poisson_glm_equivalent",
        "loss must be one of",
        "there is no loss of counts",
    ),
]

RULES = {
    "ridge": RIDGE,
    "logistic": LOGISTIC,
    "coordinate_descent": COORDINATE_DESCENT,
    "sparse_coordinate_descent": SPARSE_COORDINATE_DESCENT,
    "mlp": MLP,
}


def reason_to_fail(suite: str, test: str, error: str) -> str | None:
    """Return why a test is expected to fail with an error, None if it is not."""
    for rule in RULES[suite]:
        if re.search(rule.test, test) and re.search(rule.error, error):
            return rule.reason
    return None
