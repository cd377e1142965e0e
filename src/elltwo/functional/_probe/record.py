"""What a linear probe returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.record_parts import public, write_record

if TYPE_CHECKING:
    import os

    from elltwo.functional._base.validate import AnyArray, Float64Array


@public("elltwo")
class ProbeScore(NamedTuple):
    """How well a linear layer predicts some rows.

    Attributes
    ----------
    loss : float
        Weighted mean over rows of the log loss ("softmax"), or over rows and outputs of the log
        loss of every output ("sigmoid") or of the squared error.
    accuracy : float or None
        Weighted share of rows of which the most probable class is right, or of outputs on the right
        side of 1/2; None for squared error.
    """

    loss: float
    accuracy: float | None


@public("elltwo")
class ProbeScores(NamedTuple):
    """Scores of one linear layer on the rows of training and of validation.

    Attributes
    ----------
    train : ProbeScore
        On the rows that were fitted.
    validation : ProbeScore or None
        On the rows of `validation`, if there are any.
    """

    train: ProbeScore
    validation: ProbeScore | None


@public("elltwo")
class LinearProbe(NamedTuple):
    """A linear layer with its penalty chosen, as `elltwo.linear_probe` returns it.

    Attributes
    ----------
    loss : {"softmax", "sigmoid", "squared_error"}
        The loss that was minimised.
    coef : ndarray of shape (n_outputs, n_features)
        Weights of the layer. Those of two classes under "softmax" are one row, for the second.
    intercept : ndarray of shape (n_outputs,)
        Biases of the layer.
    classes : ndarray of shape (n_classes,) or None
        Labels of the classes under "softmax".
    alpha : float or ndarray of shape (n_outputs,)
        The penalty chosen, for each output under "sigmoid".
    fits : tuple
        The records of the fits: one, a `RidgeCVFit` or a `LogisticCVFit`, or one for each output
        under "sigmoid". With `prior` their last feature is the constant 1.
    before : ProbeScores or None
        Scores of `prior`.
    after : ProbeScores
        Scores of this layer; on the rows of `validation` those of a fit at the same alpha to the
        other rows alone, where `validation` has chosen alpha.
    notes : tuple of str
        What to beware of.

    See Also
    --------
    elltwo.linear_probe : Makes one.
    """

    loss: str
    coef: Float64Array
    intercept: Float64Array
    classes: AnyArray | None
    alpha: Any  # a float, or a vector
    fits: tuple[Any, ...]
    before: ProbeScores | None
    after: ProbeScores
    notes: tuple[str, ...]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record to a file of JSON, which `elltwo.load` reads, see `RidgeFit.save`."""
        write_record(self, path)

    @property
    def info(self) -> Any:  # noqa: ANN401  # a record or a tuple of records
        """How the fit ended, or a tuple of that for each output under "sigmoid"."""
        infos = tuple(fit.info for fit in self.fits)
        return infos if self.loss == "sigmoid" else infos[0]
