"""Files of text: compressed or not, in whatever encoding spreadsheets write."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import sys
import zlib
from typing import TYPE_CHECKING, NamedTuple

from elltwo.cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable
    from pathlib import Path

STANDARD_INPUT = "-"
_PACKED: dict[bytes, tuple[str, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": ("gzip", gzip.decompress),
    b"BZh": ("bzip2", bz2.decompress),
    b"\xfd7zXZ\x00": ("xz", lzma.decompress),
}
_REFUSED = {
    b"PK\x03\x04": "a spreadsheet or a zip archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x28\xb5\x2f\xfd": "compressed by zstandard",
    b"PAR1": "a Parquet file, which should end in .parquet",
    b"%PDF": "a PDF file",
}
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Text(NamedTuple):
    """The text of a file, and what should be said of how it was read."""

    text: str
    notes: list[str]


def read_text(path: Path | Traversable) -> Text:
    """Read a file as text; ``-`` is standard input.

    Compression is known by the first bytes. A mark of the byte order tells UTF-16 and UTF-32; what
    has none and is no UTF-8 is read as Windows-1252, of which Latin-1 is a part, with a note.

    Raises
    ------
    CommandError
        For a file that cannot be read, or is no text.
    """
    content = _unpacked(_read_bytes(path), path)
    for start, what in _REFUSED.items():
        if content.startswith(start):
            raise CommandError(f"cannot read {path}: it is {what}; save the table as CSV")
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return Text(_decoded(content, encoding, path), [])
    if b"\0" in content[:1000]:
        place = content[:1000].index(b"\0")
        encoding = "utf-16-le" if place % 2 else "utf-16-be"
        return Text(_decoded(content, encoding, path), [])
    try:
        return Text(content.decode(), [])
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        note = f"{path} is not UTF-8 (line {line}), and was read as Windows-1252 (Latin-1)"
        return Text(content.decode("cp1252", errors="replace"), [note])


def require_folders(*paths: Path | None) -> None:
    """Raise CommandError before any work where the folder of what is to be written is missing."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            raise CommandError(f"cannot write {path}: there is no folder {path.parent}")


def write_text(path: Path, text: str) -> None:
    """Write a file, compressed if its name ends in .gz, .bz2 or .xz.

    Raises
    ------
    CommandError
        Where that is not possible.
    """
    content = text.encode()
    pack = _PACKERS.get(path.suffix.lower())
    try:
        path.write_bytes(content if pack is None else pack(content))
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error


def _packed_by_gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # without the time: the same text makes the same bytes


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": _packed_by_gzip,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def _read_bytes(path: Path | Traversable) -> bytes:
    if str(path) == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from error


def _unpacked(content: bytes, path: Path | Traversable) -> bytes:
    for start, (name, decompress) in _PACKED.items():
        if content.startswith(start):
            try:
                return decompress(content)
            except (EOFError, OSError, ValueError, lzma.LZMAError, zlib.error) as error:
                raise CommandError(
                    f"cannot read {path}: it is not a complete {name} file: {error}"
                ) from error
    return content


def _decoded(content: bytes, encoding: str, path: Path | Traversable) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CommandError(f"cannot read {path}: it is not {encoding.upper()} text") from error
    if "\0" in text:
        raise CommandError(f"cannot read {path}: it is not text")
    return text
