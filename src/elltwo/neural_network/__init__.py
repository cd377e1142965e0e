"""Small networks as estimators for scikit-learn: ``pip install elltwo[sklearn]``.

``from elltwo.neural_network import MLPRegressor`` in place of
``from sklearn.neural_network import MLPRegressor`` is the whole change.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.neural_network._mlp_classifier import MLPClassifier
    from elltwo.neural_network._mlp_regressor import MLPRegressor

del TYPE_CHECKING

__all__ = ["MLPClassifier", "MLPRegressor"]

_MODULES = {"MLPClassifier": "_mlp_classifier", "MLPRegressor": "_mlp_regressor"}


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
            f"elltwo.neural_network needs scikit-learn 1.6 or newer ({error}): "
            "pip install elltwo[sklearn]",
            name=error.name,
        ) from error
    globals()[name] = estimator
    return estimator


def __dir__() -> list[str]:
    """Offer the estimators to completion before they are loaded."""
    return sorted({*globals(), *__all__})
