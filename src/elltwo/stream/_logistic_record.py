"""A logistic regression of a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.stream._fit_record import FitOfStream

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from elltwo.functional import LogisticInfo
    from elltwo.functional._base.validate import AnyArray, FloatArray
    from elltwo.functional._logistic_passes.cv_record import PassesCVFit
    from elltwo.functional._logistic_passes.record import PassesFit, PassInfo


@public("elltwo")
class LogisticStreamFit(FitOfStream["PassesFit | PassesCVFit"]):
    """A logistic regression of a stream, as `elltwo.fit_stream` returns it; read-only.

    Parameters
    ----------
    fit : PassesFit or PassesCVFit
        The fit to all rows.
    alpha : float
        Penalty of the fit, given or chosen.
    scores : PassesCVFit
        The choice of alpha, with `alphas` and `cv_score`; None where alpha was given.
    feature_names : list of str
        Names of the features, None where they have none.
    n_rows : int
        Rows of the fit, those without weight included.
    n_skipped : int
        Rows left out as something was missing in them.

    See Also
    --------
    elltwo.fit_stream : Makes one.
    """

    def __init__(
        self,
        fit: PassesFit | PassesCVFit,
        alpha: float,
        scores: PassesCVFit | None,
        feature_names: Sequence[str] | None,
        n_rows: int,
        n_skipped: int,
    ) -> None:
        self.fit = fit
        self.alpha = alpha
        self.scores = scores
        self.feature_names = None if feature_names is None else list(feature_names)
        self.n_rows = n_rows
        self.n_skipped = n_skipped

    @property
    def coef(self) -> FloatArray:
        """Coefficients, (n_features,) for two classes, else (n_classes, n_features)."""
        return self.fit.coef

    @property
    def intercept(self) -> float | FloatArray:
        """Intercept, or one for each of more than two classes; zero where none was fitted."""
        return self.fit.intercept

    @property
    def classes(self) -> AnyArray:
        """Labels, sorted, or in order of appearance where they cannot be sorted."""
        return self.fit.classes

    @property
    def info(self) -> LogisticInfo:
        """How the fit ended."""
        return self.fit.info

    @property
    def passes(self) -> PassInfo:
        """How often the data were read, and how long that took."""
        return self.fit.passes

    def predict(self, X: npt.ArrayLike, offset: npt.ArrayLike | None = None) -> AnyArray:
        """Predict the classes of the rows of X, by names of columns, see `LogisticFit.predict`."""
        return self.fit.predict(X, offset)

    def predict_proba(self, X: npt.ArrayLike, offset: npt.ArrayLike | None = None) -> FloatArray:
        """Predict probabilities, (n_samples, n_classes), see `LogisticFit.predict_proba`."""
        return self.fit.predict_proba(X, offset)

    def score(
        self,
        X: npt.ArrayLike,
        y: Any,  # noqa: ANN401  # whatever has labels
        sample_weight: npt.ArrayLike | None = None,
    ) -> float:
        """Evaluate the accuracy of predicted classes, see `LogisticFit.score`."""
        return self.fit.score(X, y, sample_weight)
