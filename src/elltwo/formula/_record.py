"""What a fit by a formula returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from elltwo.functional._base.record_parts import Saved, public

if TYPE_CHECKING:
    from numpy.typing import NDArray

    import elltwo
    from elltwo.formula._coding import Coding

    AnyArray: TypeAlias = NDArray[Any]
    FloatArray: TypeAlias = NDArray[np.floating[Any]]
    AnyFit: TypeAlias = elltwo.RidgeFit | elltwo.ElasticNetFit | elltwo.LogisticFit

MISSING = ("error", "nan")


@public("elltwo.formula")
class FormulaFit(Saved):
    """A regression by a formula, as the functions of `elltwo.formula` return it; read-only.

    Parameters
    ----------
    fit : RidgeFit, ElasticNetFit, LogisticFit or a cross-validated one
        The fit to the columns of the formula.
    coding : object
        What the formula has learned from the rows that were fitted.

    See Also
    --------
    elltwo.formula.ridge : Makes one.
    """

    __slots__ = ("_coding", "_fit")

    def __init__(self, fit: AnyFit, coding: Coding) -> None:
        self._fit = fit
        self._coding = coding

    @property
    def formula(self) -> str:
        """The formula."""
        return self._coding.formula

    @property
    def fit(self) -> Any:  # noqa: ANN401  # AnyFit, whose kind the user knows
        """The fit, whose `feature_names` are the columns of the formula."""
        return self._fit

    @property
    def coding(self) -> str:
        """How categories are coded: "full", a column for every level, or "reference"."""
        return "full" if self._coding.side.full else "reference"

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Terms of the right side, each with the names of its columns."""
        return self._coding.terms

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of all columns of the right side."""
        return self._coding.names

    @property
    def coef(self) -> Any:  # noqa: ANN401  # an array
        """Coefficients in the order of `feature_names`, as the fit has them."""
        return self._fit.coef

    @property
    def intercept(self) -> Any:  # noqa: ANN401  # a number or an array
        """Intercept, as the fit has it; zero for a formula with ``- 1``."""
        return self._fit.intercept

    @property
    def info(self) -> Any:  # noqa: ANN401  # a record of its kind of fit
        """How the fit ended."""
        return self._fit.info

    @property
    def statistics(self) -> Any:  # noqa: ANN401  # a record of its kind of fit
        """Degrees of freedom, standard errors and more, as the fit has them."""
        return self._fit.statistics  # type: ignore[union-attr]  # of elastic nets an AttributeError

    def summary(self, **options: Any) -> Any:  # noqa: ANN401  # a record of its kind of fit
        """Report the fit as a table that can be printed.

        Parameters
        ----------
        **options
            Options of the `summary` of the fit.

        Returns
        -------
        RidgeSummary, ElasticNetSummary or LogisticSummary
            Its text is the report, and its fields hold the numbers.
        """
        return self._fit.summary(**options)

    def coef_table(self, **options: Any) -> Any:  # noqa: ANN401  # a frame of whichever package
        """Return the coefficients as a frame, with errors and intervals where there are some.

        Parameters
        ----------
        **options
            Options of the `coef_table` of the fit.

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            A row for each column of the formula, and one for the intercept, in the package of the
            table that was fitted unless the option `kind` says otherwise.
        """
        return self._fit.coef_table(**{"kind": self._coding.package, **options})

    def matrix(self, data: Any, *, unseen: str = "error") -> FloatArray:  # noqa: ANN401  # a table
        """Return the columns of the right side for the rows of a table.

        Parameters
        ----------
        data : table of pandas, polars or Arrow, or dictionary of columns
            With the columns that the right side names, without missing values.
        unseen : {"error", "ignore"}, default="error"
            Whether levels of categories that no row of the fit had are an error, or have zeros in
            the columns of all levels.

        Returns
        -------
        ndarray of shape (n_rows, n_features)
            Columns in the order of `feature_names`, transformed as those of the fit were.

        Raises
        ------
        TypeError, ValueError
            See `predict`.
        """
        X, _ = self._coding.matrix(data, unseen=unseen)
        return X

    def predict(
        self,
        data: Any,  # noqa: ANN401  # a table
        *,
        unseen: str = "error",
        missing: str = "error",
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401  # an array, or what an option asks for
        """Predict the rows of a table, which needs the columns of the right side alone.

        Transformations have the constants that they had in the fit: ``scale(x)`` its mean and
        deviation, ``poly`` its polynomials, categories their levels.

        Parameters
        ----------
        data : table of pandas, polars or Arrow, or dictionary of columns
            Rows to predict.
        unseen : {"error", "ignore"}, default="error"
            What becomes of a level of a category that no row of the fit had. Ignored, it has no
            effect of its own, as if its coefficients were at their prior means of 0; that needs
            the coding "full".
        missing : {"error", "nan"}, default="error"
            Whether a missing value is an error, or its row has NaN for a prediction, of classes
            None.
        **options
            Options of the `predict` of the fit.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_targets)
            Predictions in the units of the left side, of classes labels.

        Raises
        ------
        TypeError
            If a column does not hold what it held in the fit.
        ValueError
            If a column is not there, a value is missing or infinite, or a level was not fitted; the
            message names column, row and value.
        """
        return self._for_rows(data, unseen, missing, lambda X: self._fit.predict(X, **options))

    def predict_proba(
        self,
        data: Any,  # noqa: ANN401  # a table
        *,
        unseen: str = "error",
        missing: str = "error",
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401  # an array, or what an option asks for
        """Predict the probabilities of the classes for the rows of a table.

        Parameters
        ----------
        data : table of pandas, polars or Arrow, or dictionary of columns
            Rows to predict.
        unseen : {"error", "ignore"}, default="error"
            See `predict`.
        missing : {"error", "nan"}, default="error"
            See `predict`.
        **options
            Options of the `predict_proba` of the fit.

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Probabilities in the order of ``fit.classes``.

        Raises
        ------
        TypeError, ValueError
            See `predict`; TypeError also for a fit without classes.
        """
        if not hasattr(self._fit, "predict_proba"):
            raise TypeError("only fits of classes, by elltwo.formula.logistic, have probabilities")
        predict_proba = self._fit.predict_proba
        return self._for_rows(data, unseen, missing, lambda X: predict_proba(X, **options))

    def _for_rows(self, data: Any, unseen: str, missing: str, predict: Any) -> Any:  # noqa: ANN401
        if missing not in MISSING:
            raise ValueError(f"missing must be 'error' or 'nan', got {missing!r}")
        X, rows = self._coding.matrix(data, unseen=unseen, missing=missing == "nan")
        predicted = predict(X)
        if rows.all():
            return predicted
        if not isinstance(predicted, np.ndarray):
            raise TypeError("missing='nan' is for arrays of predictions; leave out such rows")
        return _spread(predicted, rows)

    def _saved(self) -> dict[str, Any]:
        from elltwo.formula._written import written_coding

        return {"fit": self._fit, **written_coding(self._coding)}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._fit, self._coding)

    def _repr_html_(self) -> str:
        from elltwo.functional._base.html import html_block, html_pairs

        facts = {"formula": self.formula, "coding": self.coding}
        return html_block(type(self).__name__, [html_pairs(facts), self._fit._repr_html_()])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.formula!r}, coding={self.coding!r}, {self._fit!r})"


def _spread(predicted: AnyArray, rows: NDArray[np.bool_]) -> AnyArray:
    """Put predictions into their rows, and NaN or None into the others."""
    numbers = predicted.dtype.kind == "f"
    shape = (len(rows), *predicted.shape[1:])
    spread: AnyArray = np.full(shape, np.nan, predicted.dtype) if numbers else np.full(shape, None)
    spread[rows] = predicted
    return spread
