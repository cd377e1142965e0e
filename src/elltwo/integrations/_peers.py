"""Packages that an integration needs and elltwo does not."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def peer(name: str, extra: str | None = None) -> Any:  # noqa: ANN401  # a module
    """Import a package that an extra brings, of the same name if none is given."""
    extra = extra or name
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(
            f"elltwo.integrations.{extra} needs {name} ({error}): pip install 'elltwo[{extra}]'",
            name=error.name,
        ) from error
