"""How good the points of a path are: duality gaps from the data, whatever made the points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.base.records import Accuracy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.elastic_net.problems import EnetTask, PathAnswer

    Extended = NDArray[np.longdouble]

BLOCK = 10  # alphas whose residuals are held at a time
GAP = (
    "Gap of elastic net paths: (objective - bound) / objective of the worst alpha; the bound is "
    "the largest dual value of all answers to that alpha, so that this is the excess over the "
    "minimum. Behind it the largest relative duality gap of the answer alone, which for the lasso "
    "overstates that excess. Sums in extended precision, products in double: below 1e-14 both "
    "are rounding."
)


class Values(NamedTuple):
    """Objective and dual value of every alpha."""

    primal: Extended
    dual: Extended

    @property
    def gaps(self) -> Extended:
        return (self.primal - self.dual) / self.primal


def values(task: EnetTask, answer: PathAnswer) -> Values:
    """Evaluate all points of a path.

    The dual point is the residual times t in (0, 1]: t = 1 for l1_ratio < 1, where the dual value
    is finite everywhere, else the largest t with |t X'r| <= alpha.
    """
    coef = np.atleast_2d(answer.coef) if isinstance(answer.coef, np.ndarray) else answer.coef
    blocks = [
        _block_values(task, task.alphas[start : start + BLOCK], coef[start : start + BLOCK])
        for start in range(0, len(task.alphas), BLOCK)
    ]
    primal, dual = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return Values(primal, dual)


def _block_values(task: EnetTask, alphas: Any, coef: Any) -> Values:  # noqa: ANN401
    dense = coef if isinstance(coef, np.ndarray) else coef.toarray()
    dense = np.asarray(dense, dtype=np.float64)
    residual = task.y[:, None] - task.X @ dense.T
    products = (task.X.T @ residual).T.astype(np.longdouble)
    r, b = residual.T.astype(np.longdouble), dense.astype(np.longdouble)
    l1, l2 = (alphas.astype(np.longdouble) * s for s in (task.l1_ratio, 1 - task.l1_ratio))
    square = (r * r).sum(axis=1)
    primal = square / 2 + l1 * np.abs(b).sum(axis=1) + l2 / 2 * (b * b).sum(axis=1)
    largest = np.abs(products).max(axis=1)
    t = np.ones_like(largest) if task.l1_ratio < 1 else l1 / np.maximum(largest, l1)
    dual = t * (r @ task.y.astype(np.longdouble)) - t * t / 2 * square
    if task.l1_ratio < 1:
        over = np.maximum(np.abs(products) - l1[:, None], 0)
        dual = dual - (over * over).sum(axis=1) / (2 * l2)
    return Values(primal, dual)


def accuracies(task: EnetTask, answers: dict[str, PathAnswer]) -> dict[str, Accuracy]:
    """Put the worst excess over the best bound beside the worst gap."""
    if not answers:
        return {}
    found = {name: values(task, answer) for name, answer in answers.items()}
    bound = np.max([value.dual for value in found.values()], axis=0)
    return {
        name: Accuracy(
            float(((value.primal - bound) / value.primal).max()),
            f"gap {float(max(value.gaps.max(), 0)):.0e}",
        )
        for name, value in found.items()
    }
