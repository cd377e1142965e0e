"""JSON and further bytes, one after the other, as state files and pieces of sums hold them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH_BYTES = 8


def joined(content: dict[str, Any], blobs: Sequence[bytes]) -> bytes:
    """Return bytes that `divided` takes apart; the same for the same content, bit by bit."""
    head = json.dumps({**content, "blobs": [len(blob) for blob in blobs]}).encode()
    return b"".join([len(head).to_bytes(LENGTH_BYTES, "little"), head, *blobs])


def head_of(body: bytes | memoryview) -> tuple[dict[str, Any], int]:
    """Return the JSON of joined bytes, with the lengths of the others, and where it ends."""
    end = LENGTH_BYTES + int.from_bytes(body[:LENGTH_BYTES], "little")
    content: dict[str, Any] = json.loads(bytes(body[LENGTH_BYTES:end]))
    return content, end


def divided(body: bytes | memoryview) -> tuple[dict[str, Any], list[bytes]]:
    """Return what `joined` was given."""
    content, at = head_of(body)
    blobs = []
    for length in content.pop("blobs"):
        blobs.append(bytes(body[at : at + length]))
        at += length
    return content, blobs
