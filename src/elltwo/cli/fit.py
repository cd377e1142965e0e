"""``elltwo fit``: a regression of one column of a table on the others, or its classes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import Done, fit_table, posterior_of, request_of
from elltwo.cli.pictures import write_pictures
from elltwo.cli.report import WIDTH, certificate, coefficients
from elltwo.cli.streaming import fit_tables, is_streamed
from elltwo.cli.tabular import left_out_words, read_coded, require_roles
from elltwo.cli.text_files import require_folders

if TYPE_CHECKING:
    import argparse

    from elltwo.cli.fitting import Fitted, Request
    from elltwo.cli.tabular import CodedTable
    from elltwo.tabular._table_fit import Choice

TITLES = {
    "ridge": "Ridge regression",
    "elastic_net": "Elastic net",
    "logistic": "Logistic regression",
}
ALIKE = 0.5  # correlation of neighbouring rows from which their order is told
UNEQUAL = 1000.0  # ratio of deviations from which one penalty does not suit all columns


def run(arguments: argparse.Namespace) -> None:
    """Read tables, fit, print coefficients and certificate, write what was asked for."""
    require_roles(arguments, arguments.model)
    require_folders(arguments.out, arguments.report, arguments.plot)
    streamed = is_streamed(arguments)
    request, done = (fit_tables if streamed else _fit)(arguments)
    fitted, rows, names = done.fitted, done.rows, done.coding.names
    for note in done.notes:
        print(textwrap.fill(note, WIDTH, subsequent_indent="  "))
    left_out = left_out_words(arguments, rows.skipped)
    n_columns = len(done.coding.columns)
    coded = f" as {len(names)} features" if len(names) != n_columns else ""
    title = f"{TITLES[request.model]} of {arguments.target} on {n_columns} columns{coded}"
    print(textwrap.fill(f"{title}, {rows.used} rows{left_out}", WIDTH, subsequent_indent="  "))
    print(_penalty(fitted, request), end="\n\n")
    print(coefficients(fitted, names, arguments.level, intervals=not streamed))
    print()
    print(certificate(fitted.fit, n_features=len(names)))
    if arguments.out is not None:
        _write_model(done, arguments)
    if done.table is not None:
        write_pictures(fitted, done.table, arguments)


def _fit(arguments: argparse.Namespace) -> tuple[Request, Done]:
    """Fit one table in memory."""
    if arguments.model != "auto":
        request_of(arguments, arguments.model)  # which needs no table to refuse options
    reference = arguments.alpha == 0.0
    table = read_coded(arguments, model=arguments.model, reference=reference)
    request = request_of(arguments, table.model)
    fitted = fit_table(table.X, table.y, request, table.weights)
    if not reference and fitted.choice.alpha == 0.0 and table.coding.categories:
        notes = table.notes
        table, fitted = _without_penalty(arguments, request, fitted.choice)
        table = table._replace(notes=notes)
    notes = [*table.notes, *_advice(table, request, fitted.choice.alpha)]
    notes += _undetermined(fitted, len(table.names))
    return request, Done(fitted, table.coding, table.counts, notes, table)


def _without_penalty(
    arguments: argparse.Namespace, request: Request, choice: Choice
) -> tuple[CodedTable, Fitted]:
    """Fit again where no penalty was chosen, so that nothing determines all levels of a category.

    Predictions are those of the fit that was chosen.
    """
    table = read_coded(arguments, model=request.model, reference=True)
    refitted = fit_table(table.X, table.y, request._replace(alpha=0.0), table.weights)
    return table, refitted._replace(choice=choice)


def _advice(table: CodedTable, request: Request, alpha: float) -> list[str]:
    """Say what a user may want to know of units and of the order of rows."""
    notes = []
    if alpha == 0.0 and table.coding.categories:
        notes.append("Without a penalty the first level of each category is the reference")
    spread = np.std(table.X, axis=0)
    spread = spread[spread > 0.0]
    if 0.0 < alpha < np.inf and not request.standardize and spread.size:
        ratio = float(spread.max() / spread.min())
        if ratio > UNEQUAL:
            notes.append(
                f"Standard deviations of columns differ by a factor of {ratio:.2g}; --standardize "
                "penalises all alike"
            )
    if request.alpha is None and request.seed is None:
        notes += _order(table)
    return notes


def _undetermined(fitted: Fitted, n_features: int) -> list[str]:
    """Say so where rows do not determine all coefficients, or predict nothing."""
    alpha, info = fitted.choice.alpha, fitted.fit.info
    if alpha == np.inf and fitted.choice.cv_error is not None:
        return ["No finite alpha predicts left-out rows better than an intercept alone"]
    if alpha > 0.0 or not isinstance(info, elltwo.SolveInfo) or info.rank == n_features:
        return []
    text = f"Without a penalty the rows do not determine all coefficients (rank {info.rank} of "
    text += f"{n_features}): shown are the smallest that fit, and standard errors are infinite; "
    return [f"{text}--alpha above 0 determines them"]


def _order(table: CodedTable) -> list[str]:
    """Say so if neighbouring rows are alike, as in sorted tables and in time series."""
    n_rows = len(table.X)
    columns = table.X if table.classes is not None else np.column_stack([table.y, table.X])
    names = table.names if table.classes is not None else ["the target", *table.names]
    centred = columns - columns.mean(axis=0)
    square = np.einsum("ij,ij->j", centred, centred)
    alike = np.einsum("ij,ij->j", centred[1:], centred[:-1]) / np.where(square > 0, square, 1.0)
    j = int(alike.argmax())
    if alike[j] < max(ALIKE, 4.0 / np.sqrt(n_rows)):
        return []
    what = f"Neighbouring rows are alike (correlation {alike[j]:.2f} of {names[j]})"
    return [f"{what}: folds of consecutive rows suit time series, --shuffle draws them at random"]


def _penalty(fitted: Fitted, request: Request) -> str:
    text = f"alpha {fitted.choice.alpha:.6g}"
    if request.l1_ratio:
        text += f", share of absolute values {request.l1_ratio:.6g}"
    if request.standardize:
        text += " of standardised columns"
    if fitted.choice.cv_error is None:
        return text
    error = "log loss" if request.model == "logistic" else "root mean squared error"
    return (
        f"{text}, chosen by cross-validation\n"
        f"{error} over left-out rows {fitted.choice.cv_error:.6g}"
    )


def _write_model(done: Done, arguments: argparse.Namespace) -> None:
    fitted = done.fitted
    posterior = None if done.table is None else posterior_of(fitted.fit)
    model = elltwo.TableFit(
        fitted.fit, done.coding, arguments.target, fitted.choice, posterior, fitted.scaling
    )
    try:
        model.save(arguments.out)
    except OSError as error:
        raise CommandError(f"cannot write {arguments.out}: {error.strerror}") from error
    print(f"\nModel written to {arguments.out}")
