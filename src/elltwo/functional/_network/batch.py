"""Many small networks of one model in a single call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.options import count, one_of, threads
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import batch_weights, float64_array, float_array
from elltwo.functional._network.batch_record import MLPBatchFit
from elltwo.functional._network.info import info_of_raw, warn_of_network
from elltwo.functional._network.model import LOSSES, read_model
from elltwo.functional._network.options import read_network_options
from elltwo.functional._network.problem import read_codes
from elltwo.functional._network.solve import solve_networks, starts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray, Float64Array, FloatArray
    from elltwo.functional._network.info import MLPInfo
    from elltwo.functional._network.raw import NetworkRows


@public("elltwo")
def mlp_batch(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    hidden: int | Sequence[int] = 10,
    *,
    alpha: npt.ArrayLike = 1.0,
    activation: str = "tanh",
    loss: str = "squared_error",
    sample_weight: npt.ArrayLike | None = None,
    n_starts: int = 1,
    seed: int = 0,
    tol: float | None = None,
    max_iter: int | None = None,
    n_threads: int | None = None,
) -> MLPBatchFit:
    r"""Fit many small multilayer perceptrons of one shape at once.

    Network k minimises, from the best of its starts,

    .. math::
        \sum_i w_{ki} \, \ell(y_{ki}, z_k(x_{ki})) + \sum_l \tfrac{\alpha_l}{2} \lVert W_{kl}
        \rVert^2

    as `elltwo.mlp` does by ``solver="lbfgs"``. Networks go over the threads.

    Parameters
    ----------
    X : array-like of shape (batch, n_samples, n_features) or (n_samples, n_features)
        Features, finite; a matrix is shared by all networks.
    y : array-like of shape (batch, n_samples) or (batch, n_samples, n_outputs)
        Targets; for ``"logistic"`` 0 or 1, for ``"multinomial"`` numbers of classes from 0 on.
    hidden : int or sequence of int, default=10
        Units of each hidden layer.
    alpha : float or array-like of shape (n_layers,), default=1.0
        Strength of the penalty in [0, inf], or that of each layer of weights.
    activation : {"tanh", "relu", "logistic", "identity"}, default="tanh"
        Of the hidden units.
    loss : {"squared_error", "logistic", "multinomial"}, default="squared_error"
        As for `elltwo.mlp`.
    sample_weight : array-like of shape (batch, n_samples) or (n_samples,), default=None
        Weights, not negative and not all zero in any problem; a vector is shared by all problems.
    n_starts : int, default=1
        Starts for each network, of which the best is kept.
    seed : int, default=0
        Start k of every network has the seed ``seed + k``.
    tol : float, default=None
        Relative norm of the gradient that every fit is held to, 1e-5 by default.
    max_iter : int, default=None
        At most so many steps, 1000 by default.
    n_threads : int, default=None
        Threads to use; None stands for `elltwo.get_num_threads()`, and 1 starts none. The
        answer does not depend on it.

    Returns
    -------
    MLPBatchFit
        Record with `parameters`, `infos`, `fit` and `predict`.

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
        If some fit was stopped by `max_iter`, or ended with saturated units far from a stationary
        point.

    See Also
    --------
    mlp : One network.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> x = np.linspace(-2.0, 2.0, 41)[:, np.newaxis]
    >>> y = np.stack([x[:, 0] ** 2, np.sin(x[:, 0])])
    >>> fit = elltwo.mlp_batch(x, y, 8, alpha=1e-3, tol=1e-3)
    >>> fit.predict([[0.0], [2.0]]).shape
    (2, 2)
    """
    name = one_of(LOSSES, loss, "loss")
    problems, n_outputs, one_dimensional = _read_batch(X, y, sample_weight, name)
    sizes = problems[0][0].shape[1], n_outputs
    model = read_model(sizes, hidden, alpha, activation, name)
    chosen = ("lbfgs", "networks of a batch")
    options = read_network_options(chosen, tol, max_iter, None, threads(n_threads))
    each = starts_of(model, count(seed, "seed", minimum=0), count(n_starts, "n_starts", minimum=1))
    solved = solve_networks(model, problems, [], each * len(problems), options)
    shape = (len(problems), len(each))
    objectives = np.reshape(solved.objectives, shape)
    best = objectives.argmin(axis=1)
    rows = np.arange(len(problems))
    parameters = solved.parameters.reshape(*shape, -1)[rows, best]
    infos = tuple(
        info_of_raw(solved.infos[k * shape[1] + best[k]], chosen[1], model.alpha, objectives[k])
        for k in rows
    )
    warn_of_network(_worst(infos), "mlp_batch", model.activation)
    return MLPBatchFit(parameters, model, infos, one_dimensional)


def _worst(infos: Sequence[MLPInfo]) -> MLPInfo:
    return max(infos, key=lambda info: (info.status == "max_iter_reached", info.optimality))


def _read_batch(
    X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None, loss: str
) -> tuple[list[NetworkRows], int, bool]:
    """Return the rows of every network, the number of outputs, and whether y had no axis for it."""
    matrices, targets = float_array(X, "X"), float64_array(y, "y")
    if matrices.ndim not in {2, 3} or 0 in matrices.shape:
        raise ValueError(
            "X must have shape (batch, n_samples, n_features) or (n_samples, n_features), none of "
            f"them 0, got shape {matrices.shape}"
        )
    allowed = {2} if loss == "multinomial" else {2, 3}
    n_samples = matrices.shape[-2]
    if targets.ndim not in allowed or 0 in targets.shape or targets.shape[1] != n_samples:
        raise ValueError(
            f"y must have shape (batch, {n_samples}) or, but for classes, "
            f"(batch, {n_samples}, n_outputs), got shape {targets.shape}"
        )
    if matrices.ndim == 3 and len(matrices) != len(targets):
        raise ValueError(f"X and y must have one batch, got {len(matrices)} and {len(targets)}")
    weights = batch_weights(sample_weight, targets.shape[:2])
    each = [matrices[k] if matrices.ndim == 3 else matrices for k in range(len(targets))]
    if loss == "multinomial":
        codes = [_codes_of(k, labels) for k, labels in enumerate(targets)]
        n_classes = max(2, 1 + max(int(labels.max()) for labels in codes))
        return _rows(each, codes, weights), n_classes, False
    one_dimensional = targets.ndim == 2
    outputs = targets[:, :, np.newaxis] if one_dimensional else targets
    return _rows(each, list(outputs), weights), outputs.shape[2], one_dimensional


def _codes_of(k: int, labels: Float64Array) -> npt.NDArray[np.int32]:
    try:
        return read_codes(labels)
    except ValueError as error:
        raise ValueError(f"problem {k}: {error}") from None


def _rows(
    X: list[FloatArray], y: Sequence[AnyArray], weights: Float64Array | None
) -> list[NetworkRows]:
    if weights is None:
        return [(rows, own, None) for rows, own in zip(X, y, strict=True)]
    each = np.broadcast_to(weights, (len(X), weights.shape[-1]))
    return list(zip(X, y, each, strict=True))
