"""What the selections of half the rows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.record_parts import public, write_record
from elltwo.functional._base.validate import float64_array

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array


@public("elltwo")
class SelectionStability(NamedTuple):
    """How often halves of the rows choose each feature, from `elltwo.selection_stability`.

    Parameters
    ----------
    frequency : ndarray of shape (n_features,)
        Share of the halves that choose the feature.
    simultaneous : ndarray of shape (n_features,)
        Share of the pairs of which both halves do.
    n_chosen : float
        Mean number of features that a half chooses.
    n_pairs : int
        Number of pairs.
    feature_names : tuple of str or None
        Names of the features.
    """

    frequency: Float64Array
    simultaneous: Float64Array
    n_chosen: float
    n_pairs: int
    feature_names: tuple[str, ...] | None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the record to a file of JSON, which `elltwo.load` reads, see `RidgeFit.save`."""
        write_record(self, path)

    def selected(self, threshold: float = 0.75) -> npt.NDArray[np.intp]:
        """Return the features that at least a share of the halves choose.

        Parameters
        ----------
        threshold : float, default=0.75
            That share, in (1/2, 1].

        Returns
        -------
        ndarray of int
            Their numbers, ascending.
        """
        least = _read_threshold(threshold)
        return np.flatnonzero(self.frequency >= least * (1.0 - 1e-12))

    def error_bound(self, threshold: float = 0.75) -> float:
        """Bound how many features `selected` is expected to have that a half rarely chooses.

        Rarely is with a probability of at most q / p, which is that of a choice of q of p features
        by lot; q is estimated by `n_chosen`. The bound, ``q^2 / (p (2 threshold - 1))``, holds for
        any distribution of the data and any procedure (Shah and Samworth 2013, theorem 1 with
        theta = q / p).

        Parameters
        ----------
        threshold : float, default=0.75
            That of `selected`.

        Returns
        -------
        float
            Bound on the expected number.
        """
        least = _read_threshold(threshold)
        return self.n_chosen**2 / (self.frequency.size * (2.0 * least - 1.0))


def _read_threshold(threshold: object) -> float:
    value = float64_array(threshold, "threshold")  # type: ignore[arg-type]
    if value.ndim != 0 or not 0.5 < value <= 1.0:
        raise ValueError(f"threshold must be in (0.5, 1], got {threshold!r}")
    return float(value)
