"""The conventions of texts and packages.

In the objectives r is a residual, logloss the negative log-likelihood of 0/1 data, n the number of
rows and W the sum of the weights; every sum over rows is weighted. The intercept is free unless
`penalizes_intercept`, and an elastic net is shown by its L2 part.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from elltwo.functional._penalty.convention import EITHER, LOGISTIC, RIDGE, Convention

_L2 = "sum b^2"
_MEAN = {"sum_weight": 1}
_ROWS = {"n_samples": 1}
LASSO_SHARE: Final = {"l2_share": 1}  #: of an elastic net on the sum of losses
_NET = {"sum_weight": 1, **LASSO_SHARE}
_NET_ROWS = {"n_samples": 1, "l2_share": 1}
_NET_SD_X = {**_NET, "sd_x": 2}
_NET_SD = {**_NET_SD_X, "sd_y": -1}

_SQUARED = "sum r^2"
_LOGLOSS = "sum logloss"
_HALF_MEAN = "1/(2W) sum r^2"
_MEAN_LOSS = "1/W (sum r^2/2 or sum logloss)"
_MEAN_LOGLOSS = "1/W sum logloss"
_SAMPLE_SD = "its sds have the divisor n - 1, which is allowed for"

_sse = partial(Convention, f"{_SQUARED} + alpha {_L2}", "alpha", RIDGE)
_c_logistic = partial(Convention, f"C {_LOGLOSS} + 1/2 {_L2}", "C", LOGISTIC, inverse=True)
_c_squared = partial(
    Convention, f"C {_SQUARED} + 1/2 {_L2}", "C", RIDGE, constant=0.5, inverse=True
)
_net = partial(
    Convention, f"{_HALF_MEAN} + alpha (1 - l1_ratio)/2 {_L2}", "alpha", RIDGE, powers=_NET
)

_spark = partial(
    Convention,
    "1/(2W) sum r^2 + regParam (1 - l1_ratio)/(2 sd_y) sum (sd_x b)^2",
    "regParam",
    RIDGE,
    powers=_NET_SD,
)


def _text(
    loss: str, penalty: str, constant: float = 1.0, *, mean: bool = False, theta: bool = False
) -> Convention:
    """Return a convention of texts, which call the value lambda."""
    return Convention(
        f"{loss} + {penalty}",
        "lambda",
        RIDGE if "r^2" in loss else LOGISTIC,
        constant=constant,
        powers=_MEAN if mean else {},
        penalizes_intercept=theta,
    )


_TEXTS: Final = {
    "ridge": _sse(note="The objective of elltwo.ridge"),
    "sse": _text(_SQUARED, f"lambda {_L2}"),
    "half_sse": _text("1/2 sum r^2", f"lambda/2 {_L2}"),
    "half_sse_full_penalty": _text("1/2 sum r^2", f"lambda {_L2}", 2.0),
    "mse": _text("1/W sum r^2", "lambda sum theta^2 with theta_0", mean=True, theta=True),
    "mse_free_intercept": _text("1/W sum r^2", f"lambda {_L2}", mean=True),
    "mse_half_penalty": _text("1/W sum r^2", f"lambda/2 {_L2}", 0.5, mean=True),
    "half_mse": _text(_HALF_MEAN, f"lambda/2 {_L2}", mean=True),
    "half_mse_full_penalty": _text(_HALF_MEAN, f"lambda {_L2}", 2.0, mean=True),
    "half_mse_mean_penalty": _text(_HALF_MEAN, f"lambda/(2W) {_L2}"),
    "C_sse": _c_squared(),
    "prior_variance": Convention(
        "sum r^2/noise_variance + 1/t sum b^2",
        "t",
        RIDGE,
        inverse=True,
        powers={"noise_variance": 1},
        note="t is the prior variance of a coefficient",
    ),
    "logistic": Convention(
        f"{_LOGLOSS} + alpha/2 {_L2}", "alpha", LOGISTIC, note="elltwo's logistic objective"
    ),
    "logloss_full_penalty": _text(_LOGLOSS, f"lambda {_L2}", 2.0),
    "mean_logloss": _text(_MEAN_LOGLOSS, f"lambda/2 {_L2}", mean=True),
    "mean_logloss_full_penalty": _text(_MEAN_LOGLOSS, f"lambda {_L2}", 2.0, mean=True),
    "mean_logloss_mean_penalty": _text(_MEAN_LOGLOSS, f"lambda/(2W) {_L2}"),
    "C_logloss": _c_logistic(),
    "logistic_prior_variance": Convention(
        f"{_LOGLOSS} + 1/(2t) {_L2}",
        "t",
        LOGISTIC,
        inverse=True,
        note="t is the prior variance of a coefficient",
    ),
}

_SKLEARN: Final = {
    "sklearn.Ridge": _sse(),
    "sklearn.RidgeCV": _sse(),
    "sklearn.RidgeClassifier": _sse(note="On y of -1 and 1"),
    "sklearn.KernelRidge": _sse(note="In the space of the kernel, without intercept"),
    "sklearn.ElasticNet": _net(),
    "sklearn.TweedieRegressor": Convention(
        f"{_HALF_MEAN} + alpha/2 {_L2}", "alpha", RIDGE, powers=_MEAN, note="For power=0"
    ),
    "sklearn.SGDRegressor": Convention(
        f"1/(2n) sum r^2 + alpha/2 {_L2}", "alpha", RIDGE, powers=_ROWS, note="For penalty='l2'"
    ),
    "sklearn.SGDClassifier": Convention(
        f"1/n {_LOGLOSS} + alpha/2 {_L2}",
        "alpha",
        LOGISTIC,
        powers=_ROWS,
        note="For loss='log_loss' and penalty='l2'",
    ),
    "sklearn.LogisticRegression": _c_logistic(
        note="solver='liblinear' penalises the intercept as well, see liblinear.logistic"
    ),
    "sklearn.MLP.lbfgs": Convention(
        f"1/W (sum r^2/2 or {_LOGLOSS}) + alpha/(2W) {_L2}",
        "alpha",
        EITHER,
        note="solver='lbfgs'; of several outputs the gradient is of the sum, loss_ of the mean",
    ),
    "sklearn.MLP.stochastic": Convention(
        f"1/n (sum r^2/2 or {_LOGLOSS}) + alpha/(2 batch_size) {_L2}",
        "alpha",
        EITHER,
        powers={**_ROWS, "batch_size": -1},
        note="solver='adam' or 'sgd', which divide alpha by the rows of a batch; see MLP.lbfgs",
    ),
    "sklearn.LinearSVR": _c_squared(
        penalizes_intercept=True,
        note="For loss='squared_epsilon_insensitive', epsilon=0, intercept_scaling=1",
    ),
    "sklearnex.Ridge": _sse(),
    "sklearnex.LogisticRegression": _c_logistic(),
    "cuml.Ridge": _sse(),
    "cuml.ElasticNet": _net(),
    "cuml.LogisticRegression": _c_logistic(),
    "dask_ml.LinearRegression": Convention(
        f"{_SQUARED} + 1/(2C) {_L2}", "C", RIDGE, 0.5, inverse=True, penalizes_intercept=True
    ),
    "dask_ml.LogisticRegression": _c_logistic(penalizes_intercept=True),
}

_GLM: Final = {
    "glmnet.gaussian": Convention(
        "1/(2W) sum r^2 + lambda (1 - l1_ratio)/(2 sd_y) sum (sd_x b)^2",
        "lambda",
        RIDGE,
        powers=_NET_SD,
        factors_mean_one=True,
        note="y is scaled to unit variance, l1_ratio is its alpha, penalty.factor has mean 1",
    ),
    "glmnet.binomial": Convention(
        "1/W sum logloss + lambda (1 - l1_ratio)/2 sum (sd_x b)^2",
        "lambda",
        LOGISTIC,
        powers=_NET_SD_X,
        factors_mean_one=True,
        note="l1_ratio is its alpha, penalty.factor has mean 1",
    ),
    "glum": Convention(
        f"{_MEAN_LOSS} + alpha (1 - l1_ratio)/2 {_L2}", "alpha", EITHER, powers=_NET
    ),
    "adelie": Convention(
        f"{_MEAN_LOSS} + lmda (1 - l1_ratio)/2 {_L2}",
        "lmda",
        EITHER,
        powers=_NET,
        note="For groups of one feature; l1_ratio is its alpha",
    ),
    "celer.ElasticNet": _net(),
    "skglm.ElasticNet": _net(),
    "h2o.GLM": Convention(
        f"{_MEAN_LOSS} + lambda (1 - l1_ratio)/2 sum (sd_x b)^2",
        "lambda",
        EITHER,
        powers=_NET_SD_X,
        sample_sd=True,
        note=f"l1_ratio is its alpha; {_SAMPLE_SD}",
    ),
    "spark.LinearRegression": _spark(
        note="l1_ratio is its elasticNetParam; solver 'normal', also 'auto' to 4096 columns"
    ),
    "spark.LinearRegression.l-bfgs": _spark(
        sample_sd=True,
        note=f"l1_ratio is its elasticNetParam; {_SAMPLE_SD}, for equal weights",
    ),
    "spark.LogisticRegression": Convention(
        "1/W sum logloss + regParam (1 - l1_ratio)/2 sum (sd_x b)^2",
        "regParam",
        LOGISTIC,
        powers=_NET_SD_X,
        sample_sd=True,
        note=f"l1_ratio is its elasticNetParam; {_SAMPLE_SD}, for equal weights",
    ),
    "statsmodels.OLS": Convention(
        f"1/(2n) sum r^2 + alpha (1 - l1_ratio)/2 {_L2}",
        "alpha",
        RIDGE,
        powers=_NET_ROWS,
        penalizes_intercept=True,
        note="fit_regularized; l1_ratio is its L1_wt, a scalar alpha penalises the constant too",
    ),
    "statsmodels.GLM": Convention(
        f"1/n {_LOGLOSS} + alpha (1 - l1_ratio)/2 {_L2}",
        "alpha",
        LOGISTIC,
        powers=_NET_ROWS,
        penalizes_intercept=True,
        note="fit_regularized of a Binomial family; l1_ratio is its L1_wt",
    ),
}

_OTHERS: Final = {
    "himalaya.Ridge": _sse(note="Without intercept by default"),
    "fracridge": _sse(note="The value is its alpha_, not the fraction"),
    "polars_ols.ridge": _sse(penalizes_intercept=True),
    "polars_ols.elastic_net": _net(
        penalizes_intercept=True, note="l1_ratio=0 is its ridge, with another alpha"
    ),
    "polars_ds.lin_reg": Convention(f"{_SQUARED} + l2_reg {_L2}", "l2_reg", RIDGE),
    "polars_ds.logistic_reg": Convention(
        f"1/n {_LOGLOSS} + l2_reg/2 {_L2}", "l2_reg", LOGISTIC, powers=_ROWS
    ),
    "liblinear.svr": _c_squared(
        penalizes_intercept=True, note="-s 11 or 12 with -p 0; the intercept exists with -B 1"
    ),
    "liblinear.logistic": _c_logistic(
        penalizes_intercept=True, note="-s 0 or 7; the intercept exists with -B 1"
    ),
    "xgboost.gblinear": Convention(
        f"{_MEAN_LOSS} + reg_lambda/2 {_L2}", "reg_lambda", EITHER, powers=_MEAN
    ),
    "vw.squared": Convention(
        f"{_SQUARED} + l2/2 {_L2}",
        "l2",
        RIDGE,
        constant=0.5,
        penalizes_intercept=True,
        note="With --bfgs",
    ),
    "vw.logistic": Convention(
        f"{_LOGLOSS} + l2/2 {_L2}", "l2", LOGISTIC, penalizes_intercept=True, note="With --bfgs"
    ),
    "keras.l2.mse": Convention(
        f"1/(n n_outputs) {_SQUARED} + l2 {_L2}",
        "l2",
        RIDGE,
        powers={**_ROWS, "n_outputs": 1},
        note="As kernel_regularizer; n counts training rows, not those of a batch",
    ),
    "keras.l2.logistic": Convention(
        f"1/n {_LOGLOSS} + l2 {_L2}",
        "l2",
        LOGISTIC,
        constant=2.0,
        powers=_ROWS,
        note="As kernel_regularizer; n counts training rows, not those of a batch",
    ),
    "torch.weight_decay.mse": Convention(
        f"1/(n n_outputs) {_SQUARED} + weight_decay/2 {_L2}",
        "weight_decay",
        RIDGE,
        constant=0.5,
        powers={**_ROWS, "n_outputs": 1},
        penalizes_intercept=True,
        note="Mean loss, SGD; decoupled decay (AdamW) equals no penalty",
    ),
    "torch.weight_decay.sum_mse": Convention(
        f"{_SQUARED} of a batch + weight_decay/2 {_L2}",
        "weight_decay",
        RIDGE,
        constant=0.5,
        powers={**_ROWS, "batch_size": -1},
        penalizes_intercept=True,
        note="reduction='sum', SGD; decoupled decay (AdamW) equals no penalty",
    ),
    "torch.weight_decay.logistic": Convention(
        f"1/n {_LOGLOSS} + weight_decay/2 {_L2}",
        "weight_decay",
        LOGISTIC,
        powers=_ROWS,
        penalizes_intercept=True,
        note="Mean loss, SGD; decoupled decay (AdamW) equals no penalty",
    ),
    "optax.add_decayed_weights": Convention(
        f"1/n (sum r^2/2 or {_LOGLOSS}) + weight_decay/2 {_L2}",
        "weight_decay",
        EITHER,
        powers=_ROWS,
        penalizes_intercept=True,
        note="Mean of optax.l2_loss or log loss, ahead of SGD; adamw equals no penalty",
    ),
}

CONVENTIONS: Final = {**_TEXTS, **_SKLEARN, **_GLM, **_OTHERS}
