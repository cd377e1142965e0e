"""The options that all functions of all engines share: how partitions are read, and by how many."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from elltwo.stream._columns import Roles
from elltwo.stream._fold_rows import FOLD_ROWS
from elltwo.stream._progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from elltwo.integrations._reduce.engine import Schema
    from elltwo.integrations._reduce.task import Level


_TEXT = ("str", "object", "large_string", "category")  # kinds that levels encode


class ReadOptions(TypedDict, total=False):
    """Those of `RunOptions` that mean the same whatever holds targets, weights and offsets."""

    features: Sequence[str] | None
    ignore: str | Sequence[str]
    missing: str
    encode: str | Mapping[str, Sequence[Level]] | None
    check: str
    fold_rows: int | None
    n_threads: int
    fan_in: int | None
    progress: bool | Callable[[int, int | None, float], object] | None
    state: str | Path | None


class RunOptions(ReadOptions, total=False):
    """Options of a run over partitions, passed by keyword; see `elltwo.integrations`."""

    target: str | Sequence[str] | None
    sample_weight: str | None
    offset: str | Sequence[str] | None


@dataclass(frozen=True)
class Run:
    """The options of a run, checked."""

    roles: Roles
    skip_missing: bool
    encode: str | Mapping[str, Sequence[Level]] | None
    check_all: bool
    fold_rows: int | None
    n_threads: int
    fan_in: int | None
    progress: Progress
    state: Path | None

    def rows_of_a_fold(self) -> int:
        """Return the consecutive rows that share a fold."""
        return FOLD_ROWS if self.fold_rows is None else self.fold_rows


def read_run(options: RunOptions, *, labels: bool = False) -> Run:
    """Check the options of a run; with `labels` the target holds classes.

    Raises
    ------
    TypeError
        If an option is unknown or of the wrong type.
    ValueError
        If one is out of its range.
    """
    given: dict[str, Any] = dict(options)
    unknown = next((name for name in given if name not in RunOptions.__annotations__), None)
    if unknown is not None:
        known = ", ".join(RunOptions.__annotations__)
        raise TypeError(f"there is no option {unknown!r}; those of a run are {known}")
    missing = _one_of("missing", given.get("missing", "error"), ("error", "skip"))
    check = _one_of("check", given.get("check", "first"), ("first", "every"))
    encode = given.get("encode")
    if isinstance(encode, str) and encode != "one-hot":
        raise ValueError(f"encode must be 'one-hot', levels of columns or None, got {encode!r}")
    state = given.get("state")
    if not isinstance(state, str | PathLike | None):
        raise TypeError(f"state must be the path of a file, got {state!r}")
    path = None if state is None else Path(state)
    if path is not None and path.is_dir():
        raise ValueError(f"state must be the path of a file, and {path} is a folder")
    if path is not None and not path.parent.is_dir():
        raise ValueError(f"state: there is no folder {path.parent}")
    ignore = given.get("ignore", ())
    if not labels and given.get("offset") is not None:
        raise TypeError("offset is for logistic regression")
    return Run(
        Roles(
            given.get("target"),
            given.get("features"),
            ignore,
            given.get("sample_weight"),
            given.get("offset"),
            labels,
        ),
        missing == "skip",
        encode,
        check == "every",
        _count("fold_rows", given.get("fold_rows"), 1),
        _count("n_threads", given.get("n_threads", 1), 1) or 1,
        _count("fan_in", given.get("fan_in"), 2),
        Progress(given.get("progress")),
        path,
    )


def levels_of(
    encode: str | Mapping[str, Sequence[Level]] | None, schema: Schema, features: Sequence[str]
) -> dict[str, Sequence[Level]] | None:
    """Return the levels of the columns to encode, and refuse what is no number otherwise.

    Raises
    ------
    TypeError
        If a feature holds no numbers, as far as that is known before.
    ValueError
        If the categories of a column are not known.
    """
    given = encode if encode is not None and not isinstance(encode, str) else {}
    levels: dict[str, Sequence[Level]] = {name: _plain(name, given[name]) for name in given}
    absent = next((name for name in levels if features and name not in features), None)
    if absent is not None:
        raise ValueError(f"encode names a column {absent!r}, which is no feature")
    for column in schema.columns or ():
        if column.name not in features or column.name in levels or column.is_number:
            continue
        if column.levels is None or encode is None:
            raise _refused(column.name, column.kind, encode, column.levels is not None)
        levels[column.name] = _plain(column.name, column.levels)
    if encode == "one-hot" and schema.columns is None:
        raise ValueError(
            "encode='one-hot' takes the levels from what is known of the columns before they are "
            "read, which is nothing here; pass encode={column: levels}"
        )
    return levels or None


def _plain(column: str, levels: Sequence[Any]) -> list[Level]:
    """Return levels as JSON can hold them."""
    plain: list[Level] = []
    for level in levels:
        value = level.item() if hasattr(level, "item") else level
        if not isinstance(value, str | int | float | bool):
            raise TypeError(
                f"levels must be text, numbers or booleans, got {value!r} of column {column!r}"
            )
        plain.append(value)
    return plain


def _refused(name: str, kind: str, encode: object, known: bool) -> Exception:
    if known:
        return TypeError(
            f"column {name!r} holds {kind} values, not numbers; pass encode='one-hot', or leave it "
            "out with ignore"
        )
    if encode is not None and kind.startswith("category"):
        return ValueError(
            f"the categories of column {name!r} are not known; call .categorize() first, or pass "
            "encode={column: levels}"
        )
    is_text = kind.startswith(_TEXT)
    way = f"pass encode={{{name!r}: levels}}" if is_text else "encode it as numbers"
    return TypeError(
        f"column {name!r} holds {kind} values, not numbers; {way}, or leave it out with ignore"
    )


def _one_of(name: str, value: object, known: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be {' or '.join(map(repr, known))}, got {value!r}")
    return value


def _count(name: str, value: Any, least: int) -> int | None:  # noqa: ANN401
    if value is None:
        return None
    try:
        number = index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from error
    if isinstance(value, bool) or number < least:
        raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return number
