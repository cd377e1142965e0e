"""What refitting the last layer of a network returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from elltwo import ProbeScores
    from elltwo.integrations._head.weights import Head, Weights


class HeadResults(NamedTuple):
    """The numbers of a refit."""

    loss: str
    alpha: Any  # a float, or one for each output
    weights: Weights
    fits: tuple[Any, ...]
    before: ProbeScores
    after: ProbeScores
    notes: tuple[str, ...]


class HeadRefit:
    """A last layer that was solved exactly, and the means to take it back.

    Attributes
    ----------
    layer : str
        Name of the layer.
    loss : {"softmax", "sigmoid", "squared_error"}
        The loss that was minimised.
    alpha : float or ndarray of shape (n_outputs,)
        The penalty chosen, in sums over rows, see `elltwo.linear_probe`; of a softmax of two
        outputs that of the difference of their weights; for each output under "sigmoid".
    coef : ndarray of shape (n_outputs, n_features)
        Weights of the layer, in float64.
    intercept : ndarray of shape (n_outputs,)
        Biases of the layer, zeros if it has none.
    fits : tuple
        The records of the fits. Their coefficients are those of the second of two classes, and
        with ``prior="current"`` their last feature is the constant 1.
    before, after : ProbeScores
        Losses and accuracies of the weights as they were and of the new ones, rounded as the layer
        holds them. `after` on the rows of validation is that of a fit at the same alpha to the
        other rows alone, where validation has chosen alpha.
    notes : tuple of str
        What to beware of.
    written : bool
        Whether the model holds the new weights.
    """

    def __init__(self, head: Head, results: HeadResults, *, write: bool) -> None:
        self.layer = head.name
        self.loss = results.loss
        self.alpha = results.alpha
        self.coef, self.intercept = results.weights
        self.fits = results.fits
        self.before = results.before
        self.after = results.after
        self.notes = results.notes
        self.written = False
        self._head = head
        self._old = head.saved()
        if write:
            head.write(results.weights)
            self.written = True

    @property
    def info(self) -> Any:  # noqa: ANN401  # a record or a tuple of records
        """How the fit ended, or a tuple of that for each output under "sigmoid"."""
        infos = tuple(fit.info for fit in self.fits)
        return infos if self.loss == "sigmoid" else infos[0]

    def undo(self) -> None:
        """Give the layer the weights that it had, bit for bit."""
        self._head.restore(self._old)
        self.written = False

    def __repr__(self) -> str:
        return (
            f"HeadRefit(layer={self.layer!r}, loss={self.loss!r}, alpha={self.alpha}, "
            f"before={self.before}, after={self.after}, written={self.written}, "
            f"notes={self.notes})"
        )
