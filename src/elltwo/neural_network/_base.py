"""What the two networks share: arguments to the core, and its answers to attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

import elltwo.linear_model._warnings  # noqa: F401  # registers the estimators' warnings
from elltwo.exceptions import ConvergenceWarning
from elltwo.functional._base.convergence import warn
from elltwo.functional._base.record_parts import Saved
from elltwo.functional._base.token import dask_token
from elltwo.functional._base.validate import require_values
from elltwo.functional._network.estimator import (
    STOCHASTIC,
    NetworkModel,
    NetworkState,
    info_of_raw,
    predict_networks,
    read_alpha,
    solve_networks,
)
from elltwo.linear_model._labels import one_column
from elltwo.linear_model._saved_content import estimator_content
from elltwo.linear_model._to_sklearn import ToSklearn
from elltwo.neural_network._epochs import Epochs
from elltwo.neural_network._parameters import read_options, read_shape
from elltwo.neural_network._split import Rows, Targets
from elltwo.neural_network._starts import drawn

if TYPE_CHECKING:
    import numpy.typing as npt
    from sklearn.utils import Tags

    from elltwo.functional import MLPInfo
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._network.estimator import NetworkOptions
    from elltwo.neural_network._parameters import Shape

_NOT_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)


_OUT_ACTIVATIONS = {"squared_error": "identity", "logistic": "logistic", "multinomial": "softmax"}


class Problem(NamedTuple):
    """A fit that has been read."""

    model: NetworkModel  #: whose penalty is that of the constructor
    rows: Rows
    targets: Targets
    options: NetworkOptions
    starts: Float64Array  #: (n_starts, n_parameters)
    random: np.random.RandomState


class NetworkEstimator(Saved, ToSklearn, BaseEstimator):  # type: ignore[misc]  # untyped base
    """A multilayer perceptron of scikit-learn's kind."""

    coefs_: list[FloatArray]
    intercepts_: list[FloatArray]
    _y_numeric: bool  #: whether y holds numbers, or else labels
    __dask_tokenize__ = dask_token

    def _saved(self) -> dict[str, Any]:
        attributes = dict(vars(self))
        if "_label_binarizer" in attributes:
            attributes["_label_binarizer"] = vars(attributes["_label_binarizer"])
        return estimator_content(self, attributes)

    def __sklearn_tags__(self) -> Tags:
        """Return scikit-learn's tags; X may be sparse."""
        tags: Tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _targets(self, y: Any, weight: Any, keep: bool) -> tuple[Targets, Any]:  # noqa: ANN401
        """Return y as the core reads it, and the weights of the rows; `keep` earlier classes."""
        raise NotImplementedError

    def _validated(self, X: Any, y: Any, first: bool) -> Any:  # noqa: ANN401
        """Return X and y after scikit-learn's validation of them."""
        require_values(X, "X")
        require_values(y, "y")
        return validate_data(
            self,
            X,
            y,
            accept_sparse=["csr", "csc"],
            multi_output=True,
            y_numeric=self._y_numeric,
            dtype=(np.float64, np.float32),
            reset=first,
        )

    def _fit(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None,
        incremental: bool,
    ) -> None:
        shape = read_shape(self)
        first = "coefs_" not in self.__dict__ or not (self.warm_start or incremental)
        problem = self._read(X, y, sample_weight, shape, first, incremental)
        if first:
            self.__dict__.pop("_optimizer", None)
            self.t_ = 0
        self.n_outputs_ = problem.targets.n_outputs
        self.n_layers_ = len(problem.model.units)
        self.out_activation_ = _OUT_ACTIVATIONS[problem.model.loss]
        try:
            if problem.options.stochastic:
                self._train(problem, first, incremental)
            else:
                self._descend(problem)
        except OverflowError as error:
            raise ValueError(f"{_NOT_FINITE}\n{error}") from None

    def _read(
        self,
        X: Any,  # noqa: ANN401
        y: Any,  # noqa: ANN401
        sample_weight: npt.ArrayLike | None,
        shape: Shape,
        first: bool,
        incremental: bool,
    ) -> Problem:
        X, y = self._validated(X, y, first)
        require_values(sample_weight, "sample_weight")
        if hasattr(X, "toarray"):
            X = X.toarray()
        weight = None if sample_weight is None else _check_sample_weight(sample_weight, X)
        if y.ndim == 2 and y.shape[1] == 1:
            y = one_column(y)
        targets, weight = self._targets(y, weight, incremental or self.warm_start)
        units = (X.shape[1], *shape.hidden, targets.n_outputs)
        alphas = read_alpha(self.alpha, len(units) - 1)
        model = NetworkModel(units, shape.activation, targets.loss, alphas)
        random = check_random_state(self.random_state)
        if first:
            starts = np.array([drawn(model, random) for _ in range(shape.n_starts)])
        else:
            starts = self._present(model)[np.newaxis]
        rows = Rows(X, targets.y, None if weight is None else np.asarray(weight, np.float64))
        options = read_options(self, model, X.shape[0], shape.n_threads)
        return Problem(model, rows, targets, options, starts, random)

    def _present(self, model: NetworkModel) -> Float64Array:
        """Return the parameters of the fit before, which must be of the same shape."""
        before = self._units()
        if before != model.units:
            raise ValueError(
                f"a fit that goes on must have the layers of the one before, {before}, got "
                f"{model.units}"
            )
        return model.pack(self.coefs_, self.intercepts_)

    def _units(self) -> tuple[int, ...]:
        """Return the inputs, hidden units and outputs of the fit before."""
        return (*(coef.shape[0] for coef in self.coefs_), self.coefs_[-1].shape[1])

    def _descend(self, problem: Problem) -> None:
        weight = problem.rows.total
        options = problem.options._replace(gradient_tol=problem.options.tol * weight)
        starts = [NetworkState(start) for start in problem.starts]
        solved = solve_networks(problem.model, [problem.rows], [], starts, options)
        best = int(np.argmin(solved.objectives))
        alpha, raw = problem.model.alpha, solved.infos[best]
        info = info_of_raw(raw, options.reason, alpha, solved.objectives)
        self._set(problem, solved.parameters[best], info)
        self.loss_ = info.objective / weight
        if info.status == "max_iter_reached":
            warn(
                f"{info.solver} failed to converge after {info.n_iter} iteration(s): {info.ended}. "
                "Increase the number of iterations to improve the convergence "
                f"(max_iter={self.max_iter}, max_fun={self.max_fun}); the relative gradient is "
                f"{info.optimality:.3g}, above the tolerance of {info.tolerance:.3g}",
                ConvergenceWarning,
            )

    def _train(self, problem: Problem, first: bool, incremental: bool) -> None:
        if incremental and self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        epochs = Epochs(self, problem.rows, problem.targets.by_class, problem.random)
        model = problem.model
        if self.solver in STOCHASTIC:  # "auto" changes no penalty
            alpha = tuple(alpha * epochs.per_batch for alpha in model.alpha)
            model = model._replace(alpha=alpha)
        before = None if first else self.__dict__.get("_optimizer")
        states = epochs.states(problem.starts, before, incremental)
        state, info = epochs.run(model, states, problem.options, incremental)
        self._optimizer = state
        self._set(problem, state.parameters, info)
        self.t_ = int(state.n_rows)
        epochs.describe(state)
        if info.status == "max_iter_reached" and not incremental:
            warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the "
                "optimization hasn't converged yet.",
                ConvergenceWarning,
            )

    def _set(self, problem: Problem, parameters: Float64Array, info: MLPInfo) -> None:
        """Set the attributes that all solvers have."""
        if not np.isfinite(parameters).all():
            raise ValueError(_NOT_FINITE)
        kind = problem.rows.X.dtype
        layers = problem.model.layers(parameters)
        self.coefs_ = [coef.astype(kind) for coef, _ in layers]
        self.intercepts_ = [intercept.astype(kind) for _, intercept in layers]
        self.n_iter_ = info.n_iter
        self.info_ = info

    def _outputs(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Return the outputs (n, n_outputs) in the precision of X and the weights."""
        check_is_fitted(self)
        require_values(X, "X")
        rows = validate_data(
            self, X, accept_sparse=["csr", "csc"], dtype=(np.float64, np.float32), reset=False
        )
        if hasattr(rows, "toarray"):
            rows = rows.toarray()
        loss = {name: loss for loss, name in _OUT_ACTIVATIONS.items()}[self.out_activation_]
        model = NetworkModel(self._units(), self.activation, loss, (0.0,) * len(self.coefs_))
        parameters = model.pack(self.coefs_, self.intercepts_)
        n_threads = read_shape(self).n_threads
        predicted = predict_networks(model, parameters[np.newaxis], rows, True, n_threads)
        return predicted.astype(np.result_type(rows, self.coefs_[0]), copy=False)
