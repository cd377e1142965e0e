"""Splits of any kind: folds, splitters, overlapping and repeated rows, with brute force beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, ShuffleSplit, TimeSeriesSplit

from elltwo import ridge, ridge_cv

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

rng = np.random.default_rng(0)
X = rng.standard_normal((24, 3)) + 5.0
Y = X @ rng.standard_normal((3, 2)) + rng.standard_normal((24, 2))
WEIGHT = rng.uniform(0.5, 2.0, 24)
GROUPS = np.repeat(np.arange(6), 4)
ALPHAS = [0.1, 3.0, 50.0, np.inf]

pytestmark = [
    pytest.mark.filterwarnings("ignore:alpha = .* lies on"),
    pytest.mark.filterwarnings("ignore:The groups parameter is ignored"),
]


def brute_force(pairs: list[tuple[Array, Array]], w: Array) -> tuple[Array, Array]:
    """Mean squared errors (splits x alphas x targets) and weights of the test sets."""
    mse, weight = [], []
    for train, test in pairs:
        fits = [ridge(X[train], Y[train], alpha=a, sample_weight=w[train]) for a in ALPHAS]
        share = w[test] / w[test].sum()
        mse.append([share @ (Y[test] - fit.predict(X[test])) ** 2 for fit in fits])
        weight.append(w[test].sum())
    return np.array(mse), np.array(weight)


SPLITTERS = [
    KFold(4),
    KFold(5, shuffle=True, random_state=0),
    ShuffleSplit(6, test_size=0.3, random_state=1),
    TimeSeriesSplit(4),
    GroupKFold(3),
]


@pytest.mark.parametrize("splitter", SPLITTERS, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("weighted", [False, True])
def test_splitters(splitter: Any, weighted: bool) -> None:  # noqa: ANN401
    w = WEIGHT if weighted else np.ones(24)
    pairs = list(splitter.split(X, Y, GROUPS))
    mse, weight = brute_force(pairs, w)
    for cv in (splitter, pairs):
        fit = ridge_cv(
            X, Y, alphas=ALPHAS, cv=cv, groups=GROUPS, sample_weight=w if weighted else None
        )
        np.testing.assert_allclose(fit.fold_mse, mse.mean(axis=2), rtol=1e-9)
        pooled = np.average(mse.mean(axis=2), axis=0, weights=weight)
        np.testing.assert_allclose(fit.cv_mse, pooled, rtol=1e-9)


def test_rows_that_come_twice_count_twice() -> None:
    train, test = np.array([0, 1, 1, 2, 3, 4, 9, 9, 9, 11]), np.array([5, 6, 6])
    mse, _ = brute_force([(train, test)], np.ones(24))
    fit = ridge_cv(X, Y, alphas=ALPHAS, cv=[(train, test)])
    np.testing.assert_allclose(fit.fold_mse, mse.mean(axis=2), rtol=1e-9)


def test_masks_and_negative_numbers_are_row_numbers() -> None:
    mask = np.zeros(24, dtype=bool)
    mask[-5:] = True
    pairs = [(np.flatnonzero(~mask), np.flatnonzero(mask))]
    wanted = ridge_cv(X, Y, alphas=ALPHAS, cv=pairs).fold_mse
    for cv in ([(~mask, mask)], [(pairs[0][0], np.arange(-5, 0))]):
        np.testing.assert_allclose(ridge_cv(X, Y, alphas=ALPHAS, cv=cv).fold_mse, wanted)


def test_fewer_training_rows_than_features() -> None:
    wide = rng.standard_normal((24, 30))
    pairs = list(KFold(4).split(wide))
    fit = ridge_cv(wide, Y, alphas=ALPHAS, cv=4)
    for k, (train, test) in enumerate(pairs):
        for a, alpha in enumerate(ALPHAS):
            one = ridge(wide[train], Y[train], alpha=alpha)
            mse = ((Y[test] - one.predict(wide[test])) ** 2).mean()
            np.testing.assert_allclose(fit.fold_mse[k, a], mse, rtol=1e-9)


@pytest.mark.parametrize("n_samples", [30, 11])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"penalize_intercept": True},
        {"penalty_factors": np.linspace(1.0, 5.0, 12)},
        {"penalty_factors": np.r_[0.0, np.inf, np.ones(10)], "fit_intercept": False},
    ],
    ids=["plain", "penalised_intercept", "factors", "ends"],
)
def test_of_many_solutions_without_a_penalty_that_of_ridge(
    options: dict[str, Any], n_samples: int
) -> None:
    """The limit of small penalties, which is the shortest in the norm of the factors."""
    few = np.random.default_rng(3)
    wide, y = few.standard_normal((n_samples, 12)), few.standard_normal(n_samples) + 3.0
    train, test = np.arange(8), np.arange(8, n_samples)
    alphas = [1.0, 0.0]
    fit = ridge_cv(wide, y, alphas=alphas, cv=[(train, test)], **options)
    for k, alpha in enumerate(alphas):
        one = ridge(wide[train], y[train], alpha=alpha, **options)
        mse = ((y[test] - one.predict(wide[test])) ** 2).mean()
        np.testing.assert_allclose(fit.fold_mse[0, k], mse, rtol=1e-9)


def test_an_alpha_for_each_target() -> None:
    fit = ridge_cv(X, Y, alphas=ALPHAS, cv=4, per_target=True)
    alone = [ridge_cv(X, Y[:, t], alphas=ALPHAS, cv=4) for t in range(2)]
    for t in range(2):
        assert fit.alpha[t] == alone[t].alpha
        np.testing.assert_allclose(fit.coef[t], alone[t].coef, rtol=1e-9)
        np.testing.assert_allclose(fit.cv_mse[:, t], alone[t].cv_mse, rtol=1e-9)
        np.testing.assert_allclose(fit.cv_se[:, t], alone[t].cv_se, rtol=1e-9)


@pytest.mark.parametrize("cv", ["loo", 4])
def test_one_standard_error(cv: Any) -> None:  # noqa: ANN401
    y = Y[:, 0]
    grid = np.geomspace(1e-3, 1e4, 40)
    best = ridge_cv(X, y, alphas=grid, cv=cv)
    fit = ridge_cv(X, y, alphas=grid, cv=cv, select="1se")
    i = int(best.cv_mse.argmin())
    inside = best.cv_mse <= best.cv_mse[i] + best.cv_se[i]
    assert fit.alpha == grid[inside].max() >= best.alpha
    if cv == 4:
        se = best.fold_mse[:, i].std(ddof=1) / 2
        np.testing.assert_allclose(best.cv_se[i], se, rtol=1e-9)


@pytest.mark.parametrize("cv", ["loo", 4])
def test_scoring(cv: Any) -> None:  # noqa: ANN401
    def minus_mae(y_true: Array, y_pred: Array) -> float:
        return -float(np.abs(y_true - y_pred).mean())

    fit = ridge_cv(X, Y, alphas=ALPHAS, cv=cv, scoring=minus_mae)
    pairs = list(KFold(24 if cv == "loo" else 4).split(X))
    for a, alpha in enumerate(ALPHAS):
        scores = []
        for train, test in pairs:
            predicted = ridge(X[train], Y[train], alpha=alpha).predict(X[test])
            scores.append(minus_mae(Y[test], predicted))
        np.testing.assert_allclose(fit.cv_score[a], np.mean(scores), rtol=1e-9)
    assert fit.alpha == ALPHAS[int(fit.cv_score.argmax())]


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        ([], "cv holds no splits"),
        ([([0, 1], [])], "none empty"),
        ([([0, 24], [1])], "row numbers below 24, got 24 in the training set of split 0"),
        ([([0, 1], [0.5])], "dtype float64"),
        ([[1, 2, 3]], "pairs of training and test indices"),
        ("lou", "got 'lou'"),
    ],
)
def test_bad_splits(cv: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises((TypeError, ValueError), match=message):
        ridge_cv(X, Y, alphas=ALPHAS, cv=cv)


def test_options_that_do_not_go_together() -> None:
    with pytest.raises(ValueError, match="select must be"):
        ridge_cv(X, Y, alphas=ALPHAS, select="2se")
    with pytest.raises(ValueError, match="standard errors"):
        ridge_cv(X, Y, alphas=ALPHAS, cv="gcv", select="1se")
    with pytest.raises(ValueError, match="store_cv"):
        ridge_cv(X, Y, alphas=ALPHAS, cv=4, store_cv=True)
    with pytest.raises(AttributeError, match="no fold_mse"):
        _ = ridge_cv(X, Y, alphas=ALPHAS).fold_mse
