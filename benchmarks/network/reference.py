"""Objectives from their definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.base.records import Accuracy

if TYPE_CHECKING:
    from benchmarks.network.problems import NetworkAnswer, NetworkTask

GAP = (
    "Gap of networks: excess of the objective over the least of all libraries, which start apart "
    "and end in different minima."
)


def objective(task: NetworkTask, answer: NetworkAnswer) -> float:
    """Loss and penalty, with alpha = 1."""
    hidden = np.maximum(task.X @ answer.coefs[0] + answer.intercepts[0], 0.0)
    z = hidden @ answer.coefs[1] + answer.intercepts[1]
    penalty = sum(float((W**2).sum()) for W in answer.coefs) / 2
    if not task.problem.n_classes:
        return float(((z[:, 0] - task.y.astype(float)) ** 2).sum()) / 2 + penalty
    top = z.max(axis=1)
    log_sum = np.log(np.exp(z - top[:, np.newaxis]).sum(axis=1)) + top
    return float((log_sum - z[np.arange(len(z)), task.y.astype(int)]).sum()) + penalty


def accuracies(task: NetworkTask, answers: dict[str, NetworkAnswer]) -> dict[str, Accuracy]:
    """Put the objective beside its excess."""
    found = {name: objective(task, answer) for name, answer in answers.items()}
    least = min(found.values(), default=0.0)
    return {
        name: Accuracy((value - least) / least, f"objective {value:.5g}")
        for name, value in found.items()
    }
