"""What a conversion may depend on besides the value: read, checked, and asked for by name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.options import count
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array


class Quantities(NamedTuple):
    """The arguments of a conversion as they were given; None stands for not given."""

    n_samples: object
    sum_weight: object
    l1_ratio: object
    sd_y: object
    sd_x: npt.ArrayLike | None
    n_outputs: object
    batch_size: object
    noise_variance: object


# of each quantity in the formulas: the argument it comes from, and what that is
_ARGUMENTS = {
    "n_samples": ("n_samples", "the number of rows"),
    "sum_weight": ("n_samples", "the number of rows (or sum_weight, where rows have weights)"),
    "l2_share": ("l1_ratio", "the share of the L1 penalty in [0, 1), 0 where there is none"),
    "sd_y": ("sd_y", "the standard deviation of y with the divisor n, y.std()"),
    "sd_x": (
        "sd_x",
        "the standard deviations of columns, X.std(axis=0), or standardize=False if they were kept",
    ),
    "bessel": ("n_samples", "the number of rows, at least 2, since it divides variances by n - 1"),
    "n_outputs": ("n_outputs", "the number of targets"),
    "batch_size": ("batch_size", "the number of rows in a batch"),
    "noise_variance": ("noise_variance", "the variance of y about its expectation"),
}


def read_quantities(given: Quantities) -> dict[str, float | Float64Array]:
    """Check what was given and return the quantities of the formulas that follow from it."""
    found: dict[str, float | Float64Array] = {"n_outputs": 1.0}
    for name in ("n_samples", "n_outputs", "batch_size"):
        value = getattr(given, name)
        if value is not None:
            found[name] = float(count(value, name, minimum=1))
    for name in ("sum_weight", "sd_y", "noise_variance"):
        value = getattr(given, name)
        if value is not None:
            found[name] = _positive(value, name)
    if given.sd_x is not None:
        found["sd_x"] = _deviations(given.sd_x)
    if given.l1_ratio is not None:
        found["l2_share"] = _l2_share(given.l1_ratio)
    n_samples = found.get("n_samples")
    if isinstance(n_samples, float):
        found.setdefault("sum_weight", n_samples)
        if n_samples > 1.0:
            found["bessel"] = n_samples / (n_samples - 1.0)
    return found


def product(
    exponents: Mapping[str, float],
    owners: Mapping[str, str],
    quantities: Mapping[str, float | Float64Array],
) -> float:
    """Multiply the powers of quantities; `owners` names the convention that needs each."""
    missing = [name for name in exponents if name not in quantities]
    if missing:
        argument, meaning = _ARGUMENTS[missing[0]]
        raise ValueError(f"{owners[missing[0]]!r} needs {argument}: {meaning}")
    with np.errstate(all="ignore"):  # the check of the result below is the check of all
        powers = [np.float64(quantities[name]) ** power for name, power in exponents.items()]
        result = float(np.prod(powers))
    if not 0.0 < result < math.inf:
        raise ValueError(
            f"the product of {', '.join(_ARGUMENTS[name][0] for name in exponents)} is beyond "
            "the range of float64"
        )
    return result


def _number(value: object, name: str) -> float:
    array = float64_array(value, name)  # type: ignore[arg-type]  # which refuses what is no number
    if array.ndim != 0:
        raise ValueError(f"{name} must be a number, got shape {array.shape}")
    return float(array)


def _positive(value: object, name: str) -> float:
    number = _number(value, name)
    if not 0.0 < number < math.inf:
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return number


def _l2_share(l1_ratio: object) -> float:
    number = _number(l1_ratio, "l1_ratio")
    if not 0.0 <= number < 1.0:
        raise ValueError(
            f"l1_ratio must be in [0, 1), since nothing of the penalty is L2 at 1, got {l1_ratio!r}"
        )
    return 1.0 - number


def _deviations(sd_x: npt.ArrayLike) -> float | Float64Array:
    array = float64_array(sd_x, "sd_x")
    if array.ndim == 0:
        return _positive(sd_x, "sd_x")
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"sd_x must be a number or have shape (n_features,), got shape {array.shape}"
        )
    wrong = ~((array >= 0.0) & (array < np.inf))
    if wrong.any():
        raise ValueError(
            f"sd_x must be finite and not negative, got {array[wrong][0]} at {wrong.argmax()}"
        )
    return array
