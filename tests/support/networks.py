"""Packages for neural networks, which the session `networks` of the noxfile installs."""

from __future__ import annotations

import os
import warnings
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

# Set in that session: there a test fails if all packages are missing.
IN_SESSION = os.environ.get("ELLTWO_NETWORKS") == "1"

PEERS = ("torch", "keras", "optax")
BACKENDS = ("torch", "tensorflow", "jax")

# NumPy 2 warns of how torch hands its arrays over to Keras.
QUIET = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def is_there(name: str) -> bool:
    """Whether a package is installed, without importing it."""
    return find_spec(name) is not None


def keras_or_skip() -> Any:  # noqa: ANN401  # a module
    """Import Keras on the backend of the environment, by default torch."""
    backend = os.environ.setdefault("KERAS_BACKEND", "torch")
    if backend == "torch":
        torch_or_skip()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip(backend)
        return pytest.importorskip("keras")


def torch_or_skip() -> Any:  # noqa: ANN401  # a module
    """Import torch, on one thread: threads that wait for each other cost more than these tests."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    return torch


def import_or_skip(names: Iterable[str]) -> None:
    """Import packages, Keras on its backend."""
    for name in sorted(names):
        if name == "keras":
            keras_or_skip()
        elif name == "torch":
            torch_or_skip()
        else:
            pytest.importorskip(name)
