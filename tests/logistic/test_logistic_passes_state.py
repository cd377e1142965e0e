"""Passes of a logistic regression go on from bytes to the same bits; altered bytes are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.newton import LogisticPasses
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask, Folds, PassTask, task_from_bytes
from logistic_passes import passes_fit, run_over, solver_of, split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    Array = npt.NDArray[Any]


def rows(k: int, n: int = 3000, p: int = 4) -> list[Array]:
    rng = np.random.default_rng(k)
    X = rng.normal(size=(n, p)) @ rng.normal(size=(p, p))
    z = X @ rng.normal(size=(p, k))
    return [X, np.array(["a", "b", "c", "d"])[(z + rng.gumbel(size=z.shape)).argmax(axis=1)]]


def separable() -> list[Array]:
    X, _ = rows(2, 400)
    return [X, np.where(X[:, 0] > 0.0, "a", "b")]


def many_classes() -> list[Array]:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 60))
    z = X @ rng.normal(size=(60, 35)) * 0.2
    return [X, (z + rng.gumbel(size=z.shape)).argmax(axis=1)]


PROBLEMS: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "two classes": (rows(2), {}),
    "four classes": (rows(4), {"alpha": 1e-3}),
    "priors": (rows(3), {"prior_mean": 1.0, "penalty_factors": [1.0, 0.0, np.inf, 2.0]}),
    "no penalty": (separable(), {"alpha": 0.0}),
    "no penalty, a minimum": (rows(2), {"alpha": 0.0, "tol": 1e-12}),
    "blocks": (many_classes(), {}),
    "offsets": ([*rows(3), None, np.full((3000, 3), 1e7)], {}),
    "one class": ([*rows(2), np.repeat([0.0, 1.0], 1500)], {}),
}


@pytest.mark.filterwarnings("ignore::elltwo.exceptions.SeparationWarning")
@pytest.mark.parametrize("name", PROBLEMS)
def test_every_pass_may_be_the_first_of_another_process(name: str) -> None:
    arrays, options = PROBLEMS[name]
    if name == "one class":
        arrays = [*arrays[:2], (arrays[1] == "a").astype(float)]
    parts = split([100, 900], *arrays) if len(arrays[0]) > 1000 else split([100], *arrays)
    run = run_over(parts)
    rows_a_column = 40 if name == "blocks" else 12
    alone = solver_of(parts, rows_a_column=rows_a_column, **options)
    moved = solver_of(parts, rows_a_column=rows_a_column, **options)
    while alone.task is not None:
        moved = LogisticPasses.from_bytes(moved.to_bytes())
        assert moved.task is not None
        assert moved.task.to_bytes() == alone.task.to_bytes()
        task = task_from_bytes(alone.task.to_bytes())
        sums = run(task)
        other = type(sums).from_bytes(sums.to_bytes())
        assert other.to_bytes() == sums.to_bytes()
        alone.take(sums)
        moved.take(other)
    assert moved.task is None
    moved = LogisticPasses.from_bytes(moved.to_bytes())
    assert moved.to_bytes() == alone.to_bytes()
    fit, expected = moved.result(), alone.result()
    np.testing.assert_array_equal(fit.coef, expected.coef)
    np.testing.assert_array_equal(fit.intercept, expected.intercept)
    assert fit.info == expected.info


def made() -> Iterator[tuple[str, bytes, Callable[[bytes], object]]]:
    """Yield names, bytes and what reads them."""
    parts = split([1000], *rows(3))
    solver = solver_of(parts)
    run = run_over(parts)
    first = solver.task
    assert isinstance(first, FirstTask)
    sums = run(first)
    yield "first task", first.to_bytes(), FirstTask.from_bytes
    yield "sums of a first pass", sums.to_bytes(), FirstSums.from_bytes
    solver.take(sums)
    task = solver.task
    assert isinstance(task, PassTask)
    yield "pass task", task.to_bytes(), PassTask.from_bytes
    yield "sums of a pass", run(task).to_bytes(), PassSums.from_bytes
    solver.take(run(task))
    yield "state of passes", solver.to_bytes(), LogisticPasses.from_bytes


KINDS = {name: (data, read) for name, data, read in made()}


@pytest.mark.parametrize("name", KINDS)
def test_bytes_come_back(name: str) -> None:
    data, read = KINDS[name]
    assert read(data).to_bytes() == data  # type: ignore[attr-defined]
    assert read(bytearray(data)).to_bytes() == data  # type: ignore[attr-defined,arg-type]


@pytest.mark.parametrize("name", KINDS)
def test_altered_bytes_are_refused(name: str) -> None:
    data, read = KINDS[name]
    for place in (8, 30, len(data) // 2, len(data) - 1):
        bad = bytearray(data)
        bad[place] ^= 1
        with pytest.raises(ValueError, match="data are"):
            read(bytes(bad))
    for bad_data in (b"", data[:-1], data + b"x", b"x" * 100):
        with pytest.raises(ValueError, match="data are"):
            read(bad_data)
    with pytest.raises(TypeError, match="data must be bytes, got str"):
        read("text")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", KINDS)
def test_bytes_of_another_kind_are_refused(name: str) -> None:
    data, _ = KINDS[name]
    for other, (_, read) in KINDS.items():
        if other != name:
            with pytest.raises(ValueError, match=f"data hold a {name}, expected a {other}"):
                read(data)


def test_labels_that_do_not_travel_are_refused() -> None:
    X, _ = rows(2)
    y = np.empty(len(X), dtype=object)
    y[:] = [("a", int(one > 0.0)) for one in X[:, 0]]
    with pytest.raises(TypeError, match=r"labels must be text, integers.* got \('a', 0\) of type"):
        run_over(split([], X, y))(FirstTask()).to_bytes()


@pytest.mark.parametrize(
    "labels",
    [
        np.array([True, False]),
        np.array([3, 1], dtype=np.int8),
        np.array([2.0, -1.0], dtype=np.float32),
        np.array(["é", "longer"]),
        np.array(["a", 1], dtype=object),
    ],
)
def test_labels_keep_their_type(labels: Array) -> None:
    X, y = rows(2)
    fit = passes_fit(split([10], X, labels[(y == "a").astype(int)]))
    task = solver_of(split([], X, y)).task
    assert task is not None
    classes = FirstTask(classes=fit.classes).to_bytes()
    back = FirstTask.from_bytes(classes).classes
    assert back is not None
    assert back.dtype == fit.classes.dtype == labels.dtype
    assert back.tolist() == fit.classes.tolist()
    assert set(map(type, back.tolist())) == set(map(type, labels.tolist()))


def test_folds_of_rows() -> None:
    folds = Folds(3, 2)
    whole = folds.of_rows(1, 0, 10)
    assert whole is not None
    assert whole.tolist() == [1, 1, 2, 2, 0, 0, 1, 1, 2, 2]
    part = folds.of_rows(1, 3, 6)
    assert part is not None
    assert part.tolist() == whole[3:6].tolist()
    assert Folds().of_rows(0, 0, 5) is None
