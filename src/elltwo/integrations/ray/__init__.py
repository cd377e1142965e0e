"""Linear models of Ray Datasets, where their blocks are: ``pip install 'elltwo[ray]'``.

Each function fits what `elltwo`'s of its name does. Every block is read once a pass by a task of
ours and sends sums, which further tasks merge in a fixed tree. Ray is loaded when a name is first
used; a cluster that has not been started is started by Ray as by any call of its own.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations.ray._classes import logistic, logistic_cv, logistic_path
    from elltwo.integrations.ray._estimators import LogisticRegression, Ridge, RidgeCV
    from elltwo.integrations.ray._fits import (
        elastic_net,
        elastic_net_cv,
        elastic_net_path,
        moments,
        ridge,
        ridge_cv,
    )
    from elltwo.integrations.ray._predict import predict, predict_proba

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

    return public_name(globals(), name, _MODULES, "ray")


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return __all__
