"""The columns that all partitions must have: found in the first that has rows, or known before."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from elltwo.exceptions import StreamError
from elltwo.functional._base.names import names_of
from elltwo.functional._base.tables import column_names, is_table
from elltwo.stream._columns import Columns, Roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.integrations._reduce.chunks import Chunk
    from elltwo.integrations._reduce.engine import Schema

SCHEMA = "the schema"  # what errors call columns that were known before
STAND_IN = "(y)"  # for the target that stands beside X


@dataclass(frozen=True)
class Layout:
    """Columns of partitions; what is None is not known yet.

    `columns` are those of tables, or of X beside y, if they have names. A y beside X has
    `n_targets` columns, 0 standing for one dimension, and `target_names` if these have names.
    """

    first: str  # the partition that the others are compared with
    columns: Columns | None
    n_features: int | None
    beside: bool
    n_targets: int | None = None
    target_names: tuple[str, ...] | None = None
    weighted: bool | None = None
    n_offsets: int | None = None  # columns of an offset beside X, -1 for none

    @property
    def names(self) -> list[str] | None:
        """Names of features, targets and weights as far as there are any."""
        return None if self.columns is None else [*self.columns.names, *(self.target_names or ())]

    def completed(self, chunk: Chunk) -> Layout:
        """Return the layout with what is not known yet taken from rows."""
        if not self.beside or self.n_targets is not None:
            return self
        return replace(
            self,
            n_features=self.n_features if self.columns is not None else _width(chunk.X),
            n_targets=_columns_in(chunk.y),
            target_names=names_of((), chunk.y).targets,
            weighted=chunk.weight is not None,
            n_offsets=-1 if chunk.offset is None else _columns_in(chunk.offset),
        )

    def check(self, chunk: Chunk, name: str) -> None:
        """Raise StreamError unless rows have these columns, in whatever order."""
        beside = chunk.y is not None
        if beside != self.beside:
            kinds = ("a table", "a pair (X, y)")
            raise StreamError(f"{name} is {kinds[beside]}, {self.first} {kinds[self.beside]}")
        names = column_names(chunk.X)
        if self.columns is not None:
            if names is None:
                raise StreamError(f"{name} has no names of columns, which {self.first} has")
            try:
                self.columns.check(names, name, self.first)
            except ValueError as error:
                raise StreamError(str(error)) from None
        elif self.n_features is not None and _width(chunk.X) != self.n_features:
            here, there = _width(chunk.X), self.n_features
            raise StreamError(f"{name} has {here} feature(s), {self._before(name)} {there}")
        if beside and self.n_targets is not None:
            self._check_beside(chunk, name)

    def _check_beside(self, chunk: Chunk, name: str) -> None:
        here = _columns_in(chunk.y)
        if here != self.n_targets:
            kinds = [f"{t} target(s)" if t else "a 1-D y" for t in (here, self.n_targets)]
            raise StreamError(f"{name} has {kinds[0]}, {self._before(name)} {kinds[1]}")
        offsets = -1 if chunk.offset is None else _columns_in(chunk.offset)
        for what, mine, theirs in (
            ("a sample_weight", chunk.weight is not None, self.weighted),
            ("an offset of this shape", offsets, self.n_offsets),
        ):
            if mine != theirs:
                one, other = (name, self.first) if mine > (theirs or 0) else (self.first, name)
                raise StreamError(f"{one} has {what}, {other} has not")

    def _before(self, name: str) -> str:
        """Return the subject of what was found first, maybe in rows of this very partition."""
        return "its first rows had" if name == self.first else f"{self.first} has"

    def agrees(self, other: Layout) -> bool:
        """Whether sums of rows with these columns can be added to sums of others."""
        one, two = (replace(layout, first="") for layout in (self, other))
        if not self.n_targets:  # one target goes by any name
            one, two = replace(one, target_names=None), replace(two, target_names=None)
        return one == two

    def content(self) -> dict[str, Any]:
        """Return what JSON holds."""
        content = asdict(self)
        if self.columns is not None:
            content["columns"]["ignored"] = sorted(self.columns.ignored)
        return content

    @classmethod
    def of(cls, content: dict[str, Any]) -> Layout:
        """Return what `content` was called on."""
        given = dict(content)
        if (columns := given["columns"]) is not None:
            given["columns"] = Columns(
                tuple(columns["features"]),
                tuple(columns["targets"]),
                columns["sample_weight"],
                columns["one_target"],
                columns["complete"],
                frozenset(columns["ignored"]),
                tuple(columns["offset"]),
                columns["labels"],
            )
        names = given["target_names"]
        return cls(**{**given, "target_names": None if names is None else tuple(names)})


def found_layout(chunk: Chunk, roles: Roles, name: str) -> Layout:
    """Read which columns rows have, for what `roles` asks."""
    names = column_names(chunk.X)
    if chunk.y is None:
        if names is None:
            raise StreamError(f"{name} is a table and must have text for the names of its columns")
        return Layout(name, roles.columns(names, name), None, beside=False)
    _refuse_target(roles)
    if names is None:
        roles.refuse()
        return Layout(name, None, _width(chunk.X), beside=True).completed(chunk)
    return Layout(name, _columns_beside(names, name, roles), None, beside=True).completed(chunk)


def known_layout(schema: Schema, roles: Roles, *, beside: bool) -> Layout | None:
    """Return what is known before anything is read; None where that is nothing."""
    if beside:
        _refuse_target(roles)
    if schema.columns is None:
        if schema.n_features is None:
            return None
        roles.refuse()
        return Layout(SCHEMA, None, schema.n_features, beside=True)
    names = [column.name for column in schema.columns]
    columns = _columns_beside(names, SCHEMA, roles) if beside else roles.columns(names, SCHEMA)
    return Layout(SCHEMA, columns, None, beside=beside)


def _columns_beside(names: Sequence[str], source: str, roles: Roles) -> Columns:
    """Read the roles of the columns of X, which has y beside it."""
    asked = replace(roles, target=STAND_IN)
    columns = asked.columns([*names, STAND_IN], source)
    return replace(columns, targets=())


def _refuse_target(roles: Roles) -> None:
    if roles.target is not None:
        raise ValueError("target names a column of a table, but y stands beside X")


def _columns_in(value: Any) -> int:  # noqa: ANN401
    """Return the number of columns, 0 for what has one dimension."""
    if is_table(value):
        return len(column_names(value) or value.columns)
    shape: tuple[int, ...] = getattr(value, "shape", ())
    return int(shape[1]) if len(shape) == 2 else 0


def _width(X: Any) -> int:  # noqa: ANN401
    return int(X.shape[1])
