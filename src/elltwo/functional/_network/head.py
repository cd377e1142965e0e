"""The last layer of a network as a ridge regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._base.thread_number import default_threads
from elltwo.functional._network.predict import hidden_units
from elltwo.functional._network.problem import require_problem
from elltwo.functional._ridge.fit import ridge

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._network.model import NetworkModel
    from elltwo.functional._ridge.record import RidgeFit


def ridge_head(model: NetworkModel, parameters: Float64Array, data: object) -> RidgeFit:
    """Fit the last layer given the others. Both objectives are the same but for a factor of 2."""
    if model.loss != "squared_error":
        raise ValueError(f"head is for the squared error, this fit has loss={model.loss!r}")
    problem = require_problem(data)
    units = hidden_units(model, parameters, problem.X, default_threads())
    y = problem.y[:, 0] if problem.one_dimensional else problem.y
    return ridge(units, y, alpha=model.alpha[-1], sample_weight=problem.sample_weight)
