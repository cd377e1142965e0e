"""Cross-validation over several l1_ratio, which reads tall data once."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy import sparse

import elltwo
from elltwo import _core
from elltwo.linear_model import ElasticNetCV, MultiTaskElasticNetCV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATIOS = [1.0, 0.2, 0.7]


@pytest.fixture(autouse=True)
def _edges_are_no_matter() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def data(n: int = 120, p: int = 15) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    return X, X[:, 0] - 2.0 * X[:, 3] + rng.normal(size=n)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the numbers of l1_ratio that the core was asked about, as calls come."""
    real: Callable[..., Any] = _core.elastic_net_splits
    calls: list[int] = []

    def count(*given: Any) -> Any:  # noqa: ANN401
        calls.append(given[4].size)
        return real(*given)

    monkeypatch.setattr(_core, "elastic_net_splits", count)
    return calls


@pytest.mark.parametrize("kind", ["tall", "wide", "sparse", "grid", "weights", "float32"])
def test_each_ratio_has_the_answer_of_a_call_of_its_own(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = data(40, 90) if kind == "wide" else data()
    given: dict[str, Any] = {"n_alphas": 12, "cv": 4}
    if kind == "grid":
        given = {"alphas": [30.0, 3.0, 0.3], "cv": 4}
    if kind == "weights":
        given["sample_weight"] = np.linspace(0.1, 2.0, len(y))
    shown = sparse.csr_array(X) if kind == "sparse" else X
    shown = X.astype(np.float32) if kind == "float32" else shown
    each = [elltwo.elastic_net_cv(shown, y, ratio, **given) for ratio in RATIOS]
    calls = counted(monkeypatch)
    several = elltwo.elastic_net_cv(shown, y, RATIOS, **given)
    assert calls == [len(RATIOS)]
    for k, one in enumerate(each):
        np.testing.assert_array_equal(several.alphas[k], one.alphas)
        np.testing.assert_array_equal(several.cv_mse[k], one.cv_mse)
    best = each[RATIOS.index(several.l1_ratio)]
    assert several.alpha == best.alpha
    np.testing.assert_array_equal(several.coef, best.coef)


def test_a_grid_that_goes_on_is_fitted_for_each_ratio() -> None:
    X, y = data()
    given: dict[str, Any] = {"alphas": [300.0, 200.0], "extend": True, "cv": 4}
    several = elltwo.elastic_net_cv(X, y, [0.9, 0.3], **given)
    best = elltwo.elastic_net_cv(X, y, several.l1_ratio, **given)
    assert several.alpha == best.alpha
    np.testing.assert_array_equal(several.coef, best.coef)


def test_repeated_ratios_are_fitted_like_others() -> None:
    X, y = data()
    several = elltwo.elastic_net_cv(X, y, [0.5, 0.5], n_alphas=8)
    np.testing.assert_array_equal(several.cv_mse[0], several.cv_mse[1])


def test_threads_change_no_bit() -> None:
    X, y = data()
    one, two = (elltwo.elastic_net_cv(X, y, RATIOS, n_threads=k) for k in (1, 2))
    np.testing.assert_array_equal(one.cv_mse, two.cv_mse)


def test_the_estimator_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data()
    each = [ElasticNetCV(l1_ratio=ratio, alphas=12, cv=4).fit(X, y) for ratio in RATIOS]
    calls = counted(monkeypatch)
    several = ElasticNetCV(l1_ratio=RATIOS, alphas=12, cv=4).fit(X, y)
    assert calls == [len(RATIOS)]
    for k, one in enumerate(each):
        np.testing.assert_array_equal(several.mse_path_[k], one.mse_path_)
    best = each[RATIOS.index(several.l1_ratio_)]
    np.testing.assert_array_equal(several.coef_, best.coef_)


def test_tasks_with_other_tolerances_are_fitted_by_themselves() -> None:
    X, y = data()
    Y = np.column_stack([y, X[:, 1] + 0.1 * y])
    each = [MultiTaskElasticNetCV(l1_ratio=ratio, alphas=6, cv=3).fit(X, Y) for ratio in RATIOS]
    several = MultiTaskElasticNetCV(l1_ratio=RATIOS, alphas=6, cv=3).fit(X, Y)
    for k, one in enumerate(each):
        np.testing.assert_array_equal(several.mse_path_[k], one.mse_path_)
