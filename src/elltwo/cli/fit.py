"""``elltwo fit``: a ridge regression of one column of a table on the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import SKIP_MISSING, RowCounts, fit_table
from elltwo.cli.models import Model, write_model
from elltwo.cli.report import certificate, columns_of_numbers, shortened
from elltwo.cli.streaming import fit_tables, is_streamed
from elltwo.cli.tables import read_table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from elltwo.cli.fitting import TableFit
    from elltwo.cli.tables import Table


def run(arguments: argparse.Namespace) -> None:
    """Read tables, fit, print coefficients and certificate, write the model if asked to."""
    fitted, names, rows = fit_tables(arguments) if is_streamed(arguments) else _fit(arguments)
    left_out = f" ({rows.skipped} left out: a value is missing)" if rows.skipped else ""
    size = f"{len(names)} columns, {rows.used} rows{left_out}"
    print(f"Ridge regression of {arguments.target} on {size}")
    print(_penalty(fitted, standardize=arguments.standardize), end="\n\n")
    values = {**dict(zip(names, fitted.coef, strict=True)), "intercept": fitted.intercept}
    shown, words = shortened({name: [value] for name, value in values.items()})
    print(columns_of_numbers(["coefficient"], shown) + words)
    print()
    print(certificate(fitted.fit.info, n_features=len(names)))
    if arguments.out is not None:
        model = Model(
            target=arguments.target,
            feature_names=names,
            coef=fitted.coef.tolist(),
            intercept=fitted.intercept,
            alpha=fitted.alpha,
            standardize=arguments.standardize,
            info=fitted.fit.info._asdict(),
        )
        write_model(model, arguments.out)
        print(f"\nModel written to {arguments.out}")


def _fit(arguments: argparse.Namespace) -> tuple[TableFit, list[str], RowCounts]:
    """Fit one CSV table in memory; return the fit, the names of the features and the rows."""
    table = read_table(arguments.table[0])
    names = _features(table, arguments.target, arguments.ignore)
    values = table.numbers([*names, arguments.target])
    whole = ~np.isnan(values).any(axis=1)
    if not whole.all():
        if not arguments.skip_missing:
            i, j = np.argwhere(np.isnan(values))[0]
            cell = table.missing(int(i), [*names, arguments.target][j])
            raise CommandError(f"{cell}; {SKIP_MISSING}")
        if not whole.any():
            raise CommandError(f"{table.source} has no row in which no value is missing")
        values = values[whole]
    X, y = values[:, :-1], values[:, -1]
    fitted = fit_table(
        X, y, alpha=arguments.alpha, cv=arguments.cv, standardize=arguments.standardize
    )
    return fitted, names, RowCounts(len(y), int((~whole).sum()))


def _features(table: Table, target: str, ignored: Sequence[str]) -> list[str]:
    table.require([target, *ignored])
    names = [name for name in table.names if name != target and name not in ignored]
    if not names:
        raise CommandError(f"{table.source} has no column to predict {target!r} from")
    return names


def _penalty(fitted: TableFit, *, standardize: bool) -> str:
    text = f"alpha {fitted.alpha:.6g}" + (" of standardised columns" if standardize else "")
    if fitted.cv_error is None:
        return text
    return (
        f"{text}, chosen by cross-validation\n"
        f"root mean squared error over left-out rows {fitted.cv_error:.6g}"
    )
