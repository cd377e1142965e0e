"""L2-regularised linear models: a compiled core under a thin Python API.

Names are loaded when first used (PEP 562), so that ``import elltwo`` costs next to nothing and
NumPy is the only package it ever needs; ``elltwo.linear_model`` wants scikit-learn as well, and
drawing with ``elltwo.plot`` wants matplotlib.
"""

# typing.TYPE_CHECKING without the price of importing typing
TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo import (
        cython_api,
        exceptions,
        formula,
        functional,
        linear_model,
        neural_network,
        plot,
        report,
        stream,
        tabular,
    )
    from elltwo._saving.load import load
    from elltwo.functional import (
        BatchCVFit,
        BatchFit,
        ElasticNetBatchFit,
        ElasticNetCVFit,
        ElasticNetFit,
        ElasticNetGroupedFit,
        ElasticNetInfo,
        ElasticNetPath,
        ElasticNetSummary,
        GroupedCVFit,
        GroupedFit,
        IntervalPrediction,
        LinearProbe,
        LogisticCVFit,
        LogisticFit,
        LogisticInfo,
        LogisticPath,
        LogisticStatistics,
        LogisticSummary,
        MiniBatches,
        MLPBatchFit,
        MLPCurvature,
        MLPFit,
        MLPInfo,
        Moments,
        MomentsFit,
        PassesCVFit,
        PassesFit,
        PassesPath,
        PassInfo,
        PathPoint,
        PredictionInterval,
        ProbeScore,
        ProbeScores,
        Progress,
        RelaxedCVFit,
        RelaxedFit,
        RelaxedPath,
        RidgeAdjoint,
        RidgeCVFit,
        RidgeFit,
        RidgePath,
        RidgeStatistics,
        RidgeSummary,
        RollingFit,
        SelectionStability,
        SolveInfo,
        StandardErrors,
        ZValues,
        build_config,
        convert_elastic_net,
        convert_penalty,
        elastic_net,
        elastic_net_batch,
        elastic_net_conventions,
        elastic_net_cv,
        elastic_net_grouped,
        elastic_net_moments_cv,
        elastic_net_path,
        elastic_net_penalty_from,
        get_num_threads,
        linear_probe,
        logistic,
        logistic_cv,
        logistic_path,
        mlp,
        mlp_batch,
        moments_cv,
        num_threads,
        penalty_conventions,
        penalty_from,
        ridge,
        ridge_adjoint,
        ridge_batch,
        ridge_batch_cv,
        ridge_cv,
        ridge_ewm,
        ridge_expanding,
        ridge_grouped,
        ridge_grouped_cv,
        ridge_path,
        ridge_rolling,
        selection_stability,
        set_num_threads,
        show_config,
    )
    from elltwo.stream import LogisticStreamFit, StreamFit, fit_stream
    from elltwo.tabular._table_fit import TableFit

    __version__: str

del TYPE_CHECKING

__all__ = [
    "BatchCVFit",
    "BatchFit",
    "ElasticNetBatchFit",
    "ElasticNetCVFit",
    "ElasticNetFit",
    "ElasticNetGroupedFit",
    "ElasticNetInfo",
    "ElasticNetPath",
    "ElasticNetSummary",
    "GroupedCVFit",
    "GroupedFit",
    "IntervalPrediction",
    "LinearProbe",
    "LogisticCVFit",
    "LogisticFit",
    "LogisticInfo",
    "LogisticPath",
    "LogisticStatistics",
    "LogisticStreamFit",
    "LogisticSummary",
    "MLPBatchFit",
    "MLPCurvature",
    "MLPFit",
    "MLPInfo",
    "MiniBatches",
    "Moments",
    "MomentsFit",
    "PassInfo",
    "PassesCVFit",
    "PassesFit",
    "PassesPath",
    "PathPoint",
    "PredictionInterval",
    "ProbeScore",
    "ProbeScores",
    "Progress",
    "RelaxedCVFit",
    "RelaxedFit",
    "RelaxedPath",
    "RidgeAdjoint",
    "RidgeCVFit",
    "RidgeFit",
    "RidgePath",
    "RidgeStatistics",
    "RidgeSummary",
    "RollingFit",
    "SelectionStability",
    "SolveInfo",
    "StandardErrors",
    "StreamFit",
    "TableFit",
    "ZValues",
    "__version__",
    "build_config",
    "convert_elastic_net",
    "convert_penalty",
    "cython_api",
    "elastic_net",
    "elastic_net_batch",
    "elastic_net_conventions",
    "elastic_net_cv",
    "elastic_net_grouped",
    "elastic_net_moments_cv",
    "elastic_net_path",
    "elastic_net_penalty_from",
    "exceptions",
    "fit_stream",
    "formula",
    "functional",
    "get_num_threads",
    "linear_model",
    "linear_probe",
    "load",
    "logistic",
    "logistic_cv",
    "logistic_path",
    "mlp",
    "mlp_batch",
    "moments_cv",
    "neural_network",
    "num_threads",
    "penalty_conventions",
    "penalty_from",
    "plot",
    "report",
    "ridge",
    "ridge_adjoint",
    "ridge_batch",
    "ridge_batch_cv",
    "ridge_cv",
    "ridge_ewm",
    "ridge_expanding",
    "ridge_grouped",
    "ridge_grouped_cv",
    "ridge_path",
    "ridge_rolling",
    "selection_stability",
    "set_num_threads",
    "show_config",
    "stream",
    "tabular",
]

_SUBMODULES = (
    "cython_api",
    "exceptions",
    "formula",
    "functional",
    "linear_model",
    "neural_network",
    "plot",
    "report",
    "stream",
    "tabular",
)
_STREAM_NAMES = ("LogisticStreamFit", "StreamFit", "fit_stream")


def __getattr__(name: str) -> object:
    """Load a public name on first use; later look-ups find it in the module."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    functional = import_module(f"{__name__}.functional")
    if name == "__version__":
        value = functional.build_config()["version"]
    elif name in _STREAM_NAMES:
        value = getattr(import_module(f"{__name__}.stream"), name)
    elif name == "TableFit":
        value = import_module(f"{__name__}.tabular._table_fit").TableFit
    elif name == "load":
        value = import_module(f"{__name__}._saving.load").load
    else:
        value = getattr(functional, name)
    globals()[name] = value
    return value


def _load_for_threadpoolctl() -> None:
    """Load the core if threadpoolctl is there, which limits the libraries that it finds loaded."""
    import sys

    if "threadpoolctl" in sys.modules:
        __getattr__("get_num_threads")


_load_for_threadpoolctl()


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return sorted({*globals(), *__all__})
