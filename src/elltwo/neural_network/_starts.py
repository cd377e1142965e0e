"""Where networks begin."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._network.estimator import NetworkModel


def drawn(model: NetworkModel, random: np.random.RandomState) -> Float64Array:
    """Return a start (Glorot and Bengio 2010, equation 16), by scikit-learn's draws."""
    factor = 2.0 if model.activation == "logistic" else 6.0
    coefs, intercepts = [], []
    for n_in, n_out in pairwise(model.units):
        bound = np.sqrt(factor / (n_in + n_out))
        coefs.append(random.uniform(-bound, bound, (n_in, n_out)))
        intercepts.append(random.uniform(-bound, bound, n_out))
    return model.pack(coefs, intercepts)
