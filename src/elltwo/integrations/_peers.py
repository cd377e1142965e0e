"""Packages that an integration needs and elltwo does not, and names that are loaded with them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def public_name(
    package: dict[str, Any],
    name: str,
    homes: Mapping[str, str],
    needs: str,
    extra: str | None = None,
) -> object:
    """Return a public name of a package of integrations on first use, as its `__getattr__` does.

    Parameters
    ----------
    package : dict
        The names of the package, to which the value is added.
    name : str
        The name that is wanted.
    homes : mapping
        The private module of the package that holds each public name.
    needs, extra : str
        What is imported first, see `peer`.

    Raises
    ------
    AttributeError
        If the package has no such name.
    ImportError
        If what it needs is not installed.
    """
    module = package["__name__"]
    if name not in homes:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    peer(needs, extra)
    value: object = getattr(import_module(f"{module}.{homes[name]}"), name)
    package[name] = value
    return value
