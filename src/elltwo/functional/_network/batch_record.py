"""What a batch of networks returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._base.validate import float_array
from elltwo.functional._network.model import NetworkModel
from elltwo.functional._network.predict import predict_networks
from elltwo.functional._network.record import MLPFit

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._network.info import MLPInfo


@public("elltwo")
class MLPBatchFit(Saved):
    """Fitted networks of one shape, as `elltwo.mlp_batch` returns them; read-only.

    Parameters
    ----------
    parameters : ndarray of shape (batch, n_parameters)
        Weights and intercepts of every network, as in `elltwo.MLPFit`.
    model : tuple
        Units of all layers, activation, loss, and penalty of each layer.
    infos : tuple of MLPInfo
        How the fit of each network ended.
    one_dimensional : bool
        Whether predictions have no axis for the outputs.

    See Also
    --------
    elltwo.mlp_batch : Makes one.
    """

    __slots__ = ("_infos", "_model", "_one_dimensional", "_parameters")
    _names_apart = False

    def __init__(
        self,
        parameters: Float64Array,
        model: tuple[Any, ...],
        infos: tuple[MLPInfo, ...],
        one_dimensional: bool,
    ) -> None:
        self._parameters = parameters
        self._model = NetworkModel(*model)
        self._infos = infos
        self._one_dimensional = one_dimensional

    @property
    def parameters(self) -> Float64Array:
        """Weights and intercepts of every network, shape (batch, n_parameters)."""
        return self._parameters

    @property
    def model(self) -> NetworkModel:
        """Units of all layers, activation, loss, and penalty of each layer."""
        return self._model

    @property
    def infos(self) -> tuple[MLPInfo, ...]:
        """How the fit of each network ended."""
        return self._infos

    def __len__(self) -> int:
        return len(self._parameters)

    def fit(self, k: int) -> MLPFit:
        """Return network k as a record of its own.

        Parameters
        ----------
        k : int
            Number of the network, from 0 on; negative numbers count from the end.

        Returns
        -------
        MLPFit
            Record with `coefs`, `intercepts`, `info` and `predict`.

        Raises
        ------
        IndexError
            If there is no such network.
        """
        if not -len(self) <= k < len(self):
            raise IndexError(f"k must be in [-{len(self)}, {len(self)}), got {k}")
        info = self._infos[k]
        one = self._parameters[k][np.newaxis]
        return MLPFit(one, self._model, info, (info,), self._one_dimensional)

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict by every network.

        Parameters
        ----------
        X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
            Rows of each network, or rows that all of them predict.

        Returns
        -------
        ndarray of shape (batch, n_samples) or (batch, n_samples, n_outputs)
            Targets, or probabilities of 1 or of the classes, in float64.

        Raises
        ------
        ValueError
            If X has another number of features or networks, or holds NaN or infinity.
        TypeError
            If X does not hold real numbers.
        """
        rows = float_array(X, "X")
        if rows.ndim not in {2, 3} or (rows.ndim == 3 and len(rows) != len(self)):
            raise ValueError(
                f"X must have shape ({len(self)}, n_samples, n_features) or "
                f"(n_samples, n_features), got shape {rows.shape}"
            )
        threads = default_threads()
        each = [
            predict_networks(self._model, one[np.newaxis], x, True, threads)
            for one, x in zip(
                self._parameters, rows if rows.ndim == 3 else [rows] * len(self), strict=True
            )
        ]
        outputs = np.stack(each)
        return outputs[..., 0] if self._one_dimensional else outputs

    def __reduce__(self) -> tuple[Any, ...]:
        given = (self._parameters, tuple(self._model), self._infos, self._one_dimensional)
        return type(self), given

    def _saved(self) -> dict[str, Any]:
        return super()._saved() | {"model": self._model}

    def __repr__(self) -> str:
        ended = sum(info.status == "converged" for info in self._infos)
        return (
            f"{type(self).__name__}(batch={len(self)}, units={self._model.units}, "
            f"activation={self._model.activation!r}, loss={self._model.loss!r}, "
            f"converged={ended})"
        )
