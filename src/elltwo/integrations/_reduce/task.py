"""What a leaf is told to do, as bytes that are the same for all partitions of a pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import elltwo
from elltwo.integrations._reduce.layout import Layout
from elltwo.integrations._reduce.packed import pack, unpack
from elltwo.stream._columns import Roles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARK = b"elltwo task 1\n"
Level = str | int | float | bool


@dataclass(frozen=True)
class Reading:
    """How partitions are read; row i of part j is of fold (i // fold_rows + j) % n_folds."""

    roles: Roles
    layout: Layout | None = None
    levels: Mapping[str, Sequence[Level]] | None = None  # of columns to encode
    skip_missing: bool = False
    n_folds: int = 1
    fold_rows: int = 1_000
    n_threads: int = 1
    compare_labels: bool = True  # the indexes of X and y

    def content(self) -> dict[str, Any]:
        """Return what JSON holds."""
        levels = self.levels
        return {
            **vars(self),
            "roles": _roles_content(self.roles),
            "layout": None if self.layout is None else self.layout.content(),
            "levels": None if levels is None else {k: list(v) for k, v in levels.items()},
        }

    @classmethod
    def of(cls, content: dict[str, Any]) -> Reading:
        """Return what `content` was called on."""
        layout = content["layout"]
        read = {
            "roles": _roles_of(content["roles"]),
            "layout": None if layout is None else Layout.of(layout),
        }
        return cls(**{**content, **read})


@dataclass(frozen=True)
class Task:
    """`kind` says which sums to take; `body` says more about them, in the words of that kind."""

    kind: str
    reading: Reading
    body: bytes = b""

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with the version of elltwo and a checksum."""
        content = {"version": elltwo.__version__, "kind": self.kind}
        return pack(MARK, {**content, "reading": self.reading.content()}, [self.body])

    @classmethod
    def from_bytes(cls, data: bytes) -> Task:
        """Return what `to_bytes` was called on.

        Raises
        ------
        ImportError
            If this is another version of elltwo than the one that has written the bytes.
        ValueError
            If bytes are missing or altered.
        """
        content, blobs = unpack(MARK, data)
        here, there = elltwo.__version__, content["version"]
        if here != there:
            raise ImportError(
                f"elltwo is of version {here} on the worker and {there} on the driver; install the "
                "same version on both"
            )
        return cls(content["kind"], Reading.of(content["reading"]), blobs[0])


def _roles_content(roles: Roles) -> dict[str, Any]:
    """Return roles as JSON holds them, one name as it is and several as a list."""
    return {
        name: value if value is None or isinstance(value, str | bool) else list(value)
        for name, value in vars(roles).items()
    }


def _roles_of(content: dict[str, Any]) -> Roles:
    ignored = content["ignore"]
    return Roles(
        content["target"],
        content["features"],
        ignored if isinstance(ignored, str) else tuple(ignored),
        content["sample_weight"],
        content["offset"],
        content["labels"],
    )
