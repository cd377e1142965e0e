"""What is to be fitted, and how its penalty is to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import AnyArray
    from elltwo.functional._probe.layer import Layer

OPTIMISTIC = "optimistic: the body may have seen these rows"
INTERPOLATED = (
    "interpolated: the features predict the fitted rows all but perfectly, and rows that the body "
    "has seen choose too small an alpha; choose it on rows that it has not seen"
)
LOSSES = ("softmax", "sigmoid", "squared_error")
_METHODS = {"softmax": ("alo",), "sigmoid": ("alo",), "squared_error": ("loo", "gcv")}


class Task(NamedTuple):
    """The loss and the penalty; None as `cv` lets the rows of validation choose alpha."""

    loss: str
    cv: Any  # a name, a number of folds, a splitter, pairs of indices or None
    alphas: Any  # the grid, or None
    prior: Layer | None  # what is shrunk to, in features of which the last is the constant 1
    fit_intercept: bool
    n_threads: int | None

    @property
    def options(self) -> dict[str, Any]:
        """Arguments that all fits have in common."""
        free = self.fit_intercept and self.prior is None
        return {"fit_intercept": free, "n_threads": self.n_threads}

    @property
    def choice(self) -> dict[str, Any]:
        """The grid, which is continued where several alphas are given."""
        return {"alphas": self.alphas, "extend": np.size(self.alphas) > 1}


def read_loss(loss: object) -> str:
    """Return the name of a loss."""
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss must be 'softmax', 'sigmoid' or 'squared_error', got {loss!r}")
    return loss


def read_cv(cv: Any, loss: str, *, has_validation: bool) -> Any:  # noqa: ANN401  # see Task.cv
    """Check that something chooses alpha, and that a name is one that the loss has."""
    if cv is None and not has_validation:
        names = " or ".join(f"cv={name!r}" for name in _METHODS[loss])
        raise ValueError(
            "alpha needs rows to be chosen on: give validation=, rows that the features were not "
            f"trained on, or ask for {names} or a number of folds among the fitted rows"
        )
    if isinstance(cv, str) and cv not in _METHODS[loss]:
        names = " or ".join(map(repr, _METHODS[loss]))
        raise ValueError(f"cv must be {names} or folds for loss={loss!r}, got {cv!r}")
    return cv


def pair(n_train: int, n_rows: int) -> list[tuple[AnyArray, AnyArray]]:
    """Return the one split that is tested on the rows of validation, which come last."""
    return [(np.arange(n_train), np.arange(n_train, n_rows))]
