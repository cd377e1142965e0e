"""Arguments of the commands."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

import elltwo
from elltwo.cli import compare, demo, demo_lasso, fit, predict
from elltwo.cli.table_options import add_layout_options, add_table_options

FIT_DESCRIPTION = """\
Fit a regression to tables with named columns, of which the target is one:
  ridge        minimise sum_i (y_i - b0 - x_i.b)^2 + alpha * sum_j b_j^2
  elastic_net  the objective of elltwo.elastic_net, with absolute values
  logistic     classes: minimise -sum_i log p_i + alpha / 2 * sum_j b_j^2, where
               p_i is the probability of the class of row i; see elltwo.logistic
Columns of text become categories, of which each level has a coefficient of its
own. The separators of cells and decimals are found out. One CSV table of up to
32 MB is read into memory, and so is a compressed one, Parquet and Arrow of up to
8 MB. Larger ones and several are read in one pass, for classes in a few; that
takes columns of numbers alone, and needs pyarrow."""


COMPARE_DESCRIPTION = """\
Compare models of a table over rows that they have not seen, all by the same folds:
  numbers   the mean, least squares, ridge, elastic net and lasso
  classes   their shares, logistic regression without a penalty, with squares,
            with an elastic net and with absolute values
Alpha, and the share of absolute values of an elastic net, are chosen within the
training rows of each fold, whose standard deviations are the units of the columns."""


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose errors take one line, like those of the commands."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong and where help is to be found; exit with code 2."""
        print(f"elltwo: error: {message} (see {self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401
        """Let the parser of a command refuse what it does not know, and name its own help."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return found, unknown


def build_parser() -> argparse.ArgumentParser:
    """Build the parser; the parsed arguments carry the command as ``run``."""
    parser = OneLineParser(
        prog="elltwo", description="L2-regularised linear models.", allow_abbrev=False
    )
    version = elltwo.build_config()["version"]
    parser.add_argument("--version", action="version", version=f"elltwo {version}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_fit(commands)
    _add_predict(commands)
    _add_compare(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[OneLineParser]) -> None:
    command = commands.add_parser("demo", help="ridge beside least squares on Longley's table")
    command.add_argument(
        "--model",
        choices=("ridge", "lasso"),
        default="ridge",
        help="ridge on Longley's table (the default), or lasso and elastic net beside ridge on "
        "groups of correlated features",
    )
    command.add_argument(
        "--out",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder for the picture, a PNG (default: the current one)",
    )
    command.set_defaults(run=_run_demo)


def _run_demo(arguments: argparse.Namespace) -> None:
    (demo_lasso if arguments.model == "lasso" else demo).run(arguments)


def _add_fit(commands: argparse._SubParsersAction[OneLineParser]) -> None:
    command = commands.add_parser(
        "fit",
        help="fit tables: CSV, Parquet, Arrow",
        description=FIT_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_table_options(command, several=True)
    _add_model(command)
    _add_penalty(command)
    _add_output(command)
    _add_stream(command)
    command.set_defaults(run=fit.run)


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model",
        choices=("auto", "ridge", "logistic", "elastic_net"),
        default="auto",
        help="what is fitted; auto, the default, takes logistic for a target of text, of true and"
        " false or of two whole numbers, and ridge for all others",
    )
    command.add_argument(
        "--l1-ratio",
        type=_share,
        metavar="R",
        help="share of absolute values in the penalty, from 0 to 1 (default: 0.5 for elastic_net,"
        " 0 for logistic)",
    )


def _add_penalty(command: argparse.ArgumentParser) -> None:
    penalty = command.add_mutually_exclusive_group()
    penalty.add_argument(
        "--alpha", type=_penalty, metavar="A", help="penalty, from 0 (least squares) to inf"
    )
    penalty.add_argument(
        "--cv",
        type=_folds,
        metavar="K",
        help="choose alpha by cross-validation over K blocks of consecutive rows, for classes of"
        " the rows of each class (default: 5, or as many as there are rows); in one pass row i of"
        " file j, from 0 on, is in fold (i // fold rows + j) modulo K",
    )
    command.add_argument(
        "--shuffle", action="store_true", help="draw the rows of the folds at random"
    )
    command.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="seed of --shuffle (default: 0)"
    )
    command.add_argument(
        "--standardize",
        action="store_true",
        help="penalise coefficients of columns divided by their standard deviation",
    )


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--level",
        type=_level,
        default=0.95,
        metavar="P",
        help="probability of the intervals that are shown (default: 0.95)",
    )
    output = command.add_argument_group("output")
    output.add_argument("--out", type=Path, metavar="MODEL.json", help="write the model here")
    output.add_argument(
        "--report", type=Path, metavar="FILE.html", help="write a page about the fit here"
    )
    output.add_argument(
        "--plot", type=Path, metavar="FILE.png", help="draw coefficients and curves here"
    )


def _add_stream(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("reading in passes")
    group.add_argument(
        "--stream", action="store_true", help="read in passes, also a small CSV table"
    )
    group.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="save what is read here, and go on from it if it is there",
    )
    group.add_argument(
        "--fold-rows",
        type=_rows,
        metavar="N",
        help="consecutive rows that share a fold (default: 1000, or less for a small table)",
    )


def _add_predict(commands: argparse._SubParsersAction[OneLineParser]) -> None:
    command = commands.add_parser("predict", help="predict with a model that fit has written")
    command.add_argument("model", type=Path, metavar="MODEL.json")
    command.add_argument(
        "table",
        type=Path,
        metavar="TABLE",
        help="file of any format that fit reads, or -; columns match by name, and rows in which a"
        " value is missing get an empty prediction",
    )
    command.add_argument(
        "--out",
        type=Path,
        metavar="PREDICTIONS.csv",
        help="write predictions here (default: standard output)",
    )
    command.add_argument(
        "--interval",
        type=_level,
        metavar="P",
        help="write the ends of intervals of this probability too, credible ones of new targets or"
        " of probabilities of classes",
    )
    command.add_argument(
        "--unseen",
        choices=("error", "ignore"),
        default="error",
        help="what becomes of categories that the fit has not seen: an error (the default), or no"
        " effect",
    )
    add_layout_options(command.add_argument_group("layout of CSV files", "found out by default"))
    command.set_defaults(run=predict.run)


def _add_compare(commands: argparse._SubParsersAction[OneLineParser]) -> None:
    command = commands.add_parser(
        "compare",
        help="compare models of a table over rows that they have not seen",
        description=COMPARE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_table_options(command)
    command.add_argument(
        "--task",
        choices=compare.TASKS,
        default="auto",
        help="whether the target holds numbers or classes (default: as fit guesses it)",
    )
    command.add_argument(
        "--folds", type=_folds, default=5, metavar="K", help="number of folds (default: 5)"
    )
    command.add_argument(
        "--seed",
        type=_seed,
        default=0,
        metavar="N",
        help="whole number that the random folds are drawn by (default: 0)",
    )
    command.add_argument(
        "--out", type=Path, metavar="SCORES.csv", help="write the scores of every fold here"
    )
    command.set_defaults(run=compare.run)


def _penalty(text: str) -> float:
    try:
        alpha = float(text)
    except ValueError:
        alpha = -1.0
    if not alpha >= 0:  # NaN included
        raise argparse.ArgumentTypeError(f"must be a number from 0 to inf, got {text!r}")
    return alpha


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 1, got {text!r}")
    return share


def _level(text: str) -> float:
    try:
        level = float(text)
    except ValueError:
        level = 0.0
    if not 0 < level < 1:
        raise argparse.ArgumentTypeError(f"must be a number between 0 and 1, got {text!r}")
    return level


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 on, got {text!r}")
    return int(text)


def _rows(text: str) -> int:
    if not (text.isdecimal() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got {text!r}")
    return int(text)


def _folds(text: str) -> int:
    if not (text.isdecimal() and int(text) >= 2):
        raise argparse.ArgumentTypeError(f"must be a whole number from 2 on, got {text!r}")
    return int(text)
