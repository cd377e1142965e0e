"""What a field of a saved record may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import Names
from elltwo.functional._base.saved_kinds import read_plain, read_record
from elltwo.functional._base.saved_values import (
    SavedValueError,
    is_written_array,
    read_array,
    read_number,
)

if TYPE_CHECKING:
    from elltwo.functional._base.saved_kinds import Field, Where
    from elltwo.functional._base.validate import AnyArray

plain = read_plain  # any plain data, arrays and records


def number(value: Any, where: Where) -> float:  # noqa: ANN401
    """Read a number, which may be infinite or undefined."""
    return read_number(value, where.path)


def finite(value: Any, where: Where) -> float:  # noqa: ANN401
    """Read a finite number."""
    read = read_number(value, where.path)
    if not np.isfinite(read):
        raise SavedValueError(f"{where.path} is not finite")
    return read


def integer(value: Any, where: Where) -> int:  # noqa: ANN401
    """Read a whole number of 64 bits."""
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise SavedValueError(f"{where.path} is not an integer")
    return value


def size(value: Any, where: Where) -> int:  # noqa: ANN401
    """Read a number of things."""
    if integer(value, where) < 0:
        raise SavedValueError(f"{where.path} is negative")
    return int(value)


def flag(value: Any, where: Where) -> bool:  # noqa: ANN401
    """Read true or false."""
    if type(value) is not bool:
        raise SavedValueError(f"{where.path} is neither true nor false")
    return value


def text(value: Any, where: Where) -> str:  # noqa: ANN401
    """Read text."""
    if type(value) is not str:
        raise SavedValueError(f"{where.path} is not text")
    return value


def among(*choices: str) -> Field:
    """Read one of several words."""

    def read(value: Any, where: Where) -> str:  # noqa: ANN401
        if type(value) is not str or value not in choices:
            raise SavedValueError(f"{where.path} is none of {', '.join(choices)}")
        return value

    return read


def optional(field: Field) -> Field:
    """Read null, or what a field reads."""
    return lambda value, where: None if value is None else field(value, where)


def several(field: Field) -> Field:
    """Read a list of what a field reads, as a tuple."""

    def read(value: Any, where: Where) -> tuple[Any, ...]:  # noqa: ANN401
        if isinstance(value, dict) and value.keys() == {"tuple"}:
            value = value["tuple"]
        if not isinstance(value, list):
            raise SavedValueError(f"{where.path} is not a list")
        return tuple(field(entry, where.at(i)) for i, entry in enumerate(value))

    return read


texts = several(text)


def mapping(field: Field) -> Field:
    """Read a dictionary of what a field reads."""

    def read(value: Any, where: Where) -> dict[str, Any]:  # noqa: ANN401
        if not isinstance(value, dict):
            raise SavedValueError(f"{where.path} is not an object")
        return {name: field(entry, where.at(name)) for name, entry in value.items()}

    return read


def names(axis: str) -> Field:
    """Read null, or a name for each entry of an axis."""

    def read(value: Any, where: Where) -> tuple[str, ...] | None:  # noqa: ANN401
        if value is None:
            return None
        found: tuple[str, ...] = texts(value, where)
        _require_length(axis, len(found), where)
        return found

    return read


TABLE_PACKAGE = optional(among("pandas", "polars", "pyarrow"))
#: The names of a record with coefficients, as `Names` has them; targets may be one without an axis.
NAMES: dict[str, Field] = {
    "feature_names": names("p"),
    "target_names": optional(texts),
    "table_package": TABLE_PACKAGE,
}


def taken_names(given: dict[str, Any]) -> Names:
    """Take what `NAMES` reads out of the fields of a record, and return it as one."""
    return Names(*[given.pop(name) for name in NAMES])


def record(*kinds: str) -> Field:
    """Read a record of one of some kinds."""

    def read(value: Any, where: Where) -> Any:  # noqa: ANN401
        if not isinstance(value, dict) or value.get("kind") not in kinds:
            raise SavedValueError(f"{where.path} is not a record of the kind {' or '.join(kinds)}")
        return read_record(value, where)

    return read


def either(of_array: Field, otherwise: Field) -> Field:
    """Read an array by the first field, and all else by the second."""
    return lambda value, where: (of_array if is_written_array(value) else otherwise)(value, where)


def array(dtypes: str, *axes: str) -> Field:
    """Read an array whose type is of some of NumPy's kinds.

    Axes of the same name have the same length in all arrays of a record. One that begins with a
    star may be left out, by all of them; an array without axes is a number then.
    """
    may_be_number = len(axes) == 1 and axes[0].startswith("*")

    def read(value: Any, where: Where) -> Any:  # noqa: ANN401
        if may_be_number and not is_written_array(value):
            _require_length(axes[0], None, where)
            return read_number(value, where.path)
        found = read_array(value, where.path)
        if found.dtype.kind not in dtypes:
            raise SavedValueError(f"{where.path} is an array of {found.dtype}")
        _require_axes(found, axes, where)
        return found

    return read


def finite_array(dtypes: str, *axes: str) -> Field:
    """Read an array of finite numbers, see `array`."""
    of_array = array(dtypes, *axes)

    def read(value: Any, where: Where) -> Any:  # noqa: ANN401
        found = of_array(value, where)
        if not np.isfinite(found).all():
            raise SavedValueError(f"{where.path} holds a number that is not finite")
        return found

    return read


def floats(*axes: str) -> Field:
    """Read float64 or float32, which may be infinite or undefined."""
    return array("f", *axes)


def finite_floats(*axes: str) -> Field:
    """Read finite float64 or float32."""
    return finite_array("f", *axes)


def integers(*axes: str) -> Field:
    """Read integers."""
    return array("iu", *axes)


def labels(axis: str) -> Field:
    """Read the labels of classes or the keys of groups: text, numbers, times, true and false."""
    return array("biufUOmM", axis)


def any_floats(value: Any, where: Where) -> Any:  # noqa: ANN401
    """Read float64 or float32 of any shape."""
    found = read_array(value, where.path)
    if found.dtype.kind != "f":
        raise SavedValueError(f"{where.path} is an array of {found.dtype}")
    return found


def any_finite_floats(value: Any, where: Where) -> Any:  # noqa: ANN401
    """Read finite float64 or float32 of any shape; of none, a number of NumPy."""
    found = any_floats(value, where)
    if not np.isfinite(found).all():
        raise SavedValueError(f"{where.path} holds a number that is not finite")
    return found if found.ndim else found[()]


def struct(fields: dict[str, Field]) -> Field:
    """Read a dictionary with certain entries."""

    def read(value: Any, where: Where) -> dict[str, Any]:  # noqa: ANN401
        if not isinstance(value, dict) or value.keys() != fields.keys():
            raise SavedValueError(f"{where.path} does not have the entries {', '.join(fields)}")
        return {name: field(value[name], where.at(name)) for name, field in fields.items()}

    return read


def number_or(field: Field) -> Field:
    """Read a number, or an array by a field."""
    return either(field, number)


def require_grid(alphas: AnyArray, *scores: AnyArray | None) -> None:
    """Refuse scores that are not of a grid."""
    if not alphas.size or any(s is not None and s.size % alphas.size for s in scores):
        raise SavedValueError("the scores do not have the shape of their alphas")


def _require_axes(found: AnyArray, axes: tuple[str, ...], where: Where) -> None:
    shape: tuple[int | None, ...] = found.shape
    star = next((i for i, axis in enumerate(axes) if axis.startswith("*")), None)
    if star is not None and found.ndim == len(axes) - 1:
        shape = (*shape[:star], None, *shape[star:])
    if len(shape) != len(axes):
        raise SavedValueError(f"{where.path} has {found.ndim} axes")
    for axis, length in zip(axes, shape, strict=True):
        _require_length(axis, length, where)


def _require_length(axis: str, length: int | None, where: Where) -> None:
    name = axis.removeprefix("*")
    known = where.sizes.setdefault(name, length)
    if known != length:
        raise SavedValueError(f"{where.path} has a shape that does not fit the rest of its record")
