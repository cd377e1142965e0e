"""The benchmark's own measure of fits to partitions: gaps, processor time and verdicts."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

import elltwo
from benchmarks.base import records
from benchmarks.base.records import ClusterFit, Results
from benchmarks.distributed import exact, on_dask
from benchmarks.distributed.group import Plan, run_work
from benchmarks.distributed.processor import clocks, spent
from benchmarks.distributed.targets import Target, targets
from benchmarks.distributed.works import PARTS, WORKS, Answer, Work, bounds, make_data
from benchmarks.report import summary
from benchmarks.report.cluster import distributed

if TYPE_CHECKING:
    from pathlib import Path

RIDGE, LOGISTIC = Work("ridge", 500, 4), Work("logistic", 500, 4)


def answer(work: Work, shift: float = 0.0) -> Answer:
    X, y = make_data(work)
    fit = getattr(elltwo, work.kind)(X, y, alpha=1.0)
    return Answer(fit.coef + shift * np.arange(1.0, 5.0), float(fit.intercept))


@pytest.mark.parametrize("shift", [1e-9, 1e-5, 1e-1])
def test_the_gap_of_ridge_is_the_quadratic_form(shift: float) -> None:
    data, found = make_data(RIDGE), answer(RIDGE, shift)
    best = answer(RIDGE)
    d = found.coef - best.coef
    moved = (data.X @ d) ** 2
    y = data.y.astype(float)
    least = ((y - data.X @ best.coef - best.intercept) ** 2).sum() + (best.coef**2).sum()
    # The intercept of the shifted answer is not moved with it, so that its error stays.
    expected = (moved.sum() + (d**2).sum()) / least
    assert exact.gap(data, found, logistic=False) == pytest.approx(expected, rel=1e-5)
    assert exact.gap(data, best, logistic=False) < 1e-25


@pytest.mark.parametrize("shift", [1e-5, 1e-1, 10.0])
def test_the_gap_of_logistic_regression_is_the_excess(shift: float) -> None:
    data, found = make_data(LOGISTIC), answer(LOGISTIC, shift)
    sign = np.where(data.y == 1, 1.0, -1.0)

    def objective(one: Answer) -> float:
        z = data.X @ one.coef + one.intercept
        return float(np.logaddexp(0.0, -sign * z).sum() + (one.coef**2).sum() / 2)

    least = objective(answer(LOGISTIC))
    expected = (objective(found) - least) / least
    # Differences of sums in double hold ten digits fewer than what is tested.
    assert exact.gap(data, found, logistic=True) == pytest.approx(expected, rel=1e-3, abs=1e-13)
    assert exact.gap(data, answer(LOGISTIC), logistic=True) < 1e-20


def test_an_answer_without_intercept_is_held_to_its_own_objective() -> None:
    X, y = data = make_data(RIDGE)
    fit = elltwo.ridge(X, y, alpha=1.0, fit_intercept=False)
    found = Answer(np.asarray(fit.coef, float), 0.0, has_intercept=False)
    assert exact.gap(data, found, logistic=False) < 1e-25
    assert exact.gap(data, found._replace(has_intercept=True), logistic=False) > 1e-3


def test_sorted_partitions_hold_one_class() -> None:
    work = Work("logistic", 500, 4, in_order=True)
    data = make_data(work)
    edges = bounds(work, data)
    assert len(edges) == PARTS + 1
    kinds = [set(data.y[i:j].tolist()) for i, j in pairwise(edges)]
    assert kinds == [{0}] * (PARTS // 2) + [{1}] * (PARTS // 2)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_processor_time_of_children_is_counted() -> None:
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    before = clocks()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = spent(before, clocks())
        child.communicate(b"\n", timeout=60)
    assert found >= 0.3


def test_verdicts() -> None:
    assert Target("w", "what", 1.0, 1.0).verdict == "met"
    assert Target("w", "what", 1.1, 1.0).verdict == "MISSED"
    assert Target("w", "what", 1.1, 1.0, least=True).verdict == "met"
    assert Target("w", "what", None, 1.0).verdict == "not measured"


def test_targets_are_read_off_the_records() -> None:
    name = WORKS[0].name
    here = ClusterFit(name, "one process", "elltwo.fit_stream", [0.1], [0.1], 1e-20)
    ours = ClusterFit(name, on_dask.NAME, "elltwo", [0.2] * 5, [0.25] * 5, 1e-16)
    found = {target.what: target for target in targets([here, ours])}
    assert found["wall seconds"].verdict == "met"
    assert found["processor time over that of fit_stream"].found == pytest.approx(2.5)
    assert found["processor time over that of fit_stream"].verdict == "MISSED"
    assert found["processor time of dask-ml over ours"].verdict == "not measured"


def test_a_small_run_without_any_engine(tmp_path: Path) -> None:
    plan = Plan(True, 1, 1.0, ("distributed", "pyspark", "ray"), 0.0)
    fits = run_work(WORKS[2].shrunk(), plan)
    results = Results(smoke=True, distributed=fits)
    assert [fit.skipped for fit in fits if not fit.seconds] == [
        f"{package} is left out" for package in ("distributed", "pyspark", "ray")
    ]
    assert not summary.wrong_answers(results)
    assert "distributed is left out" in "\n".join(distributed(results))
    results.save(tmp_path / "run.json")
    assert records.load(tmp_path / "run.json") == results


def test_a_wrong_answer_of_ours_is_named() -> None:
    fit = ClusterFit("ridge", "Dask", "elltwo", [1.0], [1.0], 1e-3)
    peer = ClusterFit("ridge", "Dask", "dask-ml", [1.0], [1.0], 1e-3)
    lost = ClusterFit("ridge", "Ray", "elltwo", skipped="RuntimeError: lost")
    lines = summary.wrong_answers(Results(distributed=[fit, peer, lost]))
    assert len(lines) == 2
