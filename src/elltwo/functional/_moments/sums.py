"""Sums over rows that are added and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.compiled import _core
from elltwo.functional._base.names import NAMELESS, Named, Names, read_names
from elltwo.functional._base.options import count
from elltwo.functional._base.validate import float64_array
from elltwo.functional._moments.naming import aligned, with_names, without_names
from elltwo.functional._moments.rows import feature_numbers, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array


class MomentSums(Named):
    """The part of `elltwo.Moments` that adds, removes and merges rows."""

    __slots__ = ("_core", "_names")

    def __init__(
        self,
        n_features: int,
        n_targets: int | None = None,
        *,
        feature_names: Sequence[str] | None = None,
        target_names: Sequence[str] | None = None,
    ) -> None:
        p = count(n_features, "n_features", minimum=1)
        t = 1 if n_targets is None else count(n_targets, "n_targets", minimum=1)
        self._core = _core.Moments(p, t, n_targets is None)
        self._names = NAMELESS
        if feature_names is not None or target_names is not None:
            self._names = Names(
                read_names(feature_names, "feature_names", p),
                read_names(target_names, "target_names", t),
            )

    @classmethod
    def _of(cls, core: _core.Moments, names: Names) -> Self:
        made = cls.__new__(cls)
        made._core = core
        made._names = names
        return made

    def add(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        *,
        sample_weight: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> Self:
        """Add rows, in one pass that also checks them; nothing of their size is copied.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Features, finite. Products are formed in float64. Sparse X is made dense in blocks. The
            names of the columns of a table, where it is the first to be added, become those of the
            moments; columns of later tables are found by name, and others are ignored.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Targets, those of a table likewise.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, not negative. They mean repetition, as in `ridge`.
        n_threads : int, default=None
            Threads to use; None stands for `elltwo.get_num_threads()`.

        Returns
        -------
        Moments
            Itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers.
        ValueError
            If shapes disagree, a table lacks a column, or a value is NaN, infinite or a negative
            weight.
        """
        if sample_weight is None and n_threads is None and self._core.add_plain(X, y):
            return self
        self._names = read_rows(self._core, self._names, X, y, sample_weight, n_threads)
        return self

    def remove(
        self,
        X: npt.ArrayLike | SparseLike,
        y: npt.ArrayLike,
        *,
        sample_weight: npt.ArrayLike | None = None,
        n_threads: int | None = None,
    ) -> Self:
        """Remove rows that were added, whatever portions they came in.

        Rounding of what has been removed stays, and `relative_error` grows as the squares that it
        is relative to shrink.

        Parameters
        ----------
        X, y, sample_weight, n_threads : see `add`
            The rows.

        Returns
        -------
        Moments
            Itself.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers.
        ValueError
            As `add`, and if no digit of a column's squares, or of the weight, would be left, as
            where rows are removed that were not added.
        """
        read_rows(self._core, self._names, X, y, sample_weight, n_threads, remove=True)
        return self

    def merge(self, *others: MomentSums) -> Self:
        """Add the rows of other moments, which stay as they are.

        Parameters
        ----------
        *others : Moments
            Of the same features and targets; features are matched by name where both have names.

        Returns
        -------
        Moments
            Itself.
        """
        names = self._names
        if names == NAMELESS and self._core.n_rows == 0:
            known = (getattr(other, "_names", NAMELESS) for other in others)
            names = next((found for found in known if found != NAMELESS), NAMELESS)
        for core in [aligned(other, self._core, names) for other in others]:
            self._core.merge(core)
        self._names = names
        return self

    def subtract(self, other: MomentSums) -> Self:
        """Remove the rows of other moments, as `remove` does.

        Parameters
        ----------
        other : Moments
            Moments of rows that were added.

        Returns
        -------
        Moments
            Itself.

        Raises
        ------
        ValueError
            If no digit of a column's squares, or of the weight, would be left.
        """
        self._core.subtract(aligned(other, self._core, self._names))
        return self

    def scale(self, factor: float) -> Self:
        """Multiply all weights so far, as for exponential forgetting.

        Parameters
        ----------
        factor : float
            Positive and finite.

        Returns
        -------
        Moments
            Itself.
        """
        value = float64_array(factor, "factor")
        if value.ndim != 0 or not 0.0 < float(value) < np.inf:
            raise ValueError(f"factor must be a positive finite number, got {factor!r}")
        self._core.scale(float(value))
        return self

    def select(self, columns: npt.ArrayLike) -> Self:
        """Return the moments of some features, and all targets.

        Parameters
        ----------
        columns : array-like of int or bool
            Numbers of features, in the order wanted, negative ones counting from the end, or a
            mask.

        Returns
        -------
        Moments
            New moments.
        """
        numbers = feature_numbers(columns, self.n_features)
        names = self._names
        if names.features is not None:
            names = names._replace(features=tuple(names.features[j] for j in numbers))
        return self._of(self._core.select(numbers), names)

    def copy(self) -> Self:
        """Return a copy, which shares memory until one of the two changes.

        Returns
        -------
        Moments
            New moments.
        """
        return self._of(self._core.copy(), self._names)

    def to_bytes(self) -> bytes:
        """Return everything as bytes, with a version and a checksum.

        Returns
        -------
        bytes
            The same for the same sums, bit by bit.
        """
        return with_names(self._core.to_bytes(), self._names)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return what `to_bytes` was called on.

        Parameters
        ----------
        data : bytes
            What `to_bytes` returned.

        Returns
        -------
        Moments
            New moments.

        Raises
        ------
        ValueError
            If bytes are missing or altered, or of another version.
        """
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data must be bytes, got {type(data).__name__}")
        core, names = without_names(bytes(data))
        return cls._of(_core.Moments(core), names)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_bytes, (self.to_bytes(),)

    def _targets(self, values: Float64Array) -> Any:  # noqa: ANN401  # a float, or an array
        return float(values[0]) if self._core.one_dimensional else values

    @property
    def n_features(self) -> int:
        """Number of features."""
        return self._core.n_features

    @property
    def n_targets(self) -> int:
        """Number of targets."""
        return self._core.n_targets

    @property
    def n_rows(self) -> int:
        """Number of rows of positive weight."""
        return self._core.n_rows

    @property
    def weight(self) -> float:
        """Sum of the weights."""
        return self._core.weight

    @property
    def x_mean(self) -> Float64Array:
        """Means of the features, zero before there are rows."""
        return self._core.means()[: self.n_features]

    @property
    def y_mean(self) -> Any:  # noqa: ANN401  # a float, or an array
        """Mean of the target, or of shape (n_targets,)."""
        return self._targets(self._core.means()[self.n_features :])

    @property
    def gram(self) -> Float64Array:
        """Products of the features about their means, of shape (n_features, n_features)."""
        return self._core.products()[:, : self.n_features].copy()

    @property
    def xty(self) -> Float64Array:
        """Products of features and targets about their means, with targets as columns if y has."""
        products = self._core.products()[:, self.n_features :]
        return products[:, 0].copy() if self._core.one_dimensional else products.copy()

    @property
    def yty(self) -> Any:  # noqa: ANN401  # a float, or an array
        """Squares of the target about its mean, or of shape (n_targets,)."""
        return self._targets(self._core.squares()[self.n_features :])

    @property
    def relative_error(self) -> Float64Array:
        """Bounds on the relative errors of the features' squares, the diagonal of `gram`.

        They count rounding in the worst case, over everything that was added and removed; errors
        are as a rule a hundred times smaller. Zero for constant features.
        """
        return self._core.relative_errors()[: self.n_features]

    def __repr__(self) -> str:
        targets = "" if self._core.one_dimensional else f", n_targets={self.n_targets}"
        return (
            f"{type(self).__name__}(n_features={self.n_features}{targets}, "
            f"n_rows={self.n_rows}, weight={self.weight:.6g})"
        )
