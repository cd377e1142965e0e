"""Errors of missing values, where rows that hold them can be left out."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    _Arguments = ParamSpec("_Arguments")
    _Result = TypeVar("_Result")

_ADVICE = "; drop or impute it"
_SKIP = 'or leave out such rows by missing="skip"'


def offering_to_skip(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let errors of missing values in X or y name the option that leaves their rows out."""

    @wraps(function)
    def offered(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except ValueError as error:
            text = str(error)
            if re.match(r"[Xy] (contains NaN at|has a missing value) ", text) and _SKIP not in text:
                error.args = (f"{text.removesuffix(_ADVICE)}{_ADVICE}, {_SKIP}",)
            raise

    return offered
