"""What a leaf sends: the sums of one partition, or of several, or what went wrong on one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from elltwo.functional import Moments
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.integrations._reduce.fault import Fault
from elltwo.integrations._reduce.layout import Layout
from elltwo.integrations._reduce.packed import pack, read_head, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MARK = b"elltwo piece 1\n"


@dataclass(frozen=True)
class Piece:
    """Sums of the rows of partitions, `key` being the first of them.

    `sums` are as many as the task asks for (moments of folds, say), as bytes, empty where there are
    no rows. With a `fault` there are none, and where partitions have other columns (`differs`).
    """

    key: int
    kind: str
    sums: tuple[bytes, ...] = ()
    n_rows: int = 0  # read, those left out included
    n_skipped: int = 0
    longest: int = 0  # rows of the longest partition
    layout: Layout | None = None  # None where all partitions are empty
    fault: Fault | None = None
    differs: bool = False

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum."""
        content: dict[str, Any] = {
            "key": self.key,
            "kind": self.kind,
            "rows": [self.n_rows, self.n_skipped, self.longest],
            "layout": None if self.layout is None else self.layout.content(),
            "fault": None if self.fault is None else self.fault.content(),
            "differs": self.differs,
        }
        return pack(MARK, content, self.sums)

    @classmethod
    def from_bytes(cls, data: bytes) -> Piece:
        """Return what `to_bytes` was called on.

        Raises
        ------
        ImportError
            If another version of elltwo has written the bytes.
        ValueError
            If bytes are missing or altered.
        """
        content, sums = unpack(MARK, data)
        layout, fault = content["layout"], content["fault"]
        n_rows, n_skipped, longest = content["rows"]
        return cls(
            content["key"],
            content["kind"],
            tuple(sums),
            n_rows,
            n_skipped,
            longest,
            layout=None if layout is None else Layout.of(layout),
            fault=None if fault is None else Fault.of(fault),
            differs=content["differs"],
        )


def rows_in(piece: bytes) -> int:
    """Return the rows of a piece."""
    n_rows: int = read_head(MARK, piece)["rows"][0]
    return n_rows


def merge_pieces(pieces: Sequence[bytes]) -> bytes:
    """Merge pieces in the order of their keys, whatever order they come in.

    Of several faults that of the first partition stays. Without pieces the answer is one of no
    rows.

    Raises
    ------
    ValueError
        If bytes are missing or altered, or two pieces have the same key.
    """
    if not pieces:
        return Piece(0, "none").to_bytes()
    given = sorted((Piece.from_bytes(one) for one in pieces), key=lambda piece: piece.key)
    for one, other in pairwise(given):
        if one.key == other.key:
            raise ValueError(f"two pieces of partition {one.key}")
    return _merged(given).to_bytes()


def _merged(pieces: list[Piece]) -> Piece:
    layouts = [piece.layout for piece in pieces if piece.layout is not None]
    merged = replace(
        pieces[0],
        sums=(),
        n_rows=sum(piece.n_rows for piece in pieces),
        n_skipped=sum(piece.n_skipped for piece in pieces),
        longest=max(piece.longest for piece in pieces),
        layout=layouts[0] if layouts else None,
        fault=Fault.first([piece.fault for piece in pieces]),
        differs=any(piece.differs for piece in pieces)
        or any(not layout.agrees(layouts[0]) for layout in layouts[1:]),
    )
    filled = [piece for piece in pieces if piece.sums]
    if merged.fault is not None or merged.differs or not filled:
        return merged
    kind = filled[0].kind
    columns = zip(*(piece.sums for piece in filled), strict=True)
    return replace(merged, kind=kind, sums=tuple(_joined(kind, sums) for sums in columns))


def _joined(kind: str, sums: Sequence[bytes]) -> bytes:
    """Merge sums of one kind from left to right; empty ones are of no rows."""
    there = [one for one in sums if one]
    return there[0] if len(there) == 1 else _JOIN[kind](there) if there else b""


def _join_moments(sums: Sequence[bytes]) -> bytes:
    """Merge moments."""
    first, *others = map(Moments.from_bytes, sums)
    return first.merge(*others).to_bytes()


def _join_sums(kind: type[FirstSums | PassSums]) -> Callable[[Sequence[bytes]], bytes]:
    def join(sums: Sequence[bytes]) -> bytes:
        first, *others = (kind.from_bytes(one) for one in sums)
        for other in others:
            first.merge(other)  # type: ignore[arg-type]  # of its own kind
        return first.to_bytes()

    return join


_JOIN: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "moments": _join_moments,
    "first": _join_sums(FirstSums),
    "pass": _join_sums(PassSums),
}
