"""Regression by a small network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.utils.metaestimators import available_if

from elltwo.functional._base.options import one_of
from elltwo.functional._base.record_parts import public
from elltwo.neural_network._base import NetworkEstimator
from elltwo.neural_network._parameters import is_stochastic
from elltwo.neural_network._split import Targets

if TYPE_CHECKING:
    import numpy.typing as npt
    from typing_extensions import Self

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import FloatArray


@public("elltwo.neural_network")
class MLPRegressor(MultiOutputMixin, RegressorMixin, NetworkEstimator):  # type: ignore[misc]  # untyped bases
    r"""Regression by a multilayer perceptron with an L2 penalty on its weights.

    A drop-in for scikit-learn's class of this name. With "varpro", "lbfgs" and "auto" it minimises

    .. math::
        \frac1W \Bigl( \tfrac12 \sum_i w_i |y_i - z(x_i)|^2
        + \sum_l \tfrac{\alpha_l}{2} |W_l|^2 \Bigr), \qquad W = \sum_i w_i,

    over the weights W_l and the intercepts, which are free; z(x) are the outputs. For an explicit
    "adam" or "sgd" scikit-learn divides alpha by the rows of a batch in the place of W, which is as
    much stronger as batches are smaller than all rows, and so does this class.

    Parameters
    ----------
    loss : {"squared_error"}, default="squared_error"
        The loss above.
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of the hidden layers; an empty sequence leaves a linear model.
    activation : {"identity", "logistic", "tanh", "relu"}, default="relu"
        Function of the hidden units.
    solver : {"auto", "varpro", "lbfgs", "adam", "sgd"}, default="adam"
        How the objective is made small. "varpro" and "lbfgs" read all rows for every step, "adam"
        [1]_ and "sgd" step after every batch, in single precision; "auto" chooses as `elltwo.mlp`
        does: "adam" beyond 100 000 rows, else one of the first two by the sizes. "varpro" is for
        one or two hidden layers with at most 3000 parameters.
    alpha : float or sequence of float, default=0.0001
        Strength of the penalty, or that of each layer.
    batch_size : int or "auto", default="auto"
        Rows of a batch; "auto" stands for 200, or all if there are fewer.
    learning_rate : {"constant", "invscaling", "adaptive"}, default="constant"
        Schedule of "sgd": ``learning_rate_init``, that over ``t_**power_t``, or that divided by 5
        whenever two times `tol` is missed for `n_iter_no_change` epochs.
    learning_rate_init : float, default=0.001
        Size of the first steps of "adam" and "sgd".
    power_t : float, default=0.5
        Exponent of "invscaling".
    max_iter : int, default=200
        At most so many steps of "varpro" or "lbfgs", or epochs.
    shuffle : bool, default=True
        Whether batches are drawn anew in every epoch.
    random_state : int, RandomState or None, default=None
        Where starts, batches and the rows held back come from. Starts are scikit-learn's for the
        same number; batches are not.
    tol : float, default=1e-4
        Relative gradient at which "varpro" or "lbfgs" ends; fall of the loss, or rise of the
        validation score, that counts as one for "adam" and "sgd".
    verbose : bool or int, default=False
        Whether to print the epochs, when they are done.
    warm_start : bool, default=False
        Whether `fit` begins at the weights of the fit before.
    momentum : float, default=0.9
        Share of the step before in a step of "sgd".
    nesterovs_momentum : bool, default=True
        Whether it looks ahead.
    early_stopping : bool, default=False
        Whether "adam" and "sgd" hold rows back, stop where the score of these no longer rises, and
        return the weights of the best.
    validation_fraction : float, default=0.1
        Share of the rows held back.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the means of gradients and squares in "adam".
    epsilon : float, default=1e-8
        Added to the root in "adam".
    n_iter_no_change : int or inf, default=10
        Epochs without a gain of `tol` after which "adam" and "sgd" stop.
    max_fun : int, default=15000
        At most so many passes over the rows by "lbfgs".
    n_starts : int, default=1
        Networks fitted side by side from different starts, of which the one with the least
        objective (or the best validation score) is kept.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`. The answer does not depend on
        it.

    Attributes
    ----------
    coefs_ : list of ndarray of shape (n_in, n_out)
        Weights of the layers, in the precision of X.
    intercepts_ : list of ndarray of shape (n_out,)
        Intercepts of the layers.
    info_ : MLPInfo
        How the fit ended, with the penalties in the sums of elltwo as ``info_.alpha``.
    n_iter_ : int
        Steps or epochs of the last call.
    t_ : int
        Rows that "adam" or "sgd" have seen, with repetitions.
    loss_ : float
        Mean loss with the penalty, of "adam" and "sgd" over the last epoch.
    loss_curve_ : list of float
        That of every epoch ("adam" and "sgd").
    best_loss_ : float or None
        The least of these; None with `early_stopping`.
    validation_scores_, best_validation_score_ : list of float, float, or None
        Scores of the rows held back after every epoch, and the best.
    n_layers_, n_outputs_ : int
        Layers with those of inputs and outputs, and units of the last.
    out_activation_ : str
        Function of the outputs.
    n_features_in_, feature_names_in_
        Number of features, and their names if all have text for one.

    See Also
    --------
    MLPClassifier : Classes.

    Notes
    -----
    scikit-learn reports the mean over several outputs as the loss, but its gradient is that of
    their sum; here both are the sum. Sparse X is made dense.

    References
    ----------
    .. [1] D. P. Kingma and J. Ba (2015). Adam: a method for stochastic optimization. Algorithm 1.
    .. [2] X. Glorot and Y. Bengio (2010). Understanding the difficulty of training deep feedforward
       neural networks. Equation 16, the starts.

    Examples
    --------
    >>> import numpy as np
    >>> from elltwo.neural_network import MLPRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1.0, 1.0, size=(200, 2))
    >>> y = X[:, 0] * X[:, 1]
    >>> model = MLPRegressor(
    ...     hidden_layer_sizes=10, activation="tanh", solver="lbfgs", random_state=0, max_iter=500
    ... )
    >>> model.fit(X, y).score(X, y) > 0.99
    True
    """

    _y_numeric = True

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),  # noqa: ANN401  # a number, or several
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: Any = 0.0001,  # noqa: ANN401  # a number, or one for each layer
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,  # noqa: ANN401  # whatever scikit-learn takes
        tol: float = 1e-4,
        verbose: bool | int = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        n_starts: int = 1,
        n_threads: int | None = None,
    ) -> None:
        self.loss = loss
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.n_starts = n_starts
        self.n_threads = n_threads

    def fit(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Fit the network.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets, finite.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero; for "lbfgs" 2 is the row given twice.

        Returns
        -------
        Self
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or a parameter has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, the data hold NaN or infinity, or the
            loss overflows.

        Warns
        -----
        sklearn.exceptions.ConvergenceWarning
            If `max_iter` or `max_fun` ended the fit.
        UserWarning
            If `batch_size` is above the number of rows.
        """
        self._require_loss()
        self._fit(X, y, sample_weight, incremental=False)
        return self

    @available_if(is_stochastic)  # type: ignore[untyped-decorator]
    def partial_fit(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Go on by one epoch over some rows, with "adam" or "sgd".

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets, finite.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero.

        Returns
        -------
        Self
            The estimator itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or a parameter has the wrong type.
        ValueError
            If shapes disagree, a value is out of its range, the data hold NaN or infinity, or the
            loss overflows, or `early_stopping` is set.

        Warns
        -----
        UserWarning
            If `batch_size` is above the number of rows.
        """
        self._require_loss()
        self._fit(X, y, sample_weight, incremental=True)
        return self

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Outputs of the network, float32 if X and `coefs_` are, else float64.

        Raises
        ------
        ValueError
            If X has another number of features than `fit` saw, or holds NaN or infinity.
        TypeError
            If X does not hold real numbers.
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        predicted = self._outputs(X)
        return predicted[:, 0] if predicted.shape[1] == 1 else predicted

    def _require_loss(self) -> None:
        one_of(("squared_error",), self.loss, "loss")

    def _targets(
        self,
        y: Any,  # noqa: ANN401
        weight: Any,  # noqa: ANN401
        _: bool,
    ) -> tuple[Targets, Any]:
        columns = np.asarray(y if y.ndim == 2 else y[:, np.newaxis], dtype=np.float64)
        return Targets(columns, columns.shape[1], "squared_error", None), weight
