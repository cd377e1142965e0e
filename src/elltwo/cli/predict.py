"""``elltwo predict``: a fitted model applied to another table."""

from __future__ import annotations

import csv
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from elltwo.cli.csv_tables import CsvOptions
from elltwo.cli.errors import CommandError
from elltwo.cli.tables import blocks_of, is_small, read_columns
from elltwo.cli.text_files import require_folders, write_text
from elltwo.functional._base.posterior import IntervalPrediction
from elltwo.tabular._column_codes import NumberColumn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from elltwo.tabular._columns import Columns

    Parts = list[NDArray[Any]]  # columns of what is written, each of the length of a block


def run(arguments: argparse.Namespace) -> None:
    """Write one line for each row of the table, as a CSV table.

    It is the prediction, or the most probable class and the probabilities of all, each with the
    ends of its interval if asked for. Cells are empty for a row in which a value is missing, of
    which a warning tells, and a single one is quoted, since readers pass over lines without
    anything.
    """
    require_folders(arguments.out)
    model = _read_model(arguments.model)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_header(model, arguments.interval))
    missing: list[NDArray[np.bool_]] = []
    for block in _blocks(model, arguments):
        try:
            parts = _predicted(model, block, arguments)
        except ValueError as error:
            raise CommandError(_in_table(error, sum(map(len, missing)))) from error
        gaps = np.asarray(np.isnan(parts[-1].astype(float)))
        missing.append(gaps)
        writer.writerows(_lines(parts, gaps))
    _warn(np.concatenate([*missing, np.zeros(0, dtype=bool)]))
    _write(text.getvalue(), sum(map(len, missing)), model, arguments.out)


def _read_model(path: Path) -> elltwo.TableFit:
    try:
        model = elltwo.load(path)
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error
    if not isinstance(model, elltwo.TableFit):
        raise CommandError(
            f"{path} holds a {type(model).__name__}, which knows no table; elltwo fit writes models"
            " that do"
        )
    return model


def _blocks(model: elltwo.TableFit, arguments: argparse.Namespace) -> Iterator[Columns]:
    """Yield the table as a whole, or in blocks of rows if it is large and has numbers alone."""
    numbers = all(isinstance(one, NumberColumn) and not one.dates for one in model.coding.columns)
    options = CsvOptions(arguments.delimiter, arguments.decimal, tuple(arguments.na))
    if numbers and options == CsvOptions() and not is_small(arguments.table):
        yield from blocks_of(arguments.table, model.coding.columns_read)
        return
    table, notes = read_columns(arguments.table, options)
    for note in notes:
        warnings.warn(note, stacklevel=1)
    yield table


def _predicted(model: elltwo.TableFit, table: Columns, arguments: argparse.Namespace) -> Parts:
    """Return the columns of what is written; all are NaN, or None, where a value is missing."""
    options = {"unseen": arguments.unseen, "interval": arguments.interval}
    if model.classes is None:
        found = model.predict(table, **options)
        if isinstance(found, IntervalPrediction):
            return [found.mean, found.lower, found.upper]
        return [found]
    found = model.predict_proba(table, **options)
    interval = isinstance(found, IntervalPrediction)
    shares = [found.mean, found.lower, found.upper] if interval else [found]
    words = np.array([_word(label) for label in model.classes.tolist()], dtype=object)
    best = words[np.nan_to_num(shares[0]).argmax(axis=1)]
    columns = [part[:, k] for k in range(len(words)) for part in shares]
    return [best, *columns]


def _header(model: elltwo.TableFit, interval: float | None) -> list[str]:
    names = [model.target]
    if model.classes is not None:
        names += [f"P({_word(label)})" for label in model.classes.tolist()]
    if interval is None:
        return names
    told = names if model.classes is None else names[1:]
    with_ends = [text for name in told for text in (name, f"{name} lower", f"{name} upper")]
    return with_ends if model.classes is None else [names[0], *with_ends]


def _lines(parts: Parts, gaps: NDArray[np.bool_]) -> Iterator[Sequence[Any]]:
    empty = [""] * len(parts)
    columns = [part.tolist() for part in parts]
    for row, gap in zip(zip(*columns, strict=True), gaps, strict=True):
        yield empty if gap else row


def _word(label: Any) -> str:  # noqa: ANN401
    """Write a label, booleans as in CSV and JSON files."""
    return str(label).lower() if isinstance(label, bool) else str(label)


def _in_table(error: ValueError, first: int) -> str:
    """Let the error of a prediction name the row of the table, from 1 on."""
    text = str(error)
    if isinstance(error, OverflowError) or "overflow" in text:
        return f"a prediction is too large for a float (after row {first}): {text}"
    return text


def _warn(missing: NDArray[np.bool_]) -> None:
    if missing.any():
        warnings.warn(
            f"{np.count_nonzero(missing)} of {len(missing)} predictions are empty, as a value is "
            f"missing in their rows, the first of which is row {missing.argmax() + 1}",
            stacklevel=1,
        )


def _write(text: str, n_rows: int, model: elltwo.TableFit, path: Path | None) -> None:
    if path is None:
        print(text, end="")
        return
    write_text(path, text)
    print(f"{n_rows} predictions of {model.target} written to {path}")
