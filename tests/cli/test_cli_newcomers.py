"""``elltwo`` on foreign tables: what those who had not seen it before tripped over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from command_line import described
from elltwo.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest


def written(path: Path, names: Sequence[str], *columns: Sequence[object]) -> Path:
    lines = [",".join(names), *(",".join(map(str, row)) for row in zip(*columns, strict=True))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def words(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_an_elastic_net_finds_columns_in_small_units(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    near, far = rng.normal(size=200), rng.normal(size=200) * 1e4
    y = 5.0 * near + 1e-4 * far + 0.1 * rng.normal(size=200)
    path = written(tmp_path / "t.csv", ["near", "far", "y"], near, far, y)
    out = tmp_path / "m.json"
    options = ["--target", "y", "--model", "elastic_net", "--out", str(out)]
    assert main(["fit", str(path), *options]) == 0
    model = described(out)
    np.testing.assert_allclose(model["coef"], [5.0, 1e-4], rtol=0.05)
    assert model["cv_error"] < 0.2
