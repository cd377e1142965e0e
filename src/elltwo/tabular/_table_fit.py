"""A fit to a table that predicts from tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import read_level
from elltwo.functional._base.posterior import IntervalPrediction, Posterior
from elltwo.functional._base.record_parts import Saved, public
from elltwo.tabular._frame_table import columns_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    import elltwo
    from elltwo.tabular._coding import Coding
    from elltwo.tabular._columns import Columns, Float64Array

    AnyFit = elltwo.RidgeFit | elltwo.ElasticNetFit | elltwo.LogisticFit

NO_INTERVALS = (
    "this model has no posterior, from which intervals of predictions are made; fits with absolute "
    "values in the penalty, of many columns, or read in passes have none"
)


class Scaling(NamedTuple):
    """What columns were moved and divided by before the fit."""

    mean: Float64Array
    unit: Float64Array

    def apply(self, X: Float64Array) -> Float64Array:
        """Return the columns that the fit has seen."""
        return (X - self.mean) / self.unit


class Choice(NamedTuple):
    """How the penalty was given or chosen.

    Parameters
    ----------
    alpha, l1_ratio : float
        The penalty.
    standardize : bool
        Whether it is that of standardised columns.
    cv_error : float or None
        Error over left-out rows: the root of the mean squared error, or for classes the log loss;
        None if alpha was given.
    """

    alpha: float
    l1_ratio: float = 0.0
    standardize: bool = False
    cv_error: float | None = None


@public("elltwo")
class TableFit(Saved):
    """A fit to columns of a table, with what predictions from other tables need; read-only.

    ``elltwo fit --out`` writes one, and `elltwo.load` reads it.

    Parameters
    ----------
    fit : RidgeFit, ElasticNetFit or LogisticFit
        The fit to the matrix that `coding` makes, after `scaling`.
    coding : elltwo.tabular.Coding
        How columns of a table become those of the matrix.
    target : str
        Name of the column that is predicted.
    choice : Choice
        How the penalty was given or chosen.
    posterior : Posterior, default=None
        What intervals of predictions need.
    scaling : Scaling, default=None
        What the columns of the matrix were moved and divided by; None stands for nothing.

    See Also
    --------
    elltwo.load : Reads one.
    """

    __slots__ = ("_choice", "_coding", "_fit", "_posterior", "_scaling", "_target")

    def __init__(
        self,
        fit: AnyFit,
        coding: Coding,
        target: str,
        choice: Choice,
        posterior: Posterior | None = None,
        scaling: Scaling | None = None,
    ) -> None:
        self._fit = fit
        self._coding = coding
        self._target = target
        self._choice = choice
        self._posterior = posterior
        self._scaling = scaling

    @property
    def fit(self) -> Any:  # noqa: ANN401  # AnyFit, whose kind the user knows
        """The fit to the matrix, see `scaling`."""
        return self._fit

    @property
    def coding(self) -> Coding:
        """How columns of a table become columns of numbers."""
        return self._coding

    @property
    def target(self) -> str:
        """Name of the column that is predicted."""
        return self._target

    @property
    def choice(self) -> Choice:
        """How the penalty was given or chosen: `alpha`, `l1_ratio`, `standardize`, `cv_error`."""
        return self._choice

    @property
    def scaling(self) -> Scaling | None:
        """What the columns were moved and divided by before the fit; None for nothing."""
        return self._scaling

    @property
    def feature_names(self) -> list[str]:
        """Names of the features: columns of numbers, and levels as ``"region=north"``."""
        return self._coding.names

    @property
    def coef(self) -> Float64Array:
        """Coefficients in the units of the table, (n_features,) or (n_classes, n_features)."""
        coef = np.asarray(self._fit.coef, dtype=float)
        return coef if self._scaling is None else coef / self._scaling.unit

    @property
    def intercept(self) -> float | Float64Array:
        """Intercept in the units of the table, or one for each of more than two classes."""
        intercept = np.asarray(self._fit.intercept, dtype=float)
        if self._scaling is not None:
            intercept = intercept - self.coef @ self._scaling.mean
        return intercept if intercept.ndim else float(intercept)

    @property
    def classes(self) -> NDArray[Any] | None:
        """Labels of the classes, None for a regression of numbers."""
        return getattr(self._fit, "classes", None)

    @property
    def has_intervals(self) -> bool:
        """Whether there are intervals of predictions."""
        return self._posterior is not None

    def summary(self, **options: Any) -> Any:  # noqa: ANN401  # a record of the fit's kind
        """Report the fit as a table, see `summary` of the fit, whose options these are.

        Raises
        ------
        ValueError
            If the fit has left its data behind, as one from a file has.
        """
        return self._fit.summary(self.feature_names, **options)

    def predict(
        self,
        table: Any,  # noqa: ANN401
        *,
        unseen: str = "error",
        interval: float | None = None,
    ) -> Any:  # noqa: ANN401  # numbers or labels, or IntervalPrediction
        """Predict the target for the rows of a table.

        Parameters
        ----------
        table : table of pandas, polars or Arrow
            With the columns of the fit, in any order; others are ignored.
        unseen : {"error", "ignore"}, default="error"
            What becomes of levels that the fit has not seen: an error, or no effect.
        interval : float, default=None
            Level in (0, 1) of credible intervals for new targets; None for predictions alone.

        Returns
        -------
        ndarray of shape (n_rows,) or IntervalPrediction
            Numbers, NaN for rows in which a value is missing that is not imputed; or labels of
            classes, None for such rows.

        Raises
        ------
        ValueError
            If the table lacks a column or a cell cannot be read, a prediction overflows, or
            intervals are asked for and there are none, or those of labels.
        """
        rows = self._read(table, unseen)
        if interval is None:
            return rows.blank(self._fit.predict(rows.X))
        level = read_level(interval, "interval")
        if self.classes is not None:
            raise ValueError("labels have no intervals; predict_proba gives those of probabilities")
        if self._posterior is None:
            raise ValueError(NO_INTERVALS)
        found = self._posterior.of_targets(rows.X, self._fit.predict(rows.X), level)
        return rows.blank_all(found)

    def predict_proba(
        self,
        table: Any,  # noqa: ANN401
        *,
        unseen: str = "error",
        interval: float | None = None,
    ) -> Any:  # noqa: ANN401  # an array or IntervalPrediction
        """Predict the probabilities of the classes for the rows of a table.

        Parameters
        ----------
        table, unseen, interval
            See `predict`; the intervals are those of the probabilities.

        Returns
        -------
        ndarray of shape (n_rows, n_classes) or IntervalPrediction
            In the order of `classes`, NaN for rows in which a value is missing.

        Raises
        ------
        TypeError
            If the target is numbers.
        ValueError
            See `predict`.
        """
        fit: Any = self._fit
        if self.classes is None:
            raise TypeError("a regression of numbers has no probabilities of classes")
        rows = self._read(table, unseen)
        if interval is None:
            return rows.blank(fit.predict_proba(rows.X))
        level = read_level(interval, "interval")
        if self._posterior is None:
            raise ValueError(NO_INTERVALS)
        z = fit.linear_predictor(rows.X)
        return rows.blank_all(self._posterior.of_probabilities(rows.X, z, level))

    def _read(self, table: Any, unseen: str) -> _Rows:  # noqa: ANN401
        columns: Columns = columns_of(table)
        X = self._coding.matrix(columns, unseen=unseen)
        gaps = np.asarray(np.isnan(X).any(axis=1))
        X[gaps] = 0.0  # predicted like all others, and then blanked
        return _Rows(X if self._scaling is None else self._scaling.apply(X), gaps)

    def _saved(self) -> dict[str, Any]:
        posterior, scaling = self._posterior, self._scaling
        return {
            "target": self._target,
            "feature_names": self.feature_names,
            "fit": self._fit,
            "choice": self._choice._asdict(),
            "coding": self._coding.state(),
            "scaling": None if scaling is None else scaling._asdict(),
            "posterior": None if posterior is None else posterior._asdict(),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        content = (self._fit, self._coding, self._target, self._choice)
        return type(self), (*content, self._posterior, self._scaling)

    def _repr_html_(self) -> str:
        from elltwo.functional._base.coefficient_table import coefficients_html
        from elltwo.functional._base.html import html_block, html_pairs

        info = self._fit.info
        facts: dict[str, Any] = {"target": self._target, "fit": type(self._fit).__name__}
        facts |= {"alpha": self._choice.alpha, "solver": info.solver, "status": info.status}
        return html_block("TableFit", [html_pairs(facts), coefficients_html(self)])

    def __repr__(self) -> str:
        return (
            f"TableFit({self._target!r} from {len(self._coding.columns)} columns, "
            f"alpha={self._choice.alpha:.6g}, {type(self._fit).__name__})"
        )


class _Rows(NamedTuple):
    """Rows to predict, and flags of those in which a value is missing."""

    X: Float64Array
    gaps: NDArray[np.bool_]

    def blank(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return predictions with NaN, or None for labels, where a value is missing."""
        if not self.gaps.any():
            return values
        values = values.copy() if values.dtype.kind == "f" else values.astype(object)
        values[self.gaps] = None if values.dtype.kind == "O" else np.nan
        return values

    def blank_all(self, found: IntervalPrediction) -> IntervalPrediction:
        """Do so in all parts of predictions with intervals."""
        return IntervalPrediction(
            *(None if part is None else self.blank(np.asarray(part)) for part in found)  # type: ignore[arg-type]
        )
