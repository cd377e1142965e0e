"""Bytes that go from one process to another: a mark, a checksum, JSON, and further bytes."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST_BYTES = 16
LENGTH_BYTES = 8


def pack(mark: bytes, content: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """Return bytes that `unpack` takes apart; the same for the same content, bit by bit.

    `mark` ends in a number, that of the format.
    """
    head = json.dumps({**content, "blobs": [len(blob) for blob in blobs]}).encode()
    body = b"".join([len(head).to_bytes(LENGTH_BYTES, "little"), head, *blobs])
    return mark + _digest(body) + body


def unpack(mark: bytes, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Return what `pack` was given.

    Raises
    ------
    ImportError
        If the bytes are of another format, which another version of elltwo has written.
    ValueError
        If they are none of this kind, cut off or altered.
    """
    kind = mark.rstrip(b"0123456789\n")
    name = kind.decode().strip()
    if not data.startswith(mark):
        if data.startswith(kind):
            raise ImportError(
                f"the bytes of {name} were written by another version of elltwo; install the same "
                "version everywhere"
            )
        raise ValueError(f"the bytes are none of {name}, or the first of them are altered")
    start = len(mark) + DIGEST_BYTES
    body = memoryview(data)[start:]
    if _digest(body) != data[len(mark) : start]:
        raise ValueError(f"the bytes of {name} are cut off or altered")
    at = LENGTH_BYTES + int.from_bytes(body[:LENGTH_BYTES], "little")
    content: dict[str, Any] = json.loads(bytes(body[LENGTH_BYTES:at]))
    blobs = []
    for length in content.pop("blobs"):
        blobs.append(bytes(body[at : at + length]))
        at += length
    return content, blobs


def read_head(mark: bytes, data: bytes) -> dict[str, Any]:
    """Return the JSON alone of what `pack` was given, unchecked."""
    start = len(mark) + DIGEST_BYTES
    at = start + LENGTH_BYTES
    length = int.from_bytes(data[start:at], "little")
    content: dict[str, Any] = json.loads(data[at : at + length])
    return content


def _digest(body: bytes | memoryview) -> bytes:
    return sha256(body).digest()[:DIGEST_BYTES]  # processors have instructions for it
