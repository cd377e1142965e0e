"""The command line: what it prints, and the models it writes."""

from __future__ import annotations

import contextlib
import io
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from elltwo.cli import main
from stream_tables import columns, write

if TYPE_CHECKING:
    from .data import Problems

FITS = {
    "alpha": ["--alpha", "3"],
    "standardize": ["--alpha", "3", "--standardize"],
    "cv": ["--cv", "3"],
    "stream": ["--alpha", "3", "--stream"],
    "stream/cv": ["--cv", "3", "--stream", "--fold-rows", "50"],
    "mistake": ["--alpha", "minus"],
}


def problems() -> Problems:
    """Fits with every option, each followed by predictions."""
    for name, options in FITS.items():
        yield name, partial(_fitted, options)


def _fitted(options: list[str]) -> object:
    shown = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(shown),
        contextlib.redirect_stderr(shown),
    ):
        table = str(write(Path(folder) / "rows.csv", columns(400)))
        model, predicted = Path(folder) / "model.json", Path(folder) / "predicted.csv"
        written = ["--target", "y", "--ignore", "w", "--out", str(model)]
        codes = [_code(["fit", table, *written, *options])]
        if model.exists():
            codes.append(_code(["predict", str(model), table, "--out", str(predicted)]))
        files = [path.read_text() for path in (model, predicted) if path.exists()]
        return codes, [text.replace(folder, "") for text in (shown.getvalue(), *files)]


def _code(arguments: list[str]) -> object:
    try:
        return main(arguments)
    except SystemExit as left:
        return left.code
