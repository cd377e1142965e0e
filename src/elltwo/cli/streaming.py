"""``elltwo fit`` of tables that need not fit in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import TableFit, as_floats, left_out_error
from elltwo.cli.tables import is_small_csv
from elltwo.cli.tabular import MISSING_ADVICE, RowCounts
from elltwo.stream._tables import open_table, table_paths

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from elltwo.cli.fitting import Request

DEFAULT_FOLDS = 5


def is_streamed(arguments: argparse.Namespace) -> bool:
    """Whether tables are read in one pass, and not into memory."""
    if arguments.stream or arguments.state is not None or len(arguments.table) > 1:
        return True
    return not is_small_csv(arguments.table[0])


def fit_tables(
    arguments: argparse.Namespace, request: Request
) -> tuple[TableFit, list[str], RowCounts]:
    """Fit tables in passes; return the fit, the names of the features and the rows."""
    _refuse(request)
    options: dict[str, Any] = {"model": request.model}
    if request.model == "elastic_net":
        options["l1_ratio"] = request.l1_ratio
    try:
        folds = request.cv
        if request.alpha is None and folds is None:
            folds = _default_folds(arguments.table)
        stream = elltwo.fit_stream(
            arguments.table,
            **options,
            target=arguments.target,
            ignore=arguments.ignore,
            alpha=request.alpha,
            cv=folds,
            fold_rows=arguments.fold_rows,
            missing="skip" if arguments.skip_missing else "raise",
            state=arguments.state,
        )
        if isinstance(stream, elltwo.LogisticStreamFit):
            fitted = _classes_fit(stream)
        else:
            fitted = _table_fit(stream, request)
    except OSError as error:
        name = error.filename if error.filename is not None else arguments.table[0]
        raise CommandError(f"cannot read {name}: {error.strerror or error}") from error
    except (ImportError, TypeError, ValueError) as error:
        raise CommandError(_advice(error, arguments)) from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_how_to_resume(arguments.state)) from None
    return fitted, stream.feature_names or [], RowCounts(stream.n_rows, stream.n_skipped)


def _refuse(request: Request) -> None:
    """Refuse what needs the rows of the table in memory."""
    why = "which tables of one CSV file of up to 32 MB are"
    if request.model == "logistic" and request.l1_ratio:
        raise CommandError(f"--l1-ratio with --model logistic needs the table in memory, {why}")
    if request.model != "ridge" and request.standardize:
        raise CommandError(
            f"--standardize with --model {request.model} needs the table in memory, {why}"
        )


def _default_folds(tables: Sequence[Path]) -> int:
    """Return 5, or the number of rows where that is known to be less."""
    counts = [open_table(path).rows_up_to(DEFAULT_FOLDS) for path in table_paths(tables)]
    return max(min(DEFAULT_FOLDS, sum(DEFAULT_FOLDS if n is None else n for n in counts)), 2)


def _classes_fit(stream: elltwo.LogisticStreamFit) -> TableFit:
    error = None if stream.scores is None else left_out_error(stream.scores, stream.alpha)
    coef = np.asarray(stream.coef, dtype=float)
    return TableFit(stream.fit, stream.alpha, coef, as_floats(stream.intercept), error)


def _table_fit(stream: elltwo.StreamFit, request: Request) -> TableFit:
    fit, choice = stream.fit, stream.scores
    if request.standardize:
        factors = _variances(stream.moments)
        if choice is None:
            fit = stream.moments.ridge(alpha=stream.alpha, penalty_factors=factors)
        else:
            fit = choice = elltwo.moments_cv(stream.fold_moments, penalty_factors=factors)
    coef, intercept = np.asarray(fit.coef, dtype=float), as_floats(fit.intercept)
    if choice is None:
        return TableFit(fit, float(stream.alpha), coef, intercept)
    alpha = float(choice.alpha)
    return TableFit(fit, alpha, coef, intercept, left_out_error(choice, alpha))


def _variances(moments: elltwo.Moments) -> NDArray[np.float64]:
    """Return the factors that penalise columns as if they were standardised, 1 for constants."""
    variances = np.diag(moments.gram) / moments.weight
    return np.where(variances > 0, variances, 1.0)


def _advice(error: Exception, arguments: argparse.Namespace) -> str:
    """Say in one line what is wrong, and that what was read is not lost."""
    text = " ".join(str(error).split()).replace("fold_rows", "--fold-rows")
    text = text.replace("with ignore", "with --ignore")
    if isinstance(error, elltwo.exceptions.StreamError):
        if text.endswith("is missing or NaN"):
            text += f"; {MISSING_ADVICE}"
        if arguments.state is not None:
            text += f" ({error.n_rows} rows before it are in {arguments.state})"
    return text


def _how_to_resume(state: Path | None) -> str:
    if state is None:
        return "nothing is kept; --state FILE would save what has been read"
    return f"run the same command again to go on from {state}"
