"""``elltwo demo``: ridge beside least squares on the classic of multicollinearity.

Data: J. W. Longley (1967), An appraisal of least squares programs for the electronic computer
from the point of view of the user, Journal of the American Statistical Association 62, 819-841:
sixteen years of the United States' economy (public domain).
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.cli.csv_tables import read_csv
from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import Fitted, Request, deviations, fit_table
from elltwo.cli.report import certificate, columns_of_numbers
from elltwo.plot import RidgePathDisplay
from elltwo.plot._axes import file_axes

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

TARGET = "TOTEMP"
TRACE_ALPHAS = np.geomspace(1e-4, 1e4, 81)


def run(arguments: argparse.Namespace) -> None:
    """Fit Longley's table twice, print both fits side by side, draw the ridge trace."""
    table, _ = read_csv(files("elltwo").joinpath("data", "longley.csv"))
    names = [name for name in table.names if name != TARGET]
    X, y = np.column_stack([table.numbers(name) for name in names]), table.numbers(TARGET)
    least_squares = fit_table(X, y, Request(alpha=0.0, standardize=True))
    ridge = fit_table(X, y, Request(cv=len(y), standardize=True))

    print(f"Longley's table: {len(y)} years, {len(names)} predictors of total employment")
    print("Columns are standardised (mean 0, deviation 1), so that one penalty suits all.\n")
    print(_conditions(X))
    print(f"Penalty by leave-one-out cross-validation: alpha = {ridge.choice.alpha:.4g}\n")
    print(_coefficients(X, names, least_squares, ridge))
    print()
    print(_errors(X, y, ridge))
    print()
    print(certificate(ridge.fit, n_features=len(names)))
    print()
    print(_write_trace(X, y, names, ridge.choice.alpha, arguments.out))


def _standardized(X: Array) -> Array:
    return np.asarray((X - X.mean(0)) / deviations(X))


def _conditions(X: Array) -> str:
    raw = np.linalg.cond(np.column_stack([np.ones(len(X)), X]))
    standardized = np.linalg.cond(_standardized(X))
    return f"Condition number: {raw:.3g} of the raw table, {standardized:.3g} standardised"


def _coefficients(X: Array, names: list[str], least_squares: Fitted, ridge: Fitted) -> str:
    rows, unit, mean = {}, deviations(X), X.mean(0)
    both = (least_squares, ridge)
    for j, name in enumerate(names):
        rows[name] = [*(one.coef[j] * unit[j] for one in both), *(one.coef[j] for one in both)]
    rows["intercept"] = [
        *(float(one.intercept + one.coef @ mean) for one in both),
        *(float(one.intercept) for one in both),
    ]
    title = " " * 9 + f"{'standardised columns':>30}{'original units':>30}\n"
    return title + columns_of_numbers(["least squares", "ridge"] * 2, rows)


def _errors(X: Array, y: Array, ridge: Fitted) -> str:
    free = elltwo.ridge_cv(_standardized(X), y, alphas=[0.0], cv=len(y))
    return (
        "Root mean squared error over left-out years (thousand people):\n"
        f"  least squares {free.cv_mse[0] ** 0.5:.1f}, ridge {ridge.choice.cv_error:.1f}"
    )


def _write_trace(X: Array, y: Array, names: list[str], chosen: float, folder: Path) -> str:
    columns = _standardized(X)
    trace = elltwo.ridge_path(columns, y, TRACE_ALPHAS)
    path = folder / "ridge_trace.png"
    try:
        ax = file_axes()
        RidgePathDisplay.from_path(trace, alpha=chosen, feature_names=names, ax=ax)
        ax.set_ylabel("coefficient of the standardised column")
        ax.figure.savefig(path, dpi=150)  # type: ignore[union-attr]  # no SubFigure
    except ImportError as error:
        return f"No ridge trace drawn: {error}"
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    return f"Ridge trace written to {path.resolve()}"
