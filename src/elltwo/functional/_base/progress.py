"""How far a call has come and how long it will take: shown, or told to the user's function."""

from __future__ import annotations

import sys
import time
from _thread import _local
from functools import wraps
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeAlias, TypeVar

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.progress_line import Line, bar, on_terminal, time_text
from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    Show: TypeAlias = "bool | Callable[[Progress], object]"

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

PAUSE = 0.2  # seconds between two reports
PATIENCE = 2.0  # seconds of work before anything is written
LINE_PAUSE = 10.0  # seconds between lines where standard error is no terminal


@public("elltwo")
class Progress(NamedTuple):
    """How far a call has come, as a function given as ``progress=`` is told.

    Attributes
    ----------
    what : str
        Name of the function that works.
    done : int
        Units of the work that are done: alphas, in each fold and for each `l1_ratio`, or groups.
    total : int or None
        Units of the whole work. None: not known, or not yet.
    seconds : float
        Time since the call began.
    seconds_left : float or None
        Time that the rest takes at the pace so far. None where there is no pace yet.
    """

    what: str
    done: int
    total: int | None
    seconds: float
    seconds_left: float | None

    def __str__(self) -> str:
        if not self.total:
            return f"{self.what}: {time_text(self.seconds)}"
        text = f"{self.what}: {bar(self.done / self.total)} {self.done} of {self.total}"
        if self.seconds_left is None or self.done >= self.total:
            return f"{text}, {time_text(self.seconds)}"
        return f"{text}, {time_text(self.seconds_left)} left"


class Nobody:
    """The watch of a call whose progress nobody asked for."""

    def expect(self, calls: int) -> None:
        """Say how many calls of the core are to come."""

    def ended(self) -> None:
        """Say that one of them has ended."""

    def look(self) -> None:
        """Report now, from Python code that waits."""

    def __enter__(self) -> Nobody:  # noqa: PYI034  # Python 3.10 has no Self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass


class Watch(Nobody):
    """Reports what the core's polls say, in this thread, to a function."""

    def __init__(self, what: str, show: Callable[[Progress], object] | None) -> None:
        self._what = what
        self._shown: _Lines | _Tqdm | _Rich | None = None
        if show is None:
            self._shown = _shown()
            show = self._shown.show
        self._call = show
        self._start = time.perf_counter()
        self._next = self._start + (PAUSE if self._shown is None else PATIENCE)
        self._told = (0, 0)  # done and total in the call of the core that runs
        self._calls = self._ended = 0
        self._outer: Nobody = NOBODY

    def expect(self, calls: int) -> None:
        """Say how many calls of the core are to come."""
        self._calls += calls

    def ended(self) -> None:
        """Say that one of them has ended."""
        self._ended += 1
        self._told = (0, self._told[1])
        self.look()

    def look(self) -> None:
        """Report now, from Python code that waits."""
        if time.perf_counter() >= self._next:
            self._report(*self._counts())
            self._next = time.perf_counter() + PAUSE

    def __enter__(self) -> Watch:  # noqa: PYI034
        self._outer = current()
        _here.watch = self
        _core.listen(self._update)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _here.watch = self._outer
        _core.listen(self._outer._update if isinstance(self._outer, Watch) else None)
        try:
            if kind is None and (self._shown is None or self._is_late()):
                total = self._counts()[1] or 1
                self._report(total, total)
        finally:
            if self._shown is not None:
                self._shown.end()

    def _is_late(self) -> bool:
        drawn = self._shown is not None and self._shown.drawn
        return drawn or time.perf_counter() >= self._next

    def _update(self, done: int, total: int) -> None:
        if total > 0:
            self._told = (min(done, total), total)
        self.look()

    def _counts(self) -> tuple[int, int]:
        done, total = self._told
        each = total or 1
        calls = max(self._calls, self._ended + (1 if total else 0))
        return self._ended * each + done, calls * each

    def _report(self, done: int, total: int) -> None:
        seconds = time.perf_counter() - self._start
        left = seconds * (total - done) / done if 0 < done <= total else None
        self._call(Progress(self._what, done, total or None, seconds, left))


NOBODY = Nobody()
_here = _local()


def current() -> Nobody:
    """Return the watch of the call that this thread works for."""
    watch: Nobody = getattr(_here, "watch", NOBODY)
    return watch


def watching(what: str, progress: Show) -> Nobody:
    """Return a context in which `progress`, as the user gave it, is told how far the work is."""
    if progress is False:
        return NOBODY
    if progress is True:
        return Watch(what, None)
    if callable(progress):
        return Watch(what, progress)
    raise TypeError(f"progress must be True, False or a function, got {progress!r}")


def telling(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let a function tell its keyword `progress`, which it does not read itself, how far it is."""

    @wraps(function)
    def told(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        progress: Any = kwargs.get("progress", False)
        if progress is False:
            return function(*args, **kwargs)
        with watching(function.__name__, progress):
            return function(*args, **kwargs)

    return told


def telling_if_verbose(fit: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let the `fit` of an estimator show how far it is where its `verbose` says so."""

    @wraps(fit)
    def told(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        estimator: Any = args[0]
        with watching(type(estimator).__name__, _is_verbose(estimator.verbose)):
            return fit(*args, **kwargs)

    return told


def _is_verbose(verbose: object) -> bool:
    """Whether a number asks for progress; what is none, `fit` refuses by name."""
    return isinstance(verbose, Real | np.bool_) and bool(verbose)


class _Lines:
    """A line that is rewritten on a terminal; elsewhere lines with long pauses."""

    def __init__(self) -> None:
        self._line = Line() if on_terminal() else None
        self._next = 0.0
        self._last = ""
        self.drawn = False

    def show(self, progress: Progress) -> None:
        if self._line is not None:
            self._line.write(str(progress))
        elif sys.stderr is not None:
            self._print(progress)
        self.drawn = True

    def _print(self, progress: Progress) -> None:
        at_end = progress.done == progress.total
        if (progress.seconds < self._next and not at_end) or str(progress) == self._last:
            return
        self._last = str(progress)
        sys.stderr.write(self._last + "\n")
        sys.stderr.flush()
        self._next = progress.seconds + LINE_PAUSE

    def end(self) -> None:
        if self._line is not None:
            self._line.end()


class _Tqdm:
    """The bar of tqdm, which the user has imported."""

    def __init__(self, bar_class: Any) -> None:  # noqa: ANN401  # there is no stub to import
        self._class = bar_class
        self._bar: Any = None

    @property
    def drawn(self) -> bool:
        return self._bar is not None

    def show(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._class(total=progress.total, desc=progress.what)
        self._bar.total = progress.total
        self._bar.n = progress.done
        self._bar.refresh()

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()


class _Rich:
    """The bar of rich, which the user has imported."""

    def __init__(self, module: Any) -> None:  # noqa: ANN401  # there is no stub to import
        self._module = module
        self._bar: Any = None
        self._task: Any = None

    @property
    def drawn(self) -> bool:
        return self._bar is not None

    def show(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = self._module.Progress(transient=False)
            self._bar.start()
            self._task = self._bar.add_task(progress.what)
        self._bar.update(self._task, total=progress.total, completed=progress.done)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.stop()


def _shown() -> _Lines | _Tqdm | _Rich:
    """Return what shows progress: a bar of a library that the user has imported, or lines."""
    tqdm = getattr(sys.modules.get("tqdm"), "tqdm", None)
    if tqdm is not None:
        return _Tqdm(tqdm)
    rich = sys.modules.get("rich.progress") if _is_in_main("rich") else None
    return _Lines() if rich is None else _Rich(rich)


def _is_in_main(package: str) -> bool:
    """Whether the user's session names something of a package, which scikit-learn may import."""
    for value in list(vars(sys.modules["__main__"]).values()):
        name = getattr(value, "__module__", None) or getattr(value, "__name__", None)
        if isinstance(name, str) and name.split(".")[0] == package:
            return True
    return False
