"""How a package or a text writes the penalty: a record that gives the formula of alpha."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

RIDGE = frozenset({"ridge"})
LOGISTIC = frozenset({"logistic"})
EITHER = RIDGE | LOGISTIC  # loss r^2 / 2 and log loss: both objectives divided by one number

_NAMES = {"l2_share": "(1 - l1_ratio)"}


class Convention(NamedTuple):
    """One way of writing the penalty.

    ``alpha = constant * value * product(quantity ** power)``, or with ``1 / value`` where the
    value multiplies the loss.
    """

    objective: str  #: as it is coded or printed, in its own symbol
    symbol: str  #: name of the value
    hub: frozenset[str]  #: objectives of elltwo that it can equal
    constant: float = 1.0
    inverse: bool = False  #: whether the value multiplies the loss instead of the penalty
    powers: Mapping[str, int] = MappingProxyType({})  #: of the quantities in alpha
    sample_sd: bool = False  #: whether its standard deviations have the divisor n - 1
    factors_mean_one: bool = False  #: whether it scales penalty factors to a mean of 1
    penalizes_intercept: bool = False
    note: str = ""

    def exponents(self, *, standardize: bool) -> dict[str, float]:
        """Return the power of every quantity in alpha, for sds with the divisor n."""
        powers: dict[str, float] = {
            name: power for name, power in self.powers.items() if standardize or name != "sd_x"
        }
        if self.sample_sd:
            powers["bessel"] = 0.5 * sum(powers.get(name, 0.0) for name in ("sd_y", "sd_x"))
        return powers

    def formula(self) -> str:
        """Return alpha in terms of the value, without the factors that differ by feature."""
        above = [] if self.inverse else [self.symbol]
        below = [self.symbol] if self.inverse else []
        for name, power in self.powers.items():
            if name != "sd_x":
                (above if power > 0 else below).append(_NAMES.get(name, name))
        if self.constant > 1.0:
            above.insert(0, f"{self.constant:g}")
        if self.constant < 1.0:
            below.insert(0, f"{1.0 / self.constant:g}")
        quotient = " * ".join(above) or "1"
        if not below:
            return quotient
        return f"{quotient} / " + (below[0] if len(below) == 1 else f"({' * '.join(below)})")

    def text(self) -> str:
        """Return objective, formula and peculiarities in one line."""
        parts = [f"{self.objective}: {' or '.join(sorted(self.hub, reverse=True))} alpha"]
        parts.append(f" = {self.formula()}")
        if "sd_x" in self.powers:
            parts.append(", factors sd_x^2")
        if self.penalizes_intercept:
            parts.append(", intercept penalised")
        if self.note:
            parts.append(f". {self.note}")
        return "".join(parts)
