"""Tests of scikit-learn that elltwo's classes are expected to fail, and why."""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """A failure is expected if both expressions are found, in the test's name and its error."""

    test: str
    error: str
    reason: str


RULES = [
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
]


def reason_to_fail(test: str, error: str) -> str | None:
    """Return why a test is expected to fail with an error, None if it is not."""
    for rule in RULES:
        if re.search(rule.test, test) and re.search(rule.error, error):
            return rule.reason
    return None
