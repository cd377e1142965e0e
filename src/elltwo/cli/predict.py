"""``elltwo predict``: a fitted model applied to another table."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.cli.models import read_model
from elltwo.cli.tables import rows_of

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from elltwo.cli.models import Model
    from elltwo.cli.tables import Rows


def run(arguments: argparse.Namespace) -> None:
    """Write one prediction for each row of the table, as a CSV table of one column.

    It is an empty cell for a row in which a value is missing, of which a warning tells. The cell is
    quoted, since readers pass over lines without anything.
    """
    model = read_model(arguments.model)
    blocks = [_predict(model, rows) for rows in rows_of(arguments.table, model.feature_names)]
    prediction = np.concatenate(blocks) if blocks else np.empty(0)
    empty = np.flatnonzero(np.isnan(prediction))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([model.target])
    writer.writerows(["" if value != value else value] for value in prediction.tolist())  # noqa: PLR0124
    if empty.size:
        warnings.warn(
            f"{empty.size} of {prediction.size} predictions are empty, as a value is missing in "
            f"their rows, the first of which is row {empty[0] + 1}",
            stacklevel=1,
        )
    if arguments.out is None:
        print(text.getvalue(), end="")
        return
    try:
        arguments.out.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"cannot write {arguments.out}: {error.strerror}") from error
    print(f"{prediction.size} predictions of {model.target} written to {arguments.out}")


def _predict(model: Model, rows: Rows) -> NDArray[np.float64]:
    """Return predictions, NaN for rows in which a value is missing."""
    missing = np.isnan(rows.values).any(axis=1)
    prediction = model.predict(rows.values)
    prediction[missing] = np.nan
    too_large = np.flatnonzero(~np.isfinite(prediction) & ~missing)
    if too_large.size:
        row = rows.first + int(too_large[0]) + 1
        raise CommandError(f"the prediction for row {row} is too large for a float")
    return prediction
