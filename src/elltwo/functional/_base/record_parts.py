"""What the records of fits have in common, and the public path that they are known by."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from elltwo.functional._base.token import dask_token

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import Any

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array, FloatArray

LEFT_BEHIND = (
    "this fit has left its data behind, as copied, pickled and saved ones do; fit again, or ask "
    "for its statistics before"
)
HAS_BOUNDS = "statistics are not defined for a fit with bounds"

_Public = TypeVar("_Public")


def short_text(value: float | FloatArray) -> str:
    """Write a number or an array in one line."""
    return np.array2string(
        np.asarray(value), precision=6, separator=", ", threshold=8, edgeitems=3
    ).replace("\n", "")


def as_float32(values: Float64Array) -> FloatArray:
    """Return `values` in float32, or as they are where float32 would make infinities of them."""
    if np.abs(values).max(initial=0.0) > np.finfo(np.float32).max:
        return values
    return values.astype(np.float32)


class ScoredByR2:
    """What predicts numbers, and is scored by them."""

    __slots__ = ()

    def score(
        self,
        X: Any,  # noqa: ANN401  # dense or sparse
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Evaluate the coefficient of determination R^2 of the predictions of rows.

        It is ``1 - sum(w (y - p)^2) / sum(w (y - mean)^2)`` for predictions p and weights w, the
        mean of that over several targets: what scikit-learn's regressors call their score.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict, as for `predict`.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            What they are to be.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative and not all zero.

        Returns
        -------
        float
            R^2; 1 is the best there is, and the mean of y has 0.

        Raises
        ------
        ValueError
            If shapes disagree, data hold NaN or infinity, or there is one row only.
        TypeError
            If an argument does not hold real numbers.
        """
        from elltwo.functional._base.score import r2_of

        return r2_of(self, X, y, sample_weight)


class Saved:
    """What can be saved to a file that holds nothing which runs.

    A record is written as the arguments that its copies are made with; those which need more
    override `_saved`.
    """

    __slots__ = ()
    _names_apart = True  # whether names are written beside the arguments, which do not hold them

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fit to a file of JSON, which `elltwo.load` reads.

        It holds what a copy of the fit does: not the data that it was made from. An existing file
        is replaced in one step.

        Parameters
        ----------
        path : str or path-like
            File to write.

        Raises
        ------
        OSError
            If the file cannot be written.
        TypeError
            If the fit holds something for which such a file has no form.
        """
        write_record(self, path)

    def _saved(self) -> dict[str, Any]:
        """Return what is written, by name."""
        kind = type(self)
        arguments = self.__reduce__()[1]
        parameters = kind.__init__.__code__.co_varnames[1 : len(arguments) + 1]
        content = dict(zip(parameters, arguments, strict=True))
        if self._names_apart:
            names: Any = getattr(self, "_names")  # noqa: B009  # of subclasses
            content["feature_names"] = _as_list(names.features)
            content["target_names"] = _as_list(names.targets)
            content["table_package"] = names.package
        return content


def write_record(record: object, path: str | os.PathLike[str]) -> None:
    """Write a record to a file, see `Saved.save`."""
    from elltwo.functional._base.saved_files import write_model

    write_model(record, path)


def _as_list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def public(module: str) -> Callable[[_Public], _Public]:
    """Name a class or function as one of `module`, so that pickles do not name its private home.

    dask names the values of such a class by `dask_token`.
    """

    def rename(value: _Public) -> _Public:
        value.__module__ = module
        if isinstance(value, type):
            value.__dask_tokenize__ = dask_token  # type: ignore[attr-defined]
        return value

    return rename
