"""A notebook with every display and what it shows of records, executed."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo.plot
import figures  # noqa: F401  # skips where there is no matplotlib
from notebook import executed

if TYPE_CHECKING:
    from collections.abc import Callable

pytest.importorskip("matplotlib_inline")

SETUP = """
import warnings
warnings.simplefilter("error", UserWarning)
%matplotlib inline
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes
import elltwo
from elltwo.linear_model import LogisticRegressionCV, RidgeCV
from elltwo.plot import *

data = load_diabetes(as_frame=True)
X, y = data.data / data.data.std(), data.target
fit = elltwo.ridge(X, y, alpha=20.0)
cv = elltwo.ridge_cv(X, y, cv=5)
path = elltwo.ridge_path(X, y, cv.alphas)
net = elltwo.elastic_net_cv(X, y, l1_ratio=[0.5, 1.0], n_alphas=20)
cancer = load_breast_cancer(as_frame=True)
Z = (cancer.data - cancer.data.mean()) / cancer.data.std()
labels = cancer.target_names[cancer.target]
logit = elltwo.logistic(Z, labels, alpha=1.0)
ridge = RidgeCV([0.01, 0.1, 1.0, 10.0, 100.0]).fit(X, y)
rolling = elltwo.ridge_rolling(
    X.iloc[:, :3], y, window="90d", times=np.datetime64("2022-01-01") + np.arange(len(y)), alpha=1.0
)
"""
PICTURES = {
    "coefficients": "CoefficientDisplay.from_fit(fit)",
    "coefficients of log-odds": "CoefficientDisplay.from_fit(logit, scale='sd')",
    "coefficients of an estimator": "CoefficientDisplay.from_estimator(ridge, X, y)",
    "path": "RidgePathDisplay.from_path(path, alpha=cv.alpha)",
    "path of an estimator": "RidgePathDisplay.from_estimator(ridge, X, y)",
    "cv": "RidgeCVDisplay.from_fit(cv, edf=path.edf)",
    "net path": "ElasticNetPathDisplay.from_fit(net)",
    "net cv": "ElasticNetCVDisplay.from_fit(net)",
    "net heat": "ElasticNetCVDisplay.from_fit(net, kind='heat')",
    "calibration": "CalibrationDisplay.from_fit(logit, Z, labels)",
    "fitted": "ResidualDisplay.from_fit(fit)",
    "quantile": "ResidualDisplay.from_fit(logit, kind='quantile')",
    "leverage": "ResidualDisplay.from_estimator(ridge, X, y, kind='leverage')",
    "vif": "CollinearityDisplay.from_fit(fit)",
    "condition": "CollinearityDisplay.from_data(Z, kind='condition')",
    "correlation": "CollinearityDisplay.from_fit(logit, Z, kind='correlation')",
    "rolling": "RollingDisplay.from_fit(rolling)",
}
RECORDS = {
    "fit": "fit",
    "cv": "cv",
    "path": "path",
    "net": "net",
    "net path": "net.paths[0]",
    "logit": "logit",
    "summary": "fit.summary()",
    "summary of log-odds": "logit.summary()",
    "table": "fit.coef_table()",
    "moments": "elltwo.Moments(10).add(X, y).ridge(1.0)",
    "estimator": "ridge",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each cell of the notebook shows."""
    for package in ("sklearn", "pandas"):
        pytest.importorskip(package)
    cells = [SETUP, *PICTURES.values(), *RECORDS.values()]
    found = executed(cells, str(tmp_path_factory.mktemp("notebook")))
    names = ["setup", *(f"picture {n}" for n in PICTURES), *(f"record {n}" for n in RECORDS)]
    return dict(zip(names, found, strict=True))


def test_every_display_has_a_picture(shown: dict[str, dict[str, Any]]) -> None:
    matplotlib_image: Callable[..., Any] = pytest.importorskip("matplotlib.image").imread
    for name in PICTURES:
        found = shown[f"picture {name}"]
        picture = matplotlib_image(BytesIO(b64decode(found["image/png"])))
        assert min(picture.shape[:2]) > 150, name
        assert np.ptp(picture[..., :3]) > 0.5, name  # more than a background
        assert "stderr" not in found, name
    seen = {cell.split(".")[0] for cell in PICTURES.values()}
    assert seen == set(elltwo.plot.__all__)


def test_every_record_has_a_table(shown: dict[str, dict[str, Any]]) -> None:
    for name in RECORDS:
        found = shown[f"record {name}"]
        assert "<" in found["text/html"], name
        assert found["text/plain"], name
        assert "stderr" not in found, name
    assert "stdout" not in shown["setup"]
