"""L2 regularisers of Keras from its own numbers or from elltwo's alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from elltwo.integrations._decay.strength import Scale, given_strength

if TYPE_CHECKING:
    from keras.regularizers import L2


def l2(
    l2: float | None = None,
    *,
    alpha: float | None = None,
    n_samples: int | None = None,
    loss: str | None = None,
    n_outputs: int | None = None,
) -> L2:
    r"""Return a regulariser that adds ``l2 * sum(w^2)`` to the loss, or elltwo's alpha as one.

    Keras minimises the mean of the loss over rows (and outputs) plus this penalty; elltwo has sums,

    .. math::
        \sum_i \|y_i - \hat y_i\|^2 + \alpha \sum_j w_j^2
        \qquad\text{or}\qquad
        \sum_i \operatorname{logloss}_i + \frac{\alpha}{2} \sum_j w_j^2,

    so l2 is ``alpha / (n_samples * n_outputs)`` for a mean squared error and
    ``alpha / (2 * n_samples)`` for a cross-entropy.

    Parameters
    ----------
    l2 : float, default=None
        Keras' own number, finite and not negative.
    alpha : float, default=None
        elltwo's, instead of `l2`.
    n_samples : int, default=None
        Number of rows that the network is trained on, not of those in a batch.
    loss : str, default=None
        Loss of the network by Keras' name: ``"mse"``, ``"categorical_crossentropy"`` (also
        sparse) or ``"binary_crossentropy"``, the last with `n_outputs` labels for each row.
    n_outputs : int, default=None
        Number of outputs that the loss averages over; asked for by all but the second.

    Returns
    -------
    keras.regularizers.L2
        Keras' own object: models with it are saved and loaded without elltwo, on any backend.

    Raises
    ------
    TypeError
        If neither or both of `l2` and `alpha` are given, or one is no number.
    ValueError
        If a number is negative, NaN or infinite, or something that alpha needs is missing.

    Examples
    --------
    >>> from elltwo.integrations.keras import l2
    >>> l2(0.01).l2
    0.01
    >>> l2(alpha=3.0, n_samples=500, loss="mse", n_outputs=3).l2
    0.002
    """
    scale = Scale(loss, n_samples, n_outputs)
    return keras.regularizers.L2(given_strength(l2, alpha, scale, "l2"))
