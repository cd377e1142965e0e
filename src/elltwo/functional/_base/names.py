"""Names of features and targets, where X and y are tables that have them."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.lazy import refuse_lazy
from elltwo.functional._base.validate import WITHOUT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import ParamSpec, TypeVar

    import numpy.typing as npt

    _Arguments = ParamSpec("_Arguments")
    _Result = TypeVar("_Result")


class Names(NamedTuple):
    """Names of the columns of X and y, and the package that they are of; None stands for none."""

    features: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None
    package: str | None = None  #: "pandas", "polars" or "pyarrow", in which frames are returned


NAMELESS = Names()


class Named:
    """What records of fits know by name; subclasses hold `_names`."""

    __slots__ = ()

    _names: Names

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """Names of the features, those of the columns of X; None where X had none.

        A table has names if all its columns have text for a name.
        """
        return self._names.features

    @property
    def target_names(self) -> tuple[str, ...] | None:
        """Names of the targets, those of the columns of y or that of a Series; None for none."""
        return self._names.targets

    def _state(self) -> tuple[tuple[Any, ...], ...]:
        """Return what pickles hold beside the arguments of the constructor, where it is needed."""
        names = self._names
        return () if names == NAMELESS else (tuple(names),)


def read_names(names: Sequence[str] | None, argument: str, size: int) -> tuple[str, ...] | None:
    """Return names that an argument gives, one for each of so many things; None stays None."""
    if names is None:
        return None
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{argument} must be a sequence of {size} names, got {names!r}")
    if len(names) != size:
        raise ValueError(f"{argument} must have length {size}, got {len(names)}")
    return tuple(map(str, names))


def names_of(X: Any, y: npt.ArrayLike | None = None) -> Names:  # noqa: ANN401  # dense or sparse
    """Read the names of the columns of X and y.

    Columns have names if every one of them has text for a name, which is scikit-learn's rule. A
    Series has the one name that it bears.
    """
    if isinstance(X, WITHOUT_COLUMNS) and (y is None or isinstance(y, WITHOUT_COLUMNS)):
        return NAMELESS
    from elltwo.functional._base.tables import column_names, package_of, target_names

    refuse_lazy(X, "X")
    refuse_lazy(y, "y")
    features, targets = column_names(X), target_names(y)
    if features or targets:
        return Names(features, targets, package_of(X) or package_of(y))
    return NAMELESS


def name_column(error: ValueError, names: Sequence[str] | None) -> None:
    """Let the error of a value in X call its column by name, and say what to do."""
    text = str(error)
    if not names or not re.match(r"X (of .* )?contains ", text):
        return
    advised = "; " in text or " contains NaN at " not in text
    advice = "" if advised else "; drop or impute it"
    named = re.sub(r"\bcolumn (\d+)", lambda found: f"column {names[int(found[1])]!r}", text)
    error.args = (named + advice,)


def naming_columns(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let errors of a function, whose first argument is X, call columns of a table by name."""

    @wraps(function)
    def named(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            name_column(error, names_of(args[0] if args else kwargs.get("X")).features)
            raise

    return named


def by_feature(
    value: npt.ArrayLike | None, argument: str, names: Sequence[str] | None
) -> npt.ArrayLike | None:
    """Put what is labelled by the features' names into their order.

    That is a Series of pandas with text for labels, or a table with a column for each feature. All
    else, and everything where the features have no names, is returned as it is.

    Raises
    ------
    ValueError
        If the labels of a Series are not the names of the features.
    """
    if names is None or value is None or isinstance(value, WITHOUT_COLUMNS):
        return value
    from elltwo.functional._base.tables import is_table, read_labelled, read_table

    if is_table(value):
        return read_table(value, argument, names)
    labelled: npt.ArrayLike = read_labelled(value, argument, names)
    return labelled
