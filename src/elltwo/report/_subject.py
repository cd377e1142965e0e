"""What a report is about: a fit, the rows that it was made from, and how they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional import ElasticNetFit, LogisticFit, RidgeFit
from elltwo.functional._base.classes import read_labels
from elltwo.functional._base.names import names_of, read_names
from elltwo.functional._base.options import read_level
from elltwo.functional._base.row_blocks import column_moments
from elltwo.functional._base.sparse import feature_matrix
from elltwo.functional._base.validate import targets, vector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from elltwo.functional._base.row_blocks import Rows
    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import AnyArray, Float64Array

    AnyFit = RidgeFit | ElasticNetFit | LogisticFit

RIDGE, ELASTIC_NET, LOGISTIC = "ridge", "elastic_net", "logistic"
_TITLES = {
    RIDGE: "Ridge regression",
    ELASTIC_NET: "Elastic net",
    LOGISTIC: "Logistic regression",
}


class Subject(NamedTuple):
    """A fit of one target with its data."""

    fit: AnyFit
    X: ArrayLike | SparseLike  #: as it was given
    rows: Rows  #: X as numbers
    y: AnyArray  #: numbers, or labels of classes
    weight: Float64Array | None
    names: tuple[str, ...]  #: of the features
    target: str
    units: Float64Array  #: what the columns of X were divided by before the fit
    deviation: Float64Array  #: standard deviations of the columns of X
    mean: Float64Array  #: means of the columns of X
    level: float
    facts: Mapping[str, object]  #: more about the data, from the caller
    options: Mapping[str, Any]  #: keywords that the fit was made with

    @property
    def model(self) -> str:
        """Name of the model, as functions and the command line call it."""
        if isinstance(self.fit, LogisticFit):
            return LOGISTIC
        return ELASTIC_NET if isinstance(self.fit, ElasticNetFit) else RIDGE

    @property
    def model_name(self) -> str:
        """What the model is called in a title."""
        return _TITLES[self.model]

    @property
    def classes(self) -> list[Any] | None:
        """Labels of the classes, None for a number as target."""
        return self.fit.classes.tolist() if isinstance(self.fit, LogisticFit) else None

    @property
    def curves(self) -> list[str | None]:
        """What each row of coefficients is of: a class of more than two, or None."""
        classes = self.classes
        return [None] if classes is None or len(classes) < 3 else [str(label) for label in classes]

    @property
    def coef(self) -> Float64Array:
        """Coefficients, (n_curves, n_features), in the units of the fit."""
        return np.atleast_2d(np.asarray(self.fit.coef, dtype=np.float64))

    @property
    def effect(self) -> Float64Array:
        """Coefficients times the deviations of their columns, (n_curves, n_features)."""
        return self.coef * self.deviation

    @property
    def weights(self) -> Float64Array:
        """Weights of the rows, ones where there are none."""
        return np.ones(self.rows.shape[0]) if self.weight is None else self.weight

    @property
    def adds_to(self) -> str:
        """What a coefficient adds to, in words."""
        if self.classes is None:
            return self.target
        return f"the log-odds of {self.classes[-1]}"


class Called(NamedTuple):
    """What a report calls things, and what it adds to them."""

    feature_names: Sequence[str] | None = None
    target_name: str | None = None
    units: ArrayLike | None = None
    level: float = 0.95
    facts: Mapping[str, object] | None = None


def read_subject(
    fit: AnyFit,
    X: ArrayLike | SparseLike,
    y: ArrayLike,
    sample_weight: ArrayLike | None,
    called: Called,
    options: Mapping[str, Any],
) -> Subject:
    """Check what a report is to be written about."""
    if not isinstance(fit, RidgeFit | ElasticNetFit | LogisticFit):
        raise TypeError(
            "fit must be what ridge, elastic_net, logistic or their *_cv return, got "
            f"{type(fit).__name__}"
        )
    own = names_of(X, y)
    rows = feature_matrix(X, fit.feature_names)
    n, p = rows.shape
    coef = np.asarray(fit.coef)
    if coef.shape[-1] != p:
        raise ValueError(f"X must have the {coef.shape[-1]} feature(s) of fit, got {p}")
    if not isinstance(fit, LogisticFit) and coef.ndim != 1:
        raise ValueError(
            f"a report is about one target, but fit has {len(coef)}: fit each of them for itself"
        )
    if n < 2:
        raise ValueError(f"a report needs at least 2 rows, got {n}")
    names = read_names(called.feature_names, "feature_names", p) or fit.feature_names
    target = called.target_name or (own.targets or fit.target_names or ("y",))[0]
    weight = None
    if sample_weight is not None:
        weight = vector(sample_weight, "sample_weight", n, f"{n} row(s) of X")
    moments = column_moments(rows, weight, centred=True)
    units = np.ones(p)
    if called.units is not None:
        units = vector(called.units, "units", p, f"{p} feature(s)")
    return Subject(
        fit=fit,
        X=X,
        rows=rows,
        y=_read_target(fit, y, n),
        weight=weight,
        names=tuple(names or own.features or (f"x{j}" for j in range(p))),
        target=str(target),
        units=units,
        deviation=np.sqrt(moments.square / moments.weight),
        mean=moments.mean,
        level=read_level(called.level),
        facts=dict(called.facts or {}),
        options=options,
    )


def has_statistics(fit: RidgeFit) -> bool:
    """Whether a fit knows its rows: not one with bounds, nor one that has left its data behind."""
    try:
        return fit.statistics.has_rows
    except ValueError:
        return False


def _read_target(fit: AnyFit, y: ArrayLike, n_samples: int) -> AnyArray:
    if not isinstance(fit, LogisticFit):
        return targets(y, n_samples).reshape(n_samples)
    labels = read_labels(y, n_samples)
    unknown = [label for label in labels.classes.tolist() if label not in fit.classes.tolist()]
    if unknown:
        raise ValueError(f"y holds {unknown[0]!r}, which is none of the classes of fit")
    return labels.classes[labels.codes]
