"""Fits on Ray with two processors, the blocks being in its object store."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.distributed.in_process import answer
from benchmarks.distributed.works import PARTS, Answer, Data, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAME = "Ray"
# No file in the home folder, no reports, and, as on macOS, nothing but the loopback device.
ENVIRONMENT = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


@contextmanager
def fits(work: Work, data: Data, folder: Path) -> Iterator[dict[str, Callable[[], Answer]]]:
    """Start Ray, and yield the fits by their names."""
    os.environ.update(ENVIRONMENT)
    import ray

    ray.init(
        num_cpus=2,
        include_dashboard=False,
        object_store_memory=2 * data.X.nbytes + (100 << 20),
        log_to_driver=False,
        logging_level=logging.ERROR,
    )
    try:
        dataset = _dataset(folder)
        yield _ours(work, dataset)
    finally:
        ray.shutdown()


def _dataset(folder: Path) -> Any:  # noqa: ANN401
    import pyarrow as pa
    import ray.data

    def table(part: int) -> Any:  # noqa: ANN401
        X, y = np.load(folder / f"X{part}.npy"), np.load(folder / f"y{part}.npy")
        return pa.table({"X": pa.FixedShapeTensorArray.from_numpy_ndarray(X), "y": y})

    return ray.data.from_arrow([table(part) for part in range(PARTS)]).materialize()


def _ours(work: Work, dataset: Any) -> dict[str, Callable[[], Answer]]:  # noqa: ANN401
    from elltwo.integrations import ray as er

    if not hasattr(er, work.kind):
        return {}
    options: dict[str, Any] = {"cv": work.n_folds} if work.n_folds else {"alpha": 1.0}
    fit = partial(getattr(er, work.kind), dataset, target="y", **options)
    return {"elltwo": lambda: answer(fit())}
