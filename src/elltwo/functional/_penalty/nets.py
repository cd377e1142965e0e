"""The elastic nets among the conventions: both parts of their penalties.

With rho for l1_ratio, a convention of value v penalises ``rho F1 v sum s |b| + (1 - rho) F2 v / 2
sum s^2 b^2``, where s are the deviations of the columns where it scales them, and 1 where not.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from elltwo.functional._penalty.convention import LOGISTIC, RIDGE, Convention
from elltwo.functional._penalty.table import CONVENTIONS, LASSO_SHARE

_HALF_SQUARED = "1/2 sum r^2"
_MIXED = "(l1_ratio sum |b| + (1 - l1_ratio)/2 sum b^2)"


class Net(NamedTuple):
    """An elastic net of a package."""

    convention: Convention
    only_l1: bool = False  #: whether there is no L2 part, so that l1_ratio is 1


def _c_logistic(objective: str, *, note: str, penalizes_intercept: bool = False) -> Convention:
    return Convention(
        objective,
        "C",
        LOGISTIC,
        inverse=True,
        powers=LASSO_SHARE,
        penalizes_intercept=penalizes_intercept,
        note=note,
    )


def _lasso(package: str) -> Net:
    return Net(CONVENTIONS[f"{package}.ElasticNet"]._replace(note=""), only_l1=True)


_OURS: Final = {
    "elastic_net": Net(
        Convention(
            f"{_HALF_SQUARED} + alpha {_MIXED}",
            "alpha",
            RIDGE,
            powers=LASSO_SHARE,
            note="The objective of elltwo.elastic_net",
        )
    ),
    "logistic_elastic_net": Net(
        Convention(
            f"sum logloss + alpha {_MIXED}",
            "alpha",
            LOGISTIC,
            powers=LASSO_SHARE,
            note="That of elltwo.logistic with l1_ratio",
        )
    ),
}
_MORE: Final = {
    "sklearn.Lasso": _lasso("sklearn"),
    "sklearn.SGDRegressor": Net(
        Convention(
            f"1/(2n) sum r^2 + alpha {_MIXED}",
            "alpha",
            RIDGE,
            powers={"n_samples": 1, **LASSO_SHARE},
            note="For penalty='elasticnet'",
        )
    ),
    "sklearn.SGDClassifier": Net(
        Convention(
            f"1/n sum logloss + alpha {_MIXED}",
            "alpha",
            LOGISTIC,
            powers={"n_samples": 1, **LASSO_SHARE},
            note="For loss='log_loss' and penalty='elasticnet'",
        )
    ),
    "sklearn.LogisticRegression": Net(
        _c_logistic(
            f"C sum logloss + {_MIXED}",
            note="solver='liblinear' penalises the intercept as well, see liblinear.logistic",
        )
    ),
    "celer.Lasso": _lasso("celer"),
    "celer.LogisticRegression": Net(
        _c_logistic("C sum logloss + sum |b|", note="Without intercept"), only_l1=True
    ),
    "skglm.Lasso": _lasso("skglm"),
    "liblinear.logistic": Net(
        _c_logistic(
            "C sum logloss + sum |theta| with theta_0",
            note="-s 6; the intercept exists with -B 1",
            penalizes_intercept=True,
        ),
        only_l1=True,
    ),
    "snapml.LogisticRegression": Net(
        Convention(
            f"sum logloss + regularizer {_MIXED}",
            "regularizer",
            LOGISTIC,
            powers=LASSO_SHARE,
            note="For l1_ratio 0 or 1, its penalty 'l2' or 'l1'",
        )
    ),
}

NETS: Final = {
    **_OURS,
    **{name: Net(one) for name, one in CONVENTIONS.items() if "l2_share" in one.powers},
    **_MORE,
}


def l1_exponents(convention: Convention, *, standardize: bool) -> dict[str, float]:
    """Return the power of every quantity in the L1 part, for sds with the divisor n.

    Columns are scaled once in it, not twice. Where y is scaled, the value is divided by its
    deviation in the L2 part alone, as b is in units of it.
    """
    powers = {name: float(power) for name, power in convention.powers.items()}
    powers.pop("l2_share")
    powers.pop("sd_y", None)
    scaled = powers.pop("sd_x", 0.0) > 0.0 and standardize
    if scaled:
        powers["sd_x"] = 1.0
    if convention.sample_sd and scaled:
        powers["bessel"] = 0.5
    return powers


def l2_exponents(convention: Convention, *, standardize: bool) -> dict[str, float]:
    """Return the power of every quantity in the L2 part, but for the share itself."""
    powers = convention.exponents(standardize=standardize)
    powers.pop("l2_share")
    return powers
