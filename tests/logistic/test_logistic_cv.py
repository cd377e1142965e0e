"""Cross-validated logistic regression: folds, scores, choices and refusals."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.model_selection import GroupKFold, StratifiedKFold, TimeSeriesSplit

import elltwo

if TYPE_CHECKING:
    import numpy.typing as npt

ALPHAS = [0.3, 30.0, 3.0]
each_kind = pytest.mark.parametrize("n_classes", [2, 3])
no_edges = pytest.mark.filterwarnings("ignore:alpha = .* lies on the")
pytestmark = no_edges


def data(n_classes: int, n: int = 90, p: int = 5) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Features, and string labels that depend on them."""
    rng = np.random.default_rng(n_classes)
    X = rng.standard_normal((n, p)) + 1.0
    z = X @ rng.standard_normal((p, n_classes)) + rng.gumbel(size=(n, n_classes))
    return X, np.array(["low", "mid", "top"])[z.argmax(axis=1)]


def refits(
    X: npt.NDArray[Any],
    y: npt.NDArray[Any],
    pairs: list[tuple[npt.NDArray[Any], npt.NDArray[Any]]],
    weight: npt.NDArray[Any],
    score: Any,  # noqa: ANN401  # a function of labels, probabilities, weights and classes
) -> npt.NDArray[Any]:
    """Scores of explicit fits to the training rows, (n_splits, n_alphas)."""
    rows = []
    for train, test in pairs:
        fits = [
            elltwo.logistic(X[train], y[train], alpha=alpha, sample_weight=weight[train])
            for alpha in ALPHAS
        ]
        assert all(fit.classes.tolist() == np.unique(y).tolist() for fit in fits)
        rows.append([score(y[test], f.predict_proba(X[test]), weight[test], f) for f in fits])
    return np.array(rows)


def minus_log_loss(y: Any, p: Any, w: Any, fit: elltwo.LogisticFit) -> float:  # noqa: ANN401
    return -float(log_loss(y, p, sample_weight=w, labels=fit.classes))


@each_kind
def test_folds_are_refits(n_classes: int) -> None:
    """Scores are those of fits to the training rows, and the choice is the best mean's."""
    X, y = data(n_classes)
    pairs = list(StratifiedKFold(4).split(X, y))
    expected = refits(X, y, pairs, np.ones(len(y)), minus_log_loss)
    fit = elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=4)
    np.testing.assert_allclose(fit.fold_scores, expected, rtol=1e-6)
    sizes = np.array([len(test) for _, test in pairs])
    mean = sizes @ expected / sizes.sum()
    np.testing.assert_allclose(fit.cv_score, mean, rtol=1e-6)
    assert fit.alpha == ALPHAS[int(mean.argmax())]
    share = sizes / sizes.sum()
    se = np.sqrt((share**2) @ (expected - mean) ** 2 * 4 / 3)
    np.testing.assert_allclose(fit.cv_se, se, rtol=1e-6)
    final = elltwo.logistic(X, y, alpha=fit.alpha)
    np.testing.assert_allclose(fit.coef, final.coef, rtol=1e-7)
    assert fit.alphas.tolist() == ALPHAS
    assert fit.classes.tolist() == np.unique(y).tolist()


@each_kind
@pytest.mark.parametrize("scoring", ["log_loss", "accuracy", "brier"])
def test_scores_and_weights(n_classes: int, scoring: str) -> None:
    """Each score against scikit-learn's, with weights in fits and scores."""
    X, y = data(n_classes)
    weight = np.random.default_rng(0).integers(0, 3, len(y)).astype(float)

    def score(labels: Any, p: Any, w: Any, fit: elltwo.LogisticFit) -> float:  # noqa: ANN401
        if scoring == "log_loss":
            return minus_log_loss(labels, p, w, fit)
        if scoring == "accuracy":
            return float(np.average(fit.classes[p.argmax(axis=1)] == labels, weights=w))
        if n_classes == 2:
            return -float(brier_score_loss(labels == fit.classes[1], p[:, 1], sample_weight=w))
        squares = (p - (labels[:, np.newaxis] == fit.classes)) ** 2
        return -float(np.average(squares.sum(axis=1), weights=w))

    pairs = list(StratifiedKFold(3).split(X, y))
    expected = refits(X, y, pairs, weight, score)
    fit = elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=3, scoring=scoring, sample_weight=weight)
    np.testing.assert_allclose(fit.fold_scores, expected, rtol=1e-6)
    shares = np.array([weight[test].sum() for _, test in pairs])
    np.testing.assert_allclose(fit.cv_score, shares @ expected / shares.sum(), rtol=1e-6)


@each_kind
@pytest.mark.parametrize("weighted", [False, True])
def test_a_function_scores(n_classes: int, weighted: bool) -> None:
    """A callable gets labels, probabilities and, if there are any, weights."""
    X, y = data(n_classes)
    weight = np.linspace(0.5, 2.0, len(y)) if weighted else None
    seen = []

    def scoring(labels: Any, p: Any, *w: Any) -> float:  # noqa: ANN401
        seen.append((len(labels), p.shape, len(w)))
        return -float(log_loss(labels, p, sample_weight=w[0] if w else None, labels=np.unique(y)))

    def choose(cv: Any, score: Any) -> elltwo.LogisticCVFit:  # noqa: ANN401
        return elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=cv, scoring=score, sample_weight=weight)

    for cv in (3, "alo"):
        mine, named = choose(cv, scoring), choose(cv, "log_loss")
        np.testing.assert_allclose(mine.cv_score, named.cv_score, rtol=1e-12)
        assert mine.alpha == named.alpha
    assert seen[0] == (30, (30, n_classes), int(weighted))
    assert seen[-1] == (90, (90, n_classes), int(weighted))
    with pytest.raises(AttributeError, match="has no cv_se"):
        _ = mine.cv_se
    with pytest.raises(ValueError, match="select='1se' needs standard errors"):
        elltwo.logistic_cv(X, y, alphas=ALPHAS, cv="alo", scoring=scoring, select="1se")


def test_one_standard_error_and_ties() -> None:
    """The rule "1se" takes the largest alpha within a standard error; ties too."""
    X, y = data(2, n=120)
    grid = np.geomspace(1e-2, 1e3, 11)
    best = elltwo.logistic_cv(X, y, alphas=grid)
    fit = elltwo.logistic_cv(X, y, alphas=grid, select="1se")
    at = int(best.cv_score.argmax())
    good = best.cv_score >= best.cv_score[at] - best.cv_se[at]
    assert fit.alpha == grid[good].max() > best.alpha == grid[at]
    tied = elltwo.logistic_cv(X, y, alphas=grid, scoring=lambda *_: 1.0)
    assert tied.alpha == grid.max()


def test_splitters_and_pairs() -> None:
    """Groups and times go through a splitter; pairs may repeat rows, which then count twice."""
    X, y = data(2)
    groups = np.repeat(np.arange(9), 10)
    for splitter, given in ((GroupKFold(3), groups), (TimeSeriesSplit(3), None)):
        pairs = list(splitter.split(X, y, given))
        fit = elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=splitter, groups=given)
        expected = refits(X, y, pairs, np.ones(len(y)), minus_log_loss)
        np.testing.assert_allclose(fit.fold_scores, expected, rtol=1e-6)
    twice = [(np.r_[0:60, 0:10], np.r_[60:90, 85:90])]
    fit = elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=twice)
    expected = refits(X, y, twice, np.ones(len(y)), minus_log_loss)
    np.testing.assert_allclose(fit.fold_scores, expected, rtol=1e-6)


@each_kind
@pytest.mark.parametrize("n_folds", [2, 3, 7])
def test_folds_are_those_of_scikit_learn(n_classes: int, n_folds: int) -> None:
    """An integer cuts the rows as StratifiedKFold does, whatever the order of the classes."""
    X, y = data(n_classes)
    y = np.sort(y)[::-1] if n_folds == 3 else y
    a = elltwo.logistic_cv(X, y, alphas=[10.0], cv=n_folds)
    b = elltwo.logistic_cv(X, y, alphas=[10.0], cv=StratifiedKFold(n_folds))
    np.testing.assert_array_equal(a.fold_scores, b.fold_scores)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_offsets_and_float32(n_classes: int) -> None:
    """Offsets count in fits and predictions; float32 is predicted from as it is."""
    X, y = data(n_classes)
    rng = np.random.default_rng(1)
    offset = rng.standard_normal(90 if n_classes == 2 else (90, 3))
    fit = elltwo.logistic_cv(X, y, alphas=[3.0], cv=[(range(60), range(60, 90))], offset=offset)
    one = elltwo.logistic(X[:60], y[:60], alpha=3.0, offset=offset[:60])
    p = one.predict_proba(X[60:], offset[60:])
    expected = np.log(p[np.arange(30), np.searchsorted(fit.classes, y[60:])]).mean()
    assert fit.cv_score[0] == pytest.approx(expected, rel=1e-6)
    narrow = elltwo.logistic_cv(X.astype(np.float32), y, alphas=ALPHAS)
    wide = elltwo.logistic_cv(X.astype(np.float32).astype(float), y, alphas=ALPHAS)
    assert narrow.coef.dtype == np.float32
    np.testing.assert_allclose(narrow.cv_score, wide.cv_score, rtol=1e-6)


def test_bits_do_not_depend_on_threads() -> None:
    """Folds side by side, and one after the other, give the same bits."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((4000, 40))
    y = X[:, 0] + rng.logistic(size=4000) > 0.0
    grid = np.geomspace(1e-2, 1e4, 15)
    one, two, three = (elltwo.logistic_cv(X, y, alphas=grid, n_threads=k) for k in (1, 2, 3))
    for other in (two, three):
        np.testing.assert_array_equal(one.fold_scores, other.fold_scores)
        np.testing.assert_array_equal(one.coef, other.coef)


def test_automatic_grid_record_and_pickle() -> None:
    """Without alphas the grid is that of the path; the record shows and pickles."""
    X, y = data(3)
    fit = elltwo.logistic_cv(X, y)
    np.testing.assert_array_equal(fit.alphas, elltwo.logistic_path(X, y).alphas)
    again = pickle.loads(pickle.dumps(fit))
    assert again.alpha == fit.alpha
    np.testing.assert_array_equal(again.fold_scores, fit.fold_scores)
    np.testing.assert_array_equal(again.predict(X), fit.predict(X))
    alo = elltwo.logistic_cv(X, y, cv="alo", select="1se")
    assert alo.cv_se.shape == (20,)
    with pytest.raises(AttributeError, match="has no fold_scores"):
        _ = alo.fold_scores


def test_a_choice_at_the_edge_warns() -> None:
    X, y = data(2)
    with pytest.warns(UserWarning, match=r"lies on the upper edge of the grid.*hold a better one"):
        elltwo.logistic_cv(X, y, alphas=[1e-4, 1e-3])


def test_folds_that_stop_short_warn() -> None:
    X, y = data(3)
    with pytest.warns(elltwo.exceptions.ConvergenceWarning, match="stopped"):
        elltwo.logistic_cv(X, y, alphas=ALPHAS, max_iter=1)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"cv": "loo"}, ValueError, "cv must be a number of folds.*got 'loo'"),
        ({"cv": None}, ValueError, "cv must be a number of folds.*got None"),
        ({"cv": 1}, ValueError, r"cv must be an integer in \[2, .*got 1"),
        ({"cv": 91}, ValueError, "cv must be at most the number of rows of X, which is 90"),
        ({"cv": 2.5}, TypeError, "cv must be"),
        ({"cv": []}, ValueError, "cv holds no splits"),
        ({"cv": [([0, 1], [99])]}, ValueError, "cv must hold row numbers below 90"),
        ({"select": "best"}, ValueError, "select must be one of 'min', '1se', got 'best'"),
        ({"scoring": "auc"}, ValueError, "scoring must be 'log_loss', 'accuracy', 'brier'"),
        ({"scoring": lambda *_: np.nan}, ValueError, "scoring must return a number, got nan"),
        ({"alphas": []}, ValueError, "alphas must be 1-D and not empty"),
        ({"alphas": [-1.0]}, ValueError, r"alphas must be in \[0, inf\]"),
        ({"cv": "alo", "bounds": (0, None)}, ValueError, "bounds leave no Newton step"),
    ],
)
def test_refusals(changes: dict[str, Any], error: type[Exception], match: str) -> None:
    """Each bad argument is named, with what it got."""
    X, y = data(2)
    with pytest.raises(error, match=match):
        elltwo.logistic_cv(X, y, **{"alphas": ALPHAS, **changes})


def test_sets_without_weight_are_named() -> None:
    """The split is named whose test set weighs nothing."""
    X, y = data(3)
    weight = np.ones(90)
    weight[60:] = 0.0
    pairs = [(range(60), range(50, 60)), (range(60), range(70, 80))]
    with pytest.raises(ValueError, match=r"test set of split 1 .* no row of positive weight"):
        elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=pairs, sample_weight=weight)


@each_kind
def test_sparse_and_dense_agree(n_classes: int) -> None:
    """Folds of sparse X, and approximate leave-one-out of its dense copy."""
    sparse = pytest.importorskip("scipy.sparse")
    X, y = data(n_classes)
    X[X < 1.0] = 0.0
    for cv in (3, "alo"):
        dense = elltwo.logistic_cv(X, y, alphas=ALPHAS, cv=cv)
        for kind in (sparse.csr_array, sparse.csc_array):
            got = elltwo.logistic_cv(kind(X), y, alphas=ALPHAS, cv=cv)
            np.testing.assert_allclose(got.cv_score, dense.cv_score, rtol=1e-7)
            np.testing.assert_allclose(got.coef, dense.coef, rtol=1e-6)


@pytest.mark.parametrize("cv", [3, "alo"])
def test_grids_go_on_beyond_the_edge(cv: int | str) -> None:
    X, y = load_breast_cancer(return_X_y=True)
    automatic = elltwo.logistic_cv(X, y, cv=cv)
    assert automatic.alphas.min() < automatic.alpha < automatic.alphas.max()
    with pytest.warns(UserWarning, match="lower edge"):
        elltwo.logistic_cv(X, y, alphas=[1e4, 1e5], cv=cv)
    extended = elltwo.logistic_cv(X, y, alphas=[1e4, 1e5], cv=cv, extend=True)
    assert extended.alphas[:2].tolist() == [1e4, 1e5]
    assert extended.alphas.min() < extended.alpha < 1e4
    assert extended.cv_score.shape == extended.alphas.shape
    whole = elltwo.logistic_cv(X, y, alphas=extended.alphas, cv=cv)
    assert whole.alpha == extended.alpha
    np.testing.assert_allclose(whole.cv_score, extended.cv_score, rtol=1e-6)
    np.testing.assert_allclose(whole.coef, extended.coef, rtol=1e-6)
