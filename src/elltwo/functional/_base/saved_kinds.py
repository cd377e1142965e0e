"""Records as JSON, and the kinds of records that a file may hold.

A record is written as ``{"kind": its class, "content": {field: value}}``. What is read is held
against a `Kind`, whose fields say what may be there; no name in a file is ever imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.saved_values import (
    RESERVED,
    SavedValueError,
    is_written_array,
    read_array,
    read_number,
    written_array,
    written_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    # What makes a value of one of JSON, at a place in a file.
    Field: TypeAlias = Callable[[Any, "Where"], Any]


class Kind(NamedTuple):
    """A class of records, and what its content is.

    `make` is called with the fields by name; it raises ValueError for those that do not agree. The
    fields of `added` came after the first files of this version, which lack them.
    """

    name: str
    fields: Mapping[str, Field]
    make: Callable[..., object]
    added: frozenset[str] = frozenset()


class Where(NamedTuple):
    """A place in a file: how to call it, the sizes of its record, and the kinds there are."""

    path: str
    sizes: dict[str, int | None]  #: lengths of axes by name; None for an axis that is left out
    find: Callable[[str], Kind | None]

    def at(self, name: str | int) -> Where:
        """Return a place within this one."""
        step = f"[{name}]" if isinstance(name, int) else f".{name}" if self.path else name
        return self._replace(path=f"{self.path}{step}")


def written(value: Any, where: str = "the model") -> Any:  # noqa: ANN401
    """Return plain data, arrays and records as JSON has them.

    Raises
    ------
    TypeError
        For anything else, such as functions, which a file that runs nothing cannot hold.
    """
    if value is None or isinstance(value, str | bool | int | float | np.generic):
        return _written_scalar(value, where)
    if isinstance(value, np.ndarray):
        return written_array(value, where)
    content = content_of(value)
    if content is not None:
        return _written_content(value, content)
    if isinstance(value, list | tuple):
        entries = [written(entry, f"{where}[{i}]") for i, entry in enumerate(value)]
        return entries if isinstance(value, list) else {"tuple": entries}
    if isinstance(value, dict):
        return _written_dict(value, where)
    raise TypeError(
        f"{where} is {_shown(value)}, for which a saved model has no form; it holds text, numbers, "
        "arrays and records of elltwo, and nothing that runs"
    )


def _written_scalar(value: Any, where: str) -> Any:  # noqa: ANN401
    if isinstance(value, np.generic):
        if value.dtype.kind not in "biufU":
            return written_array(np.asarray(value), where)
        value = value.item()
    if isinstance(value, float):
        return written_number(float(value))
    for plain in (bool, str, int):
        if isinstance(value, plain):
            return plain(value)
    return None


def _shown(value: object) -> str:
    return "a function" if callable(value) else f"of type {type(value).__qualname__}"


def _written_dict(value: dict[Any, Any], where: str) -> dict[str, Any]:
    if all(isinstance(key, str) for key in value) and not value.keys() & RESERVED:
        return {str(key): written(entry, f"{where}.{key}") for key, entry in value.items()}
    pairs = value.items()
    return {
        "pairs": [
            [written(key, where), written(entry, f"{where}[{key!r}]")] for key, entry in pairs
        ]
    }


def content_of(value: Any) -> dict[str, Any] | None:  # noqa: ANN401
    """Return what a record of elltwo is written as, None for what is none."""
    kind = type(value)
    if not f"{kind.__module__}.".startswith("elltwo."):
        return None
    content: Callable[[], dict[str, Any]] | None = getattr(value, "_saved", None)
    if content is None:
        content = getattr(value, "_asdict", None)
    return None if content is None else content()


def written_record(record: Any, where: str = "the model") -> dict[str, Any]:  # noqa: ANN401
    """Return a record as JSON has it.

    Raises
    ------
    TypeError
        If it is none of elltwo's, as the classes are that a user derives from one.
    """
    content = content_of(record)
    if content is None:
        kind = f"{type(record).__module__}.{type(record).__qualname__}"
        raise TypeError(f"{where} is of the class {kind}, which elltwo.load does not know")
    return _written_content(record, content)


def _written_content(record: object, content: dict[str, Any]) -> dict[str, Any]:
    inside = {name: written(value, name) for name, value in content.items()}
    return {"kind": type(record).__name__, "content": inside}


def read_plain(value: Any, where: Where) -> Any:  # noqa: ANN401
    """Return what `written` was given."""
    if isinstance(value, list):
        return [read_plain(entry, where.at(i)) for i, entry in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if not value.keys() & RESERVED:
        return {name: read_plain(entry, where.at(name)) for name, entry in value.items()}
    return _read_marked(value, where)


def _read_marked(value: dict[str, Any], where: Where) -> Any:  # noqa: ANN401
    """Read an object that stands for something that JSON does not have."""
    if "kind" in value:
        return read_record(value, where)
    if is_written_array(value):
        return _read_array(value, where)
    (name, *others), entry = value, next(iter(value.values()))
    if not others and name == "number":
        return read_number(value, where.path)
    if not others and name == "tuple" and isinstance(entry, list):
        return tuple(read_plain(entry, where))
    if not others and name == "pairs":
        return _read_pairs(entry, where)
    raise SavedValueError(f"{where.path} is not plain data")


def _read_array(value: object, where: Where) -> Any:  # noqa: ANN401  # an array, or its one entry
    array = read_array(value, where.path)
    return array if array.ndim else array[()]


def _read_pairs(pairs: object, where: Where) -> dict[Any, Any]:
    if not isinstance(pairs, list) or not all(
        isinstance(pair, list) and len(pair) == 2 for pair in pairs
    ):
        raise SavedValueError(f"{where.path} is not plain data")
    read = [tuple(read_plain(pair, where)) for pair in pairs]
    try:
        return dict(read)
    except TypeError:
        raise SavedValueError(f"{where.path} has a key that is none") from None


def read_record(value: object, where: Where) -> Any:  # noqa: ANN401
    """Return what `written_record` was given.

    Raises
    ------
    SavedValueError
        If its kind is not known, or the content is not what such a record has.
    """
    if not isinstance(value, dict) or not value.keys() >= {"kind", "content"}:
        raise SavedValueError(f"{where.path or 'it'} is not a record")
    name, content = value["kind"], value["content"]
    kind = where.find(name) if isinstance(name, str) else None
    if kind is None:
        raise SavedValueError(f"{where.path or 'it'} is of the unknown kind {name!r:.60}")
    if not isinstance(content, dict):
        raise SavedValueError(f"{where.path or name} has no content")
    inside = where._replace(sizes={})
    for field in kind.fields.keys() - content.keys() - kind.added:
        raise SavedValueError(f"{inside.at(field).path} is missing")
    for field in content.keys() - kind.fields.keys():
        raise SavedValueError(f"{name} has no {field!r:.60}")
    given = {
        field: read(content[field], inside.at(field))
        for field, read in kind.fields.items()
        if field in content
    }
    try:
        return kind.make(**given)
    except SavedValueError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise SavedValueError(f"{where.path or name} is not consistent: {error}") from error
