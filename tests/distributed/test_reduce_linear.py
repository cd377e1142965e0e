"""Linear models of partitions are those of all rows, however these are cut and ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import elltwo
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.serial import SerialEngine
from partitions import Anything, cut_rows, cuts_of, fold_pairs, frames, linear_rows, orders_of
from random_examples import examples

if TYPE_CHECKING:
    from partitions import Anything, Flags

N = 240
NO_OPTION: Any = {"no": 1}
X, Y, WEIGHT = linear_rows(N)


def close(fit: Anything, expected: Anything) -> None:
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-11, atol=1e-11)


@examples(60)
@given(
    cuts=cuts_of(N), order=orders_of(N), by_target=st.booleans(), alpha=st.sampled_from([0.0, 2.0])
)
def test_ridge_is_that_of_all_rows(
    cuts: list[int], order: Flags, by_target: bool, alpha: float
) -> None:
    order = np.argsort(Y) if by_target else order
    parts = cut_rows(cuts, X[order], Y[order], WEIGHT[order])
    fit = fits.ridge(SerialEngine(parts), {}, alpha=alpha)
    close(fit, elltwo.ridge(X, Y, alpha=alpha, sample_weight=WEIGHT))
    assert fit.info.status == "converged"


@pytest.mark.parametrize("size", [20_000, 100_000])
def test_skewed_partitions(size: int) -> None:
    rows, y, _ = linear_rows(size)
    cuts = [0, 1, 1, 2, size - 3, size]
    close(
        fits.ridge(SerialEngine(cut_rows(cuts, rows, y)), {}, alpha=1.0),
        elltwo.ridge(rows, y, alpha=1.0),
    )


def test_options_are_those_of_ridge() -> None:
    options: dict[str, Any] = {
        "penalty_factors": [1.0, 0.0, 3.0, 1.0],
        "prior_mean": [1.0, 2.0, 3.0, 4.0],
        "penalize_intercept": True,
    }
    parts = cut_rows([0, 100, N], X, np.column_stack([Y, -2 * Y]))
    fit = fits.ridge(SerialEngine(parts), {}, alpha=[5.0, 1.0], **options)
    expected = elltwo.ridge(X, np.column_stack([Y, -2 * Y]), alpha=[5.0, 1.0], **options)
    close(fit, expected)
    assert fit.coef.shape == (2, 4)


@examples(15)
@given(cuts=cuts_of(N), fold_rows=st.integers(3, 40))
def test_folds_are_those_of_the_rule(cuts: list[int], fold_rows: int) -> None:
    folds = fold_pairs(cuts, 4, fold_rows)
    engine = SerialEngine(cut_rows(cuts, X, Y))
    options: Any = {"fold_rows": fold_rows}
    if any(len(test) == 0 for _, test in folds):
        with pytest.raises(ValueError, match="cv=4 folds"):
            fits.ridge_cv(engine, options, cv=4, alphas=None)
        return
    fit = fits.ridge_cv(engine, options, cv=4, alphas=[0.0, 1.0, np.inf])
    expected = elltwo.ridge_cv(X, Y, cv=folds, alphas=[0.0, 1.0, np.inf])
    assert fit.alpha == expected.alpha
    np.testing.assert_allclose(fit.cv_mse, expected.cv_mse, rtol=1e-10)
    close(fit, expected)


def test_folds_of_few_rows_are_shorter() -> None:
    parts = cut_rows([0, 50, 50, 90, N], X, Y)
    fit = fits.ridge_cv(SerialEngine(parts), {}, cv=5, alphas=[1.0])
    longest = N - 90
    folds = fold_pairs([0, 50, 50, 90, N], 5, longest // 5)
    np.testing.assert_allclose(
        fit.cv_mse, elltwo.ridge_cv(X, Y, cv=folds, alphas=[1.0]).cv_mse, rtol=1e-10
    )
    with pytest.raises(ValueError, match="cv=5 folds of 1000 consecutive rows need more than"):
        fits.ridge_cv(SerialEngine(parts[:1]), {"fold_rows": 1000}, cv=5, alphas=None)


def test_criteria_need_one_set_of_moments() -> None:
    engine = SerialEngine(cut_rows([0, 50, N], X, Y))
    alphas = [0.0, 1.0, np.inf]
    close(
        fits.ridge_cv(engine, {}, cv="gcv", alphas=alphas),
        elltwo.ridge_cv(X, Y, cv="gcv", alphas=alphas),
    )
    with pytest.raises(ValueError, match="select goes with folds, got cv='gcv'"):
        fits.ridge_cv(engine, {}, cv="gcv", alphas=alphas, select="1se")
    chosen = fits.elastic_net_cv(engine, {}, cv="bic", l1_ratio=1.0, alphas=[0.0, 30.0, np.inf])
    assert chosen.alpha == pytest.approx(
        elltwo.elastic_net_cv(X, Y, 1.0, cv="bic", alphas=[0.0, 30.0, np.inf]).alpha
    )


def test_elastic_nets() -> None:
    cuts = [0, 7, 7, 150, N]
    engine = SerialEngine(frames(cuts, X, Y))
    options: Any = {"target": "t"}
    alphas = [np.inf, 3000.0, 30.0, 0.0]
    path = fits.elastic_net_path(engine, options, alphas=alphas, l1_ratio=0.5)
    expected = elltwo.elastic_net_path(X, Y, alphas, 0.5)
    for i, alpha in enumerate(alphas):
        np.testing.assert_allclose(path.coef[i], expected.coef[i], rtol=1e-9, atol=1e-10)
        fit = fits.elastic_net(engine, options, alpha=alpha, l1_ratio=0.5)
        np.testing.assert_allclose(fit.coef, expected.coef[i], rtol=1e-9, atol=1e-10)
    options["fold_rows"] = 20
    chosen = fits.elastic_net_cv(engine, options, cv=3, l1_ratio=[0.5, 1.0], alphas=alphas)
    folds = fold_pairs(cuts, 3, 20)
    other = elltwo.elastic_net_cv(X, Y, [0.5, 1.0], alphas=alphas, cv=folds)
    assert (chosen.alpha, chosen.l1_ratio) == (other.alpha, other.l1_ratio)
    assert chosen.feature_names == ("a", "b", "c", "d")


def test_moments_allow_every_fit() -> None:
    moments = fits.moments(SerialEngine(frames([0, 9, N], X, Y)), {"target": "t"})
    assert (moments.n_rows, moments.feature_names) == (N, ("a", "b", "c", "d"))
    close(moments.ridge(alpha=3.0), elltwo.ridge(X, Y, alpha=3.0))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda engine: fits.ridge(engine, {}, alpha=-1.0), "alpha must hold numbers in"),
        (lambda engine: fits.ridge_cv(engine, {}, cv=1, alphas=None), "cv must be at least 2"),
        (lambda engine: fits.ridge_cv(engine, {}, cv="loo", alphas=None), "other splits need the"),
        (lambda engine: fits.ridge_cv(engine, {}, cv=3, alphas=[-1.0]), "alphas"),
        (lambda engine: fits.ridge(engine, {}, alpha=1.0, tol=-1.0), "tol"),
        (lambda engine: fits.ridge_cv(engine, {}, cv=3, alphas=None, select="max"), "select"),
        (lambda engine: fits.elastic_net(engine, {}, alpha=1.0, l1_ratio=2.0), "l1_ratio"),
        (lambda engine: fits.elastic_net_path(engine, {}, alphas=[-1], l1_ratio=1.0), "alphas"),
        (lambda engine: fits.elastic_net_cv(engine, {}, cv=2, l1_ratio=3, alphas=None), "l1_ratio"),
        (lambda engine: fits.ridge(engine, {"fan_in": 1}, alpha=1.0), "fan_in must be at least 2"),
        (lambda engine: fits.ridge(engine, {"missing": "x"}, alpha=1.0), "missing must be 'error'"),
        (lambda engine: fits.ridge(engine, NO_OPTION, alpha=1.0), "there is no option 'no'"),
        (lambda engine: fits.ridge(engine, {"offset": "o"}, alpha=1.0), "offset is for logistic"),
    ],
)
def test_arguments_are_refused_before_anything_is_read(call: Anything, text: str) -> None:
    class Unread(SerialEngine):
        closed = False

        def close(self) -> None:
            self.closed = True

        def reduce(self, *_: Anything) -> bytes:
            raise AssertionError("a pass was made")

    engine = Unread(cut_rows([0, N], X, Y))
    with pytest.raises((TypeError, ValueError), match=text):
        call(engine)
    assert engine.closed
