"""Rows of a table put into groups by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.validate import require_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray

    IntArray = npt.NDArray[np.int64]

_FIXED = "biufSUMm"  # kinds of keys that are equal if and only if their bytes are


class Groups(NamedTuple):
    """Groups of rows: those of group g are order[starts[g]:starts[g + 1]]."""

    keys: AnyArray  #: (n_groups,), ascending
    starts: IntArray  #: (n_groups + 1,)
    order: IntArray | None  #: (n_samples,), None where rows are in the order of groups already

    @property
    def n_rows(self) -> IntArray:
        """Number of rows of each group."""
        return np.diff(self.starts)

    def row(self, group: int, at: int) -> int:
        """Return the row of the table that is row `at` of a group."""
        place = int(self.starts[group]) + at
        return place if self.order is None else int(self.order[place])


def read_groups(groups: npt.ArrayLike, n_samples: int) -> Groups:
    """Put rows into groups by their keys, in the order of the keys."""
    keys = _key_array(groups, n_samples)
    if keys.dtype.kind == "O":
        return _group_objects(keys)
    _refuse_missing(keys)
    if bool(np.all(keys[1:] >= keys[:-1])):
        first = np.flatnonzero(keys[1:] != keys[:-1]) + 1
        starts = np.concatenate([[0], first, [n_samples]]).astype(np.int64)
        return Groups(keys[starts[:-1]], starts, None)
    if keys.dtype.kind in "biu":
        low, high = int(keys.min()), int(keys.max())
        if high - low <= 4 * n_samples:
            return _group_integers(keys, low, high)
    numbers, first = _core.number_keys(keys)
    return _by_number(keys[first], numbers)


def read_starts(starts: npt.ArrayLike, n_samples: int) -> Groups:
    """Return groups of consecutive rows, group g beginning with row starts[g]."""
    require_values(starts, "starts")
    array = np.asarray(starts)
    if array.ndim != 1 or array.size < 2 or array.dtype.kind not in "iu":
        raise ValueError(
            "starts must be a vector of row numbers, one more than there are groups, got shape "
            f"{array.shape} and dtype {array.dtype}"
        )
    if int(array[0]) != 0 or int(array[-1]) != n_samples:
        raise ValueError(
            f"starts must begin with 0 and end with the number of rows of X, {n_samples}, "
            f"got {int(array[0])} and {int(array[-1])}"
        )
    wrong = np.flatnonzero(array[1:] <= array[:-1])
    if wrong.size:
        g = int(wrong[0])
        raise ValueError(
            f"starts must ascend, got {int(array[g])} and {int(array[g + 1])} for group {g}"
        )
    return Groups(np.arange(array.size - 1), np.ascontiguousarray(array, dtype=np.int64), None)


def group_numbers(fitted: AnyArray, groups: npt.ArrayLike, n_samples: int) -> IntArray:
    """Return the position of each row's key among the `fitted` keys, which ascend."""
    keys = _key_array(groups, n_samples)
    kinds = {fitted.dtype.kind, keys.dtype.kind}
    if "O" in kinds:
        return _look_up(fitted, keys)
    _refuse_missing(keys)
    if len(kinds) == 1:
        numbers, _ = _core.number_keys(np.concatenate([fitted, keys]))
        unknown = np.flatnonzero(numbers[fitted.size :] >= fitted.size)
        if unknown.size:
            raise _unknown(keys[unknown[0]], int(unknown[0]))
        return numbers[fitted.size :]
    if kinds <= set("biuf"):  # Python compares them without rounding
        return _look_up(fitted.tolist(), keys.tolist())
    raise _unknown(keys[0], 0)


def shown(key: Any) -> str:  # noqa: ANN401  # keys are of any type
    """Return a key as an error message shows it."""
    return repr(key.item() if isinstance(key, np.generic) and key.dtype.kind not in "Mm" else key)


def _key_array(groups: npt.ArrayLike, n_samples: int) -> AnyArray:
    if groups is None:
        raise TypeError("groups must hold a key for each row of X, got None")
    require_values(groups, "groups")
    keys = np.asarray(groups)
    if keys.shape != (n_samples,):
        raise ValueError(
            f"groups must have shape ({n_samples},), one key for each row of X, got shape "
            f"{keys.shape}"
        )
    kind = keys.dtype.kind
    if kind == "T":  # strings of any length
        return keys.astype(object)
    if kind not in _FIXED + "O":
        raise TypeError(f"groups must hold keys that can be sorted, got dtype {keys.dtype}")
    if kind == "f":
        return keys + 0.0  # -0.0 is 0.0, and bytes in native order
    return np.ascontiguousarray(keys, dtype=keys.dtype.newbyteorder("="))


def _refuse_missing(keys: AnyArray) -> None:
    kind = keys.dtype.kind
    if kind == "f":
        missing = np.isnan(keys)
    elif kind in "Mm":
        missing = np.isnat(keys)
    else:
        return
    if missing.any():
        raise _missing("NaN" if kind == "f" else "NaT", int(missing.argmax()))


def _missing(what: str, row: int) -> ValueError:
    return ValueError(f"groups must hold a key for each row of X, got {what} at row {row}")


def _unknown(key: Any, row: int) -> ValueError:  # noqa: ANN401
    return ValueError(f"groups holds {shown(key)} at row {row}, a group that was not fitted")


def _group_integers(keys: AnyArray, low: int, high: int) -> Groups:
    """Group rows by keys in a small range: by counting."""
    wide = keys if keys.dtype.kind == "u" else keys.astype(np.int64)
    codes = (wide - wide.dtype.type(low)).astype(np.int64)
    order, starts = _core.order_by_code(codes, high - low + 1)
    begin = starts[:-1][np.diff(starts) > 0]
    return Groups(keys[order[begin]], np.append(begin, keys.size), order)


def _by_number(unique: AnyArray, numbers: IntArray) -> Groups:
    """Group rows by the numbers of keys that may come in any order."""
    rank = np.argsort(unique, kind="stable")
    place = np.empty(rank.size, dtype=np.int64)
    place[rank] = np.arange(rank.size)
    order, starts = _core.order_by_code(place[numbers], rank.size)
    return Groups(unique[rank], starts, order)


def _group_objects(keys: AnyArray) -> Groups:
    numbers, unique = _number_objects(keys)
    try:
        ascending = sorted(range(len(unique)), key=unique.__getitem__)
    except TypeError as error:
        raise TypeError(f"groups must hold keys that can be sorted: {error}") from None
    place = np.empty(len(unique), dtype=np.int64)
    place[ascending] = np.arange(len(unique))
    order, starts = _core.order_by_code(place[numbers], len(unique))
    return Groups(_object_array([unique[i] for i in ascending]), starts, order)


def _number_objects(keys: AnyArray) -> tuple[IntArray, list[Any]]:
    known: dict[Any, int] = {}
    numbers = np.empty(keys.size, dtype=np.int64)
    for row, key in enumerate(keys):
        try:
            number = known.setdefault(key, len(known))
        except TypeError as error:
            raise TypeError(f"groups must hold hashable keys, at row {row}: {error}") from None
        numbers[row] = number
        if number == len(known) - 1 and _is_missing(key):
            raise _missing(repr(key), row)
    return numbers, list(known)


def _is_missing(key: Any) -> bool:  # noqa: ANN401
    if key is None:
        return True
    try:
        return bool(key != key)  # noqa: PLR0124  # NaN and NaT do not equal themselves
    except (TypeError, ValueError):  # a key without a truth value of key == key, as pandas.NA
        return True


def _object_array(values: Sequence[Any]) -> AnyArray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _look_up(fitted: Sequence[Any] | AnyArray, keys: Sequence[Any] | AnyArray) -> IntArray:
    known = {key: number for number, key in enumerate(fitted)}
    numbers = np.empty(len(keys), dtype=np.int64)
    for row, key in enumerate(keys):
        try:
            number = known.get(key)
        except TypeError:
            number = None
        if number is None:
            raise _unknown(key, row)
        numbers[row] = number
    return numbers
