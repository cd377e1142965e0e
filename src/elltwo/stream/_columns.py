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

    @property
    def names(self) -> list[str]:
        """Columns in the order in which blocks hold them."""
        weight = [] if self.sample_weight is None else [self.sample_weight]
        return [*self.features, *self.targets, *weight]

    def description(self) -> dict[str, Any]:
        """Return what makes a stream with these columns the one that it is."""
        return {
            "features": list(self.features),
            "targets": list(self.targets),
            "sample_weight": self.sample_weight,
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
    """The arguments of `fit_stream` that name columns."""

    target: str | Sequence[str] | None
    features: Sequence[str] | None
    ignore: Sequence[str]
    sample_weight: str | None

    def columns(self, names: Sequence[str], source: str) -> Columns:
        """Read them in view of a table that has `names`, see `choose_columns`."""
        return choose_columns(
            names, source, self.target, self.features, self.ignore, self.sample_weight
        )

    def refuse(self) -> None:
        """Raise ValueError if there is any, since what is read has no columns by name."""
        for name in ("target", "features", "ignore", "sample_weight"):
            value: object = getattr(self, name)
            if value is not None and value != ():
                raise ValueError(
                    f"{name} names a column of a table, but source has no columns by name"
                )

    def description(self) -> dict[str, Any]:
        """Return what makes a stream the one that it is before its columns are known."""
        given = [self.features, [self.target] if isinstance(self.target, str) else self.target]
        features, targets = (None if names is None else list(names) for names in given)
        return {"features": features, "targets": targets, "sample_weight": self.sample_weight}


def choose_columns(
    names: Sequence[str],
    source: str,
    target: str | Sequence[str] | None,
    features: Sequence[str] | None,
    ignore: Sequence[str],
    sample_weight: str | None,
) -> Columns:
    """Read the arguments that name columns, in view of a table that has `names`.

    Raises
    ------
    TypeError
        If an argument does not hold names.
    ValueError
        If `target` is missing, a column is not there or has two roles, or no feature is left.
    """
    if target is None:
        raise ValueError("target must name the column to predict, got None")
    targets = _names_of("target", [target] if isinstance(target, str) else target)
    weights = [] if sample_weight is None else _names_of("sample_weight", [sample_weight])
    ignored = _names_of("ignore", [ignore] if isinstance(ignore, str) else ignore)
    if features is None:
        chosen = [name for name in names if name not in {*targets, *weights, *ignored}]
    else:
        chosen = _names_of("features", features)
    _require_present([*targets, *weights, *ignored, *chosen], names, source)
    for j, name in enumerate(roles := [*chosen, *targets, *weights]):
        if name in roles[:j]:
            raise ValueError(f"column {name!r} is named twice among features, target and weights")
    if not chosen:
        raise ValueError(f"{source} has no column to predict {targets[0]!r} from")
    return Columns(
        tuple(chosen),
        tuple(targets),
        sample_weight,
        isinstance(target, str),
        features is None,
        frozenset(ignored),
    )


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
