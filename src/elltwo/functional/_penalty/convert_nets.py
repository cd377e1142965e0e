"""Conversion of elastic nets between the conventions of packages."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.options import flag
from elltwo.functional._base.penalty_factors import factors_of_scales, merge_factors, strengths
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.validate import float64_array
from elltwo.functional._penalty.convention import RIDGE
from elltwo.functional._penalty.nets import NETS, Net, l1_exponents, l2_exponents
from elltwo.functional._penalty.quantities import Quantities, product, read_quantities

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array

    Found = Mapping[str, float | Float64Array]


@public("elltwo")
def convert_elastic_net(
    value: npt.ArrayLike,
    l1_ratio: float | None = None,
    *,
    from_: str,
    to: str,
    n_samples: int | None = None,
    sum_weight: float | None = None,
    sd_y: float | None = None,
    sd_x: float | None = None,
    standardize: bool = True,
) -> tuple[float | Float64Array, float]:
    r"""Convert the penalty of an elastic net from one convention to another.

    Both have an objective that is proportional to that of `elltwo.elastic_net`, called
    ``"elastic_net"``, or to that of `elltwo.logistic` with `l1_ratio`, ``"logistic_elastic_net"``,

    .. math::
        \tfrac12 \sum_i w_i r_i^2 \;\text{ or }\; \sum_i w_i \operatorname{logloss}_i,
        \qquad \text{plus } \alpha \sum_j \Bigl( \rho |b_j| + \frac{1 - \rho}{2} b_j^2 \Bigr).

    Names are those of `elastic_net_conventions`. The share of the L1 part changes where only one of
    the two scales y or the columns, since the two parts have other units.

    Parameters
    ----------
    value : float or array-like
        Strength in [0, inf], of any shape, in the convention `from_`. Where it multiplies the loss
        (C), infinity stands for no penalty.
    l1_ratio : float, default=None
        Share of the L1 part in [0, 1] in the convention `from_`; it may be left out where that has
        nothing else, as a lasso.
    from_, to : str
        Names of conventions, for the same loss.
    n_samples, sum_weight, sd_y : default=None
        As in `convert_penalty`, where they do not cancel.
    sd_x : float, default=None
        Standard deviation of the columns with the divisor n, for packages that scale them, if it is
        the same for all; see `elastic_net_penalty_from` where it is not.
    standardize : bool, default=True
        Whether packages that scale columns, if they are told to, did so.

    Returns
    -------
    value : float or ndarray
        Strength in the convention `to`, of the shape of `value`.
    l1_ratio : float
        Share of the L1 part.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If a convention is unknown, the two differ in their loss, `to` has no L2 part and there is
        one, or an argument that they need is missing or out of range.

    See Also
    --------
    elastic_net_penalty_from : Keyword arguments for `elastic_net`, penalty factors included.
    convert_penalty : Penalties of ridge, and the L2 parts alone.

    References
    ----------
    .. [1] J. Friedman, T. Hastie and R. Tibshirani (2010). Regularization paths for generalized
       linear models via coordinate descent. Journal of Statistical Software 33(1). Equation 1.

    Examples
    --------
    >>> import elltwo
    >>> elltwo.convert_elastic_net(0.1, 0.5, from_="sklearn.ElasticNet", to="elastic_net",
    ...                            n_samples=50)
    (5.0, 0.5)
    >>> scaled = {"n_samples": 50, "sd_y": 4.0, "standardize": False}
    >>> elltwo.convert_elastic_net(0.1, 0.5, from_="glmnet.gaussian", to="elastic_net", **scaled)
    (3.125, 0.8)
    """
    source, target = _net(from_, "from_"), _net(to, "to")
    if not source.convention.hub & target.convention.hub:
        raise ValueError(
            f"from_ and to must be for the same loss, got {from_!r} for "
            f"{_hubs(source)} and {to!r} for {_hubs(target)}"
        )
    ratio = _ratio(l1_ratio, source, from_)
    if target.only_l1 and ratio < 1.0:
        raise ValueError(f"{to!r} has no L2 part, so l1_ratio must be 1, got {l1_ratio!r}")
    given = Quantities(n_samples, sum_weight, None, sd_y, sd_x, None, None, None)
    found = read_quantities(given)
    if np.ndim(found.get("sd_x", 0.0)) > 0:
        raise ValueError("sd_x must be a number; elastic_net_penalty_from takes one a column")
    both = _Pair(from_, to, flag(standardize, "standardize"), found)
    factor, share = both.combined(ratio)
    strength = strengths(value, "value")
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        alpha = (1.0 / strength if source.convention.inverse else strength) * factor
        converted = 1.0 / alpha if target.convention.inverse else alpha
    return _like_value(converted), share


@public("elltwo")
def elastic_net_penalty_from(
    convention: str,
    value: npt.ArrayLike,
    l1_ratio: float | None = None,
    *,
    penalty_factors: npt.ArrayLike | None = None,
    n_samples: int | None = None,
    sum_weight: float | None = None,
    sd_y: float | None = None,
    sd_x: npt.ArrayLike | None = None,
    standardize: bool = True,
) -> dict[str, Any]:
    """Return the elastic net of another convention as keyword arguments for `elastic_net`.

    For conventions of the log loss they are those of `logistic`.

    Parameters
    ----------
    convention : str
        One of `elastic_net_conventions`.
    value : float or array-like
        Strength in [0, inf] in that convention.
    l1_ratio : float, default=None
        Share of the L1 part in [0, 1] in that convention, see `convert_elastic_net`.
    penalty_factors : array-like of shape (n_features,), default=None
        Factors in [0, inf] in that convention, such as glmnet's ``penalty.factor``, which is scaled
        to a mean of 1.
    n_samples, sum_weight, sd_y : default=None
        As in `convert_penalty`, where the convention needs them.
    sd_x : float or array-like of shape (n_features,), default=None
        Standard deviations of the columns with the divisor n, for packages that scale them. The L1
        part has them as factors, the L2 part their squares; so with `l1_ratio` between 0 and 1 they
        must be equal: divide the columns by them, and pass ``standardize=False``, where they are
        not.
    standardize : bool, default=True
        Whether a package that scales columns, if it is told to, did so.

    Returns
    -------
    dict
        ``alpha``, of the shape of `value`, and ``l1_ratio``; ``penalty_factors`` where they are not
        all equal by definition; and ``fit_intercept=False`` where the convention penalises the
        intercept as the coefficient of a column of ones, which X must then have.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the convention is unknown, an argument that it needs is missing or out of range, or
        columns of unequal scale have no common factors.

    See Also
    --------
    convert_elastic_net : One pair of numbers for another.

    Examples
    --------
    >>> import elltwo
    >>> elltwo.elastic_net_penalty_from("sklearn.Lasso", 0.1, n_samples=50)
    {'alpha': 5.0, 'l1_ratio': 1.0}
    >>> X, y = [[0.0, 1.0], [2.0, 1.0], [4.0, 7.0]], [1.0, 3.0, 5.0]
    >>> scales = {"sd_y": np.std(y), "sd_x": np.std(X, axis=0)}
    >>> penalty = elltwo.elastic_net_penalty_from("glmnet.gaussian", 0.5, 1, n_samples=3, **scales)
    >>> elltwo.elastic_net(X, y, **penalty).coef.round(4)
    array([0.6938, 0.    ])
    """
    source = _net(convention, "convention")
    ratio, scaled = _ratio(l1_ratio, source, convention), flag(standardize, "standardize")
    given = Quantities(n_samples, sum_weight, None, sd_y, sd_x, None, None, None)
    found = dict(read_quantities(given))
    factors = None
    deviations = found.get("sd_x", 1.0)
    if np.ndim(deviations) > 0 and scaled and "sd_x" in source.convention.powers:
        factors, found["sd_x"] = _factors(deviations, ratio, convention)
    hub = "elastic_net" if source.convention.hub >= RIDGE else "logistic_elastic_net"
    factor, share = _Pair(convention, hub, scaled, found).combined(ratio)
    strength = strengths(value, "value")
    with np.errstate(divide="ignore", over="ignore", under="ignore"):
        alpha = (1.0 / strength if source.convention.inverse else strength) * factor
    result: dict[str, Any] = {"alpha": _like_value(alpha), "l1_ratio": share}
    mean_one = source.convention.factors_mean_one
    factors = merge_factors(penalty_factors, factors, to_mean_one=mean_one)
    if factors is not None:
        result["penalty_factors"] = factors
    if source.convention.penalizes_intercept:
        result["fit_intercept"] = False
    return result


@public("elltwo")
def elastic_net_conventions() -> dict[str, str]:
    """Return the conventions that `convert_elastic_net` and `elastic_net_penalty_from` know.

    Returns
    -------
    dict
        From name to one line: the objective with the value in its own symbol, then what else
        differs, in the terms of `penalty_conventions`. Where only an L2 part is shown, its L1 part
        is the same with ``l1_ratio sum |b|`` in the place of ``(1 - l1_ratio)/2 sum b^2``; sd_x
        goes with b, and sd_y only divides the L2 part.

    Examples
    --------
    >>> import elltwo
    >>> print(elltwo.elastic_net_conventions()["liblinear.logistic"])
    C sum logloss + sum |theta| with theta_0. -s 6; the intercept exists with -B 1
    """
    return {
        name: ". ".join(part for part in (net.convention.objective, net.convention.note) if part)
        for name, net in NETS.items()
    }


class _Pair(NamedTuple):
    """Two conventions, and the quantities that do not cancel between them."""

    from_: str
    to: str
    standardize: bool
    found: Found

    def combined(self, ratio: float) -> tuple[float, float]:
        """Return what the strength is multiplied by, and the new share of the L1 part."""
        l1 = self._factor(l1_exponents) if ratio > 0.0 else 0.0
        l2 = self._factor(l2_exponents) if ratio < 1.0 else 0.0
        if l1 == l2 or ratio in {0.0, 1.0}:
            return max(l1, l2), ratio
        total = ratio * l1 + (1.0 - ratio) * l2
        return total, ratio * l1 / total

    def _factor(self, exponents: Any) -> float:  # noqa: ANN401  # one of two functions
        net = exponents(NETS[self.from_].convention, standardize=self.standardize)
        owners = dict.fromkeys(net, self.from_)
        target = exponents(NETS[self.to].convention, standardize=self.standardize)
        for name, power in target.items():
            owners.setdefault(name, self.to)
            net[name] = net.get(name, 0.0) - power
        left = {name: power for name, power in net.items() if power != 0.0}
        return product(left, owners, self.found)


def _net(name: object, argument: str) -> Net:
    if not isinstance(name, str) or name not in NETS:
        folded = {known.casefold(): known for known in NETS}
        close = get_close_matches(str(name).casefold(), folded, n=3)
        hint = f" (nearest: {', '.join(repr(folded[match]) for match in close)})" if close else ""
        raise ValueError(
            f"{argument} must be one of the names of elastic_net_conventions(), got {name!r}{hint}"
        )
    return NETS[name]


def _hubs(net: Net) -> str:
    return " or ".join(map(repr, sorted(net.convention.hub)))


def _ratio(l1_ratio: float | None, net: Net, name: str) -> float:
    if l1_ratio is None:
        if net.only_l1:
            return 1.0
        raise ValueError(f"{name!r} needs l1_ratio, the share of the L1 part in [0, 1]")
    array = float64_array(l1_ratio, "l1_ratio")
    if array.ndim != 0 or not 0.0 <= array <= 1.0:
        raise ValueError(f"l1_ratio must be a number in [0, 1], got {l1_ratio!r}")
    if net.only_l1 and array < 1.0:
        raise ValueError(f"{name!r} has no L2 part, so l1_ratio must be 1, got {l1_ratio!r}")
    return float(array)


def _factors(
    deviations: float | Float64Array, ratio: float, name: str
) -> tuple[Float64Array | None, float]:
    """Return the factors of scaled columns, and the scale that is left for the strength."""
    scales = np.asarray(deviations)
    if ratio in {0.0, 1.0}:
        return factors_of_scales(scales, 2.0 if ratio == 0.0 else 1.0), 1.0
    if (scales == scales[0]).all() and scales[0] > 0.0:
        return None, float(scales[0])
    raise ValueError(
        f"sd_x must be equal for all columns where l1_ratio is between 0 and 1, since {name!r} has "
        "them as factors of the L1 part and their squares as those of the L2 part; divide the "
        "columns by them and pass standardize=False"
    )


def _like_value(result: Float64Array) -> float | Float64Array:
    return float(result) if result.ndim == 0 else result
