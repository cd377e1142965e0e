"""Tables that tests of streams read."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

NAMES = ("x0", "x1", "x2", "y", "w")


def rows(n: int, seed: int = 0) -> tuple[Array, Array, Array]:
    """X with means far from zero, y and positive weights."""
    rng = np.random.default_rng(seed)
    X = np.add(rng.standard_normal((n, 3)), [0.0, 10.0, -1000.0])
    return X, X @ [1.0, -2.0, 0.5] + rng.standard_normal(n), rng.random(n) + 0.5


def columns(n: int, seed: int = 0) -> dict[str, Array]:
    """The same by names."""
    X, y, weight = rows(n, seed)
    return dict(zip(NAMES, [*X.T, y, weight], strict=True))


def write(path: Path, content: Mapping[str, Any], **options: Any) -> Path:  # noqa: ANN401
    """Write a table in the format that its name says."""
    import pyarrow as pa
    from pyarrow import csv, feather, parquet

    table = pa.table(dict(content))
    ending = "".join(path.suffixes)
    if ending == ".csv":
        csv.write_csv(table, path)
    elif ending == ".csv.gz":
        with gzip.open(path, "wb", compresslevel=1) as file:
            csv.write_csv(table, file)
    elif ending == ".parquet":
        parquet.write_table(table, path, **options)
    elif ending == ".feather":
        feather.write_feather(table, str(path), **options)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=1000)
    return path
