"""Calls of the command line in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from elltwo.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_KINDS = {
    elltwo.RidgeFit: "ridge",
    elltwo.ElasticNetFit: "elastic_net",
    elltwo.LogisticFit: "logistic",
}


def described(path: Path) -> dict[str, Any]:
    """What a model file holds, as plain data."""
    model = elltwo.load(path)
    return {
        "target": model.target,
        "feature_names": model.feature_names,
        "coef": model.coef.tolist(),
        "intercept": np.asarray(model.intercept).tolist(),
        **model.choice._asdict(),
        "model": next(name for kind, name in _KINDS.items() if isinstance(model.fit, kind)),
        "classes": None if model.classes is None else model.classes.tolist(),
        "info": model.fit.info._asdict(),
    }


def fails(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The message of a command that must fail: exit code 2, one line, nothing on stdout."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(str(stop.code))
    output = capsys.readouterr()
    assert code == 2
    assert output.out == ""
    assert output.err.startswith("elltwo: error: ")
    assert output.err.count("\n") == 1
    return output.err
