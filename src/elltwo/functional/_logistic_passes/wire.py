"""Tasks, sums and states as bytes: a version, a checksum, a JSON head and raw arrays."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from elltwo.functional._base.validate import AnyArray

_MAGIC = b"elltwoLP"
_VERSION = 1
_PREFIX = struct.Struct("<8sIQ")  # magic, version, bytes of the head
_CHECKSUM = 16  # bytes
_ALIGNED = 8  # bytes that arrays begin at multiples of


def to_bytes(kind: str, head: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> bytes:
    """Return a head that JSON can hold and arrays of numbers as bytes.

    The same head and arrays make the same bytes. Numbers are little-endian.
    """
    stored = {name: _little_endian(array) for name, array in arrays.items()}
    shapes = [[name, array.dtype.str, array.shape] for name, array in stored.items()]
    text = json.dumps({"kind": kind, "head": head, "arrays": shapes}).encode()
    text += b" " * (-(len(text) + _PREFIX.size) % _ALIGNED)
    parts = [_PREFIX.pack(_MAGIC, _VERSION, len(text)), text]
    for array in stored.values():
        parts += [array.tobytes(), bytes(-array.nbytes % _ALIGNED)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return b"".join([*parts, digest.digest()[:_CHECKSUM]])


def from_bytes(kind: str, data: bytes) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """Return what `to_bytes` was given; arrays are copies.

    Raises
    ------
    TypeError
        If `data` is no bytes.
    ValueError
        If bytes are missing or altered, of another version or another kind.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"data must be bytes, got {type(data).__name__}")
    data = bytes(data)
    if len(data) < _PREFIX.size + _CHECKSUM or not data.startswith(_MAGIC):
        raise ValueError("data are not those of a pass of elltwo's logistic regression")
    _, version, length = _PREFIX.unpack_from(data)
    if version != _VERSION:
        raise ValueError(
            f"data are of version {version} of the format, this elltwo reads version {_VERSION}"
        )
    if _checksum(memoryview(data)[:-_CHECKSUM]) != data[-_CHECKSUM:]:
        raise ValueError("data are incomplete or altered: their checksum differs")
    text = json.loads(data[_PREFIX.size : _PREFIX.size + length])
    if text["kind"] != kind:
        raise ValueError(f"data hold a {text['kind']}, expected a {kind}")
    return text["head"], _arrays(text["arrays"], data, _PREFIX.size + length)


def _arrays(shapes: list[Any], data: bytes, at: int) -> dict[str, AnyArray]:
    arrays = {}
    for name, kind, shape in shapes:
        dtype = np.dtype(kind)
        size = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(data, dtype, size, at).reshape(shape)
        arrays[name] = array.astype(dtype.newbyteorder("="))
        at += array.nbytes + -array.nbytes % _ALIGNED
    return arrays


def _little_endian(array: AnyArray) -> AnyArray:
    return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))


def _checksum(data: bytes | memoryview) -> bytes:
    return hashlib.sha256(data).digest()[:_CHECKSUM]  # processors have instructions for it
