"""What a fit must be to predict the rows of partitions, and the names of what it adds to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SHOWN = 20  # columns in the text of an error


def require_method(fit: Any, method: str) -> None:  # noqa: ANN401  # a record or an estimator
    """Refuse a fit that does not predict rows.

    Raises
    ------
    TypeError
        If it lacks the method, or holds several fits such as those of a path.
    """
    if hasattr(type(fit), "at"):
        raise TypeError(
            f"fit must be a single fit, got {type(fit).__name__}; take one of its fits by `at`"
        )
    if not hasattr(fit, method):
        raise TypeError(f"fit must have a method {method}, got {type(fit).__name__}")


def n_features_of(fit: Any) -> int:  # noqa: ANN401  # a record or an estimator
    """Return the number of features of a fit."""
    return int(np.shape(fit.coef if hasattr(fit, "coef") else fit.coef_)[-1])


def require_width(n_columns: int, n_features: int) -> None:
    """Refuse columns that hold more or fewer features than the fit has.

    Raises
    ------
    ValueError
        If their numbers differ.
    """
    if n_columns != n_features:
        raise ValueError(f"features hold {n_columns} column(s), the fit has {n_features}")


def names_of_features(fit: Any) -> list[str]:  # noqa: ANN401  # a record
    """Return the names by which a fit finds its features.

    Raises
    ------
    ValueError
        If it knows none.
    """
    names = getattr(fit, "feature_names", None)
    if names is None:
        raise ValueError("features must name columns, since the fit knows no names of features")
    return list(names)


def prediction_names(fit: Any, method: str, answer: Any) -> list[str]:  # noqa: ANN401
    """Return names of the columns of predictions, from the answer for one row.

    Raises
    ------
    TypeError
        If the answer is not one for a row, as where fits are stacked.
    """
    values = np.asarray(answer)
    if values.ndim not in {1, 2} or len(values) != 1:
        raise TypeError(f"fit must be a single fit, got {type(fit).__name__}")
    if values.ndim == 1:
        return ["prediction"]
    if method == "predict_proba":
        classes = fit.classes if hasattr(fit, "classes") else fit.classes_
        return [f"probability_{label}" for label in classes]
    names = getattr(fit, "target_names", None) or range(values.shape[1])
    return [f"prediction_{name}" for name in names]


def require_features(name: str, columns: Collection[str], wanted: Iterable[str]) -> None:
    """Refuse a table without columns that the fit predicts from; `name` is that of the argument.

    Raises
    ------
    ValueError
        If one of them is missing.
    """
    for column in wanted:
        if column not in columns:
            known = list(columns)
            shown = ", ".join(map(repr, known[:_SHOWN])) + (", ..." if known[_SHOWN:] else "")
            raise ValueError(
                f"{name} has no column {column!r}, which the fit predicts from; its columns are "
                f"{shown}"
            )


def require_room(name: str, columns: Collection[str], added: Iterable[str]) -> None:
    """Refuse a table that has a column of a prediction's name.

    Raises
    ------
    ValueError
        If there is one.
    """
    for column in added:
        if column in columns:
            raise ValueError(f"{name} has a column {column!r} already; rename or drop it")
