"""Names of solvers that scikit-learn has and elltwo has not."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import elltwo
from elltwo.functional._base.options import StandIn

RNG = np.random.default_rng(0)
X, y = RNG.normal(size=(40, 4)), RNG.normal(size=40)


@pytest.mark.parametrize("name", ["lsqr", "sparse_cg", "sparse-cg", "sag", "saga", "lbfgs"])
def test_they_stand_for_auto_in_functions_and_estimators(name: str) -> None:
    auto = elltwo.ridge(X, y, alpha=1.0)
    fit = elltwo.ridge(X, y, alpha=1.0, solver=name)
    np.testing.assert_allclose(fit.coef, auto.coef, rtol=1e-12)
    start = f'solver="{name}" stands for "auto" here: '
    assert fit.info.reason.startswith(start)
    assert elltwo.linear_model.Ridge(solver=name).fit(X, y).info_ == fit.info
    moments = elltwo.Moments(4).add(X, y) if hasattr(elltwo.Moments, "add") else None
    if moments is not None:
        assert moments.ridge(alpha=1.0, solver=name).info.reason.startswith(start)


def test_a_name_that_stands_for_another_survives_pickling() -> None:
    name = pickle.loads(pickle.dumps(StandIn("lbfgs")))
    assert name == "auto"
    assert name.asked == "lbfgs"


def test_others_are_refused() -> None:
    with pytest.raises(ValueError, match="solver must be one of 'auto', 'cholesky', 'svd', 'cg'"):
        elltwo.ridge(X, y, alpha=1.0, solver="liblinear")
