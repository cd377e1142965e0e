"""Packages that an integration needs and elltwo does not."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def peer(name: str) -> Any:  # noqa: ANN401  # a module
    """Import a package that an extra of the same name brings."""
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f"elltwo.integrations.{name} needs {name} ({error}): pip install 'elltwo[{name}]'",
            name=error.name,
        ) from error
