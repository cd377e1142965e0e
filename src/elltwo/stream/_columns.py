"""Which columns of a table are features, targets and weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Columns:
    """Names of the columns that a stream reads."""

    features: tuple[str, ...]
    targets: tuple[str, ...]
    sample_weight: str | None
    one_target: bool  # asked for by its name, so that y has one dimension
    complete: bool  # the features are all columns that are nothing else
    ignored: frozenset[str] = frozenset()
    offset: tuple[str, ...] = ()
    labels: bool = False  # the one target holds labels, of any type

    @property
    def names(self) -> list[str]:
        """Columns in the order in which blocks hold them."""
        weight = [] if self.sample_weight is None else [self.sample_weight]
        return [*self.features, *self.targets, *weight, *self.offset]

    @property
    def places(self) -> list[int]:
        """Places among the names of the columns that hold numbers."""
        p = len(self.features)
        return [j for j in range(len(self.names)) if not (self.labels and j == p)]

    @property
    def numbers(self) -> list[str]:
        """Names of the columns that hold numbers."""
        names = self.names
        return [names[j] for j in self.places]

    def description(self) -> dict[str, Any]:
        """Return what makes a stream with these columns the one that it is."""
        offset = {"offset": list(self.offset)} if self.offset else {}
        return {
            "features": list(self.features),
            "targets": list(self.targets),
            "sample_weight": self.sample_weight,
            **offset,
        }

    def check(self, names: Sequence[str], source: str, first: str) -> None:
        """Raise ValueError unless a further table has the columns of the first."""
        for name in self.names:
            if name not in names:
                raise ValueError(f"{source} has no column {name!r}, which {first} has")
        extra = [name for name in names if name not in self.names and name not in self.ignored]
        if self.complete and extra:
            raise ValueError(
                f"{source} has a column {extra[0]!r} that {first} has not; "
                "name the columns to use with features, or leave it out with ignore"
            )


@dataclass(frozen=True)
class Roles:
    """The arguments of `fit_stream` that name columns; `labels` if the target holds classes."""

    target: str | Sequence[str] | None
    features: Sequence[str] | None
    ignore: Sequence[str]
    sample_weight: str | None
    offset: str | Sequence[str] | None = None
    labels: bool = False

    def columns(self, names: Sequence[str], source: str) -> Columns:
        """Read them in view of a table that has `names`.

        Raises
        ------
        TypeError
            If an argument does not hold names.
        ValueError
            If `target` is missing, a column is not there or has two roles, or no feature is left.
        """
        targets, weights, offsets, ignored = self._named()
        used = [*targets, *weights, *offsets]
        if self.features is None:
            chosen = [name for name in names if name not in {*used, *ignored}]
        else:
            chosen = _names_of("features", self.features)
        _require_present([*used, *ignored, *chosen], names, source)
        for j, name in enumerate(roles := [*chosen, *used]):
            if name in roles[:j]:
                offset = ", offset" if offsets else ""
                raise ValueError(
                    f"column {name!r} is named twice among features, target{offset} and weights"
                )
        if not chosen:
            raise ValueError(f"{source} has no column to predict {targets[0]!r} from")
        return Columns(
            tuple(chosen),
            tuple(targets),
            self.sample_weight,
            isinstance(self.target, str),
            self.features is None,
            frozenset(ignored),
            tuple(offsets),
            self.labels,
        )

    def refuse(self) -> None:
        """Raise ValueError if there is any, since what is read has no columns by name."""
        for name in ("target", "features", "ignore", "sample_weight", "offset"):
            value: object = getattr(self, name)
            if value is not None and value != ():
                raise ValueError(
                    f"{name} names a column of a table, but source has no columns by name"
                )

    def description(self) -> dict[str, Any]:
        """Return what makes a stream the one that it is before its columns are known."""
        given = [self.features, [self.target] if isinstance(self.target, str) else self.target]
        features, targets = (None if names is None else list(names) for names in given)
        offset = {"offset": self._named()[2]} if self.offset is not None else {}
        return {
            "features": features,
            "targets": targets,
            "sample_weight": self.sample_weight,
            **offset,
        }

    def _named(self) -> tuple[list[str], list[str], list[str], list[str]]:
        """Return the names of targets, weights, offsets and of what is ignored."""
        if self.target is None:
            raise ValueError("target must name the column to predict, got None")
        if self.labels and not isinstance(self.target, str):
            raise TypeError(
                f"target must name the one column that holds the classes, got {self.target!r}"
            )
        weights = [] if self.sample_weight is None else [self.sample_weight]
        return (
            _names_of("target", [self.target] if isinstance(self.target, str) else self.target),
            _names_of("sample_weight", weights),
            [] if self.offset is None else _names_of("offset", _listed(self.offset)),
            _names_of("ignore", _listed(self.ignore)),
        )


def _listed(names: str | Sequence[str]) -> Sequence[str]:
    return [names] if isinstance(names, str) else names


def _names_of(argument: str, names: Sequence[str]) -> list[str]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"{argument} must name columns, in a list, got {names!r}")
    listed = list(names)
    for name in listed:
        if not isinstance(name, str):
            raise TypeError(f"{argument} must name columns of the table, got {name!r}")
    if not listed and argument in {"target", "features"}:
        raise ValueError(f"{argument} must name at least one column, got none")
    return listed


def _require_present(wanted: Sequence[str], names: Sequence[str], source: str) -> None:
    missing = [repr(name) for name in wanted if name not in names]
    if missing:
        shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
        raise ValueError(f"{source} has no column {', '.join(missing)}; its columns are {shown}")
    for name in wanted:
        if list(names).count(name) > 1:
            raise ValueError(f"{source}: two columns are named {name!r}")
