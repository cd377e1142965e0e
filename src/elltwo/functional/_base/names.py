"""Names of features and targets, where X and y are tables that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.validate import WITHOUT_COLUMNS

if TYPE_CHECKING:
    import numpy.typing as npt


class Names(NamedTuple):
    """Names of the columns of X and y; None stands for none."""

    features: tuple[str, ...] | None = None
    targets: tuple[str, ...] | None = None

    def of_features(self, n_features: int) -> tuple[str, ...]:
        """Return the features' names, or x0, x1 and so on."""
        return self.features or tuple(f"x{j}" for j in range(n_features))


NAMELESS = Names()


def names_of(X: Any, y: npt.ArrayLike | None = None) -> Names:  # noqa: ANN401  # dense or sparse
    """Read the names of the columns of X and y.

    Columns have names if every one of them has text for a name, which is scikit-learn's rule. A
    Series has the one name that it bears.
    """
    if isinstance(X, WITHOUT_COLUMNS) and (y is None or isinstance(y, WITHOUT_COLUMNS)):
        return NAMELESS
    from elltwo.functional._base.tables import column_names, target_names

    features, targets = column_names(X), target_names(y)
    return Names(features, targets) if features or targets else NAMELESS
