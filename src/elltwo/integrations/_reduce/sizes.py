"""Bytes that a piece takes, known before there is any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional._logistic_passes.task import FirstTask, task_from_bytes

if TYPE_CHECKING:
    from elltwo.integrations._reduce.task import Task

HEADER = 1 << 12  # of sums and of a piece, names of columns not counted
NAME = 64  # of a column's name


def piece_bytes(task: Task) -> int:
    """Return about how many bytes the piece of a partition takes, rather more than fewer.

    Where the columns are not known before, or the piece is that of a first pass, whose sample is
    bounded for all partitions together, these are no more than its header.
    """
    reading = task.reading
    columns = None if reading.layout is None else reading.layout.columns
    names = 0 if columns is None else len(columns.names)
    names += sum(map(len, (reading.levels or {}).values()))
    if task.kind == "moments":
        one = 8 * (names + 1) ** 2 + NAME * names + HEADER
        return reading.n_folds * one + HEADER
    asked = task_from_bytes(task.body)
    if isinstance(asked, FirstTask):
        return HEADER + NAME * names
    n_points, n_outputs, size = map(int, asked.theta.shape)
    gradients = n_points * n_outputs * (size + 2)
    hessians = int(asked.hessian.sum()) * (n_outputs * size) ** 2
    return 8 * (gradients + hessians) + NAME * names + HEADER
