"""Arrays in, records out: the numerical API, which needs NumPy and the compiled core alone.

Names are loaded when first used, so that a fit does not wait for what it does not need.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.functional._adjoint.fit import RidgeAdjoint, ridge_adjoint
    from elltwo.functional._base.config import build_config, show_config
    from elltwo.functional._base.convergence import SolveInfo
    from elltwo.functional._base.num_threads import get_num_threads, num_threads, set_num_threads
    from elltwo.functional._base.posterior import IntervalPrediction
    from elltwo.functional._base.progress import Progress
    from elltwo.functional._batch.cv_record import BatchCVFit
    from elltwo.functional._batch.fit import ridge_batch
    from elltwo.functional._batch.fit_cv import ridge_batch_cv
    from elltwo.functional._batch.groups import ridge_grouped
    from elltwo.functional._batch.groups_cv import ridge_grouped_cv
    from elltwo.functional._batch.groups_record import GroupedCVFit, GroupedFit
    from elltwo.functional._batch.record import BatchFit
    from elltwo.functional._elastic_net.fit import elastic_net
    from elltwo.functional._elastic_net.path import elastic_net_path
    from elltwo.functional._elastic_net.path_record import ElasticNetPath
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._elastic_net.relaxed_record import RelaxedFit, RelaxedPath
    from elltwo.functional._elastic_net.stability import selection_stability
    from elltwo.functional._elastic_net.stability_record import SelectionStability
    from elltwo.functional._elastic_net.summary import ElasticNetSummary
    from elltwo.functional._elastic_net_batch.fit import elastic_net_batch
    from elltwo.functional._elastic_net_batch.groups import elastic_net_grouped
    from elltwo.functional._elastic_net_batch.record import (
        ElasticNetBatchFit,
        ElasticNetGroupedFit,
    )
    from elltwo.functional._elastic_net_cv.fit import elastic_net_cv
    from elltwo.functional._elastic_net_cv.moments import elastic_net_moments_cv
    from elltwo.functional._elastic_net_cv.record import ElasticNetCVFit
    from elltwo.functional._elastic_net_cv.relaxed_record import RelaxedCVFit
    from elltwo.functional._elastic_net_problem.info import ElasticNetInfo
    from elltwo.functional._logistic.fit import logistic
    from elltwo.functional._logistic.path import logistic_path
    from elltwo.functional._logistic.path_record import LogisticPath
    from elltwo.functional._logistic.record import LogisticFit
    from elltwo.functional._logistic.summary import LogisticSummary
    from elltwo.functional._logistic_cv.fit import logistic_cv
    from elltwo.functional._logistic_cv.record import LogisticCVFit
    from elltwo.functional._logistic_passes.cv_record import PassesCVFit
    from elltwo.functional._logistic_passes.path_record import PassesPath
    from elltwo.functional._logistic_passes.record import PassesFit, PassInfo
    from elltwo.functional._logistic_problem.info import LogisticInfo
    from elltwo.functional._logistic_statistics.statistics import LogisticStatistics, ZValues
    from elltwo.functional._moments.cv import moments_cv
    from elltwo.functional._moments.fit import MomentsFit
    from elltwo.functional._moments.moments import Moments
    from elltwo.functional._network.batch import mlp_batch
    from elltwo.functional._network.batch_record import MLPBatchFit
    from elltwo.functional._network.curvature import MLPCurvature
    from elltwo.functional._network.fit import mlp
    from elltwo.functional._network.info import MLPInfo
    from elltwo.functional._network.options import MiniBatches
    from elltwo.functional._network.record import MLPFit
    from elltwo.functional._penalty.convert import (
        convert_penalty,
        penalty_conventions,
        penalty_from,
    )
    from elltwo.functional._penalty.convert_nets import (
        convert_elastic_net,
        elastic_net_conventions,
        elastic_net_penalty_from,
    )
    from elltwo.functional._probe.fit import linear_probe
    from elltwo.functional._probe.record import LinearProbe, ProbeScore, ProbeScores
    from elltwo.functional._ridge.fit import ridge
    from elltwo.functional._ridge.path import ridge_path
    from elltwo.functional._ridge.path_record import PathPoint, RidgePath
    from elltwo.functional._ridge.record import RidgeFit
    from elltwo.functional._ridge.summary import RidgeSummary
    from elltwo.functional._ridge_cv.fit import ridge_cv
    from elltwo.functional._ridge_cv.record import RidgeCVFit
    from elltwo.functional._ridge_statistics.jackknife import PredictionInterval
    from elltwo.functional._ridge_statistics.statistics import RidgeStatistics, StandardErrors
    from elltwo.functional._rolling.fit import ridge_ewm, ridge_expanding, ridge_rolling
    from elltwo.functional._rolling.record import RollingFit

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
    "ZValues",
    "build_config",
    "convert_elastic_net",
    "convert_penalty",
    "elastic_net",
    "elastic_net_batch",
    "elastic_net_conventions",
    "elastic_net_cv",
    "elastic_net_grouped",
    "elastic_net_moments_cv",
    "elastic_net_path",
    "elastic_net_penalty_from",
    "get_num_threads",
    "linear_probe",
    "logistic",
    "logistic_cv",
    "logistic_path",
    "mlp",
    "mlp_batch",
    "moments_cv",
    "num_threads",
    "penalty_conventions",
    "penalty_from",
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
]

_HOMES = {
    "BatchCVFit": "_batch.cv_record",
    "BatchFit": "_batch.record",
    "ElasticNetBatchFit": "_elastic_net_batch.record",
    "ElasticNetCVFit": "_elastic_net_cv.record",
    "ElasticNetFit": "_elastic_net.record",
    "ElasticNetGroupedFit": "_elastic_net_batch.record",
    "ElasticNetInfo": "_elastic_net_problem.info",
    "ElasticNetPath": "_elastic_net.path_record",
    "ElasticNetSummary": "_elastic_net.summary",
    "GroupedCVFit": "_batch.groups_record",
    "GroupedFit": "_batch.groups_record",
    "IntervalPrediction": "_base.posterior",
    "LinearProbe": "_probe.record",
    "LogisticCVFit": "_logistic_cv.record",
    "LogisticFit": "_logistic.record",
    "LogisticInfo": "_logistic_problem.info",
    "LogisticPath": "_logistic.path_record",
    "LogisticStatistics": "_logistic_statistics.statistics",
    "LogisticSummary": "_logistic.summary",
    "MLPBatchFit": "_network.batch_record",
    "MLPCurvature": "_network.curvature",
    "MLPFit": "_network.record",
    "MLPInfo": "_network.info",
    "MiniBatches": "_network.options",
    "Moments": "_moments.moments",
    "MomentsFit": "_moments.fit",
    "PassInfo": "_logistic_passes.record",
    "PassesCVFit": "_logistic_passes.cv_record",
    "PassesFit": "_logistic_passes.record",
    "PassesPath": "_logistic_passes.path_record",
    "PathPoint": "_ridge.path_record",
    "PredictionInterval": "_ridge_statistics.jackknife",
    "ProbeScore": "_probe.record",
    "ProbeScores": "_probe.record",
    "Progress": "_base.progress",
    "RelaxedCVFit": "_elastic_net_cv.relaxed_record",
    "RelaxedFit": "_elastic_net.relaxed_record",
    "RelaxedPath": "_elastic_net.relaxed_record",
    "RidgeAdjoint": "_adjoint.fit",
    "RidgeCVFit": "_ridge_cv.record",
    "RidgeFit": "_ridge.record",
    "RidgePath": "_ridge.path_record",
    "RidgeStatistics": "_ridge_statistics.statistics",
    "RidgeSummary": "_ridge.summary",
    "RollingFit": "_rolling.record",
    "SelectionStability": "_elastic_net.stability_record",
    "SolveInfo": "_base.convergence",
    "StandardErrors": "_ridge_statistics.statistics",
    "ZValues": "_logistic_statistics.statistics",
    "build_config": "_base.config",
    "convert_elastic_net": "_penalty.convert_nets",
    "convert_penalty": "_penalty.convert",
    "elastic_net": "_elastic_net.fit",
    "elastic_net_conventions": "_penalty.convert_nets",
    "elastic_net_batch": "_elastic_net_batch.fit",
    "elastic_net_cv": "_elastic_net_cv.fit",
    "elastic_net_grouped": "_elastic_net_batch.groups",
    "elastic_net_moments_cv": "_elastic_net_cv.moments",
    "elastic_net_path": "_elastic_net.path",
    "elastic_net_penalty_from": "_penalty.convert_nets",
    "get_num_threads": "_base.num_threads",
    "linear_probe": "_probe.fit",
    "logistic": "_logistic.fit",
    "logistic_cv": "_logistic_cv.fit",
    "logistic_path": "_logistic.path",
    "mlp": "_network.fit",
    "mlp_batch": "_network.batch",
    "moments_cv": "_moments.cv",
    "num_threads": "_base.num_threads",
    "penalty_conventions": "_penalty.convert",
    "penalty_from": "_penalty.convert",
    "ridge": "_ridge.fit",
    "ridge_adjoint": "_adjoint.fit",
    "ridge_batch": "_batch.fit",
    "ridge_batch_cv": "_batch.fit_cv",
    "ridge_cv": "_ridge_cv.fit",
    "ridge_ewm": "_rolling.fit",
    "ridge_expanding": "_rolling.fit",
    "ridge_grouped": "_batch.groups",
    "ridge_grouped_cv": "_batch.groups_cv",
    "ridge_path": "_ridge.path",
    "ridge_rolling": "_rolling.fit",
    "selection_stability": "_elastic_net.stability",
    "set_num_threads": "_base.num_threads",
    "show_config": "_base.config",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use; later look-ups find it in the module."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return sorted({*globals(), *__all__})
