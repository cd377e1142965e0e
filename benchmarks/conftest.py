"""Lets `pytest benchmarks` find the files that are named bench_*.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--smoke", action="store_true", help="tiny shapes: checks that all works")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    is_ours = file_path.name.startswith("bench_") and file_path.suffix == ".py"
    if not is_ours or parent.session.isinitpath(file_path):  # named files are collected anyhow
        return None
    return pytest.Module.from_parent(parent, path=file_path)
