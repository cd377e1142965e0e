"""Fits to Datasets of Ray: equal to fits in memory, and to each other bit by bit."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import elltwo.linear_model
from elltwo.integrations import ray as er
from ray_cluster import MARKS, NAMES, dataset, lazy, local_ray, table, tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

pytestmark = MARKS

SIZES = (200, 0, 1, 700, 0, 450, 3, 1000, 90, 556)
ENDS = np.cumsum(SIZES)
RNG = np.random.default_rng(15)
X = RNG.normal(size=(int(ENDS[-1]), 5)) * [1.0, 1e-2, 1e2, 1.0, 1.0] + [0.0, 5.0, -2.0, 1.0, 0.0]
Y = X @ [1.0, 30.0, 1e-2, -2.0, 0.5] + RNG.normal(size=len(X))
W = RNG.uniform(0.5, 2.0, len(X))
LABELS = np.array(["no", "maybe", "yes"])[np.digitize(Y - np.median(Y), [-2.0, 2.0])]
TWO = np.where(np.median(Y) < Y, "yes", "no")


@pytest.fixture(scope="module", autouse=True)
def _ray() -> Iterator[None]:
    with local_ray():
        yield


def parts(make: Callable[..., Any], **columns: npt.NDArray[Any]) -> list[Any]:
    """Return tables of rows in partitions of all sizes."""
    spans = [slice(end - size, end) for end, size in zip(ENDS, SIZES, strict=True)]
    return [make(X[span], **{k: v[span] for k, v in columns.items()}) for span in spans]


def rows() -> Any:  # noqa: ANN401
    return dataset(parts(table, y=Y, w=W))


def splits(sizes: Sequence[int], n_folds: int, fold_rows: int) -> list[Any]:
    """Return the folds of rows in blocks of some sizes, as pairs of indices."""
    fold = np.concatenate(
        [(np.arange(size) // fold_rows + key) % n_folds for key, size in enumerate(sizes)]
    )
    return [(np.flatnonzero(fold != f), np.flatnonzero(fold == f)) for f in range(n_folds)]


def excess(fit: Any, alpha: float, weight: Array) -> float:  # noqa: ANN401
    """Relative excess of the ridge objective over that of the fit in memory, in long double."""

    def objective(fit: Any) -> np.longdouble:  # noqa: ANN401
        wide = np.asarray(fit.coef, np.longdouble)
        residual = Y.astype(np.longdouble) - np.longdouble(fit.intercept) - X @ wide
        return np.longdouble((weight * residual**2).sum() + alpha * (wide**2).sum())

    least = objective(elltwo.ridge(X, Y, alpha=alpha, sample_weight=weight))
    return float((objective(fit) - least) / least)


WAYS: dict[str, Callable[[], Any]] = {
    "blocks": rows,
    "lazy": lambda: lazy(rows()),
    "pandas": lambda: __import__("ray").data.from_pandas(
        [part.to_pandas() for part in parts(table, y=Y, w=W)]
    ),
    "tensors": lambda: dataset(parts(tensors, y=Y, w=W)),
    "lazy tensors": lambda: lazy(dataset(parts(tensors, y=Y, w=W))),
    "rays own tensors": lambda: __import__("ray").data.from_items(
        [{"X": row, "y": y, "w": w} for row, y, w in zip(X, Y, W, strict=True)]
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_ridge_is_that_of_the_rows_in_memory(way: str) -> None:
    fit = er.ridge(WAYS[way](), target="y", sample_weight="w", alpha=2.0)
    assert abs(excess(fit, 2.0, W)) < 1e-15
    assert fit.info.status == "converged"
    assert fit.feature_names == (None if "tensors" in way else tuple(NAMES))
    assert pickle.loads(pickle.dumps(fit)).coef.tobytes() == fit.coef.tobytes()


def test_the_same_blocks_give_the_same_bytes() -> None:
    data = rows()
    options: dict[str, Any] = {"target": "y", "ignore": "w", "alpha": 1.0}
    found = [er.ridge(data, **options) for _ in range(5)]
    found += [er.ridge(data, n_threads=2, **options)]
    found += [er.ridge(lazy(data), **options), er.ridge(data, fan_in=2, **options)]
    *same, streamed, other = (fit.coef for fit in found)
    assert {coef.tobytes() for coef in same} == {same[0].tobytes()}
    for coef in (streamed, other):
        np.testing.assert_allclose(coef, same[0], rtol=1e-12)


def test_a_lazy_dataset_is_merged_in_the_tree_of_its_blocks() -> None:
    whole = [part for part in parts(table, y=Y) if len(part)]
    data = dataset(whole)
    fits = [er.moments(one, target="y", fan_in=2).to_bytes() for one in (data, lazy(data))]
    assert fits[0] == fits[1]


def test_penalties_are_passed_on() -> None:
    penalty: dict[str, Any] = {"penalty_factors": [0.0, 1.0, 2.0], "prior_mean": [1.0, 0.0, 2.0]}
    fit = er.ridge(rows(), target=["y", "w"], features=NAMES[:3], alpha=50.0, **penalty)
    local = elltwo.ridge(X[:, :3], np.column_stack([Y, W]), alpha=50.0, **penalty)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-9)
    assert fit.target_names == ("y", "w")


@pytest.mark.parametrize("way", ["blocks", "lazy"])
def test_ridge_cv_takes_rows_in_turn_within_each_block(way: str) -> None:
    alphas = np.geomspace(1e-4, 1e3, 8)
    options: dict[str, Any] = {"target": "y", "ignore": "w", "cv": 4, "fold_rows": 20}
    fit = er.ridge_cv(WAYS[way](), alphas=alphas, **options)
    # What Ray computes has no blocks without rows.
    sizes = SIZES if way == "blocks" else [size for size in SIZES if size]
    local = elltwo.ridge_cv(X, Y, alphas=alphas, cv=splits(sizes, 4, 20))
    assert fit.alpha == local.alpha
    np.testing.assert_allclose(fit.cv_mse, local.cv_mse, rtol=1e-9)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-9)


def test_elastic_nets_are_those_of_the_rows_in_memory() -> None:
    options: dict[str, Any] = {"target": "y", "ignore": ["w"]}
    one = er.elastic_net(rows(), alpha=300.0, l1_ratio=0.7, **options)
    local = elltwo.elastic_net(X, Y, 300.0, 0.7)
    np.testing.assert_allclose(one.coef, local.coef, rtol=1e-6, atol=1e-9)
    path = er.elastic_net_path(rows(), n_alphas=5, **options)
    np.testing.assert_allclose(
        path.coef, elltwo.elastic_net_path(X, Y, n_alphas=5).coef, rtol=1e-5, atol=1e-8
    )
    alphas = [1e7, 1.0, 1e-6]
    with pytest.warns(UserWarning, match="lower edge"):
        chosen = er.elastic_net_cv(rows(), alphas=alphas, cv=3, fold_rows=10, **options)
    assert chosen.alpha == 1e-6


@pytest.mark.parametrize("labels", [TWO, LABELS], ids=["two", "three"])
@pytest.mark.parametrize("make", [table, tensors])
def test_logistic_is_that_of_the_rows_in_memory(
    make: Callable[..., Any], labels: npt.NDArray[np.str_]
) -> None:
    # Text where there is none is a column of numbers there.
    blocks = [part for part in parts(make, y=labels.astype(object)) if len(part)]
    fit = er.logistic(lazy(dataset(blocks)), target="y", alpha=1.0, tol=1e-10)
    local = elltwo.logistic(X, labels, alpha=1.0)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-6, atol=1e-9)
    assert fit.classes.tolist() == local.classes.tolist()
    assert fit.passes.n_passes <= 9
    assert fit.info.optimality <= 1e-10


def test_logistic_gives_the_same_bytes() -> None:
    data = dataset(parts(table, y=TWO.astype(object)))
    found = [er.logistic(data, target="y").coef.tobytes() for _ in range(3)]
    assert len(set(found)) == 1


@pytest.mark.parametrize("cv", [3, "alo"])
def test_alpha_of_logistic_is_chosen_as_in_memory(cv: int | str) -> None:
    alphas = [1.0, 1e-2, 1e-4, 1e-9]
    there: Any = splits(SIZES, 3, 10) if cv == 3 else cv
    data = dataset(parts(table, y=TWO.astype(object), w=W))
    options: dict[str, Any] = {"target": "y", "sample_weight": "w", "fold_rows": 10}
    fit = er.logistic_cv(data, alphas=alphas, cv=cv, **options)
    local = elltwo.logistic_cv(X, TWO, alphas=alphas, cv=there, sample_weight=W)
    assert fit.alpha == local.alpha == 1e-4
    np.testing.assert_allclose(fit.cv_score, local.cv_score, rtol=1e-6)
    np.testing.assert_allclose(fit.coef, local.coef, rtol=1e-5)


def test_logistic_paths_are_those_in_memory() -> None:
    alphas = [100.0, 1.0, 1e-2]
    data = dataset(parts(table, y=LABELS.astype(object)))
    path = er.logistic_path(data, target="y", alphas=alphas)
    assert path.feature_names == tuple(NAMES)
    for alpha in alphas:
        one, local = path.at(alpha), elltwo.logistic(X, LABELS, alpha=alpha)
        assert one.info.optimality <= 1e-8
        assert one.classes.tolist() == local.classes.tolist()
        np.testing.assert_allclose(one.coef, local.coef, rtol=1e-5, atol=1e-9)


def test_estimators_say_what_the_functions_say() -> None:
    data = rows()
    options: dict[str, Any] = {"target": "y", "ignore": "w"}
    model = er.Ridge(alpha=2.0).fit(lazy(data), **options)
    assert model.coef_.tobytes() == er.ridge(lazy(data), alpha=2.0, **options).coef.tobytes()
    local = elltwo.linear_model.Ridge(2.0).fit(X, Y)
    assert model.score(data, **options) == pytest.approx(local.score(X, Y), rel=1e-12)
    assert er.RidgeCV(cv=3).fit(data, **options).alpha_ < 1.0
    labelled = dataset(parts(table, y=TWO.astype(object)))
    classifier = er.LogisticRegression(C=0.5).fit(labelled, target="y")
    np.testing.assert_allclose(
        classifier.coef_[0], elltwo.logistic(X, TWO, alpha=2.0).coef, rtol=1e-5
    )
    proba = classifier.predict_proba(labelled).to_pandas()
    assert {"probability_no", "probability_yes"} < set(proba.columns)


def test_predictions_are_lazy_columns_equal_to_those_in_memory() -> None:
    fit = elltwo.ridge(rows().to_pandas()[NAMES], Y, alpha=1.0)
    predicted = er.predict(fit, lazy(rows()))
    assert type(predicted) is type(lazy(rows()))  # nothing is computed yet
    frame = predicted.to_pandas()
    assert list(frame.columns) == [*NAMES, "y", "w", "prediction"]
    np.testing.assert_allclose(frame["prediction"], fit.predict(X), rtol=1e-12)
    classes = elltwo.logistic(X, LABELS)
    blocks = dataset([part for part in parts(tensors, y=Y) if len(part)])
    proba = er.predict_proba(classes, blocks, features="X").to_pandas()
    names = ["probability_maybe", "probability_no", "probability_yes"]
    np.testing.assert_allclose(proba[names].to_numpy(float), classes.predict_proba(X), rtol=1e-12)
    assert er.predict(classes, blocks, features="X").to_pandas()["prediction"].tolist() == list(
        classes.predict(X)
    )


def test_the_callers_dataset_is_left_as_it_was() -> None:
    data = lazy(rows())
    context = data.context
    before = context.enable_progress_bars, context.execution_options.preserve_order
    er.ridge(data, target="y", ignore="w")
    er.ridge_cv(data, target="y", ignore="w", cv=2, fold_rows=10)
    assert (context.enable_progress_bars, context.execution_options.preserve_order) == before
    assert data.count() == len(X)
