"""``elltwo predict``: a fitted model applied to another table."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.cli.models import read_model
from elltwo.cli.tables import rows_of
from elltwo.functional._base.probability import probabilities, winners

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from elltwo.cli.models import Model
    from elltwo.cli.tables import Rows


def run(arguments: argparse.Namespace) -> None:
    """Write one line for each row of the table, as a CSV table.

    It is the prediction, or the most probable class and the probabilities of all. Cells are empty
    for a row in which a value is missing, of which a warning tells, and a single one is quoted,
    since readers pass over lines without anything.
    """
    model = read_model(arguments.model)
    blocks = [_predict(model, rows) for rows in rows_of(arguments.table, model.feature_names)]
    z = np.concatenate(blocks) if blocks else np.empty(0)
    missing = np.asarray(np.isnan(z.reshape(len(z), -1)).any(axis=1))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_header(model))
    writer.writerows(_lines(model, z, missing))
    if missing.any():
        warnings.warn(
            f"{np.count_nonzero(missing)} of {len(z)} predictions are empty, as a value is missing "
            f"in their rows, the first of which is row {missing.argmax() + 1}",
            stacklevel=1,
        )
    if arguments.out is None:
        print(text.getvalue(), end="")
        return
    try:
        arguments.out.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"cannot write {arguments.out}: {error.strerror}") from error
    print(f"{len(z)} predictions of {model.target} written to {arguments.out}")


def _header(model: Model) -> list[str]:
    labels = [] if model.classes is None else [f"P({_word(label)})" for label in model.classes]
    return [model.target, *labels]


def _lines(model: Model, z: NDArray[np.float64], missing: NDArray[np.bool_]) -> Iterator[list[Any]]:
    """Yield the cells of the rows from their linear predictors."""
    if model.classes is None:
        yield from (
            [""] if gap else [value] for value, gap in zip(z.tolist(), missing, strict=True)
        )
        return
    words = [_word(label) for label in model.classes]
    empty = [""] * (1 + len(words))
    shares, best = probabilities(z), winners(z).tolist()
    for share, k, gap in zip(shares.tolist(), best, missing, strict=True):
        yield empty if gap else [words[k], *share]


def _word(label: Any) -> str:  # noqa: ANN401
    """Write a label, booleans as in CSV and JSON files."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def _predict(model: Model, rows: Rows) -> NDArray[np.float64]:
    """Return linear predictors, NaN for rows in which a value is missing."""
    missing = np.isnan(rows.values).any(axis=1)
    z = model.linear_predictor(rows.values)
    z[missing] = np.nan
    too_large = np.flatnonzero(~np.isfinite(z.reshape(len(z), -1)).all(axis=1) & ~missing)
    if too_large.size:
        row = rows.first + int(too_large[0]) + 1
        raise CommandError(f"the prediction for row {row} is too large for a float")
    return z
