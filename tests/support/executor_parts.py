"""Loaders that process pools can send, of the parts that tests of executors make."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from partitions import NAMES, class_rows, linear_rows

if TYPE_CHECKING:
    import numpy.typing as npt

    from partitions import Array

N_PARTS = 11


def load(part: int) -> tuple[Array, Array]:
    """Parts of different sizes, the first of them empty."""
    X, y, _ = linear_rows(40 * part, seed=part)
    return X, y


def load_table(part: int) -> pd.DataFrame:
    X, y = load(part)
    return pd.DataFrame(X, columns=list(NAMES)).assign(t=y)


def load_classes(part: int) -> tuple[Array, npt.NDArray[np.str_]]:
    return class_rows(40 * part, seed=7 + part)


def load_broken(part: int) -> pd.DataFrame:
    """Values are missing in parts 7 and 9; part 8 is no file."""
    if part == 8:
        raise FileNotFoundError(2, "No such file or directory", "part-8.parquet")
    table = load_table(part)
    if part == 7:
        time.sleep(0.2)  # the others are there first
        table.loc[12, "c"] = np.nan
    if part == 9:
        table.loc[0, "a"] = np.nan
    return table


def load_and_die(part: int) -> tuple[Array, Array]:
    if part == 5:
        os._exit(1)
    return load(part)


def load_slowly(part: tuple[int, str]) -> tuple[Array, Array]:
    """Leave a mark in a folder, and take a while."""
    number, folder = part
    Path(folder, str(number)).touch()
    time.sleep(0.3)
    return load(2)
