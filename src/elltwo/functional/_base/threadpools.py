"""The core as one of the thread pools that threadpoolctl limits, where it is imported."""

from __future__ import annotations

import sys
from typing import Any

_registered = False


def register() -> None:
    """Register a controller with threadpoolctl if it has been imported, once."""
    global _registered  # noqa: PLW0603  # a registration is one for the process
    if _registered or "threadpoolctl" not in sys.modules:
        return
    threadpoolctl = sys.modules["threadpoolctl"]
    if hasattr(threadpoolctl, "register"):  # not while another thread imports it
        _registered = True
        threadpoolctl.register(_controller(threadpoolctl))


def _controller(threadpoolctl: Any) -> type:  # noqa: ANN401
    class ElltwoController(threadpoolctl.LibController):  # type: ignore[misc]
        """Reads and limits the number of threads of calls that leave it open."""

        user_api = "elltwo"
        internal_api = "elltwo"
        filename_prefixes = ("_core",)
        check_symbols = ("elltwo_limit_threads",)

        def get_num_threads(self) -> int:
            number: int = self.dynlib.elltwo_get_num_threads()
            return number

        def set_num_threads(self, num_threads: int) -> None:
            self.dynlib.elltwo_limit_threads(num_threads)

        def get_version(self) -> str:
            from elltwo import _core

            return _core.build_config()["version"]

    return ElltwoController
