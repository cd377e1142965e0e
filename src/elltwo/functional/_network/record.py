"""What a fit of a network returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import NAMELESS, Named, Names
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._base.validate import design_matrix
from elltwo.functional._network.model import NetworkModel
from elltwo.functional._network.predict import predict_networks
from elltwo.functional._network.problem import NetworkProblem
from elltwo.functional._network.state import NetworkState, values_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._network.curvature import MLPCurvature
    from elltwo.functional._network.info import MLPInfo
    from elltwo.functional._ridge.record import RidgeFit


@public("elltwo")
class MLPFit(Named, Saved):
    """A fitted network, as `elltwo.mlp` returns it; read-only.

    Parameters
    ----------
    parameters : ndarray of shape (n_kept, n_parameters)
        Weights and intercepts of the networks that were kept, the best first: of each layer the
        weights by rows, then the intercepts.
    model : tuple
        Units of all layers, activation, loss, and penalty of each layer.
    info : MLPInfo
        How the fit of the best network ended.
    infos : tuple of MLPInfo
        The same of every start, in their order.
    one_dimensional : bool
        Whether predictions of one output are vectors.
    state : tuple, default=None
        What ``"adam"`` and ``"sgd"`` go on from.
    data : object, default=None
        What the fit was made from, which `head` needs.

    See Also
    --------
    elltwo.mlp : Makes one.
    """

    __slots__ = ("_data", "_info", "_infos", "_model", "_one_dimensional", "_parameters", "_state_")

    def __init__(
        self,
        parameters: Float64Array,
        model: tuple[Any, ...],
        info: MLPInfo,
        infos: tuple[MLPInfo, ...],
        one_dimensional: bool,
        state: tuple[Any, ...] | None = None,
        data: NetworkProblem | Names | None = None,
    ) -> None:
        self._parameters = parameters
        self._model = NetworkModel(*model)
        self._info = info
        self._infos = infos
        self._one_dimensional = one_dimensional
        self._state_ = None if state is None else NetworkState(*state)
        self._data = data

    @property
    def parameters(self) -> Float64Array:
        """Weights and intercepts of the networks that were kept, shape (n_kept, n_parameters)."""
        return self._parameters

    @property
    def model(self) -> NetworkModel:
        """Units of all layers, activation, loss, and penalty of each layer."""
        return self._model

    @property
    def info(self) -> MLPInfo:
        """How the fit of the best network ended."""
        return self._info

    @property
    def infos(self) -> tuple[MLPInfo, ...]:
        """How the fit from each start ended, in the order of the starts."""
        return self._infos

    @property
    def coefs(self) -> tuple[Float64Array, ...]:
        """Weights of each layer of the best network, shape (inputs, outputs)."""
        return tuple(weights for weights, _ in self._model.layers(self._parameters[0]))

    @property
    def intercepts(self) -> tuple[Float64Array, ...]:
        """Intercepts of each layer of the best network."""
        return tuple(intercepts for _, intercepts in self._model.layers(self._parameters[0]))

    @property
    def alpha(self) -> tuple[float, ...]:
        """Penalty of each layer."""
        return self._model.alpha

    @property
    def state(self) -> NetworkState | None:
        """What ``"adam"`` and ``"sgd"`` go on from; None for other solvers."""
        return self._state_

    @property
    def loss_curve(self) -> Float64Array:
        """Mean loss with the penalty, by epochs; empty for solvers without epochs."""
        return np.empty(0) if self._state_ is None else values_of(self._state_.loss_curve)

    @property
    def scores(self) -> Float64Array:
        """Scores of the validation rows by epochs; empty without these rows."""
        return np.empty(0) if self._state_ is None else values_of(self._state_.scores)

    @property
    def head(self) -> RidgeFit:
        """The last layer as a ridge regression on the last hidden units, whose penalty it has.

        Its `coef` and `intercept` minimise the objective where the hidden layers stay as they are,
        and its statistics (standard errors, degrees of freedom) are given these layers: they do not
        count the freedom in choosing them. Squared error alone.

        Raises
        ------
        ValueError
            If the loss is not the squared error, or the fit has left its data behind.
        """
        from elltwo.functional._network.head import ridge_head

        return ridge_head(self._model, self._parameters[0], self._data)

    def curvature(self, hessian_products: int = 0) -> MLPCurvature:
        """Evaluate what the objective looks like around the best network.

        Parameters
        ----------
        hessian_products : int, default=0
            At most so many products of the Hessian with a vector, of two passes over the rows each,
            for its smallest eigenvalue by Lanczos's method [1]_; 0 leaves it out. As many as there
            are parameters give it exactly.

        Returns
        -------
        MLPCurvature
            Eigenvalues of the Gauss-Newton matrix, and the effective number of parameters.

        Raises
        ------
        ValueError
            If the loss is not the squared error, there is no hidden layer or more than two, these
            have more than 3000 parameters, an alpha is infinite, or the fit has left its data
            behind.

        References
        ----------
        .. [1] C. Lanczos (1950). An iteration method for the solution of the eigenvalue problem of
           linear differential and integral operators. Journal of Research of the National Bureau of
           Standards 45.
        """
        from elltwo.functional._network.curvature import curvature_at

        return curvature_at(self._model, self._parameters[0], self._data, hessian_products)

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Predict the rows of X: targets, or probabilities.

        Of several networks that were kept the mean is returned.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to predict. If the fit has `feature_names` and X is a table with names, its
            columns are those of these names.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Targets, or probabilities of 1 or of the classes, in float64.

        Raises
        ------
        ValueError
            If X has another number of features than the fit, or lacks one by name, or holds NaN or
            infinity, or if a prediction overflows.
        TypeError
            If X does not hold real numbers.
        """
        return self._outputs(X, True)

    def score(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> float:
        """Evaluate R^2 of the predictions of a network for squared error, see `RidgeFit.score`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to predict.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            What they are to be.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero.

        Returns
        -------
        float
            R^2, the mean over outputs.

        Raises
        ------
        ValueError
            If the loss is not the squared error, shapes disagree, or data hold NaN or infinity.
        """
        if self._model.loss != "squared_error":
            raise ValueError(
                f"score is R^2, of loss='squared_error'; the loss of this fit is "
                f"{self._model.loss!r}, and predict returns its probabilities"
            )
        from elltwo.functional._base.score import r2_of

        return r2_of(self, X, y, sample_weight)

    def decision(self, X: npt.ArrayLike) -> FloatArray:
        """Evaluate the outputs before they become probabilities: log-odds, or logits of classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows, as for `predict`.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Outputs z; for the squared error those of `predict`.
        """
        return self._outputs(X, False)

    def _outputs(self, X: npt.ArrayLike, link: bool) -> FloatArray:
        matrix = design_matrix(X, self._names.features)
        threads = default_threads()
        outputs = predict_networks(self._model, self._parameters, matrix, link, threads)
        return outputs[:, 0] if self._one_dimensional else outputs

    @property
    def _names(self) -> Names:  # type: ignore[override]  # looked for when asked for
        data = self._data
        if isinstance(data, NetworkProblem):
            return data.names
        return data if isinstance(data, Names) else NAMELESS

    def __reduce__(self) -> tuple[Any, ...]:
        state = None if self._state_ is None else tuple(self._state_)
        given = (self._parameters, tuple(self._model), self.info, self._infos)
        names = None if self._names == NAMELESS else self._names
        return type(self), (*given, self._one_dimensional, state, names)

    def _saved(self) -> dict[str, Any]:
        content = super()._saved() | {"model": self._model, "state": self._state_}
        return {name: value for name, value in content.items() if name != "data"}

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(units={self._model.units}, "
            f"activation={self._model.activation!r}, loss={self._model.loss!r}, "
            f"objective={self.info.objective:.6g}, solver={self.info.solver!r}, "
            f"status={self.info.status!r})"
        )
