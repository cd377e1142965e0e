"""Ray on this machine, and what its tests ask of it."""

from __future__ import annotations

import logging
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

WAIT = 120.0  # seconds that anything here may take
HELD = 5 * WAIT  # seconds that a block waits at most: longer than anything waits for it
NAMES = [f"x{j}" for j in range(5)]
# No token in the home folder, no reports, and nothing but the loopback device, as on macOS. Workers
# run at the priority of any other process, as those of Ray's choice hardly run on a busy machine.
ENVIRONMENT = {
    "RAY_AUTH_MODE": "disabled",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
    "RAY_worker_niceness": "0",
}
MARKS = [
    pytest.mark.clusters,
    pytest.mark.alone,
    pytest.mark.filterwarnings("ignore:::ray"),  # its own, about its own
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # files of its processes
]


@contextmanager
def local_ray() -> Iterator[Any]:
    """Start Ray with two processors, and yield its module."""
    pytest.importorskip("pyarrow")
    with mock.patch.dict(os.environ, ENVIRONMENT):
        ray = pytest.importorskip("ray", reason="needs ray")
        pytest.importorskip("ray.data")
        ray.init(
            num_cpus=2,
            include_dashboard=False,
            object_store_memory=200 << 20,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        logging.getLogger("ray.data").setLevel(logging.CRITICAL)
        try:
            yield ray
        finally:
            ray.shutdown()


def table(X: Array, **others: Any) -> Any:  # noqa: ANN401
    """Return an Arrow table of features and other columns."""
    import pyarrow as pa

    columns = {name: np.ascontiguousarray(X[:, j]) for j, name in enumerate(NAMES)}
    return pa.table(columns | others)


def tensors(X: Array, **others: Any) -> Any:  # noqa: ANN401
    """Return an Arrow table with X as a column of tensors."""
    import pyarrow as pa

    if not len(X):  # of which Arrow makes no column
        return tensors(np.zeros((1, 5)), **{k: np.zeros(1) for k in others}).slice(0, 0)
    return pa.table({"X": pa.FixedShapeTensorArray.from_numpy_ndarray(X.copy()), **others})


def dataset(blocks: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return a Dataset whose blocks are some tables."""
    import ray.data

    return ray.data.from_arrow(list(blocks))


def lazy(data: Any, function: Callable[[Any], Any] = lambda block: block) -> Any:  # noqa: ANN401
    """Return a Dataset that is still to be computed, block by block."""
    return data.map_batches(function, batch_size=None, batch_format="pyarrow")


def until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so, and fail where it does not become so."""
    limit = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < limit, f"waited for {what} in vain"
        time.sleep(0.01)


class Gate:
    """Lets blocks say in a folder that they are read, and wait there until they may go on.

    `hold` does so; it is a function of nothing but the standard library, as workers lack this
    module.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        place, seconds = str(folder), HELD

        def hold() -> None:
            import os
            import time
            from pathlib import Path

            limit = time.monotonic() + seconds
            Path(place, f"started-{os.getpid()}").touch()
            while not Path(place, "go").exists() and time.monotonic() < limit:
                time.sleep(0.01)

        self.hold = hold

    def open(self) -> None:
        """Let the blocks go on."""
        (self._folder / "go").touch()

    def processes(self) -> list[int]:
        """Return the processes that have read a block."""
        return [int(path.name.split("-")[1]) for path in self._folder.glob("started-*")]
