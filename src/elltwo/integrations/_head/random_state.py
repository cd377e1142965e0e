"""Random states that are the same after reading rows as before."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def kept_random_state() -> Iterator[None]:
    """Restore the global generators of Python and NumPy, which loaders may draw from."""
    state = random.getstate()
    numpy_state = np.random.get_state()  # noqa: NPY002  # the global generator is what is kept
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(numpy_state)  # noqa: NPY002
