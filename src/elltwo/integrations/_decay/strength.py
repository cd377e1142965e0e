"""Strengths of penalties in the terms of a framework and in those of elltwo."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import elltwo

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Loss(NamedTuple):
    """How a loss is averaged, by the rows of `elltwo.convert_penalty` that are for it."""

    hub: str  #: objective of elltwo
    decay: str  #: row for weight_decay, which stands for weight_decay/2 sum w^2
    l2: str | None  #: row for l2, which stands for l2 sum w^2
    averages_outputs: bool


_MSE = _Loss("ridge", "torch.weight_decay.mse", "keras.l2.mse", averages_outputs=True)
_BINARY = _Loss(
    "logistic",
    "torch.weight_decay.binary_cross_entropy",
    "keras.l2.binary_crossentropy",
    averages_outputs=True,
)
_CROSS = _Loss(
    "logistic", "torch.weight_decay.logistic", "keras.l2.logistic", averages_outputs=False
)
_SUM_MSE = _Loss("ridge", "torch.weight_decay.sum_mse", None, averages_outputs=False)
_SUM_CROSS = _Loss("logistic", "torch.weight_decay.sum_logistic", None, averages_outputs=False)

LOSSES: Final[Mapping[str, _Loss]] = {
    "mse": _MSE,
    "mean_squared_error": _MSE,
    "cross_entropy": _CROSS,
    "categorical_crossentropy": _CROSS,
    "sparse_categorical_crossentropy": _CROSS,
    "mean": _CROSS,
    "binary_cross_entropy": _BINARY,
    "binary_crossentropy": _BINARY,
    "sum_mse": _SUM_MSE,
    "sum_cross_entropy": _SUM_CROSS,
    "sum": _SUM_CROSS,
}


class Scale(NamedTuple):
    """What turns a strength beside a loss into elltwo's alpha; None stands for not given."""

    loss: str | None = None
    n_samples: int | None = None
    n_outputs: int | None = None
    batch_size: int | None = None

    def alpha(self, weight_decay: float) -> float:
        """Return elltwo's alpha of weight_decay/2 sum w^2, NaN if no loss is given."""
        if self.loss is None:
            return math.nan
        return self._convert(weight_decay, from_=self._row().decay, to=self._row().hub)

    def value(self, alpha: float, *, l2: bool) -> float:
        """Return the l2 or the weight_decay that stands for elltwo's alpha."""
        row = self._row()
        if l2 and row.l2 is not None:
            return self._convert(alpha, from_=row.hub, to=row.l2)
        return self._convert(alpha, from_=row.hub, to=row.decay) / (2.0 if l2 else 1.0)

    def _row(self) -> _Loss:
        if self.loss is None or self.loss not in LOSSES:
            raise ValueError(f"loss must be one of {', '.join(LOSSES)}, got {self.loss!r}")
        row = LOSSES[self.loss]
        if row.averages_outputs and self.n_outputs is None:
            raise ValueError(
                f"loss={self.loss!r} averages over the outputs as well as over the rows: pass "
                "n_outputs, 1 for a single output"
            )
        return row

    def _convert(self, value: float, *, from_: str, to: str) -> float:
        quantities = self._asdict()
        del quantities["loss"]
        return float(elltwo.convert_penalty(value, from_=from_, to=to, **quantities))


def read_strength(value: Any, name: str, layer: str | None = None) -> float:  # noqa: ANN401
    """Check that a strength is a number in [0, inf)."""
    place = "" if layer is None else f" for {layer!r}"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name}{place} must be a number, got {value!r}")
    number = float(value)
    if not 0.0 <= number < math.inf:
        raise ValueError(f"{name}{place} must be finite and not negative, got {value!r}")
    return number


def read_divisor(fully_decoupled: object, peak_lr: object) -> float:
    """Return what strengths are divided by, so that a peak rate times them is what was given."""
    if not isinstance(fully_decoupled, bool):
        raise TypeError(f"fully_decoupled must be a bool, got {fully_decoupled!r}")
    if fully_decoupled != (peak_lr is not None):
        raise TypeError("fully_decoupled=True and peak_lr go together: pass both or neither")
    divisor = 1.0 if peak_lr is None else read_strength(peak_lr, "peak_lr")
    if divisor == 0.0:
        raise ValueError("peak_lr must be positive, got 0")
    return divisor


def given_strength(value: object, alpha: object, scale: Scale, name: str) -> float:
    """Return the factor of sum w^2 from the framework's own number or from elltwo's alpha."""
    if (value is None) == (alpha is None):
        raise TypeError(f"pass either {name} or alpha, which is elltwo's")
    if alpha is not None:
        return scale.value(read_strength(alpha, "alpha"), l2=True)
    unused = [key for key, given in scale._asdict().items() if given is not None]
    if unused:
        raise TypeError(f"{unused[0]} converts alpha, and {name} is not converted: pass alpha=")
    return read_strength(value, name)
