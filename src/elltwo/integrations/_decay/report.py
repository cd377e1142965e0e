"""The record of an audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.record_parts import public
from elltwo.integrations._decay.records import PenaltyRow
from elltwo.integrations._decay.summary import text_of
from elltwo.integrations._peers import peer

if TYPE_CHECKING:
    from elltwo.integrations._decay.records import Finding
    from elltwo.integrations._decay.steps import DecaySteps, LocalPenalty


@public("elltwo.integrations")
class PenaltyAudit(NamedTuple):
    """What is penalised in a model, how, and by how much.

    Codes of findings: "bias" and "norm" (decayed, against the rules), "twice" (a term of the loss
    and decay by the optimiser), "lost" (a regulariser outside the loss, a parameter that the
    optimiser does not have), "frozen" (penalised without effect), "tied" (shared parameters),
    "coupled-adaptive" (L2 through the denominator of Adam), "scale-free" (a kernel straight before
    a norm), "vanishes" and "dominates" (lr times decay, summed over the run, below 1e-3 or above
    20).

    Parameters
    ----------
    title : str
        Model and optimiser.
    rows : tuple of PenaltyRow
        Parameters in the order of the model.
    findings : tuple of Finding
        By code, in the order above.
    steps : tuple of DecaySteps
        Decay over the run, for each group whose every step multiplies by 1 - lr * weight_decay.
    local : tuple of LocalPenalty
        Penalties that stand for decoupled decay at this moment, if the optimiser has a state.
    """

    title: str
    rows: tuple[PenaltyRow, ...]
    findings: tuple[Finding, ...]
    steps: tuple[DecaySteps, ...]
    local: tuple[LocalPenalty, ...]

    def summary(self) -> str:
        """Return rows, steps and findings as a text to print.

        Returns
        -------
        str
            Tables of fixed width.
        """
        return text_of(self.title, self.rows, self.findings, self.steps, self.local)

    def to_pandas(self) -> Any:  # noqa: ANN401  # a DataFrame
        """Return the rows as a table of pandas, which it needs.

        Returns
        -------
        DataFrame
            One row for each row, indexed by name.
        """
        pandas = peer("pandas")
        table = pandas.DataFrame(list(self.rows), columns=list(PenaltyRow._fields))
        return table.set_index("name")
