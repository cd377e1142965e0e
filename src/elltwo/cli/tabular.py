"""A table in memory as the command line's fits take it: coded features, target and weights."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.cli.csv_tables import CsvOptions
from elltwo.cli.errors import CommandError
from elltwo.cli.tables import read_columns
from elltwo.tabular import Coding
from elltwo.tabular._choosing import Wishes, choose_columns, complaints_text
from elltwo.tabular._column_codes import NumberColumn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from elltwo.tabular._choosing import Complaint
    from elltwo.tabular._column_codes import AnyColumn
    from elltwo.tabular._columns import Columns

    Array = NDArray[np.float64]

MAX_CLASSES = 50
FEW_CLASSES = 20  # so many whole numbers may well be classes
MEAN_WEIGHTS = (0.1, 10.0)  # beyond, weights hardly count observations
FEW_ROWS = 10  # of which numbers that count them prove nothing
MISSING_ADVICE = (
    "--missing drop leaves out rows in which a value is missing, --missing mean replaces it"
)
_OVERRIDE = " (--model ridge fits the numbers)"
_SHOWN_LEVELS = 6
_SHOWN_COLUMNS = 8


class RowCounts(NamedTuple):
    """Rows of a fit, and rows left out as a value was missing in them."""

    used: int
    skipped: int


class CodedTable(NamedTuple):
    """The columns of a table as arrays.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        The features, in which no value is missing.
    y : ndarray of shape (n_rows,)
        The target: numbers, or labels of classes.
    names : list of str of length n_features
        Names of the features: those of columns of numbers, and ``"region=north"``.
    terms : list of str of length n_features
        Column of the table that each feature comes from.
    classes : list or None
        Labels of the classes, sorted; None if the target is numbers.
    coding : Coding
        How X was made; it makes that of other tables.
    counts : RowCounts
        Rows used, and rows left out as a value was missing.
    weights : ndarray of shape (n_rows,) or None
        Weights of the rows.
    notes : list of str
        What should be said of how the table was read.
    model : str
        The model that was asked for, or guessed.
    """

    X: Array
    y: NDArray[Any]
    names: list[str]
    terms: list[str]
    classes: list[Any] | None
    coding: Coding
    counts: RowCounts
    weights: Array | None
    notes: list[str]
    model: str


def read_coded(
    arguments: argparse.Namespace, *, model: str = "auto", reference: bool = False
) -> CodedTable:
    """Read the table of a command with the options of `add_table_options`.

    Parameters
    ----------
    arguments : Namespace
        With `table`, a list of one path, and `target`.
    model : {"auto", "ridge", "elastic_net", "logistic"}, default="auto"
        What is to be fitted: "logistic" takes classes from the target, "auto" where `guess_model`
        says so, and the others take numbers.
    reference : bool, default=False
        Whether the first level of each category has no column, for fits without a penalty.

    Raises
    ------
    CommandError
        In one line, for whatever the user can mend.
    """
    require_roles(arguments, model)
    options = CsvOptions(arguments.delimiter, arguments.decimal, tuple(arguments.na))
    table, notes = read_columns(arguments.table[0], options)
    try:
        names = _features(table, arguments)
        if model == "auto":
            model, why = _wanted(arguments) or guess_model(table, arguments.target)
            notes.append(why)
        wishes = Wishes(arguments.numeric, arguments.categorical, arguments.missing, reference)
        coded = _coded(table, names, arguments, wishes, model)
        return coded._replace(notes=[*notes, *coded.notes])
    except (ValueError, TypeError) as error:
        raise CommandError(str(error)) from error


def _wanted(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """Return the model that the user means by saying what the target holds, and why."""
    target = arguments.target
    if target in arguments.categorical:
        return (
            "logistic",
            f"Model: logistic regression, as --categorical takes {target} for classes",
        )
    if target in arguments.numeric:
        return "ridge", f"Model: ridge regression, as --numeric takes {target} for numbers"
    return None


def require_roles(arguments: argparse.Namespace, model: str) -> None:
    """Raise CommandError where the target is to be something else as well."""
    target = arguments.target
    if target in arguments.ignore or target == arguments.weight:
        option = "--ignore" if target in arguments.ignore else "--weight"
        raise CommandError(f"column {target!r} is the target, and cannot be given to {option}")
    refused = {"logistic": "numeric", "ridge": "categorical", "elastic_net": "categorical"}
    option = refused.get(model, "")
    if option and target in getattr(arguments, option):
        raise CommandError(f"--{option} {shlex.quote(target)} is not what --model {model} predicts")


def guess_model(table: Columns, target: str) -> tuple[str, str]:
    """Return "logistic" for a target of text, booleans or two whole numbers, else "ridge"; and why.

    Raises
    ------
    ValueError
        If the target holds dates, numbers with some text, or text of more than 50 kinds.
    """
    table.require([target])
    kind = table.kind(target)
    if kind == "date":
        raise ValueError(f"{table.source}, column {target!r} holds dates, which cannot be a target")
    if kind in ("mixed", "empty"):
        table.numbers(target)  # which says what is wrong
        return "ridge", f"Model: ridge regression, as {target} holds numbers"
    there = table.labels(target)[~table.gaps(target)] if kind == "text" else None
    if there is None:
        numbers = np.unique(table.numbers(target)[~table.gaps(target)])
        if len(numbers) != 2 or (numbers != np.trunc(numbers)).any():
            why = f"Model: ridge regression, as {target} holds numbers"
            few = len(numbers) <= FEW_CLASSES and (numbers == np.trunc(numbers)).all()
            return "ridge", why + (" (--model logistic takes them for classes)" if few else "")
        words = f"two values, {numbers[0]:g} and {numbers[1]:g}"
        return "logistic", f"Model: logistic regression, as {target} holds {words}" + _OVERRIDE
    n_classes = len(set(there.tolist()))
    if n_classes > MAX_CLASSES:
        raise ValueError(
            f"{table.source}, column {target!r} holds {n_classes} different texts such as "
            f"{there[0]!r}, too many for classes; --model logistic takes them nevertheless"
        )
    return "logistic", f"Model: logistic regression, as {target} holds text of {n_classes} kinds"


def _features(table: Columns, arguments: argparse.Namespace) -> list[str]:
    """Return the names of the columns that are features."""
    target, weight = arguments.target, arguments.weight
    others = [target, *arguments.ignore, *([] if weight is None else [weight])]
    table.require([*others, *arguments.numeric, *arguments.categorical])
    both = set(arguments.numeric) & set(arguments.categorical)
    if both:
        raise CommandError(f"column {min(both)!r} is given to both --numeric and --categorical")
    names = [name for name in table.names if name not in others]
    if not names:
        raise CommandError(f"{table.source} has no column to predict {target!r} from")
    return names


def _coded(
    table: Columns,
    names: list[str],
    arguments: argparse.Namespace,
    wishes: Wishes,
    model: str,
) -> CodedTable:
    columns = _columns(table, names, wishes)
    n_rows, rows = table.n_rows, _rows(table, names, arguments)
    if len(rows) < n_rows:
        table = table.take(rows)
        columns = _columns(table, names, wishes)  # without the levels of the rows left out
    coding = Coding(columns, wishes.missing)
    classes = model == "logistic"
    y = table.labels(arguments.target) if classes else _numbers(table, arguments.target)
    if classes and len(np.unique(y)) < 2:
        raise CommandError(
            f"{table.source}, column {arguments.target!r} is {y[0]} in all rows, and classes are "
            "two or more"
        )
    weights = None if arguments.weight is None else table.numbers(arguments.weight)
    return CodedTable(
        X=coding.matrix(table),
        y=y,
        names=coding.names,
        terms=coding.terms,
        classes=np.unique(y).tolist() if classes else None,
        coding=coding,
        counts=RowCounts(table.n_rows, n_rows - table.n_rows),
        weights=weights,
        notes=[*_notes(coding, table), *_weight_note(weights)],
        model=model,
    )


def _columns(table: Columns, names: list[str], wishes: Wishes) -> list[AnyColumn]:
    columns, complaints = choose_columns(table, names, wishes)
    if complaints:
        raise CommandError(complaints_text(complaints, table.source, _advise))
    return columns


def _numbers(table: Columns, target: str) -> Array:
    try:
        return table.numbers(target)
    except ValueError as error:
        text = f"{error}; --model logistic is for classes"
        raise CommandError(text if table.kind(target) == "text" else str(error)) from error


def _rows(table: Columns, names: list[str], arguments: argparse.Namespace) -> NDArray[np.intp]:
    """Return the rows that are fitted; raise CommandError if one is not that should be."""
    answers = [arguments.target, *([] if arguments.weight is None else [arguments.weight])]
    wanted = answers if arguments.missing == "mean" else [*names, *answers]
    missing = np.column_stack([table.gaps(name) for name in wanted])
    whole = ~missing.any(axis=1)
    if not whole.all() and arguments.missing == "error":
        i, j = (int(place) for place in np.argwhere(missing)[0])
        name = wanted[j]
        n_bad = int(np.count_nonzero(~whole))
        text = f"{table.cell(i, name)} {table.shown(i, name)}"
        more = f" (so are cells in {n_bad} of {table.n_rows} rows)" if n_bad > 1 else ""
        raise CommandError(f"{text}{more}; {MISSING_ADVICE}")
    if not whole.any():
        raise CommandError(f"{table.source} has no row in which no value is missing")
    return np.flatnonzero(whole)


def _notes(coding: Coding, table: Columns) -> list[str]:
    """Say which columns are categories, and which seem to be numbers of rows."""
    texts = []
    for name, levels in coding.categories.items():
        shown = [f"{level} {count}" for level, count in list(levels.items())[:_SHOWN_LEVELS]]
        more = f" and {len(levels) - _SHOWN_LEVELS} more" if len(levels) > _SHOWN_LEVELS else ""
        texts.append(f"{name} ({', '.join(shown)}{more})")
    notes = [f"Categories: {'; '.join(texts[:_SHOWN_COLUMNS])}"] if texts else []
    if len(texts) > _SHOWN_COLUMNS:
        notes[0] += f"; and {len(texts) - _SHOWN_COLUMNS} more"
    return notes + [
        f"{column.name} counts the rows; {_way('ignore', column.name)}"
        for column in coding.columns
        if isinstance(column, NumberColumn) and not column.dates and _counts_rows(table, column)
    ]


def _weight_note(weights: Array | None) -> list[str]:
    """Say so where weights seem to be those of a sample, and no counts of observations."""
    mean = 1.0 if weights is None else float(np.mean(weights))
    if weights is None or MEAN_WEIGHTS[0] <= mean <= MEAN_WEIGHTS[1]:
        return []
    text = f"Weights sum to {weights.sum():.4g} on {len(weights)} rows, and intervals are those of "
    return [f"{text}so many observations; weights of a survey should be divided by their mean"]


def left_out_words(arguments: argparse.Namespace, skipped: int) -> str:
    """Say how many rows are left out, and why."""
    if not skipped:
        return ""
    answers = "the target" if arguments.weight is None else "target or weight"
    what = f"{answers} is missing" if arguments.missing == "mean" else "a value is missing"
    return f" ({skipped} left out: {what})"


def _counts_rows(table: Columns, column: NumberColumn) -> bool:
    if table.n_rows <= FEW_ROWS or column.mean not in (
        (table.n_rows - 1) / 2,
        (table.n_rows + 1) / 2,
    ):
        return False
    values = table.numbers(column.name)
    return bool((np.diff(values) == 1.0).all())


def _advise(complaints: Sequence[Complaint]) -> str:
    """Say which options let a command go on."""
    if len(complaints) == 1:
        return " or ".join(_way(name, complaints[0].column) for name in complaints[0].ways)
    options = [f"--ignore {shlex.quote(one.column)}" for one in complaints]
    ways = sorted({way for one in complaints for way in one.ways} - {"ignore"})
    others = "".join(f", --{way} COLUMN {_MEANING[way]}" for way in ways)
    return f"{' '.join(options)} leaves them out{others}"


def _way(name: str, column: str) -> str:
    return f"--{name} {shlex.quote(column)} {_MEANING[name]}"


_MEANING = {
    "ignore": "leaves it out",
    "numeric": "counts days",
    "categorical": "makes it categories",
}
