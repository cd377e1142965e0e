from collections.abc import Callable
from enum import IntEnum

class Status(IntEnum):
    OK = 0
    NOT_CONVERGED = 1
    INVALID_ARGUMENT = -1
    NOT_POSITIVE_DEFINITE = -2
    OUT_OF_MEMORY = -3
    FAILED = -4

c_api: object  # a capsule with the table of elltwo/c_api.h
names: tuple[str, ...]

def address(name: str) -> int: ...
def function(name: str) -> Callable[..., int]: ...
def check(status: int) -> int: ...
def get_include() -> str: ...

# Cython's own
__pyx_capi__: dict[str, object]
__test__: dict[str, str]
