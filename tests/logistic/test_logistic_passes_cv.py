"""The choice of alpha over passes equals that of `elltwo.logistic_cv` with the same folds."""

from __future__ import annotations

import copy
import pickle
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

import elltwo
from elltwo.exceptions import SeparationWarning
from elltwo.functional._logistic_passes.cv import LogisticCVPasses
from elltwo.functional._logistic_passes.cv_search import CVSearch
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.task import FirstTask, Folds, PassTask
from logistic_passes import run_over, run_passes, split

if TYPE_CHECKING:
    from elltwo import LogisticCVFit, PassesCVFit
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.sums import PassSums

Array = npt.NDArray[Any]
Options = dict[str, Any]

FOLDS = Folds(3, 10)
ENDS = [70, 70, 211]


def data(
    n_classes: int = 2, n: int = 400, p: int = 5, seed: int = 0, signal: float = 1.0
) -> tuple[Array, Array, np.random.Generator]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) @ (np.eye(p) + 0.5) + rng.normal(size=p)
    z = signal * X @ rng.normal(size=(p, n_classes)) / np.sqrt(p)
    y = (z + rng.gumbel(size=(n, n_classes))).argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    return X, np.array(["a", "b", "c", "d"])[y], rng


def splits_of(n: int, ends: list[int] = ENDS, folds: Folds = FOLDS) -> list[tuple[Array, Array]]:
    """Return pairs of training and test rows: the definition of the folds, row by row."""
    places = [0, *ends, n]
    of_row = np.empty(n, dtype=int)
    for part, (first, last) in enumerate(pairwise(places)):
        for i in range(last - first):
            of_row[first + i] = (i // folds.fold_rows + part) % folds.n_folds
    rows = np.arange(n)
    return [(rows[of_row != fold], rows[of_row == fold]) for fold in range(folds.n_folds)]


def solver_of(
    problem: Options | None = None,
    search: Options | None = None,
    folds: Folds = FOLDS,
    n_parts: int = 4,
) -> LogisticCVPasses:
    options: Options = {"tol": 1e-10} | (problem or {})
    task = FirstTask(n_parts, folds)
    return LogisticCVPasses(PassProblem(**options), CVSearch(**search or {}), task)


def chosen(
    X: Array,
    y: Array,
    weight: Array | None = None,
    offset: Array | None = None,
    *,
    problem: Options | None = None,
    search: Options | None = None,
) -> PassesCVFit:
    solver = solver_of(problem, search)
    run_passes(solver, run_over(split(ENDS, X, y, weight, offset)))
    return solver.result()


def in_memory(
    X: Array,
    y: Array,
    weight: Array | None = None,
    offset: Array | None = None,
    *,
    problem: Options | None = None,
    search: Options | None = None,
) -> LogisticCVFit:
    return elltwo.logistic_cv(
        X,
        y,
        cv=splits_of(len(y)),
        sample_weight=weight,
        offset=offset,
        **(problem or {}),
        **(search or {}),
    )


def assert_same(fit: PassesCVFit, expected: LogisticCVFit, rtol: float = 1e-6) -> None:
    np.testing.assert_allclose(fit.alphas, expected.alphas, rtol=1e-12)
    assert fit.alpha == pytest.approx(expected.alpha, rel=1e-12)
    np.testing.assert_allclose(fit.fold_scores, expected.fold_scores, rtol=rtol)
    np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=rtol)
    np.testing.assert_allclose(fit.cv_se, expected.cv_se, rtol=1e-3)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(fit.intercept, expected.intercept, rtol=1e-6, atol=1e-9)
    assert fit.classes.tolist() == expected.classes.tolist()
    assert fit.info.status == "converged"


@pytest.mark.parametrize("scoring", ["log_loss", "accuracy", "brier"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_and_choice_are_those_in_memory(n_classes: int, scoring: str) -> None:
    X, y, _ = data(n_classes, signal=0.1)
    search = {"scoring": scoring, "alphas": np.geomspace(1.0, 1e4, 7)}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* lies on the", UserWarning)
        fit, expected = chosen(X, y, search=search), in_memory(X, y, search=search)
    assert_same(fit, expected)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_grid_is_that_of_the_path(n_classes: int) -> None:
    X, y, _ = data(n_classes, signal=0.3)
    fit = chosen(X, y)
    np.testing.assert_allclose(fit.alphas[:20], elltwo.logistic_path(X, y).alphas, rtol=1e-13)
    assert_same(fit, in_memory(X, y))


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("select", ["min", "1se"])
def test_weights_offsets_factors_and_priors(n_classes: int, select: str) -> None:
    X, y, rng = data(n_classes, seed=1)
    weight = rng.choice([0.0, 0.5, 2.0], size=len(y))
    outputs = 1 if n_classes == 2 else n_classes
    offset = rng.normal(size=(len(y), outputs) if outputs > 1 else len(y))
    problem = {
        "penalty_factors": np.array([1.0, 2.0, 1.0, np.inf, 0.5]),
        "prior_mean": rng.normal(size=(outputs, 5)),
    }
    both: Options = {"problem": problem, "search": {"select": select}}
    fit, expected = chosen(X, y, weight, offset, **both), in_memory(X, y, weight, offset, **both)
    assert_same(fit, expected)


def test_without_intercept_and_in_other_units() -> None:
    X, y, _ = data(2, seed=2)
    X *= 10.0 ** np.array([-3.0, 0.0, 3.0, 1.0, 2.0])
    problem = {"fit_intercept": False}
    assert_same(chosen(X, y, problem=problem), in_memory(X, y, problem=problem))


def test_scores_are_those_of_exact_fits() -> None:
    X, y, _ = data(2, seed=3)
    search = {"alphas": [30.0, 1.0, 0.1]}
    solver = solver_of(search=search)
    run_passes(solver, run_over(split(ENDS, X, y)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* lies on the", UserWarning)
        fit = solver.result()
    train, test = splits_of(len(y))[0]
    for k, alpha in enumerate(search["alphas"]):
        exact = elltwo.logistic(X[train], y[train], alpha=alpha, tol=1e-14)
        loss = -np.log(exact.predict_proba(X[test])[np.arange(test.size), (y[test] == "b") * 1])
        assert fit.fold_scores[0, k] == pytest.approx(-loss.mean(), rel=1e-6)


def test_one_standard_error_takes_a_larger_alpha() -> None:
    X, y, _ = data(2, seed=4)
    best, cautious = (chosen(X, y, search={"select": one}) for one in ("min", "1se"))
    assert cautious.alpha > best.alpha
    np.testing.assert_array_equal(best.cv_score, cautious.cv_score)


def test_given_grid_warns_at_its_edge_and_can_be_extended() -> None:
    X, y, _ = data(2, seed=4)
    grid = [1e5, 1e4]
    with pytest.warns(UserWarning, match="lower edge"):
        fit = chosen(X, y, search={"alphas": grid})
    assert fit.alpha == 1e4
    search = {"alphas": grid, "extend": True}
    fit, expected = chosen(X, y, search=search), in_memory(X, y, search=search)
    assert fit.alphas.size > 2
    assert_same(fit, expected)


def test_alphas_of_zero_and_infinity() -> None:
    X, y, _ = data(3, seed=5)
    search = {"alphas": [np.inf, 3.0, 0.0]}
    assert_same(chosen(X, y, search=search), in_memory(X, y, search=search))


@pytest.mark.parametrize("scoring", ["log_loss", "accuracy", "brier"])
@pytest.mark.parametrize("n_classes", [2, 3, 4])
def test_class_that_a_training_set_lacks(n_classes: int, scoring: str) -> None:
    X, y, _ = data(n_classes, seed=6)
    train, test = splits_of(len(y))[1]
    y[train[y[train] == "b"]] = "a"
    y[test[:4]] = "b"
    search = {"scoring": scoring, "alphas": [100.0, 10.0, 1.0]}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* lies on the", UserWarning)
        fit, expected = chosen(X, y, search=search), in_memory(X, y, search=search)
    assert_same(fit, expected)


def test_fold_without_rows_is_refused() -> None:
    X, y, _ = data()
    solver = solver_of(folds=Folds(5, 10_000))
    with pytest.raises(ValueError, match=r"fold 1 of 5 has no row of positive weight.*fold_rows"):
        run_passes(solver, run_over(split(ENDS, X, y)))


def test_scoring_by_a_function_is_refused_with_the_reason() -> None:
    def mine(*_: object) -> float:
        return 0.0

    with pytest.raises(ValueError, match="'mine': it would need the predictions of all rows"):
        solver_of(search={"scoring": mine})


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"scoring": "auc"}, "scoring must be 'log_loss', 'accuracy'"),
        ({"select": "max"}, "select must be"),
        ({"alphas": [-1.0]}, r"alphas must be in \[0, inf\]"),
        ({"alphas": []}, "alphas must be 1-D and not empty"),
    ],
)
def test_options_are_checked_before_the_first_pass(search: Options, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solver_of(search=search)


def test_one_fold_is_refused() -> None:
    with pytest.raises(ValueError, match="cv must be at least 2 folds"):
        solver_of(folds=Folds())


def test_separable_training_sets_warn() -> None:
    X = np.arange(80.0)[:, np.newaxis] % 20
    y = np.where(X[:, 0] > 9.5, "b", "a")
    solver = solver_of(search={"alphas": [1.0, 0.0]}, folds=Folds(2, 20), n_parts=1)
    run_passes(solver, run_over(split([], X, y)))
    with pytest.warns(SeparationWarning, match="separate the classes"):
        fit = solver.result()
    assert solver.n_passes < 30
    assert fit.alpha == 0.0
    assert fit.cv_score[1] > -0.01


def test_training_sets_of_one_class_each() -> None:
    X = np.arange(40.0)[:, np.newaxis] % 20
    y = np.where(X[:, 0] > 9.5, "b", "a")
    solver = solver_of(search={"alphas": [1.0]}, folds=Folds(2, 10), n_parts=1)
    run_passes(solver, run_over(split([], X, y)))
    fit, expected = solver.result(), elltwo.logistic(X, y, alpha=1.0)
    np.testing.assert_allclose(fit.cv_score, 52 * np.log(0.5), rtol=1e-12)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_resumed_from_bytes_after_every_pass_gives_the_same_bits(n_classes: int) -> None:
    X, y, _ = data(n_classes, seed=7)
    run = run_over(split(ENDS, X, y))
    search = {"alphas": [1e4, 3e3], "extend": True}
    solver, stages = solver_of(search=search), []
    while (task := solver.task) is not None:
        stages.append(solver.to_bytes())
        solver.take(run(task))
    expected = solver.result()
    assert len(stages) == expected.passes.n_passes
    for stage in stages:
        resumed = LogisticCVPasses.from_bytes(stage)
        assert resumed.to_bytes() == stage
    for stage in stages[1::3]:
        resumed = LogisticCVPasses.from_bytes(stage)
        run_passes(resumed, run)
        fit = resumed.result()
        np.testing.assert_array_equal(fit.coef, expected.coef)
        np.testing.assert_array_equal(fit.fold_scores, expected.fold_scores)
        assert fit.passes.n_passes == expected.passes.n_passes


def test_altered_bytes_are_refused() -> None:
    state = bytearray(solver_of().to_bytes())
    state[40] ^= 1
    with pytest.raises(ValueError, match="checksum"):
        LogisticCVPasses.from_bytes(bytes(state))


def test_passes_and_points_stay_few() -> None:
    """20 alphas in 5 folds: far fewer passes than 20 fits, and at most six points a fit."""
    X, y, _ = data(2, n=20_000, p=12, seed=8, signal=0.5)
    run, points = run_over(split([4_000, 9_000], X, y)), []

    def counted(task: FirstTask | PassTask) -> FirstSums | PassSums:
        points.append(getattr(task, "n_points", 0))
        return run(task)

    solver = solver_of({"tol": 1e-8}, folds=Folds(5, 100), n_parts=3)
    run_passes(solver, counted)
    fit = solver.result()
    assert fit.info.optimality <= 1e-8
    assert fit.passes.n_passes == len(points) <= 14
    assert sum(points) <= 600
    assert fit.passes.n_hessian_passes <= 6


def test_lanes_of_many_coefficients_are_fitted_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    from elltwo.functional._logistic_passes import chunk

    X, y, _ = data(2, seed=9)
    expected = chosen(X, y)
    monkeypatch.setattr(chunk, "_BYTES", 8 * chunk._VECTORS * 6 * 3 * 4)
    assert chunk.Chunk.at_once(1, 6, 3) == 4
    fit = chosen(X, y)
    assert fit.passes.n_passes > expected.passes.n_passes
    np.testing.assert_allclose(fit.fold_scores, expected.fold_scores, rtol=1e-6)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-7)


def test_record_pickles_and_predicts() -> None:
    X, y, _ = data(2, seed=10)
    fit = chosen(X, y)
    for again in (pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
        assert type(again) is type(fit)
        assert again.alpha == fit.alpha
        assert again.passes == fit.passes
        np.testing.assert_array_equal(again.fold_scores, fit.fold_scores)
        np.testing.assert_array_equal(again.predict_proba(X), fit.predict_proba(X))
    with pytest.raises(ValueError, match="left its data behind"):
        fit.statistics  # noqa: B018  # a property that raises


@pytest.mark.parametrize("leave_one_out", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_what_offsets_have_in_common_costs_no_digits(n_classes: int, leave_one_out: bool) -> None:
    X, y, rng = data(n_classes)
    outputs = 1 if n_classes == 2 else n_classes
    own = rng.integers(-2048, 2048, size=(len(X), outputs)) / 1024.0
    common = 1e6 * np.arange(1.0, outputs + 1.0)
    fits = []
    for offset in (own, own + common):
        folds = Folds() if leave_one_out else FOLDS
        search = {"alphas": [300.0, 30.0, 0.03, 0.003], "leave_one_out": leave_one_out}
        solver = solver_of({"tol": 1e-12}, search, folds)
        run_passes(solver, run_over(split(ENDS, X, y, None, offset)))
        fits.append(solver.result())
    near, far = fits
    assert far.info.status == "converged"
    assert far.passes.n_passes == near.passes.n_passes
    assert far.alpha == near.alpha
    np.testing.assert_allclose(far.cv_score, near.cv_score, rtol=1e-11)
    np.testing.assert_allclose(far.coef, near.coef, rtol=1e-11)
    shift = common if outputs == 1 else common - common.mean()
    np.testing.assert_allclose(far.intercept + shift, near.intercept, atol=1e-9)
