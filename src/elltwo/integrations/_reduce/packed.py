"""Bytes that go from one process to another: a mark, a checksum, JSON, and further bytes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from elltwo.stream._framing import divided, head_of, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST_BYTES = 16


def pack(mark: bytes, content: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """Return bytes that `unpack` takes apart; the same for the same content, bit by bit.

    `mark` ends in a number, that of the format.
    """
    body = joined(content, blobs)
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
    return divided(body)


def read_head(mark: bytes, data: bytes) -> dict[str, Any]:
    """Return the JSON alone of what `pack` was given, unchecked."""
    return head_of(memoryview(data)[len(mark) + DIGEST_BYTES :])[0]


def _digest(body: bytes | memoryview) -> bytes:
    return sha256(body).digest()[:DIGEST_BYTES]  # processors have instructions for it
