"""``elltwo fit``: a regression of one column of a table on the others, or its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import Request, fit_table
from elltwo.cli.models import Model, write_model
from elltwo.cli.report import NUMBER_WIDTH, certificate, columns_of_numbers, shortened
from elltwo.cli.streaming import fit_tables, is_streamed
from elltwo.cli.tables import read_table
from elltwo.cli.tabular import MISSING_ADVICE, RowCounts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from elltwo.cli.fitting import TableFit
from elltwo.cli.tables import Table

TITLES = {
    "ridge": "Ridge regression",
    "elastic_net": "Elastic net",
    "logistic": "Logistic regression",
}
SHOWN_CLASSES = 4  # columns that a line has room for


def run(arguments: argparse.Namespace) -> None:
    """Read tables, fit, print coefficients and certificate, write the model if asked to."""
    request = _request(arguments)
    streamed = is_streamed(arguments)
    fitted, names, rows = fit_tables(arguments, request) if streamed else _fit(arguments, request)
    left_out = f" ({rows.skipped} left out: a value is missing)" if rows.skipped else ""
    size = f"{len(names)} columns, {rows.used} rows{left_out}"
    print(f"{TITLES[request.model]} of {arguments.target} on {size}")
    print(_penalty(fitted, request), end="\n\n")
    print(_coefficients(fitted, names))
    print()
    print(certificate(fitted.fit, n_features=len(names)))
    if arguments.out is not None:
        write_model(_model(fitted, names, arguments.target, request), arguments.out)
        print(f"\nModel written to {arguments.out}")


def _request(arguments: argparse.Namespace) -> Request:
    """Read what is to be fitted; an elastic net's share of absolute values is 0.5 by default."""
    model, ratio = arguments.model, arguments.l1_ratio
    if model == "ridge" and ratio is not None:
        raise CommandError("--l1-ratio is for --model elastic_net and --model logistic")
    if ratio is None:
        ratio = 0.5 if model == "elastic_net" else 0.0
    return Request(model, arguments.alpha, arguments.cv, ratio, arguments.standardize)


def _fit(arguments: argparse.Namespace, request: Request) -> tuple[TableFit, list[str], RowCounts]:
    """Fit one CSV table in memory; return the fit, the names of the features and the rows."""
    table = read_table(arguments.table[0])
    names = _features(table, arguments.target, arguments.ignore)
    X = table.numbers(names)
    missing = np.isnan(X)
    if request.model == "logistic":
        y, gaps = table.labels(arguments.target)
    else:
        y = table.numbers([arguments.target])[:, 0]
        gaps = np.isnan(y)
    missing = np.column_stack([missing, gaps])
    whole = ~missing.any(axis=1)
    if not whole.all():
        if not arguments.skip_missing:
            i, j = np.argwhere(missing)[0]
            cell = table.missing(int(i), [*names, arguments.target][j])
            raise CommandError(f"{cell}; {MISSING_ADVICE}")
        if not whole.any():
            raise CommandError(f"{table.source} has no row in which no value is missing")
        X, y = X[whole], y[whole]
    return fit_table(X, y, request), names, RowCounts(len(y), int((~whole).sum()))


def _features(table: Table, target: str, ignored: Sequence[str]) -> list[str]:
    table.require([target, *ignored])
    names = [name for name in table.names if name != target and name not in ignored]
    if not names:
        raise CommandError(f"{table.source} has no column to predict {target!r} from")
    return names


def _penalty(fitted: TableFit, request: Request) -> str:
    text = f"alpha {fitted.alpha:.6g}"
    if request.l1_ratio:
        text += f", share of absolute values {request.l1_ratio:.6g}"
    if request.standardize:
        text += " of standardised columns"
    if fitted.cv_error is None:
        return text
    error = "log loss" if request.model == "logistic" else "root mean squared error"
    return f"{text}, chosen by cross-validation\n{error} over left-out rows {fitted.cv_error:.6g}"


def _coefficients(fitted: TableFit, names: Sequence[str]) -> str:
    """Lay out coefficients: those of the second of two classes, or of each of more."""
    classes = fitted.classes
    table = np.column_stack([np.atleast_2d(fitted.coef), np.atleast_1d(fitted.intercept)]).T
    headings, words = ["coefficient"], ""
    if classes is not None and len(classes) == 2:
        words = f"\n(of the log-odds of {classes[1]})"
    elif classes is not None:
        headings = [str(label)[:NUMBER_WIDTH] for label in classes[:SHOWN_CLASSES]]
        if len(classes) > SHOWN_CLASSES:
            words = f"\n({SHOWN_CLASSES} of {len(classes)} classes; --out writes all)"
    rows = dict(zip([*names, "intercept"], table[:, : len(headings)].tolist(), strict=True))
    shown, left_out = shortened(rows)
    return columns_of_numbers(headings, shown) + left_out + words


def _model(fitted: TableFit, names: list[str], target: str, request: Request) -> Model:
    intercept = fitted.intercept
    return Model(
        target=target,
        feature_names=names,
        coef=fitted.coef.tolist(),
        intercept=intercept.tolist() if isinstance(intercept, np.ndarray) else intercept,
        alpha=fitted.alpha,
        standardize=request.standardize,
        info=fitted.fit.info._asdict(),
        model=request.model,
        l1_ratio=request.l1_ratio,
        classes=fitted.classes,
    )
