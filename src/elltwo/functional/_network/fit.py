"""A small network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import naming_columns
from elltwo.functional._base.options import count, flag, one_of, threads
from elltwo.functional._base.record_parts import public
from elltwo.functional._network.info import info_of_raw, warn_of_network
from elltwo.functional._network.model import LOSSES, read_model
from elltwo.functional._network.options import choose_solver, read_network_options
from elltwo.functional._network.problem import read_network_problem
from elltwo.functional._network.record import MLPFit
from elltwo.functional._network.solve import solve_networks, starts_of
from elltwo.functional._network.start import read_start
from elltwo.functional._network.validation import split_validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._network.model import NetworkModel
    from elltwo.functional._network.options import MiniBatches, NetworkOptions
    from elltwo.functional._network.problem import NetworkProblem
    from elltwo.functional._network.solve import Solved


@public("elltwo")
@naming_columns
def mlp(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    hidden: int | Sequence[int] = 100,
    *,
    alpha: npt.ArrayLike = 1.0,
    activation: str = "relu",
    loss: str = "squared_error",
    solver: str = "auto",
    sample_weight: npt.ArrayLike | None = None,
    n_starts: int = 1,
    ensemble: bool = False,
    seed: int = 0,
    start: MLPFit | npt.ArrayLike | None = None,
    validation: float | tuple[Any, ...] | None = None,
    tol: float | None = None,
    max_iter: int | None = None,
    minibatch: MiniBatches | None = None,
    n_threads: int | None = None,
) -> MLPFit:
    r"""Fit a small multilayer perceptron with an L2 penalty.

    Find a stationary point of

    .. math::
        \sum_i w_i \, \ell(y_i, z(x_i)) + \sum_l \tfrac{\alpha_l}{2} \lVert W_l \rVert^2

    over the weights W and intercepts c of the layers ``a -> activation(a @ W_l + c_l)``, of which
    the last has no activation and gives the outputs z. Intercepts are not penalised. The loss is a
    sum, not a mean: scikit-learn's ``MLPRegressor(alpha=a, solver="lbfgs")`` is ``alpha = a`` here
    for one output, as it divides loss and penalty alike by the number of rows, and with
    ``solver="adam"`` it is ``a * n_samples / batch_size``.

    The objective has many minima. A fit ends in one of those that are near its start, or nearly so:
    `info` says how nearly, and `n_starts` how many to choose the best from.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features, finite, and best on a scale of 1: networks start with weights of that order.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets; for ``"logistic"`` 0 or 1, for ``"multinomial"`` numbers of classes from 0 on.
    hidden : int or sequence of int, default=100
        Units of each hidden layer; an empty sequence leaves a linear model.
    alpha : float or array-like of shape (n_layers,), default=1.0
        Strength of the penalty in [0, inf], or that of each layer of weights. Where one is
        infinite the answer is the constant prediction of least loss.
    activation : {"relu", "tanh", "logistic", "identity"}, default="relu"
        Of the hidden units.
    loss : {"squared_error", "logistic", "multinomial"}, default="squared_error"
        Half the squared error, summed over outputs; the log loss of independent outputs, one or
        several; or the log loss of classes.
    solver : {"auto", "varpro", "lbfgs", "adam", "sgd"}, default="auto"
        ``"lbfgs"`` [1]_ uses all rows in each step, ``"adam"`` [2]_ and ``"sgd"`` mini-batches of
        them. ``"varpro"`` is for the squared loss and one or two hidden layers with at most 3000
        parameters: the last layer is always the ridge regression on its inputs [4]_ [5]_, and the
        hidden layers take Levenberg-Marquardt steps. ``"auto"`` is ``"adam"`` beyond 100 000 rows;
        else ``"varpro"`` for at most 1000 parameters in the hidden layers and 5 rows or more for
        each, unless the activation is ``"relu"``; else ``"lbfgs"``.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, not negative and not all zero. They mean repetition: 2 is the row given twice, 0
        the row left out.
    n_starts : int, default=1
        Starts to fit from, side by side; the fit with the least objective is kept.
    ensemble : bool, default=False
        Whether to keep all of them, and to predict the mean of their predictions.
    seed : int, default=0
        Start k has the seed ``seed + k``: weights and intercepts are uniform within
        ``sqrt(6 / (inputs + outputs))`` of the layer [3]_, for ``"logistic"`` ``sqrt(2 / ...)``.
    start : MLPFit or array-like of shape (n_parameters,), default=None
        A fit to go on from, with the moments of its mini-batches if `solver` is the same, or its
        parameters.
    validation : float or tuple (X, y) or (X, y, sample_weight), default=None
        For ``"adam"`` and ``"sgd"``: rows whose score, R^2 or the share of right labels, decides
        when to stop and which parameters to keep. A number in (0, 1) holds back this share of the
        rows, at random.
    tol : float, default=None
        Relative norm of the gradient that ``"varpro"`` and ``"lbfgs"`` are held to, 1e-5 by
        default; or what counts as progress of the mean loss or score of an epoch, 1e-4 by default.
    max_iter : int, default=None
        At most so many steps, 1000 by default, or epochs, 200 by default.
    minibatch : MiniBatches, default=None
        Options of ``"adam"`` and ``"sgd"``.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.

    Returns
    -------
    MLPFit
        Record with `coefs`, `intercepts`, `info`, `infos`, `predict`, `decision` and `head`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, or the data hold NaN or infinity.
    OverflowError
        If the loss leaves the range of numbers.

    Warns
    -----
    elltwo.exceptions.ConvergenceWarning
        If the fit was stopped by `max_iter`, or ended with saturated units far from a stationary
        point.

    See Also
    --------
    mlp_batch : Many small networks at once.

    References
    ----------
    .. [1] J. Nocedal and S. J. Wright (2006). Numerical Optimization, 2nd edition. Springer.
       Algorithm 7.5.
    .. [2] D. P. Kingma and J. Ba (2015). Adam: a method for stochastic optimization. ICLR.
       Algorithm 1.
    .. [3] X. Glorot and Y. Bengio (2010). Understanding the difficulty of training deep
       feedforward neural networks. AISTATS. Equation 16.
    .. [4] G. H. Golub and V. Pereyra (1973). The differentiation of pseudo-inverses and nonlinear
       least squares problems whose variables separate. SIAM Journal on Numerical Analysis 10.
    .. [5] L. Kaufman (1975). A variable projection method for solving separable nonlinear least
       squares problems. BIT 15.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> x = np.linspace(-2.0, 2.0, 41)[:, np.newaxis]
    >>> fit = elltwo.mlp(x, x[:, 0] ** 2, 8, alpha=1e-3, activation="tanh", tol=1e-3)
    >>> fit.info.status
    'converged'
    >>> bool(abs(fit.predict([[1.5]])[0] - 2.25) < 0.1)
    True
    """
    name = one_of(LOSSES, loss, "loss")
    problem = read_network_problem(X, y, sample_weight, name)
    sizes = problem.X.shape[1], problem.n_outputs
    model = read_model(sizes, hidden, alpha, activation, name)
    chosen = choose_solver(solver, model, len(problem.X))
    options = read_network_options(chosen, tol, max_iter, minibatch, threads(n_threads))
    first = count(seed, "seed", minimum=0)
    if validation is not None and not options.stochastic:
        raise ValueError(f"validation is for solver='adam' and 'sgd', got {options.solver!r}")
    fitted, held_out = split_validation(problem, validation, first, model)
    number = count(n_starts, "n_starts", minimum=1)
    if start is None:
        starts = starts_of(model, first, number)
    elif number == 1:
        starts = [read_start(start, model, first, options.solver)]
    else:
        raise ValueError(f"start goes with n_starts=1, got n_starts={number}")
    rows = [] if held_out is None else [held_out.rows]
    solved = solve_networks(model, [fitted.rows], rows, starts, options)
    return _fit_of(model, solved, options, fitted, flag(ensemble, "ensemble"))


def _fit_of(
    model: NetworkModel,
    solved: Solved,
    options: NetworkOptions,
    problem: NetworkProblem,
    ensemble: bool,
) -> MLPFit:
    """Return the best of the fits as a record, with the others behind it if they are kept."""
    objectives = solved.objectives
    infos = tuple(info_of_raw(raw, options.reason, model.alpha, objectives) for raw in solved.infos)
    order = np.argsort(objectives, kind="stable")
    best = int(order[0])
    kept = order if ensemble else order[:1]
    warn_of_network(infos[best], "mlp", model.activation)
    state = solved.states[best] if solved.states else None
    one = problem.one_dimensional
    return MLPFit(solved.parameters[kept], model, infos[best], infos, one, state, problem)
