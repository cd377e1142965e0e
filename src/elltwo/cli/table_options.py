"""Options of all commands that read a table and code its columns."""

from __future__ import annotations

import argparse
from pathlib import Path

_NAMED_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


def add_table_options(command: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the table, its target and how its columns are read; `read_coded` takes them."""
    ending = "file (.csv, .tsv, .gz, .bz2, .xz) with a header row; - is standard input"
    if several:
        ending = (
            "file (.csv, .tsv, .gz, .bz2, .xz, .parquet, .arrow, .feather) or folder of such files;"
            " - is standard input"
        )
    count = "+" if several else 1
    command.add_argument("table", type=Path, nargs=count, metavar="TABLE", help=ending)
    command.add_argument("--target", required=True, metavar="COLUMN", help="column to predict")
    columns = command.add_argument_group("columns", "of COLUMNs, each option may be repeated")
    for name, text in (
        ("ignore", "column that is neither target nor feature"),
        ("numeric", "column that must hold numbers, or dates, which become days since 1970-01-01"),
        ("categorical", "column whose values are categories, also numbers and many texts"),
    ):
        columns.add_argument(f"--{name}", action="append", default=[], metavar="COLUMN", help=text)
    columns.add_argument(
        "--weight",
        metavar="COLUMN",
        help="column with weights of the rows: how many observations each stands for",
    )
    columns.add_argument(
        "--missing",
        choices=("error", "drop", "mean"),
        default="error",
        help="what becomes of missing values: an error (the default), their rows are left out, or"
        " the mean of the column replaces them and categories get a level for them",
    )
    _add_layout(command)


def _add_layout(command: argparse.ArgumentParser) -> None:
    layout = command.add_argument_group("layout of CSV files", "found out by default")
    add_layout_options(layout)


def add_layout_options(group: argparse._ActionsContainer) -> None:
    """Add how cells of CSV files are read."""
    group.add_argument(
        "--delimiter",
        type=_delimiter,
        metavar="D",
        help="what separates cells: a character, or tab, comma, semicolon, space",
    )
    group.add_argument(
        "--decimal", choices=(".", ","), metavar="D", help="what separates decimals: . or ,"
    )
    group.add_argument(
        "--na",
        action="append",
        default=[],
        metavar="TEXT",
        help="text that stands for a missing value, beside NA, NaN, null and the like; may be"
        " repeated",
    )


def _delimiter(text: str) -> str:
    found = _NAMED_DELIMITERS.get(text, text)
    if len(found) != 1 or found in '"\r\n':
        raise argparse.ArgumentTypeError(f"must be one character, got {text!r}")
    return found
