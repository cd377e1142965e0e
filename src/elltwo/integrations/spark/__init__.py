"""elltwo on DataFrames of Spark: ``pip install 'elltwo[spark]'``, and Java 17 or later.

Partitions are read where they are, in tasks of Spark, and what moves are sums. Workers need elltwo
as well. pyspark is loaded when a name is first used, and so is every name of this module.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations.spark._classes import logistic, logistic_cv, logistic_path
    from elltwo.integrations.spark._fits import (
        elastic_net,
        elastic_net_cv,
        elastic_net_path,
        moments,
        ridge,
        ridge_cv,
    )
    from elltwo.integrations.spark._predict import predict, predict_proba

del TYPE_CHECKING

__all__ = [
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
    from elltwo.integrations.spark._frames import quiet

    with quiet():
        return public_name(globals(), name, _MODULES, "pyspark", "spark")


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return __all__
