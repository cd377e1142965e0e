"""``elltwo fit`` of tables that need not fit in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import TableFit

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from numpy.typing import NDArray

LARGE = 1 << 25  # bytes of a CSV file that is not read into memory unless asked to
DEFAULT_FOLDS = 5
STREAMED = (".parquet", ".pq", ".arrow", ".feather", ".ipc", ".csv.gz")


def is_streamed(arguments: argparse.Namespace) -> bool:
    """Whether tables are read in one pass, and not into memory."""
    first: Path = arguments.table[0]
    if arguments.stream or arguments.state is not None or len(arguments.table) > 1:
        return True
    if first.is_dir() or first.name.lower().endswith(STREAMED):
        return True
    return first.is_file() and first.stat().st_size > LARGE


def fit_tables(arguments: argparse.Namespace) -> tuple[TableFit, list[str], int]:
    """Fit tables in one pass; return the fit, the names of the features and the number of rows."""
    folds = None
    if arguments.alpha is None:
        folds = DEFAULT_FOLDS if arguments.cv is None else arguments.cv
    try:
        stream = elltwo.fit_stream(
            arguments.table,
            target=arguments.target,
            ignore=arguments.ignore,
            alpha=arguments.alpha,
            cv=folds,
            fold_rows=arguments.fold_rows,
            missing="skip" if arguments.skip_missing else "raise",
            state=arguments.state,
        )
        fitted = _table_fit(stream, arguments)
    except OSError as error:
        name = error.filename if error.filename is not None else arguments.table[0]
        raise CommandError(f"cannot read {name}: {error.strerror or error}") from error
    except (ImportError, TypeError, ValueError) as error:
        raise CommandError(_advice(error, arguments)) from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_how_to_resume(arguments.state)) from None
    return fitted, stream.feature_names or [], stream.n_rows


def _table_fit(stream: elltwo.StreamFit, arguments: argparse.Namespace) -> TableFit:
    fit, choice = stream.fit, stream.scores
    if arguments.standardize:
        factors = _variances(stream.moments)
        if choice is None:
            fit = stream.moments.ridge(alpha=arguments.alpha, penalty_factors=factors)
        else:
            fit = choice = elltwo.moments_cv(stream.fold_moments, penalty_factors=factors)
    coef, intercept = np.asarray(fit.coef, dtype=float), float(fit.intercept)
    if choice is None:
        return TableFit(fit, arguments.alpha, coef, intercept)
    return TableFit(fit, float(choice.alpha), coef, intercept, float(choice.cv_mse.min()) ** 0.5)


def _variances(moments: elltwo.Moments) -> NDArray[np.float64]:
    """Return the factors that penalise columns as if they were standardised, 1 for constants."""
    variances = np.diag(moments.gram) / moments.weight
    return np.where(variances > 0, variances, 1.0)


def _advice(error: Exception, arguments: argparse.Namespace) -> str:
    """Say in one line what is wrong, and that what was read is not lost."""
    text = " ".join(str(error).split()).replace("fold_rows", "--fold-rows")
    if isinstance(error, elltwo.exceptions.StreamError) and arguments.state is not None:
        return f"{text} ({error.n_rows} rows before it are in {arguments.state})"
    return text


def _how_to_resume(state: Path | None) -> str:
    if state is None:
        return "nothing is kept; --state FILE would save what has been read"
    return f"run the same command again to go on from {state}"
