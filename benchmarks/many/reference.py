"""Reference solutions of small problems in extended precision, and every answer's distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.base.records import Accuracy
from benchmarks.many.problems import CHUNK_REPEATS, StreamProblem

if TYPE_CHECKING:
    from benchmarks.base.data import Array
    from benchmarks.many.problems import ManyAnswer, ManyTask
    from benchmarks.ridge.objective import Extended

BLOCK_ROWS = 1 << 14
GAP = (
    "Gap of many small fits and of streams: the largest error of a parameter, relative to the "
    "largest parameter of its fit, against solutions in extended precision of what each library "
    "poses."
)
CORRECTIONS = 3  # each wins about 16 digits less those of the condition number


def solve_extended(
    X: Array, y: Array, alpha: float, *, penalises_intercept: bool = False, repeats: int = 1
) -> Extended:
    """Return coefficients and, last, the intercept; every row counts `repeats` times.

    The normal equations of the rows with a column of ones, formed in `numpy.longdouble`, solved in
    float64 and corrected with residuals in extended precision. Rows are about their means unless
    the intercept is penalised.
    """
    size = X.shape[1] + 1
    penalty = np.full(size, np.longdouble(alpha))
    if not penalises_intercept:
        penalty[-1] = 0.0
    shift = np.zeros(size, np.longdouble)
    if not penalises_intercept:
        shift[:-1] = X.mean(axis=0)
    gram, cross = np.diag(penalty), np.zeros(size, np.longdouble)
    for start in range(0, len(X), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        block = np.column_stack([X[rows], np.ones(len(X[rows]))]) - shift
        gram += repeats * np.einsum("ni,nj->ij", block, block)
        cross += repeats * np.einsum("ni,n->i", block, y[rows].astype(np.longdouble))
    solution = np.zeros(size, np.longdouble)
    scale = 1.0 / np.sqrt(np.diag(gram)).astype(np.float64)
    equilibrated = scale[:, None] * gram.astype(np.float64) * scale
    for _ in range(CORRECTIONS):
        rest = (cross - gram @ solution).astype(np.float64)
        solution += scale * np.linalg.solve(equilibrated, scale * rest)
    solution[-1] -= shift[:-1] @ solution[:-1]
    return solution


def checked(task: ManyTask) -> list[int]:
    """Return the numbers of the problems whose answers are checked."""
    last = task.fitted[-1:]  # where rounding that piles up would be the largest
    return [int(number) for number in np.union1d(task.fitted[:: task.stride], last)]


def distance(
    task: ManyTask, answer: ManyAnswer, known: dict[tuple[object, ...], Extended]
) -> float:
    """Return the largest distance of a checked answer, relative to its largest parameter.

    NaN where none of the checked problems was answered. `known` keeps references.
    """
    alpha = task.alpha if answer.alpha is None else answer.alpha
    repeats = CHUNK_REPEATS if isinstance(task.problem, StreamProblem) else 1
    places = {int(number): place for place, number in enumerate(answer.numbers)}
    worst = -np.inf
    for number in checked(task):
        if number not in places:
            continue
        key = (number, alpha, answer.penalises_intercept)
        if key not in known:
            X, y = (task.X, task.y) if repeats > 1 else task.rows(number)
            known[key] = solve_extended(
                X, y, alpha, penalises_intercept=answer.penalises_intercept, repeats=repeats
            )
        place = places[number]
        found = np.append(answer.coef[place], answer.intercept[place])
        error = np.abs(found - known[key]).max() / np.abs(known[key]).max()
        worst = max(worst, np.inf if np.isnan(error) else float(error))
    return worst if worst >= 0.0 else float("nan")


def accuracies(task: ManyTask, answers: dict[str, ManyAnswer]) -> dict[str, Accuracy]:
    """Put the distances as records."""
    known: dict[tuple[object, ...], Extended] = {}
    return {name: Accuracy(distance(task, answer, known)) for name, answer in answers.items()}
