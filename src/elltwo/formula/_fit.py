"""Regressions by formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

import elltwo
from elltwo.formula._by_term import bounds_by_column, by_column
from elltwo.formula._record import FormulaFit
from elltwo.formula._rows import Request, read_rows
from elltwo.functional._base.record_parts import public

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike

CODINGS = ("auto", "full", "reference")
_FOLDS = 5


@public("elltwo.formula")
def ridge(
    formula: str,
    data: Any,  # noqa: ANN401  # a table
    *,
    alpha: ArrayLike | str,
    coding: str = "auto",
    penalty_factors: Mapping[str, float] | ArrayLike | None = None,
    prior_mean: Mapping[str, float] | ArrayLike | None = None,
    bounds: Any = None,  # noqa: ANN401  # a pair of mappings, arrays or numbers
    sample_weight: ArrayLike | str | None = None,
    missing: str = "error",
    context: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401
) -> FormulaFit:
    """Fit `elltwo.ridge` by a formula, or `elltwo.ridge_cv` where alpha is to be chosen.

    The objective is that of `elltwo.ridge`, on the columns that the right side of the formula
    yields. The library formulaic reads formulas, in the language of R and patsy: ``a + b`` are
    terms, ``a:b`` their product, ``a * b`` all three, ``- 1`` leaves the intercept out, ``.`` are
    all other columns, ``C(a)`` is a category, ``I(a / b)`` arithmetic, and ``poly(a, 2)``,
    ``bs(a, df=5)``, ``scale(a)`` and the functions of NumPy are transformations, which predictions
    repeat with the constants that they had in the fit.

    Under a penalty categories have a column for every level: there is no reference level, the
    intercept is free, and the penalty, which makes the coefficients unique, treats all levels
    alike. At ``alpha=0`` the first level is the reference, as in R and statsmodels.

    Parameters
    ----------
    formula : str
        What is predicted, ``~``, and terms: ``"sales ~ price + C(region) + poly(age, 2)"``. Several
        targets are a sum on the left. Text and categories need no ``C()``.
    data : table of pandas, polars or Arrow, or dictionary of columns
        With the columns that the formula names; others are not read.
    alpha : float, array-like of shape (n_targets,) or {"loo", "gcv", "cv"}
        Strength of the penalty in [0, inf]. A word chooses it as the `cv` of `elltwo.ridge_cv`
        does; "cv" stands for the option `cv`, 5 folds by default.
    coding : {"auto", "full", "reference"}, default="auto"
        "full" has a column for every level of a category, "reference" none for the first of them
        where it would depend on other columns; "auto" is "reference" at alpha 0, else "full".
    penalty_factors : dict or array-like of shape (n_features,), default=None
        Multiples of alpha by term, 1 for those that are not named: ``{"C(region)": 0}`` leaves all
        levels of a category without a penalty, and with a free intercept their coefficients then
        sum to zero. Keys may be columns of the formula as well, ``"C(region)[north]"``.
    prior_mean : float, dict or array-like of shape (n_features,), default=None
        Values that the coefficients shrink to, 0 for terms that are not named.
    bounds : tuple (lower, upper), default=None
        Bounds of the coefficients, each a number, an array, None or a dictionary by term.
    sample_weight : str or array-like of shape (n_rows,), default=None
        A column of data, or weights of its rows.
    missing : {"error", "drop"}, default="error"
        Whether a missing value in a column that is used is an error, or its row left out.
    context : dict, default=None
        Names that the formula may use beside columns and known functions, as functions of yours.
        A fit that uses some cannot be saved to a file.
    **options
        Further options of `elltwo.ridge`, or `elltwo.ridge_cv`; `groups` may name a column. Whether
        there is an intercept is said in the formula.

    Returns
    -------
    FormulaFit
        Record with `fit`, `terms`, `coef`, `summary` and `predict` for tables.

    Raises
    ------
    TypeError
        If data is no table, a column holds dates or text beside numbers, or an option is unknown.
    ValueError
        If the formula cannot be read or evaluated, names what is no column, a value is missing or
        infinite, or as `elltwo.ridge` says; the message names column, row and value.
    ImportError
        If formulaic is not installed: ``pip install 'elltwo[formula]'``.

    Examples
    --------
    >>> import elltwo
    >>> data = {"sales": [9.0, 7.0, 6.0, 4.0], "price": [1.0, 2.0, 3.0, 4.0], "town": [*"abab"]}
    >>> fit = elltwo.formula.ridge("sales ~ price + town", data, alpha=1.0)
    >>> fit.terms
    {'price': ('price',), 'town': ('town[a]', 'town[b]')}
    >>> fit.predict({"price": [2.5, 2.5], "town": ["b", "a"]}).round(4)
    array([6.25, 6.75])
    """
    penalty = Penalty(alpha, coding, penalty_factors, prior_mean, bounds)
    beside = {"sample_weight": sample_weight, "groups": options.pop("groups", None)}
    functions = (elltwo.ridge, elltwo.ridge_cv)
    request = Request(formula, penalty.is_full(), False, missing, context)
    return _fitted(functions, data, request, penalty, beside, options)


@public("elltwo.formula")
def elastic_net(
    formula: str,
    data: Any,  # noqa: ANN401  # a table
    *,
    alpha: ArrayLike | str,
    l1_ratio: ArrayLike = 0.5,
    coding: str = "auto",
    penalty_factors: Mapping[str, float] | ArrayLike | None = None,
    prior_mean: Mapping[str, float] | ArrayLike | None = None,
    bounds: Any = None,  # noqa: ANN401  # a pair of mappings, arrays or numbers
    sample_weight: ArrayLike | str | None = None,
    missing: str = "error",
    context: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401
) -> FormulaFit:
    """Fit `elltwo.elastic_net` by a formula, or `elltwo.elastic_net_cv` for an alpha to be chosen.

    The objective is that of `elltwo.elastic_net`, on the columns that the right side of the
    formula yields, see `ridge`. Levels of a category are chosen one by one, and those whose
    coefficients are zero are like the average of all.

    Parameters
    ----------
    formula : str
        What is predicted, ``~``, and terms, see `ridge`.
    data : table of pandas, polars or Arrow, or dictionary of columns
        With the columns that the formula names.
    alpha : float, array-like of shape (n_targets,) or {"cv", "gcv", "aic", "bic", "ebic"}
        Strength of the penalty in [0, inf]. A word chooses it as the `cv` of
        `elltwo.elastic_net_cv` does; "cv" stands for the option `cv`, 5 folds by default.
    l1_ratio : float or array-like, default=0.5
        Share of the absolute values in the penalty; several where alpha is chosen.
    coding : {"auto", "full", "reference"}, default="auto"
        See `ridge`.
    penalty_factors : dict or array-like of shape (n_features,), default=None
        Multiples of alpha by term, see `ridge`.
    prior_mean : float, dict or array-like of shape (n_features,), default=None
        Values that the coefficients shrink to, 0 for terms that are not named.
    bounds : tuple (lower, upper), default=None
        Bounds of the coefficients, each a number, an array, None or a dictionary by term.
    sample_weight : str or array-like of shape (n_rows,), default=None
        A column of data, or weights of its rows.
    missing : {"error", "drop"}, default="error"
        Whether a missing value in a column that is used is an error, or its row left out.
    context : dict, default=None
        Names that the formula may use, see `ridge`.
    **options
        Further options of `elltwo.elastic_net`, or `elltwo.elastic_net_cv`; `groups` may name a
        column.

    Returns
    -------
    FormulaFit
        Record with `fit`, `terms`, `coef`, `summary` and `predict` for tables.

    Raises
    ------
    TypeError, ValueError, ImportError
        See `ridge`.
    """
    penalty = Penalty(alpha, coding, penalty_factors, prior_mean, bounds)
    beside = {"sample_weight": sample_weight, "groups": options.pop("groups", None)}
    functions = (elltwo.elastic_net, elltwo.elastic_net_cv)
    request = Request(formula, penalty.is_full(), False, missing, context)
    return _fitted(functions, data, request, penalty, beside, {"l1_ratio": l1_ratio, **options})


@public("elltwo.formula")
def logistic(
    formula: str,
    data: Any,  # noqa: ANN401  # a table
    *,
    alpha: float | str,
    l1_ratio: ArrayLike = 0.0,
    coding: str = "auto",
    penalty_factors: Mapping[str, float] | ArrayLike | None = None,
    prior_mean: Mapping[str, float] | ArrayLike | None = None,
    bounds: Any = None,  # noqa: ANN401  # a pair of mappings, arrays or numbers
    sample_weight: ArrayLike | str | None = None,
    offset: ArrayLike | str | None = None,
    missing: str = "error",
    context: Mapping[str, Any] | None = None,
    **options: Any,  # noqa: ANN401
) -> FormulaFit:
    """Fit `elltwo.logistic` by a formula, or `elltwo.logistic_cv` where alpha is to be chosen.

    The objective is that of `elltwo.logistic`, on the columns that the right side of the formula
    yields, see `ridge`. The left side is one column, whose values are the classes.

    Parameters
    ----------
    formula : str
        Column of classes, ``~``, and terms, see `ridge`.
    data : table of pandas, polars or Arrow, or dictionary of columns
        With the columns that the formula names.
    alpha : float or {"cv", "alo"}
        Strength of the penalty in [0, inf]. A word chooses it as the `cv` of `elltwo.logistic_cv`
        does; "cv" stands for the option `cv`, 5 folds by default.
    l1_ratio : float or array-like, default=0.0
        Share of the absolute values in the penalty; several where alpha is chosen.
    coding : {"auto", "full", "reference"}, default="auto"
        See `ridge`.
    penalty_factors : dict or array-like of shape (n_features,), default=None
        Multiples of alpha by term, see `ridge`.
    prior_mean : float, dict or array-like, default=None
        Values that the coefficients shrink to, 0 for terms that are not named.
    bounds : tuple (lower, upper), default=None
        Bounds of the coefficients, each a number, an array, None or a dictionary by term.
    sample_weight : str or array-like of shape (n_rows,), default=None
        A column of data, or weights of its rows.
    offset : str or array-like of shape (n_rows,) or (n_rows, n_classes), default=None
        A column of data, or a known part of the linear predictor of its rows. Predictions leave it
        out unless their option `offset` has it.
    missing : {"error", "drop"}, default="error"
        Whether a missing value in a column that is used is an error, or its row left out.
    context : dict, default=None
        Names that the formula may use, see `ridge`.
    **options
        Further options of `elltwo.logistic`, or `elltwo.logistic_cv`; `groups` may name a column.

    Returns
    -------
    FormulaFit
        Record with `fit`, `terms`, `coef`, `summary`, `predict` and `predict_proba` for tables.

    Raises
    ------
    TypeError, ValueError, ImportError
        See `ridge`.
    """
    penalty = Penalty(alpha, coding, penalty_factors, prior_mean, bounds)
    groups = options.pop("groups", None)
    beside = {"sample_weight": sample_weight, "offset": offset, "groups": groups}
    functions = (elltwo.logistic, elltwo.logistic_cv)
    request = Request(formula, penalty.is_full(), True, missing, context)
    return _fitted(functions, data, request, penalty, beside, {"l1_ratio": l1_ratio, **options})


class Penalty(NamedTuple):
    """A penalty as it was given, and how categories are coded under it."""

    alpha: Any
    coding: str
    penalty_factors: Any
    prior_mean: Any
    bounds: Any

    def is_full(self) -> bool:
        """Whether categories have a column for every level."""
        if self.coding not in CODINGS:
            raise ValueError(f"coding must be one of {', '.join(CODINGS)}, got {self.coding!r}")
        if self.coding != "auto":
            return self.coding == "full"
        return isinstance(self.alpha, str) or bool(np.any(np.asarray(self.alpha) != 0))


def _fitted(
    functions: tuple[Callable[..., Any], Callable[..., Any]],
    data: Any,  # noqa: ANN401
    request: Request,
    penalty: Penalty,
    beside: Mapping[str, Any],
    options: dict[str, Any],
) -> FormulaFit:
    """Read the rows and call the function for a given alpha, or the one that chooses it."""
    for name in ("fit_intercept", "X", "y"):
        if name in options:
            raise TypeError(f"{name} is said in the formula; '- 1' leaves out the intercept")
    rows = read_rows(data, request, beside)
    given = {
        "penalty_factors": by_column(penalty.penalty_factors, "penalty_factors", rows.coding, 1.0),
        "prior_mean": by_column(penalty.prior_mean, "prior_mean", rows.coding, 0.0),
        "bounds": bounds_by_column(penalty.bounds, rows.coding),
    }
    with_alpha, with_choice = functions
    call = {
        **{name: value for name, value in given.items() if value is not None},
        **rows.beside,
        **options,
        "fit_intercept": rows.coding.side.intercept,
    }
    if isinstance(penalty.alpha, str):
        call["cv"] = options.get("cv", _FOLDS) if penalty.alpha == "cv" else penalty.alpha
        return FormulaFit(with_choice(rows.X, rows.y, **call), rows.coding)
    return FormulaFit(with_alpha(rows.X, rows.y, alpha=penalty.alpha, **call), rows.coding)
