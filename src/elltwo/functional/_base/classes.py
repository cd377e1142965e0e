"""Labels of any hashable kind, and the numbers of their classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.validate import require_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from elltwo.functional._base.validate import AnyArray

    Codes = npt.NDArray[np.int32]

_EXACT = 2.0**53  # floats represent every integer up to here
_INT64_MAX = 2**63 - 1
_DENSE = (
    1000  # integers between the extreme labels, beyond 2 a row, up to which counting beats sorting
)


class Labels(NamedTuple):
    """The classes, and that of every row."""

    classes: AnyArray  #: (n_classes,)
    codes: Codes  #: (n_samples,), positions in `classes`


def read_labels(y: Any, n_samples: int) -> Labels:  # noqa: ANN401  # whatever has labels
    """Find the classes in y, sorted, or in order of appearance where they cannot be sorted.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Hashable labels; numbers must be whole.
    n_samples : int
        Number of rows of X.

    Raises
    ------
    TypeError
        If labels are not hashable.
    ValueError
        If y has another shape, a label is missing (NaN, NaT, None) or infinite, numbers are not
        whole, or there are fewer than two classes.
    """
    labels = find_labels(y, n_samples)
    if labels.classes.size < 2:
        raise ValueError(
            "y must have samples of at least 2 classes, but the data contains only one class: "
            f"{labels.classes.tolist()[0]!r}"
        )
    return labels


def find_labels(y: Any, n_samples: int) -> Labels:  # noqa: ANN401  # whatever has labels
    """Return labels as `read_labels` does, of any number of classes and rows, none included."""
    array = _label_array(y)
    if array.ndim != 1:
        raise ValueError(
            "y must be 1-D with shape (n_samples,), one label for each row of X, "
            f"got shape {array.shape}"
        )
    if array.size != n_samples:
        raise ValueError(
            f"X and y must have the same number of rows, got {n_samples} in X and {array.size} in y"
        )
    if n_samples == 0:
        return Labels(array[:0], np.empty(0, dtype=np.int32))
    return _READERS.get(array.dtype.kind, _of_objects)(array)


def object_array(items: Iterable[object]) -> AnyArray:
    """Return a vector of objects, whatever they are: tuples stay tuples."""
    items = list(items)
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


def _label_array(y: Any) -> AnyArray:  # noqa: ANN401
    """Return y as an array, of objects where another type would change labels."""
    if type(y) is np.ndarray:
        return y
    require_values(y, "y")
    if isinstance(y, list | tuple) and any(isinstance(label, tuple) for label in y):
        return object_array(y)
    try:
        array = np.asarray(y)
    except ValueError as error:
        raise ValueError(f"y must hold one label for each row of X: {error}") from None
    if array.ndim == 1 and array.dtype.kind in "US" and isinstance(y, list | tuple):
        text = str if array.dtype.kind == "U" else bytes
        if not all(isinstance(label, text) for label in y):
            return object_array(y)  # NumPy has converted numbers to text
    return array


def _of_integers(y: AnyArray) -> Labels:
    low, high = int(np.minimum.reduce(y)), int(np.maximum.reduce(y))
    if high - low > 2 * y.size + _DENSE or high > _INT64_MAX:
        return _sorted(y)
    codes = y.astype(np.int64, copy=False)
    if low != 0:
        codes = codes - low
    counts = np.bincount(codes)
    classes = np.arange(low, high + 1)
    if np.count_nonzero(counts) < counts.size:
        present = counts > 0
        classes = classes[present]
        codes = (np.cumsum(present) - 1)[codes]
    return Labels(classes.astype(y.dtype, copy=False), codes.astype(np.int32))


def _of_floats(y: AnyArray) -> Labels:
    if not np.isfinite(y).all():
        raise ValueError("y must hold labels, got NaN or infinity")
    broken = y != np.trunc(y)
    if broken.any():
        raise ValueError(
            f"y must hold labels: numbers have to be whole, got {y[broken][0].item()!r}; pass "
            "others as text"
        )
    if float(np.abs(y).max()) < _EXACT:  # integers are grouped faster
        classes, codes = _of_integers(y.astype(np.int64))
        return Labels(classes.astype(y.dtype), codes)
    return _sorted(y)


def _of_text(y: AnyArray) -> Labels:
    """Return the classes of texts, which hash faster than they sort."""
    return _hashed(y.tolist(), lambda classes: np.array(classes, dtype=y.dtype))


def _of_times(y: AnyArray) -> Labels:
    if np.isnat(y).any():
        raise ValueError("y must hold labels, got NaT")
    return _sorted(y)


def _sorted(y: AnyArray) -> Labels:
    classes, codes = np.unique(y, return_inverse=True)
    return Labels(classes, codes.astype(np.int32))


def _of_objects(y: AnyArray) -> Labels:
    return _hashed(y.tolist(), object_array)


def _hashed(items: list[Any], as_array: Callable[[list[Any]], AnyArray]) -> Labels:
    """Number labels in order of appearance, then sort them if they can be sorted."""
    try:
        found = list(dict.fromkeys(items))
    except TypeError as error:
        raise TypeError(f"y must hold hashable labels: {error}") from None
    for label in found:
        if _is_missing(label):
            raise ValueError(f"y must hold labels, got {label!r}")
    try:
        classes = sorted(found)
    except TypeError:
        classes = found
    number = {label: i for i, label in enumerate(classes)}
    codes = np.fromiter((number[label] for label in items), dtype=np.int32, count=len(items))
    return Labels(as_array(classes), codes)


def _is_missing(label: object) -> bool:
    """Whether a label is None, or does not equal itself, as NaN, NaT and NA do not."""
    if label is None:
        return True
    try:
        return not bool(label == label)  # noqa: PLR0124
    except TypeError:  # pandas.NA has no truth value
        return True


_READERS: dict[str, Callable[[AnyArray], Labels]] = {
    "b": _of_integers,
    "i": _of_integers,
    "u": _of_integers,
    "f": _of_floats,
    "U": _of_text,
    "S": _of_text,
    "M": _of_times,
    "m": _of_times,
}
