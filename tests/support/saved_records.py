"""Records and estimators of every kind, as the tests of pickles make them, and their answers."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def _module_of_pickles() -> ModuleType:
    path = ROOT / "tests/project/test_pickles.py"
    spec = importlib.util.spec_from_file_location("records_of_pickles", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_PICKLES = _module_of_pickles()
RECORDS: dict[str, Callable[[], Any]] = _PICKLES.RECORDS
X: np.ndarray[Any, Any] = _PICKLES.X


def answers(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """Public attributes that are no methods and raise nothing, and the text."""
    found: dict[str, Any] = {"text": str(record)}
    for name in dir(record):
        if name.startswith("_"):
            continue
        try:
            value = getattr(record, name)
        except (AttributeError, ValueError):
            continue
        if not callable(value) or isinstance(value, tuple):
            found[name] = value
    return found


def require_same(first: Any, second: Any, name: str) -> None:  # noqa: ANN401
    """Hold two answers to be the same in every bit."""
    if isinstance(first, dict):
        assert first.keys() == second.keys(), name
        for key in first:
            require_same(first[key], second[key], f"{name}.{key}")
    elif isinstance(first, np.ndarray | np.generic):
        assert np.asarray(second).dtype == first.dtype, name
        np.testing.assert_array_equal(first, second, err_msg=name)
    elif isinstance(first, tuple | list):
        assert len(first) == len(second), name
        for k, (a, b) in enumerate(zip(first, second, strict=True)):
            require_same(a, b, f"{name}[{k}]")
    elif hasattr(first, "toarray"):
        np.testing.assert_array_equal(first.toarray(), second.toarray(), err_msg=name)
    elif hasattr(first, "save") and not isinstance(first, float):
        require_same(repr(first), repr(second), name)
    else:
        assert type(second) is type(first), name
        assert first == second or (first != first and second != second), name  # noqa: PLR0124
