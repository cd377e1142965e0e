"""One call of every public entry point, those of the tests of threads and of re-entrancy."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from entry_points import CALLS, SHARED, Data, make_data

if TYPE_CHECKING:
    from .data import Problems

NO_ANSWER = {"build_config"}


@cache
def _data() -> Data:
    return make_data(0)


def problems() -> Problems:
    """All calls, and all readings of the records that threads share."""
    for name in sorted(CALLS.keys() - NO_ANSWER):
        yield name, partial(_called, name)
    for name in SHARED:
        yield f"{name}/read", partial(_read, name)


def _called(name: str) -> object:
    return CALLS[name](_data())


def _read(name: str) -> object:
    shared = SHARED[name]
    record = shared.make(_data())
    return [reader(record, _data()) for reader in shared.readers]
