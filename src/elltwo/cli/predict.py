"""``elltwo predict``: a fitted model applied to another table."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.cli.models import read_model
from elltwo.cli.tables import read_table

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> None:
    """Write one prediction for each row of the table, as a CSV table of one column."""
    model = read_model(arguments.model)
    prediction = model.predict(read_table(arguments.table).numbers(model.feature_names))
    too_large = np.flatnonzero(~np.isfinite(prediction))
    if too_large.size:
        raise CommandError(f"the prediction for row {too_large[0] + 1} is too large for a float")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([model.target])
    writer.writerows([value] for value in prediction.tolist())
    if arguments.out is None:
        print(text.getvalue(), end="")
        return
    try:
        arguments.out.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"cannot write {arguments.out}: {error.strerror}") from error
    print(f"{len(prediction)} predictions of {model.target} written to {arguments.out}")
