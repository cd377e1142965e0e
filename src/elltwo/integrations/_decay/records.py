"""Rows and findings of an audit."""

from __future__ import annotations

from typing import Final, NamedTuple

from elltwo.functional._base.record_parts import public

NONE: Final = "none"
COUPLED: Final = "coupled"
DECOUPLED: Final = "decoupled"
LOSS: Final = "loss"

CODES: Final = (
    "bias",
    "norm",
    "twice",
    "lost",
    "frozen",
    "tied",
    "coupled-adaptive",
    "scale-free",
    "vanishes",
    "dominates",
)


@public("elltwo.integrations")
class PenaltyRow(NamedTuple):
    """One parameter and one penalty on it, or none.

    Parameters
    ----------
    name : str
        Name in the model; the first one, of shared parameters.
    shape : tuple of int
        Shape.
    size : int
        Number of entries.
    squared_norm : float
        Sum of squares.
    how : {"none", "coupled", "decoupled", "loss"}
        Whether the decay goes through the gradient, beside it, or is a term of the loss.
    value : float
        Strength as it was given.
    alpha : float
        elltwo's alpha, beside sums over rows; NaN if decoupled, or if no loss is given.
    share : float
        Share in the sum of strength times squared norm over all rows.
    reason : str
        What the rules say of the parameter, and why.
    """

    name: str
    shape: tuple[int, ...]
    size: int
    squared_norm: float
    how: str
    value: float
    alpha: float
    share: float
    reason: str


@public("elltwo.integrations")
class Finding(NamedTuple):
    """Something about the penalties that is likely not meant.

    Parameters
    ----------
    code : str
        Kind of finding, by which it can be silenced: see `PenaltyAudit`.
    names : tuple of str
        Parameters, or groups of them.
    text : str
        What it is and what it does.
    """

    code: str
    names: tuple[str, ...]
    text: str
