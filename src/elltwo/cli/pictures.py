"""Pages and pictures of a fit that ``elltwo fit`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import elltwo
from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from elltwo.cli.fitting import Fitted
    from elltwo.cli.tabular import CodedTable


def write_pictures(fitted: Fitted, table: CodedTable, arguments: argparse.Namespace) -> None:
    """Write the report and the picture that were asked for, and say so."""
    options: dict[str, Any] = {
        "feature_names": table.names,
        "target_name": arguments.target,
        "level": arguments.level,
        **fitted.options,
    }
    if fitted.scaling is not None:
        options["units"] = fitted.scaling.unit
    if arguments.report is not None:
        facts = _facts(table, arguments)
        _write(elltwo.report.write, arguments.report, fitted, table, {**options, "facts": facts})
        print(f"\nReport written to {arguments.report}")
    if arguments.plot is not None:
        options.pop("units", None)
        _write(elltwo.report.draw, arguments.plot, fitted, table, options)
        print(f"\nPicture written to {arguments.plot}")


def _facts(table: CodedTable, arguments: argparse.Namespace) -> dict[str, object]:
    facts: dict[str, object] = {"table": arguments.table[0].name}
    if table.counts.skipped:
        facts["rows left out as a value is missing"] = table.counts.skipped
    if table.coding.missing == "mean":
        facts["missing values"] = "replaced by means, or by a level of their own"
    for name, levels in table.coding.categories.items():
        facts[f"levels of {name}"] = len(levels)
    return facts


def _write(
    function: Any,  # noqa: ANN401
    path: Path,
    fitted: Fitted,
    table: CodedTable,
    options: dict[str, Any],
) -> None:
    X = table.X if fitted.scaling is None else fitted.scaling.apply(table.X)
    try:
        function(path, fitted.fit, X, table.y, **options)
    except ImportError as error:
        raise CommandError(f"cannot write {path}: {error}") from error
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"cannot write {path}: {error}") from error
