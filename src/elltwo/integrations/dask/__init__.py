"""Linear models of dask arrays and DataFrames, where they are: ``pip install 'elltwo[dask]'``.

Each function fits what `elltwo`'s of its name does. Every partition is read once a pass, by
whatever scheduler dask is set to, and sends sums, which are merged in a fixed tree. dask is loaded
when a name is first used.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations.dask._classes import logistic, logistic_cv, logistic_path
    from elltwo.integrations.dask._estimators import LogisticRegression, Ridge, RidgeCV
    from elltwo.integrations.dask._fits import (
        elastic_net,
        elastic_net_cv,
        elastic_net_path,
        moments,
        ridge,
        ridge_cv,
    )
    from elltwo.integrations.dask._predict import predict, predict_proba

del TYPE_CHECKING

__all__ = [
    "LogisticRegression",
    "Ridge",
    "RidgeCV",
    "elastic_net",
    "elastic_net_cv",
    "elastic_net_path",
    "logistic",
    "logistic_cv",
    "logistic_path",
    "moments",
    "predict",
    "predict_proba",
    "ridge",
    "ridge_cv",
]

_MODULES = {
    "LogisticRegression": "_estimators",
    "Ridge": "_estimators",
    "RidgeCV": "_estimators",
    "elastic_net": "_fits",
    "elastic_net_cv": "_fits",
    "elastic_net_path": "_fits",
    "logistic": "_classes",
    "logistic_cv": "_classes",
    "logistic_path": "_classes",
    "moments": "_fits",
    "predict": "_predict",
    "predict_proba": "_predict",
    "ridge": "_fits",
    "ridge_cv": "_fits",
}


def __getattr__(name: str) -> object:
    """Load a name on first use."""
    from elltwo.integrations._peers import public_name

    return public_name(globals(), name, _MODULES, "dask")


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return __all__
