"""``elltwo compare``: which kind of model predicts a table's target best."""

from __future__ import annotations

import csv
import io
import sys
import textwrap
import time
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.cli.comparing import classifiers, compare_models, draw_folds, regressions
from elltwo.cli.errors import CommandError
from elltwo.cli.report import WIDTH
from elltwo.cli.tabular import left_out_words, read_coded
from elltwo.cli.text_files import require_folders, write_text
from elltwo.functional._base.progress import LINE_PAUSE, PATIENCE, Progress
from elltwo.functional._base.progress_line import Line, on_terminal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.cli.comparing import Scores
    from elltwo.cli.tabular import CodedTable

_LABEL = 15  # characters
_CELLS = (10, 9, 9, 9, 9, 9, 8)  # of the columns
_TASKS = {"auto": "auto", "numbers": "ridge", "classes": "logistic"}
TASKS = tuple(_TASKS)
_WORDS = {
    "Model: ridge regression": "Models of numbers",
    "Model: logistic regression": "Models of classes",
    "--model ridge": "--task numbers",
    "--model logistic": "--task classes",
}


class Ranked(NamedTuple):
    """A model's row of the table: means over folds with their standard errors."""

    name: str
    loss: float
    loss_se: float
    share: float
    share_se: float
    behind: float
    behind_se: float
    seconds: float


def run(arguments: argparse.Namespace) -> None:
    """Read a table, fit all models to all folds, and print the models in order of their errors."""
    require_folders(arguments.out)
    try:
        table = read_coded(arguments, model=_TASKS[arguments.task])
    except CommandError as error:
        raise CommandError(_in_tasks(str(error))) from error
    classes = table.classes is not None
    _require_rows(table, arguments.folds)
    models = classifiers() if classes else regressions()
    folds = draw_folds(table.y, arguments.folds, arguments.seed, by_class=classes)
    with closing(_Steps()) as steps:
        scores = compare_models(table.X, table.y, models, folds, table.weights, steps)
    for note in table.notes:
        print(textwrap.fill(_in_tasks(note), WIDTH, subsequent_indent="  "))
    print(textwrap.fill(_title(table, arguments), WIDTH))
    print()
    print(_table(in_order(scores), classes=classes))
    print()
    print(_notes(scores, classes=classes))
    if arguments.out is not None:
        _write(scores, arguments, classes=classes)


def _in_tasks(text: str) -> str:
    """Say of tasks what `fit` says of models."""
    for model, task in _WORDS.items():
        text = text.replace(model, task)
    return text


def in_order(scores: Sequence[Scores]) -> list[Ranked]:
    """Return the models from the least loss on, with differences from the best fold by fold."""
    best = min(scores, key=lambda one: float(one.loss.mean()))
    lines = [
        Ranked(
            one.name,
            *_mean_and_error(one.loss),
            *_mean_and_error(one.share),
            *_mean_and_error(one.loss - best.loss),
            one.seconds,
        )
        for one in scores
    ]
    return sorted(lines, key=lambda line: line.loss)


def _mean_and_error(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _require_rows(table: CodedTable, n_folds: int) -> None:
    n_rows = len(table.y)
    if n_rows < 2 * n_folds or n_rows - n_rows // n_folds < 4:
        raise CommandError(
            f"{n_rows} rows are too few for {n_folds} folds, of which each needs two rows or more"
        )
    labels, counts = np.unique(table.y, return_counts=True)
    if len(labels) < 2:
        raise CommandError(f"the target is {labels[0]} in all rows, so there is nothing to predict")
    if table.classes is not None and counts.min() < 2:
        raise CommandError(
            f"the class {labels[counts.argmin()]} has one row, and each needs two or more"
        )


def _title(table: CodedTable, arguments: argparse.Namespace) -> str:
    skipped = table.counts.skipped
    left_out = left_out_words(arguments, skipped)
    return (
        f"Models of {arguments.target} on {len(table.names)} columns, {len(table.y)} rows{left_out}"
        f", {arguments.folds} folds"
    )


def _table(lines: Sequence[Ranked], *, classes: bool) -> str:
    """Lay out the models; those within one standard error of the best have an asterisk."""
    heads = ["log loss", "SE", "accuracy", "SE"] if classes else ["RMSE", "SE", "R^2", "SE"]
    heads += ["behind", "SE"]
    text = [" " * _LABEL + _cells([*heads, "seconds"])]
    for line in lines:
        mark = " *" if line.behind <= line.behind_se and line is not lines[0] else ""
        numbers = [f"{line.loss:.4g}", *(f"{value:.3g}" for value in line[2:-1])]
        text.append(f"{line.name + mark:<{_LABEL}}{_cells([*numbers, f'{line.seconds:.2g}'])}")
    return "\n".join(text)


def _cells(texts: Sequence[str]) -> str:
    return "".join(f" {text:>{wide - 1}}" for text, wide in zip(texts, _CELLS, strict=True))


def _notes(scores: Sequence[Scores], *, classes: bool) -> str:
    """Say what the numbers are and what a difference means."""
    meaning = (
        "log loss: mean of minus the logarithm of the probability of a row's class."
        if classes
        else "R^2: share of the squared error of the mean that a model removes."
    )
    how = (
        "Every fold is predicted by models of the other rows, in which they have chosen their "
        "alpha; all models have the same folds. Columns are standardised, as by fit --standardize. "
        f"{meaning} behind: difference from the best model, "
        "fold by fold. SE: standard error of the mean over folds."
    )
    advice = (
        "A difference of about one SE or less (*) may be chance: then take the simpler model. As "
        "folds share training rows, SEs are rough, and rather too small."
    )
    warned = [
        f"{one.name}: {words}, on {count} of {len(one.loss)} folds."
        for one in scores
        for words, count in one.warnings.items()
    ]
    return "\n".join(textwrap.fill(note, WIDTH) for note in [how, advice, *warned])


def _write(scores: Sequence[Scores], arguments: argparse.Namespace, *, classes: bool) -> None:
    """Write the scores of every model and fold as a CSV table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = ("log_loss", "accuracy") if classes else ("rmse", "r_squared")
    writer.writerow(["model", "fold", *names, "alpha", "l1_ratio"])
    for one in scores:
        rows = zip(one.loss.tolist(), one.share.tolist(), one.penalties, strict=True)
        writer.writerows(
            [one.name, k + 1, loss, share, *("" if value is None else value for value in penalty)]
            for k, (loss, share, penalty) in enumerate(rows)
        )
    write_text(arguments.out, text.getvalue())
    print(f"\nScores of all folds written to {arguments.out}")


class _Steps:
    """Says how far a comparison has come, once it takes longer than two seconds."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._next = PATIENCE
        self._line = Line() if on_terminal() else None

    def __call__(self, done: int, total: int, name: str) -> None:
        seconds = time.perf_counter() - self._start
        if seconds < self._next or sys.stderr is None:
            return
        left = seconds / done * (total - done) if done else None
        text = str(Progress(f"compare, {name}", done, total, seconds, left))
        if self._line is not None:
            self._line.write(text)
        else:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
            self._next = seconds + LINE_PAUSE

    def close(self) -> None:
        """End the line."""
        if self._line is not None:
            self._line.end()
