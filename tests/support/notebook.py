"""Notebooks that tests execute; without nbclient and ipykernel those tests are skipped."""

from __future__ import annotations

from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

_SECONDS = 600.0  # for a cell: a limit for what hangs


def executed(cells: list[str], folder: str) -> list[dict[str, Any]]:
    """Run cells in a kernel of this Python, and return what each one shows, by MIME type.

    Text on the standard streams is under "stdout" and "stderr".
    """
    made = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=made)
    client = nbclient.NotebookClient(
        notebook,
        timeout=_SECONDS,
        startup_timeout=_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
    )
    client.execute()
    return [_shown(cell.outputs) for cell in notebook.cells]


def _shown(outputs: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for output in outputs:
        if output.output_type == "stream":
            found[output.name] = found.get(output.name, "") + output.text
        else:
            found.update(output.data)
    return found
