"""The one place that loads the compiled core, with a helpful error where it is missing."""

from elltwo.functional._base.threadpools import register

try:
    from elltwo import _core
except ImportError as error:
    raise ImportError(
        f"elltwo's compiled core is missing or cannot be loaded ({error}); "
        "build it with `pip install .` in the source directory, or reinstall elltwo",
        name="elltwo._core",
    ) from error

__all__ = ["_core"]

_core.num_threads_is_set()  # refuses a bad environment here, not in some later fit
register()
