"""Approximate leave-one-out over passes equals that of `elltwo.logistic_cv(cv="alo")`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pytest

import elltwo
from elltwo.functional._logistic_passes import alo
from elltwo.functional._logistic_passes.cv import LogisticCVPasses
from elltwo.functional._logistic_passes.cv_search import CVSearch
from elltwo.functional._logistic_passes.left_out_rows import LeftOutRows
from elltwo.functional._logistic_passes.problem import PassProblem
from elltwo.functional._logistic_passes.rows import RowPass
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask, Folds, PassTask
from logistic_passes import run_over, run_passes, split

if TYPE_CHECKING:
    from elltwo import LogisticCVFit, PassesCVFit
    from elltwo.functional._logistic_passes.first import FirstSums

Array = npt.NDArray[Any]
Options = dict[str, Any]

ALPHAS = np.geomspace(1e4, 1e-1, 7)
ENDS = [50, 50, 190]


def data(
    n_classes: int, seed: int = 0, n: int = 300, p: int = 4
) -> tuple[Array, Array, np.random.Generator]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + rng.normal(size=(n, 1)) + 3.0
    z = X @ rng.normal(size=(p, n_classes)) / np.sqrt(p) + rng.gumbel(size=(n, n_classes))
    y = z.argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    return X, y, rng


def solver_of(problem: Options | None = None, search: Options | None = None) -> LogisticCVPasses:
    options: Options = {"tol": 1e-10} | (problem or {})
    choice: Options = {"leave_one_out": True, "alphas": ALPHAS} | (search or {})
    task = FirstTask(n_parts=len(ENDS) + 1)
    return LogisticCVPasses(PassProblem(**options), CVSearch(**choice), task)


def both(
    X: Array,
    y: Array,
    weight: Array | None = None,
    offset: Array | None = None,
    *,
    problem: Options | None = None,
    search: Options | None = None,
) -> tuple[PassesCVFit, LogisticCVFit]:
    """Return the fit over passes, and that in memory."""
    solver = solver_of(problem, search)
    run_passes(solver, run_over(split(ENDS, X, y, weight, offset)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "alpha = .* lies on the", UserWarning)
        fit = solver.result()
        options: Options = {"alphas": ALPHAS} | (problem or {}) | (search or {})
        expected = elltwo.logistic_cv(
            X, y, cv="alo", sample_weight=weight, offset=offset, **options
        )
    return fit, expected


def assert_same(fit: PassesCVFit, expected: LogisticCVFit, rtol: float = 1e-7) -> None:
    assert fit.alpha == pytest.approx(expected.alpha, rel=1e-12)
    np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=rtol)
    np.testing.assert_allclose(fit.cv_se, expected.cv_se, rtol=10 * rtol)
    np.testing.assert_allclose(fit.coef, expected.coef, rtol=1e-6, atol=1e-9)
    with pytest.raises(AttributeError, match="fold_scores"):
        fit.fold_scores  # noqa: B018  # a property that raises


@pytest.mark.parametrize("scoring", ["log_loss", "accuracy", "brier"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_scores_are_those_in_memory(n_classes: int, scoring: str) -> None:
    X, y, _ = data(n_classes)
    assert_same(*both(X, y, search={"scoring": scoring}))


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_weights_offsets_factors_and_priors(n_classes: int, fit_intercept: bool) -> None:
    X, y, rng = data(n_classes, seed=1)
    outputs = 1 if n_classes == 2 else n_classes
    weight = rng.choice([0.0, 0.5, 2.0], size=len(y))
    offset = rng.normal(size=(len(y), outputs) if outputs > 1 else len(y))
    problem = {
        "penalty_factors": np.array([1.0, 0.0, 2.0, np.inf]),
        "prior_mean": rng.normal(size=(outputs, 4)),
        "fit_intercept": fit_intercept,
    }
    assert_same(*both(X, y, weight, offset, problem=problem, search={"select": "1se"}))


def test_other_units_and_alphas_of_zero_and_infinity() -> None:
    X, y, _ = data(3, seed=2)
    X *= 10.0 ** np.array([-3.0, 3.0, 0.0, 1.0])
    assert_same(*both(X, y, search={"alphas": [np.inf, 100.0, 0.0]}))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_rows_of_high_leverage_against_fits_without_them(n_classes: int) -> None:
    """The equation itself, with a row that is nearly fitted alone."""
    X, y, _ = data(n_classes, seed=3, n=40)
    X[7] *= 30.0
    fit, expected = both(X, y, search={"alphas": [1.0, 0.1]})
    assert_same(fit, expected, rtol=1e-6)
    everyone = np.arange(len(y))
    exact = []
    for i in everyone:
        rest = elltwo.logistic(X[everyone != i], y[everyone != i], alpha=1.0)
        exact.append(np.log(rest.predict_proba(X[i : i + 1])[0, y[i]]))
    assert fit.cv_score[0] == pytest.approx(np.mean(exact), rel=0.1)


def test_automatic_grid_and_its_continuation() -> None:
    X, y, _ = data(2, seed=4)
    assert_same(*both(X, y, search={"alphas": None}), rtol=1e-6)


def test_alphas_in_several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = data(2, seed=5)
    expected, _ = both(X, y)
    monkeypatch.setattr(alo, "_BYTES", 16 * 25 * 3)
    assert alo.AloChunk.at_once(1, 5, 1) == 3
    fit, _ = both(X, y)
    assert fit.passes.n_passes > expected.passes.n_passes
    np.testing.assert_allclose(fit.cv_score, expected.cv_score, rtol=1e-9)


def test_resumed_from_bytes_after_every_pass_gives_the_same_bits() -> None:
    X, y, _ = data(3, seed=6)
    run = run_over(split(ENDS, X, y))

    def by_bytes(task: FirstTask | PassTask) -> FirstSums | PassSums:
        """Compute a pass as another process would."""
        sums = run(type(task).from_bytes(task.to_bytes()))
        return type(sums).from_bytes(sums.to_bytes())

    solver, stages = solver_of(), []
    while (task := solver.task) is not None:
        stages.append(solver.to_bytes())
        solver.take(by_bytes(task))
    expected = solver.result()
    for stage in stages:
        resumed = LogisticCVPasses.from_bytes(stage)
        assert resumed.to_bytes() == stage
        run_passes(resumed, run)
        fit = resumed.result()
        np.testing.assert_array_equal(fit.cv_score, expected.cv_score)
        np.testing.assert_array_equal(fit.coef, expected.coef)


def test_passes() -> None:
    """The path's passes, one with Hessians, one with left-out rows, and the last fit's."""
    X, y, _ = data(2, seed=7, n=5_000)
    fit, _ = both(X, y)
    assert fit.passes.n_passes <= 15


def test_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="takes no folds, got 3"):
        LogisticCVPasses(
            PassProblem(), CVSearch(leave_one_out=True), FirstTask(folds=Folds(n_folds=3))
        )


def test_too_many_coefficients_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y, _ = data(3)
    monkeypatch.setattr(alo, "MOST_COEFFICIENTS", 14)
    with pytest.raises(ValueError, match="at most 14, got 15; use folds"):
        run_passes(solver_of(), run_over(split(ENDS, X, y)))


def test_sums_of_tasks_with_and_without_left_out_rows_do_not_add() -> None:
    X, y, _ = data(2)
    solver = solver_of()
    run = run_over(split(ENDS, X, y))
    seen: dict[bool, PassSums] = {}
    while (task := solver.task) is not None:
        sums = run(task)
        if isinstance(task, PassTask) and isinstance(sums, PassSums):
            seen.setdefault(task.leaves_out_rows, sums)
        solver.take(sums)
    with pytest.raises(ValueError, match="sums of different passes do not add"):
        seen[True].merge(seen[False])


def last_task() -> PassTask:
    X, y, _ = data(2)
    solver = solver_of()
    run = run_over(split(ENDS, X, y))
    while (task := solver.task) is not None:
        if isinstance(task, PassTask) and task.leaves_out_rows:
            return task
        solver.take(run(task))
    raise AssertionError("no pass has left-out rows")


def test_rows_without_weight_may_hold_anything() -> None:
    task, (X, y, _) = last_task(), data(2)
    weight = np.ones(len(X))
    weight[[3, 60]] = 0.0
    dirty = X.copy()
    dirty[3, 1], dirty[60] = np.nan, np.inf
    sums = []
    for rows in (X, dirty):
        part = RowPass(task)
        part.add(rows, part.codes(y, len(y)), weight)
        sums.append(part.sums())
    np.testing.assert_array_equal(sums[0].weight, len(X) - 2.0)
    np.testing.assert_array_equal(sums[1].weight, len(X) - 2.0)
    np.testing.assert_allclose(sums[1].left_out, sums[0].left_out, rtol=1e-12)


def test_rows_are_not_added_twice_where_leaving_them_out_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise np.linalg.LinAlgError("singular")

    task, (X, y, _) = last_task(), data(2)
    weight = np.ones(len(X))
    weight[3] = 0.0
    part = RowPass(task)
    monkeypatch.setattr(LeftOutRows, "add", fail)
    with pytest.raises(ValueError, match="singular"):
        part.add(X, part.codes(y, len(y)), weight)
    np.testing.assert_array_equal(part.sums().weight, len(X) - 1.0)
