"""Estimators with scikit-learn's interface, for data in partitions.

An engine's module makes its own of them by two methods: `_open` turns what `fit` gets into an
engine and the options of a run, and `_ask` predicts in the engine's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import TOL
from elltwo.integrations._reduce import fits
from elltwo.integrations._reduce.logistic import MOST_PASSES, PASS_TOL, logistic
from elltwo.integrations._reduce.parameters import Parameters
from elltwo.integrations._reduce.scores import accuracy, r2

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from elltwo import linear_model
    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions


class Estimator(Parameters):
    """What the estimators of all models have in common; `fit_` is the record of the fit."""

    fit_: Any

    @staticmethod
    def _open(*data: Any, **options: Any) -> tuple[Engine, RunOptions]:  # noqa: ANN401
        """Return the engine of some data, and the options that are those of a run."""
        raise NotImplementedError

    @staticmethod
    def _ask(fit: Any, method: str, *data: Any, **options: Any) -> Any:  # noqa: ANN401
        """Return what a method of a record gives for some data."""
        raise NotImplementedError

    def _set_fit(self, fit: Any) -> Self:  # noqa: ANN401  # a record
        self.fit_ = fit
        self.coef_ = fit.coef
        self.intercept_ = fit.intercept
        self.info_ = fit.info
        self.n_features_in_ = int(fit.coef.shape[-1])
        self.__dict__.pop("feature_names_in_", None)
        if fit.feature_names is not None:
            self.feature_names_in_ = np.array(fit.feature_names, dtype=object)
        return self

    def predict(self, *data: Any, **options: Any) -> Any:  # noqa: ANN401
        """Predict rows.

        Parameters
        ----------
        *data, **options : object
            As the function `predict` of the same module takes them after the fit.

        Returns
        -------
        object
            What that function returns.
        """
        return self._ask(self._fitted(), "predict", *data, **options)

    def _fitted(self) -> Any:  # noqa: ANN401
        if "fit_" not in self.__dict__:
            raise ValueError(f"this {type(self).__name__} is not fitted yet; call fit first")
        return self.fit_

    def _local(self, estimator: Any) -> Any:  # noqa: ANN401
        """Give an estimator of `elltwo.linear_model` what a fit would have given it."""
        fit = self._fitted()
        estimator.coef_, estimator.intercept_ = fit.coef, fit.intercept
        estimator.info_ = fit.info
        estimator.n_features_in_ = self.n_features_in_
        if fit.feature_names is not None:
            estimator.feature_names_in_ = self.feature_names_in_
        return estimator


class Regressor(Estimator):
    """What regressions have in common."""

    _estimator_type = "regressor"

    def score(self, *data: Any, **options: Any) -> float:  # noqa: ANN401
        """Return the coefficient of determination, from the moments of some data, in one pass.

        Parameters
        ----------
        *data, **options : object
            As `fit` takes them.

        Returns
        -------
        float
            Of several targets the mean.
        """
        return r2(*self._open(*data, **options), self._fitted())


class Ridge(Regressor):
    """A ridge regression of data in partitions."""

    def __init__(
        self,
        alpha: npt.ArrayLike = 1.0,
        *,
        fit_intercept: bool = True,
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        tol: float = TOL,
    ) -> None:
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.tol = tol

    def fit(self, *data: Any, **options: Any) -> Self:  # noqa: ANN401
        """Fit the model, in one pass.

        Parameters
        ----------
        *data, **options : object
            As the function `ridge` of the same module takes them.

        Returns
        -------
        Ridge
            Itself.
        """
        return self._set_fit(fits.ridge(*self._open(*data, **options), **self.get_params()))

    def local(self) -> linear_model.Ridge:
        """Return the fit as an estimator for data in memory.

        Returns
        -------
        elltwo.linear_model.Ridge
            With the same parameters and coefficients.
        """
        from elltwo.linear_model import Ridge

        estimator: Ridge = self._local(Ridge(**self.get_params()))
        return _solved(estimator)


class RidgeCV(Regressor):
    """A ridge regression of data in partitions, its penalty chosen in the same pass."""

    def __init__(
        self,
        alphas: npt.ArrayLike | None = None,
        *,
        cv: int | str = 5,
        fit_intercept: bool = True,
        alpha_per_target: bool = False,
        select: str = "min",
        penalize_intercept: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        tol: float = TOL,
    ) -> None:
        self.alphas = alphas
        self.cv = cv
        self.fit_intercept = fit_intercept
        self.alpha_per_target = alpha_per_target
        self.select = select
        self.penalize_intercept = penalize_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.tol = tol

    def fit(self, *data: Any, **options: Any) -> Self:  # noqa: ANN401
        """Fit the model, and choose its penalty, in one pass.

        Parameters
        ----------
        *data, **options : object
            As the function `ridge_cv` of the same module takes them.

        Returns
        -------
        RidgeCV
            Itself.
        """
        given = self.get_params()
        given["per_target"] = given.pop("alpha_per_target")
        fit = fits.ridge_cv(*self._open(*data, **options), **given)
        self.alpha_ = fit.alpha
        self.alphas_ = fit.alphas
        return self._set_fit(fit)

    def local(self) -> linear_model.Ridge:
        """Return the fit as an estimator for data in memory, at the penalty that was chosen.

        Returns
        -------
        elltwo.linear_model.Ridge
            With the same coefficients.
        """
        from elltwo.linear_model import Ridge

        self._fitted()
        names = ("fit_intercept", "penalize_intercept", "penalty_factors", "prior_mean", "tol")
        given = {name: getattr(self, name) for name in names}
        estimator: Ridge = self._local(Ridge(alpha=self.alpha_, **given))
        return _solved(estimator)


class LogisticRegression(Estimator):
    """A logistic regression of data in partitions."""

    _estimator_type = "classifier"

    def __init__(
        self,
        C: float = 1.0,
        *,
        fit_intercept: bool = True,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        tol: float = PASS_TOL,
        max_iter: int = MOST_PASSES,
    ) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.penalty_factors = penalty_factors
        self.prior_mean = prior_mean
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, *data: Any, **options: Any) -> Self:  # noqa: ANN401
        """Fit the model, in 4 to 6 passes.

        Parameters
        ----------
        *data, **options : object
            As the function `logistic` of the same module takes them.

        Returns
        -------
        LogisticRegression
            Itself.
        """
        given = self.get_params()
        C = given.pop("C")
        if isinstance(C, bool) or not isinstance(C, int | float) or not C >= 0.0:
            raise ValueError(f"C must be a number in [0, inf], got {C!r}")
        alpha = np.inf if C == 0.0 else 1.0 / C
        fit = logistic(*self._open(*data, **options), alpha=alpha, **given)
        self._set_fit(fit)
        self.classes_ = fit.classes
        self.coef_ = np.atleast_2d(fit.coef)
        self.intercept_ = np.atleast_1d(np.asarray(fit.intercept, dtype=fit.coef.dtype))
        return self

    def predict_proba(self, *data: Any, **options: Any) -> Any:  # noqa: ANN401
        """Predict the probabilities of the classes.

        Parameters
        ----------
        *data, **options : object
            As the function `predict_proba` of the same module takes them after the fit.

        Returns
        -------
        object
            What that function returns.
        """
        return self._ask(self._fitted(), "predict_proba", *data, **options)

    def score(self, *data: Any, **options: Any) -> float:  # noqa: ANN401
        """Return the share of rows, by weight, whose class is predicted right, in one pass.

        Parameters
        ----------
        *data, **options : object
            As `fit` takes them.

        Returns
        -------
        float
            Accuracy.
        """
        return accuracy(*self._open(*data, **options), self._fitted())

    def local(self) -> linear_model.LogisticRegression:
        """Return the fit as an estimator for data in memory.

        Returns
        -------
        elltwo.linear_model.LogisticRegression
            With the same parameters and coefficients.
        """
        from elltwo.linear_model import LogisticRegression

        estimator: LogisticRegression = self._local(LogisticRegression(**self.get_params()))
        estimator.classes_ = self.classes_
        estimator.coef_, estimator.intercept_ = self.coef_, self.intercept_
        estimator.n_iter_ = np.array([self.info_.n_iter], dtype=np.int32)
        return estimator


def _solved(estimator: linear_model.Ridge) -> linear_model.Ridge:
    """Give a ridge regression the attributes that tell how it was solved."""
    info = estimator.info_
    estimator.n_iter_ = 1 + info.n_iter
    estimator.solver_ = info.solver.removeprefix("dual_")
    coef = estimator.coef_
    if coef.ndim == 2 and coef.shape[0] == 1:
        estimator.coef_ = coef[0]
    return estimator
