"""Names of the columns that moments are of: in bytes, and where moments of other rows join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elltwo.functional._base.names import NAMELESS, Names
from elltwo.functional._moments.rows import core_of

if TYPE_CHECKING:
    from elltwo.functional._base.compiled import _core

# Bytes of moments with names: this mark, a digest of all that follows, the length of the names as
# JSON in 8 bytes, that JSON, and the bytes of the core, which are all that there is without names.
_MARK = b"elltwoN\0"
_DIGEST_BYTES = 16
_LENGTH_BYTES = 8


def with_names(data: bytes, names: Names) -> bytes:
    """Return the bytes of moments with their names; without names, as they are."""
    if names == NAMELESS:
        return data
    import json

    text = json.dumps((names.features, names.targets)).encode()
    body = len(text).to_bytes(_LENGTH_BYTES, "little") + text + data
    return _MARK + _digest(body) + body


def without_names(data: bytes) -> tuple[bytes, Names]:
    """Split bytes into those of the core and the names.

    Raises
    ------
    ValueError
        If bytes are missing or altered.
    """
    if not data.startswith(_MARK):
        return data, NAMELESS
    import json

    start = len(_MARK) + _DIGEST_BYTES
    digest, body = data[len(_MARK) : start], data[start:]
    if digest != _digest(body):
        raise ValueError("data are not the bytes of Moments, or some are missing or altered")
    end = _LENGTH_BYTES + int.from_bytes(body[:_LENGTH_BYTES], "little")
    features, targets = (
        None if part is None else tuple(part) for part in json.loads(body[_LENGTH_BYTES:end])
    )
    return body[end:], Names(features, targets)


def aligned(other: object, like: _core.Moments, mine: Names) -> _core.Moments:
    """Return the core of other moments, of the shape of `like`, in the order of the names `mine`.

    Raises
    ------
    TypeError
        If they are no moments.
    ValueError
        If they are of another shape, or of features or targets of other names.
    """
    core = core_of(other, like)
    theirs: Names = other._names  # type: ignore[attr-defined]  # core_of has found Moments
    if mine.targets != theirs.targets and core.n_targets > 1 and mine.targets and theirs.targets:
        raise ValueError(
            f"the moments are of targets {list(mine.targets)}, the others of {list(theirs.targets)}"
        )
    if not mine.features or not theirs.features or mine.features == theirs.features:
        return core
    wanted, held = mine.features, theirs.features
    if sorted(wanted) != sorted(held) or len(set(wanted)) < len(wanted):
        raise ValueError(f"the moments are of features {list(wanted)}, the others of {list(held)}")
    place = {name: j for j, name in enumerate(held)}
    return core.select(np.array([place[name] for name in wanted], dtype=np.intp))


def _digest(data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
