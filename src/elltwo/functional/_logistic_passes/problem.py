"""A logistic regression over partitions, but for its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import count, flag, tolerance
from elltwo.functional._base.validate import feature_factors, one_penalty, prior_means
from elltwo.functional._logistic_problem.problem import MAX_ITER, outputs_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums

TOL = 1e-8
MOST_FEATURES = 8000  # of a dense Hessian: half a gigabyte


class PassProblem(NamedTuple):
    """Penalty and options, see `elltwo.logistic`; arrays are checked once shapes are known."""

    alpha: float = 1.0
    penalty_factors: npt.ArrayLike | None = None  #: (n_features,)
    prior_mean: npt.ArrayLike | None = None  #: (n_features,) or (n_classes, n_features)
    fit_intercept: bool = True
    tol: float = TOL
    max_iter: int = MAX_ITER  #: passes

    def checked(self) -> PassProblem:
        """Return the same with options checked, naming the first one that is wrong."""
        return self._replace(
            alpha=one_penalty(self.alpha),
            fit_intercept=flag(self.fit_intercept, "fit_intercept"),
            tol=tolerance(self.tol),
            max_iter=count(self.max_iter, "max_iter", minimum=0),
        )

    def factors(self, n_features: int) -> Float64Array | None:
        """Return the penalty factors of a number of features."""
        return feature_factors(self.penalty_factors, n_features)

    def prior(self, n_outputs: int, n_features: int) -> Float64Array | None:
        """Return the prior means, (n_outputs, n_features)."""
        if self.prior_mean is None:
            return None
        return prior_means(self.prior_mean, n_outputs, n_features)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON holds it."""
        held = self._asdict()
        for name in ("penalty_factors", "prior_mean"):
            if held[name] is not None:
                held[name] = np.asarray(held[name], dtype=np.float64).tolist()
        return held


def require_fit(problem: PassProblem, first: FirstSums) -> None:
    """Refuse what the first pass shows that no fit can be made of.

    Raises
    ------
    ValueError
        If there are no rows, no features or too many, one class only, no weight, or offsets of
        another shape.
    """
    p, n_rows = first.n_features, int(first.n_rows.sum())
    if p <= 0 or not (first.classes.size or n_rows):
        what = "sample" if not first.classes.size else "feature"
        raise ValueError(f"X has 0 {what}(s) in all parts while a minimum of 1 is required.")
    if p > MOST_FEATURES:
        raise ValueError(
            f"X has {p} features; passes over partitions form a dense Hessian and take up to "
            f"{MOST_FEATURES}"
        )
    if first.classes.size < 2:
        raise ValueError(
            "y must have samples of at least 2 classes, but the data contains only one class: "
            f"{first.classes.tolist()[0]!r}"
        )
    if n_rows == 0:
        raise ValueError("sample_weight must not be all zero")
    outputs = outputs_of(first.classes.size)
    if first.offset_width not in {0, outputs}:
        raise ValueError(
            f"offset must have {outputs} column(s), one for each output, got {first.offset_width}"
        )
    problem.factors(p)
    problem.prior(outputs, p)
