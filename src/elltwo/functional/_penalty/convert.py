"""Conversion of penalty strengths between the conventions of texts and packages."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.options import flag
from elltwo.functional._base.penalty_factors import factors_of_scales, merge_factors, strengths
from elltwo.functional._base.record_parts import public
from elltwo.functional._penalty.networks import NO_PENALTY
from elltwo.functional._penalty.quantities import Quantities, product, read_quantities
from elltwo.functional._penalty.table import CONVENTIONS

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._penalty.convention import Convention


@public("elltwo")
def convert_penalty(
    value: npt.ArrayLike,
    *,
    from_: str,
    to: str,
    n_samples: int | None = None,
    sum_weight: float | None = None,
    l1_ratio: float | None = None,
    sd_y: float | None = None,
    sd_x: npt.ArrayLike | None = None,
    standardize: bool = True,
    n_outputs: int | None = None,
    batch_size: int | None = None,
    noise_variance: float | None = None,
) -> float | Float64Array:
    r"""Convert the strength of an L2 penalty from one convention to another.

    Every convention of `penalty_conventions` has an objective that is proportional to that of
    `elltwo.ridge`, called ``"ridge"``, or to the logistic objective, called ``"logistic"``,

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j b_j^2
        \qquad\text{or}\qquad
        \sum_i w_i \operatorname{logloss}_i + \frac{\alpha}{2} \sum_j b_j^2,

    and through that alpha one convention is converted to the other. Mind the 1/2 in the second.
    Only what does not cancel between the two is asked for; arguments that neither needs are
    checked, but not used. A number cannot say that the intercept is penalised: `penalty_from` does.

    Parameters
    ----------
    value : float or array-like
        Strength in [0, inf], of any shape, in the convention `from_`. Where the value multiplies
        the loss (C) or is a variance, infinity stands for no penalty.
    from_, to : str
        Names of conventions, for the same loss.
    n_samples : int, default=None
        Number of rows n.
    sum_weight : float, default=None
        Sum of the weights W; `n_samples` by default.
    l1_ratio : float, default=None
        Share of the L1 penalty in an elastic net, in [0, 1); what is converted is its L2 part, see
        `convert_elastic_net` for both.
        Between two elastic nets it is the same for both, and cancels.
    sd_y : float, default=None
        Standard deviation of y with the divisor n, ``np.std(y)``, for packages that scale y.
    sd_x : float or array-like of shape (n_features,), default=None
        The same for the columns, for packages that scale them. With unequal columns no single
        number equals the penalty of a package that does not; see `penalty_from`.
    standardize : bool, default=True
        Whether packages that scale columns, if they are told to, did so; it is their default.
    n_outputs : int, default=None
        Number of targets that a mean squared error averages over, 1 by default.
    batch_size : int, default=None
        Rows in a batch, where the loss is a sum over it.
    noise_variance : float, default=None
        Variance of y about its expectation, for prior variances.

    Returns
    -------
    float or ndarray
        Strength in the convention `to`, float64, of the shape of `value`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a convention is unknown or equals no penalty (decoupled weight decay), the two differ in
        their loss, an argument that they need is missing or out of range, or columns of unequal
        scale make factors necessary.

    See Also
    --------
    penalty_from : Keyword arguments for `ridge`, penalty factors and intercept included.
    penalty_conventions : Names and formulas.
    convert_elastic_net : Both parts of the penalty of an elastic net.

    References
    ----------
    .. [1] T. Hastie, R. Tibshirani and J. Friedman (2009). The Elements of Statistical Learning,
       2nd ed. Equation 3.41, the convention "sse".
    .. [2] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33(1). Equation 1.

    Examples
    --------
    >>> import elltwo
    >>> elltwo.convert_penalty(0.02, from_="mse", to="ridge", n_samples=50)
    1.0
    >>> C = [0.5, float("inf")]
    >>> elltwo.convert_penalty(C, from_="sklearn.LogisticRegression", to="logistic")
    array([2., 0.])
    >>> elltwo.convert_penalty(0.1, from_="sklearn.ElasticNet", to="celer.ElasticNet")
    0.1
    """
    source, target = _convention(from_, "from_"), _convention(to, "to")
    if not source.hub & target.hub:
        raise ValueError(
            f"from_ and to must be for the same loss, got {from_!r} for {_hubs(source)} and "
            f"{to!r} for {_hubs(target)}"
        )
    given = Quantities(
        n_samples, sum_weight, l1_ratio, sd_y, sd_x, n_outputs, batch_size, noise_variance
    )
    quantities = read_quantities(given)
    exponents, owners = _net_exponents(from_, to, flag(standardize, "standardize"))
    if "sd_x" in exponents and np.ndim(quantities.get("sd_x", 0.0)) > 0:
        raise ValueError(
            f"{owners['sd_x']!r} scales columns, and with one sd_x for each no single value is "
            "equal to another convention's; penalty_from returns the factors that it takes, "
            "standardize=False stands for a fit without scaling"
        )
    factor = source.constant / target.constant * product(exponents, owners, quantities)
    strength = strengths(value, "value")
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        alpha = (1.0 / strength if source.inverse else strength) * factor
        converted = 1.0 / alpha if target.inverse else alpha
    return _like_value(converted)


@public("elltwo")
def penalty_from(
    convention: str,
    value: npt.ArrayLike,
    *,
    penalty_factors: npt.ArrayLike | None = None,
    n_samples: int | None = None,
    sum_weight: float | None = None,
    l1_ratio: float | None = None,
    sd_y: float | None = None,
    sd_x: npt.ArrayLike | None = None,
    standardize: bool = True,
    n_outputs: int | None = None,
    batch_size: int | None = None,
    noise_variance: float | None = None,
) -> dict[str, Any]:
    """Return the penalty of another convention as keyword arguments for `ridge`.

    Unlike `convert_penalty` this carries over all of the penalty: the scales of the columns, where
    the package standardises them, become penalty factors, and the intercept is penalised where the
    convention does so. For conventions of the log loss the arguments are those of the logistic
    objective, see `convert_penalty`.

    Parameters
    ----------
    convention : str
        One of `penalty_conventions`.
    value : float or array-like
        Strength in [0, inf] in that convention.
    penalty_factors : array-like of shape (n_features,), default=None
        Factors in [0, inf] in that convention, such as glmnet's ``penalty.factor``, which is scaled
        to a mean of 1.
    n_samples, sum_weight, l1_ratio, sd_y : default=None
        As in `convert_penalty`, where the convention needs them.
    sd_x : float or array-like of shape (n_features,), default=None
        Standard deviations of the columns with the divisor n, ``np.std(X, axis=0)``, for packages
        that scale them. Such packages leave constant columns out: 0 makes a factor of infinity.
    standardize : bool, default=True
        Whether a package that scales columns, if it is told to, did so.
    n_outputs, batch_size, noise_variance : default=None
        As in `convert_penalty`, where the convention needs them.

    Returns
    -------
    dict
        ``alpha``, of the shape of `value`; ``penalty_factors`` where they are not all equal by
        definition; and ``penalize_intercept=True`` where the convention penalises it.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the convention is unknown, or an argument that it needs is missing or out of range.

    See Also
    --------
    convert_penalty : One number for another.

    Examples
    --------
    >>> import elltwo
    >>> elltwo.penalty_from("mse", 0.02, n_samples=50)
    {'alpha': 1.0, 'penalize_intercept': True}
    >>> X, y = [[0.0, 1.0], [2.0, 1.0], [4.0, 7.0]], [1.0, 3.0, 5.0]
    >>> scales = {"sd_y": np.std(y), "sd_x": np.std(X, axis=0)}
    >>> penalty = elltwo.penalty_from("glmnet.gaussian", 0.5, l1_ratio=0, n_samples=3, **scales)
    >>> elltwo.ridge(X, y, **penalty).coef.round(4)
    array([0.5817, 0.1601])
    """
    source = _convention(convention, "convention")
    given = Quantities(
        n_samples, sum_weight, l1_ratio, sd_y, sd_x, n_outputs, batch_size, noise_variance
    )
    quantities = read_quantities(given)
    exponents = source.exponents(standardize=flag(standardize, "standardize"))
    squares = None
    if "sd_x" in exponents and np.ndim(quantities.get("sd_x", 0.0)) > 0:
        squares = factors_of_scales(quantities["sd_x"], exponents.pop("sd_x"))
    owners = dict.fromkeys(exponents, convention)
    factor = source.constant * product(exponents, owners, quantities)
    strength = strengths(value, "value")
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        alpha = (1.0 / strength if source.inverse else strength) * factor
    result: dict[str, Any] = {"alpha": _like_value(alpha)}
    factors = merge_factors(penalty_factors, squares, to_mean_one=source.factors_mean_one)
    if factors is not None:
        result["penalty_factors"] = factors
    if source.penalizes_intercept:
        result["penalize_intercept"] = True
    return result


@public("elltwo")
def penalty_conventions() -> dict[str, str]:
    """Return the conventions that `convert_penalty` and `penalty_from` know.

    Returns
    -------
    dict
        From name to one line: the objective with the value in its own symbol, then alpha in the
        terms of the value and of the arguments, then what else differs. r is a residual, logloss
        the negative log-likelihood of 0/1 data, n the number of rows, W the sum of the weights,
        sums over rows are weighted, and elastic nets are shown by their L2 part.

    Examples
    --------
    >>> import elltwo
    >>> print(elltwo.penalty_conventions()["sklearn.SGDRegressor"])
    1/(2n) sum r^2 + alpha/2 sum b^2: ridge alpha = alpha * n_samples. For penalty='l2'
    """
    return {name: convention.text() for name, convention in CONVENTIONS.items()}


def _convention(name: object, argument: str) -> Convention:
    if isinstance(name, str) and name in NO_PENALTY:
        raise ValueError(f"{argument}={name!r} equals no penalty: {NO_PENALTY[name]}")
    if not isinstance(name, str) or name not in CONVENTIONS:
        folded = {known.casefold(): known for known in CONVENTIONS}
        close = get_close_matches(str(name).casefold(), folded, n=3)
        hint = f" (nearest: {', '.join(repr(folded[match]) for match in close)})" if close else ""
        raise ValueError(
            f"{argument} must be one of the names of penalty_conventions(), got {name!r}{hint}"
        )
    return CONVENTIONS[name]


def _hubs(convention: Convention) -> str:
    return " or ".join(map(repr, sorted(convention.hub)))


def _net_exponents(
    from_: str, to: str, standardize: bool
) -> tuple[dict[str, float], dict[str, str]]:
    """Return the powers that do not cancel between two conventions, and who needs each."""
    net = CONVENTIONS[from_].exponents(standardize=standardize)
    owners = dict.fromkeys(net, from_)
    for name, power in CONVENTIONS[to].exponents(standardize=standardize).items():
        owners.setdefault(name, to)
        net[name] = net.get(name, 0.0) - power
    return {name: power for name, power in net.items() if power != 0.0}, owners


def _like_value(result: Float64Array) -> float | Float64Array:
    return float(result) if result.ndim == 0 else result
