"""What `progress=` tells and shows, what its functions may raise, and that nothing else changes."""

from __future__ import annotations

import io
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import elltwo.functional._base.progress as module
from elltwo.functional._base.progress import current, watching

if TYPE_CHECKING:
    from collections.abc import Callable

    from elltwo.functional import Progress

RNG = np.random.default_rng(7)
X = RNG.normal(size=(600, 30))
Y = X[:, 0] + RNG.normal(size=600)
LABEL = (Y > 0).astype(int)
KEYS = np.repeat(np.arange(60), 10)
ALPHAS = np.geomspace(1e3, 1e-2, 40)

CALLS: dict[str, Callable[..., Any]] = {
    "ridge_cv": lambda **how: elltwo.ridge_cv(X, Y, cv=5, **how),
    "ridge_path": lambda **how: elltwo.ridge_path(X, Y, ALPHAS, **how),
    "elastic_net_cv": lambda **how: elltwo.elastic_net_cv(X, Y, cv=3, **how),
    "elastic_net_path": lambda **how: elltwo.elastic_net_path(X, Y, **how),
    "logistic_cv": lambda **how: elltwo.logistic_cv(X, LABEL, alphas=ALPHAS, cv=3, **how),
    "logistic_path": lambda **how: elltwo.logistic_path(X, LABEL, ALPHAS, **how),
    "ridge_batch": lambda **how: elltwo.ridge_batch(
        X.reshape(60, 10, 30), Y.reshape(60, 10), alpha=1.0, **how
    ),
    "ridge_grouped": lambda **how: elltwo.ridge_grouped(X, Y, KEYS, alpha=1.0, **how),
    "elastic_net_grouped": lambda **how: elltwo.elastic_net_grouped(
        X, Y, KEYS, alpha=0.1, l1_ratio=0.5, **how
    ),
}


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports without a pause."""
    monkeypatch.setattr(module, "PAUSE", 0.0)
    monkeypatch.setattr(module, "PATIENCE", 0.0)


@pytest.mark.parametrize("name", list(CALLS))
@pytest.mark.usefixtures("eager")
def test_a_function_is_told_and_changes_no_answer(name: str) -> None:
    told: list[Progress] = []
    fit = CALLS[name](progress=told.append)
    assert told
    assert {one.what for one in told} == {name}
    assert told[-1].done == told[-1].total
    assert told[-1].seconds_left == 0.0
    assert all(one.total is None or 0 <= one.done <= one.total for one in told)
    np.testing.assert_array_equal(fit.coef, CALLS[name]().coef)


def long_path(progress: Callable[[Progress], object]) -> None:
    """A call that takes many times what passes between two polls of the core."""
    x = np.random.default_rng(8).normal(size=(20_000, 60))
    elltwo.logistic_path(x, x[:, 0] + x[:, 1] > 0, np.geomspace(1e4, 1e-2, 70), progress=progress)


@pytest.mark.usefixtures("eager")
def test_alphas_are_the_units_of_a_path_while_it_runs() -> None:
    told: list[Progress] = []
    long_path(told.append)
    assert {one.total for one in told} <= {None, 70}
    done = [one.done for one in told if one.total == 70]
    assert 0 < done[len(done) // 2] < 70
    assert done == sorted(done)
    assert any(one.seconds_left is not None and one.seconds_left > 0 for one in told)


@pytest.mark.usefixtures("eager")
def test_an_error_in_the_middle_ends_the_call_there() -> None:
    told: list[Progress] = []

    def refuse(progress: Progress) -> None:
        told.append(progress)
        if progress.done > 0:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        long_path(refuse)
    assert told[-1].done < 70


@pytest.mark.parametrize("name", list(CALLS))
@pytest.mark.usefixtures("eager")
def test_what_the_function_raises_reaches_the_caller(name: str) -> None:
    class OwnError(Exception):
        pass

    def refuse(progress: Progress) -> None:
        raise OwnError(progress.what)

    with pytest.raises(OwnError, match=name):
        CALLS[name](progress=refuse)
    assert current() is module.NOBODY
    CALLS[name]()  # nobody is told any more


@pytest.mark.usefixtures("eager")
def test_ctrl_c_in_the_function_ends_the_call() -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        elltwo.ridge_cv(X, Y, cv=5, progress=interrupt)


@pytest.mark.usefixtures("eager")
def test_the_function_may_fit() -> None:
    def fit(_: Progress) -> None:
        elltwo.ridge(X, Y, alpha=1.0)

    elltwo.ridge_cv(X, Y, cv=5, progress=fit)


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_other_values_are_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"progress must be True, False or a function, got"):
        elltwo.ridge_cv(X, Y, progress=value)  # type: ignore[arg-type]


def test_short_calls_show_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    elltwo.ridge_path(X, Y, [1.0], progress=True)
    assert capsys.readouterr().err == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    """What is written of work of four units."""
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    monkeypatch.delitem(sys.modules, "rich.progress", raising=False)
    monkeypatch.setattr(sys, "stderr", stream)
    with watching("ridge_cv", progress=True) as watch:
        watch.expect(4)
        for _ in range(4):
            watch.ended()
    return stream.getvalue()


@pytest.mark.usefixtures("eager")
def test_a_terminal_has_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(monkeypatch, Terminal())
    assert text.count("\n") == 1
    assert text.startswith("\rridge_cv:  25% [######")
    assert "] 4 of 4, 0 s\033[K\n" in text


@pytest.mark.usefixtures("eager")
def test_elsewhere_there_are_few_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, io.StringIO()).splitlines()
    assert len(lines) == 2  # the first and the last: those between come within a pause
    assert "\r" not in "".join(lines)
    assert lines[-1].endswith("4 of 4, 0 s")


@pytest.mark.usefixtures("eager")
def test_the_bar_of_tqdm_where_it_has_been_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bar:
        closed = False

        def __init__(self, total: int | None, desc: str) -> None:
            self.total, self.n, self.desc = total, 0, desc
            bars.append(self)

        def refresh(self) -> None:
            seen.append((self.n, self.total))

        def close(self) -> None:
            self.closed = True

    bars: list[Bar] = []
    seen: list[tuple[int, int | None]] = []
    tqdm = ModuleType("tqdm")
    tqdm.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm", tqdm)
    with watching("ridge_cv", progress=True) as watch:
        watch.expect(2)
        watch.ended()
        watch.ended()
    assert seen[0] == (1, 2)
    assert seen[-1] == (2, 2)
    assert [bar.desc for bar in bars] == ["ridge_cv"]
    assert bars[0].closed


@pytest.mark.usefixtures("eager")
def test_the_bar_of_rich_where_it_has_been_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    rich = pytest.importorskip("rich.progress")
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    stream = io.StringIO()
    monkeypatch.setattr(
        rich, "get_console", lambda: pytest.importorskip("rich.console").Console(file=stream)
    )
    with watching("ridge_cv", progress=True) as watch:
        watch.expect(1)
        watch.ended()
    assert "ridge_cv" in stream.getvalue()
    assert "100%" in stream.getvalue()


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("name", ["ElasticNetCV", "LogisticRegressionCV"])
def test_verbose_of_an_estimator_shows_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    estimators = pytest.importorskip("elltwo.linear_model")
    y = Y if name == "ElasticNetCV" else LABEL
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    monkeypatch.delitem(sys.modules, "rich.progress", raising=False)
    for verbose in (1, 0):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        getattr(estimators, name)(cv=3, verbose=verbose).fit(X, y)
        assert (f"\r{name}: " in stream.getvalue()) == bool(verbose)
