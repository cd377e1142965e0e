"""The same fits in this process: elltwo on one thread."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from benchmarks.distributed.works import Answer, Data, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "one process"


def answer(fit: Any, **facts: float) -> Answer:  # noqa: ANN401
    """Read a record of elltwo."""
    alpha = float(getattr(fit, "alpha", 1.0))
    coef = np.asarray(fit.coef, float).ravel()
    passes = getattr(fit, "passes", None)
    if passes is not None:
        facts |= {"passes": passes.n_passes, "Hessian passes": passes.n_hessian_passes}
    optimality = getattr(fit.info, "optimality", None)
    if optimality is not None:
        facts["optimality"] = float(np.max(optimality))
    return Answer(coef, float(np.ravel(fit.intercept)[0]), True, alpha, tuple(facts.items()))


@contextmanager
def fits(work: Work, data: Data, folder: Path) -> Iterator[dict[str, Callable[[], Answer]]]:  # noqa: ARG001
    """Yield the fits by their names."""
    X, y = data
    chunk = len(X) // 16
    source = [(X[i : i + chunk], y[i : i + chunk]) for i in range(0, len(X), chunk)]

    def stream(**options: Any) -> Answer:  # noqa: ANN401
        return answer(elltwo.fit_stream(source, n_threads=1, **options))

    def logistic() -> Answer:
        return answer(elltwo.logistic(X, y, alpha=1.0, n_threads=1))

    kinds: dict[str, dict[str, Callable[[], Answer]]] = {
        "ridge": {"elltwo.fit_stream": partial(stream, alpha=1.0)},
        "ridge_cv": {"elltwo.fit_stream": partial(stream, cv=work.n_folds)},
        "logistic": {
            "elltwo.logistic": logistic,
            "elltwo.fit_stream": partial(stream, model="logistic", alpha=1.0, tol=1e-8),
        },
        "logistic_cv": {"elltwo.logistic": logistic},
    }
    yield kinds[work.kind]
