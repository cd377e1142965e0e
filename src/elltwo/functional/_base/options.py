"""Checks of the options that are not arrays."""

from __future__ import annotations

import math
import operator
from numbers import Real
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.thread_number import default_threads

if TYPE_CHECKING:
    from typing import Protocol, Self, TypeVar

    class _HowItEnded(Protocol):
        @property
        def reason(self) -> str: ...
        def _replace(self, *, reason: str) -> Self: ...

    _Info = TypeVar("_Info", bound=_HowItEnded)

# `ridge` recognises its defaults by identity, so whoever passes them on passes these objects.
AUTO = "auto"
TOL = 1e-10
MAX_ITER = 10

_SOLVERS = (AUTO, "cholesky", "svd", "cg")
# scikit-learn's names of solvers that have no namesake here and stand for "auto"
_OTHER_SOLVERS = ("lsqr", "sparse_cg", "sag", "saga", "lbfgs")
_INT_MAX = 2**31 - 1


class StandIn(str):
    """The name "auto", where a solver was asked for that this stands in for."""

    __slots__ = ("asked",)
    asked: str

    def __new__(cls, asked: str) -> Self:
        """Keep the name that was given."""
        name = super().__new__(cls, AUTO)
        name.asked = asked
        return name

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        """Pickle the name that was given."""
        return type(self), (self.asked,)

    def named_in(self, info: _Info) -> _Info:
        """Say what the name stands for, before the reason for the solver that was used."""
        free = ", with a free intercept" if self.asked == "liblinear" else ""
        text = f'solver="{self.asked}" stands for "auto" here{free}: {info.reason}'
        return info._replace(reason=text)


class Options(NamedTuple):
    """Everything about a fit that is neither data nor penalty, as the core reads it."""

    fit_intercept: bool
    penalize_intercept: bool
    solver: str
    tol: float
    max_iter: int
    n_threads: int


def read_options(
    fit_intercept: object,
    penalize_intercept: object,
    solver: object,
    tol: object,
    max_iter: object,
    n_threads: object,
) -> Options:
    """Check every option of a fit, naming the first one that is wrong."""
    return Options(
        flag(fit_intercept, "fit_intercept"),
        flag(penalize_intercept, "penalize_intercept"),
        ridge_solver(solver),
        tolerance(tol),
        count(max_iter, "max_iter", minimum=0),
        threads(n_threads),
    )


def count(value: object, name: str, *, minimum: int) -> int:
    """Return `value` as an integer of at least `minimum`."""
    try:
        number = operator.index(value)  # type: ignore[arg-type]  # the except clause is the check
    except TypeError:
        raise TypeError(f"{name} must be an integer, got {value!r}") from None
    if isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {value!r}")
    if not minimum <= number <= _INT_MAX:
        raise ValueError(f"{name} must be an integer in [{minimum}, {_INT_MAX}], got {number}")
    return number


def positive(value: object, name: str) -> float:
    """Return `value` as a positive, finite number."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {value!r}")
    if not 0.0 < float(value) < math.inf:
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return float(value)


def require_target(target: object, n_targets: int) -> int:
    """Return the number of a target."""
    index = count(target, "target", minimum=0)
    if index >= n_targets:
        raise ValueError(f"target must be below {n_targets}, the number of targets, got {index}")
    return index


def threads(n_threads: object) -> int:
    """Return a number of threads; 0 stands for the share of a call in those of the process."""
    return default_threads() if n_threads is None else count(n_threads, "n_threads", minimum=1)


def flag(value: object, name: str) -> bool:
    """Return `value` as a bool, refusing numbers."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def one_of(choices: tuple[str, ...], value: object, name: str) -> str:
    """Return `value`, which has to be among the choices."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
    return str(value)


def solver_named(solver: object, names: tuple[str, ...], others: tuple[str, ...]) -> str:
    """Return the name of a solver, whose hyphens stand for underscores; the others mean "auto"."""
    if isinstance(solver, str):
        name = solver.replace("-", "_")
        if name in others:
            return StandIn(solver)
        if name in names:
            return name
    return one_of(names, solver, "solver")


def ridge_solver(solver: object) -> str:
    """Return the name of a solver of ridge regression."""
    return solver_named(solver, _SOLVERS, _OTHER_SOLVERS)


def tolerance(value: object) -> float:
    """Return `value` as a finite float that is not negative."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"tol must be a number, got {value!r}")
    tol = float(value)
    if not (math.isfinite(tol) and tol >= 0.0):
        raise ValueError(f"tol must be finite and not negative, got {value!r}")
    return tol


def read_level(level: object, name: str = "level") -> float:
    """Return a level in (0, 1)."""
    if isinstance(level, bool) or not isinstance(level, Real):
        raise TypeError(f"{name} must be a number, got {level!r}")
    if not 0.0 < float(level) < 1.0:
        raise ValueError(f"{name} must be between 0 and 1, got {level!r}")
    return float(level)
