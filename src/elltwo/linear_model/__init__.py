"""Estimators for scikit-learn, which they need: ``pip install elltwo[sklearn]``.

``from elltwo.linear_model import Ridge`` in place of ``from sklearn.linear_model import Ridge``
is the whole change.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.linear_model._elastic_net import ElasticNet
    from elltwo.linear_model._elastic_net_cv import ElasticNetCV
    from elltwo.linear_model._elastic_net_paths import enet_path
    from elltwo.linear_model._lasso import Lasso
    from elltwo.linear_model._lasso_cv import LassoCV
    from elltwo.linear_model._lasso_path import lasso_path
    from elltwo.linear_model._logistic_regression import LogisticRegression
    from elltwo.linear_model._logistic_regression_cv import LogisticRegressionCV
    from elltwo.linear_model._multi_task_elastic_net import MultiTaskElasticNet
    from elltwo.linear_model._multi_task_elastic_net_cv import MultiTaskElasticNetCV
    from elltwo.linear_model._multi_task_lasso import MultiTaskLasso
    from elltwo.linear_model._multi_task_lasso_cv import MultiTaskLassoCV
    from elltwo.linear_model._ridge import Ridge
    from elltwo.linear_model._ridge_classifier import RidgeClassifier
    from elltwo.linear_model._ridge_classifier_cv import RidgeClassifierCV
    from elltwo.linear_model._ridge_cv import RidgeCV

del TYPE_CHECKING

__all__ = [
    "ElasticNet",
    "ElasticNetCV",
    "Lasso",
    "LassoCV",
    "LogisticRegression",
    "LogisticRegressionCV",
    "MultiTaskElasticNet",
    "MultiTaskElasticNetCV",
    "MultiTaskLasso",
    "MultiTaskLassoCV",
    "Ridge",
    "RidgeCV",
    "RidgeClassifier",
    "RidgeClassifierCV",
    "enet_path",
    "lasso_path",
]

_MODULES = {
    "ElasticNet": "_elastic_net",
    "ElasticNetCV": "_elastic_net_cv",
    "Lasso": "_lasso",
    "LassoCV": "_lasso_cv",
    "LogisticRegression": "_logistic_regression",
    "LogisticRegressionCV": "_logistic_regression_cv",
    "MultiTaskElasticNet": "_multi_task_elastic_net",
    "MultiTaskElasticNetCV": "_multi_task_elastic_net_cv",
    "MultiTaskLasso": "_multi_task_lasso",
    "MultiTaskLassoCV": "_multi_task_lasso_cv",
    "Ridge": "_ridge",
    "RidgeCV": "_ridge_cv",
    "RidgeClassifier": "_ridge_classifier",
    "RidgeClassifierCV": "_ridge_classifier_cv",
    "enet_path": "_elastic_net_paths",
    "lasso_path": "_lasso_path",
}


def __getattr__(name: str) -> object:
    """Load an estimator, and scikit-learn with it, on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    try:
        estimator = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] != "sklearn":
            raise
        raise ImportError(
            f"elltwo.linear_model needs scikit-learn 1.6 or newer ({error}): "
            "pip install elltwo[sklearn]",
            name=error.name,
        ) from error
    globals()[name] = estimator
    return estimator


def __dir__() -> list[str]:
    """Offer the estimators to completion before they are loaded."""
    return sorted({*globals(), *__all__})
