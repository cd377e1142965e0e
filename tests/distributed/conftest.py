"""One cluster for all tests of a process, started by the first of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _cluster() -> Iterator[Any]:
    from dask_cluster import local_cluster

    pytest.importorskip("distributed")
    with local_cluster() as client:
        yield client


@pytest.fixture
def dask_client(_cluster: Any) -> Any:  # noqa: ANN401
    """Return a client of a cluster of two processes, both of which are there."""
    from dask_cluster import WAIT

    _cluster.wait_for_workers(2, timeout=WAIT)
    return _cluster
