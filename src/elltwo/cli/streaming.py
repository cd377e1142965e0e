"""``elltwo fit`` of tables that need not fit in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError
from elltwo.cli.fitting import Done, Fitted, left_out_error, request_of
from elltwo.cli.tables import is_small
from elltwo.cli.tabular import MISSING_ADVICE, RowCounts
from elltwo.stream._tables import open_table, table_paths
from elltwo.tabular import Coding
from elltwo.tabular._column_codes import NumberColumn
from elltwo.tabular._table_fit import Choice

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
    return not is_small(arguments.table[0])


def fit_tables(arguments: argparse.Namespace) -> tuple[Request, Done]:
    """Fit tables in passes."""
    _refuse_options(arguments)
    model, notes = arguments.model, []
    if model == "auto":
        model, why = _guess_model(arguments)
        notes.append(why)
    request = request_of(arguments, model)
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
            sample_weight=arguments.weight,
            alpha=request.alpha,
            cv=folds,
            fold_rows=arguments.fold_rows,
            missing="skip" if arguments.missing == "drop" else "raise",
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
    columns = [NumberColumn(name, 0.0) for name in stream.feature_names or []]
    coding = Coding(columns, "drop" if arguments.missing == "drop" else "error")
    rows = RowCounts(stream.n_rows, stream.n_skipped)
    return request, Done(fitted, coding, rows, notes)


_MEMORY = "which tables of one file of up to 32 MB are (Parquet and Arrow: 8 MB)"


def _refuse_options(arguments: argparse.Namespace) -> None:
    """Refuse options that need the rows of the table in memory."""
    given = {
        "--categorical": arguments.categorical,
        "--missing mean": arguments.missing == "mean",
        "--delimiter": arguments.delimiter,
        "--decimal": arguments.decimal,
        "--na": arguments.na,
        "--shuffle": arguments.shuffle,
        "--report": arguments.report,
        "--plot": arguments.plot,
    }
    for option, value in given.items():
        if value:
            raise CommandError(f"{option} needs the table in memory, {_MEMORY}")


def _guess_model(arguments: argparse.Namespace) -> tuple[str, str]:
    """Guess from the first rows what is to be fitted; what is wrong with them the fit tells."""
    target = arguments.target
    try:
        reader = open_table(table_paths(arguments.table)[0])
        kind = reader.label_kind(target)
        if kind in ("text", "bool"):
            what = "text" if kind == "text" else "true and false"
            return "logistic", f"Model: logistic regression, as {target} holds {what}"
        batch = next(iter(reader.batches([target], 0, None, n_threads=1)))
        values = np.asarray(batch.columns[0], dtype=float)
        found = np.unique(values[~np.isnan(values)])
    except (ImportError, KeyError, OSError, StopIteration, TypeError, ValueError):
        found = np.empty(0)
    if len(found) == 2 and (found == np.trunc(found)).all():
        why = f"Model: logistic regression, as {target} holds two values in the first rows"
        return "logistic", f"{why} (--model ridge fits the numbers)"
    return "ridge", f"Model: ridge regression, as {target} holds numbers"


def _refuse(request: Request) -> None:
    """Refuse models that need the rows of the table in memory."""
    if request.model == "logistic" and request.l1_ratio:
        raise CommandError(f"--l1-ratio with --model logistic needs the table in memory, {_MEMORY}")
    if request.model != "ridge" and request.standardize:
        raise CommandError(
            f"--standardize with --model {request.model} needs the table in memory, {_MEMORY}"
        )


def _default_folds(tables: Sequence[Path]) -> int:
    """Return 5, or the number of rows where that is known to be less."""
    counts = [open_table(path).rows_up_to(DEFAULT_FOLDS) for path in table_paths(tables)]
    return max(min(DEFAULT_FOLDS, sum(DEFAULT_FOLDS if n is None else n for n in counts)), 2)


def _classes_fit(stream: elltwo.LogisticStreamFit) -> Fitted:
    error = None if stream.scores is None else left_out_error(stream.scores, stream.alpha)
    return Fitted(stream.fit, Choice(float(stream.alpha), cv_error=error), None, {})


def _table_fit(stream: elltwo.StreamFit, request: Request) -> Fitted:
    fit, choice = stream.fit, stream.scores
    alpha = float(stream.alpha)
    if request.standardize:
        factors = _variances(stream.moments)
        if choice is None:
            fit = stream.moments.ridge(alpha=alpha, penalty_factors=factors)
        else:
            fit = choice = elltwo.moments_cv(stream.fold_moments, penalty_factors=factors)
    error = None
    if choice is not None:
        alpha = float(choice.alpha)
        error = left_out_error(choice, alpha)
    return Fitted(fit, Choice(alpha, request.l1_ratio, request.standardize, error), None, {})


def _variances(moments: elltwo.Moments) -> NDArray[np.float64]:
    """Return the factors that penalise columns as if they were standardised, 1 for constants."""
    variances = np.diag(moments.gram) / moments.weight
    return np.where(variances > 0, variances, 1.0)


def _advice(error: Exception, arguments: argparse.Namespace) -> str:
    """Say in one line what is wrong, and that what was read is not lost."""
    text = " ".join(str(error).split()).replace("fold_rows", "--fold-rows")
    text = text.replace("with ignore", "with --ignore")
    if " is not a number: " in text:
        text += f"; --ignore leaves it out, and columns of text need the table in memory, {_MEMORY}"
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
