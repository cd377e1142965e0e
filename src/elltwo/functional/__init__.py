"""Arrays in, records out: the numerical API, which needs NumPy and the compiled core alone."""

from elltwo.functional._config import build_config, show_config
from elltwo.functional._cv_record import RidgeCVFit
from elltwo.functional._jackknife import PredictionInterval
from elltwo.functional._path import ridge_path
from elltwo.functional._path_record import PathPoint, RidgePath
from elltwo.functional._penalties import convert_penalty, penalty_conventions, penalty_from
from elltwo.functional._records import RidgeFit, SolveInfo
from elltwo.functional._ridge import ridge
from elltwo.functional._ridge_cv import ridge_cv
from elltwo.functional._statistics import RidgeStatistics, StandardErrors
from elltwo.functional._summary import RidgeSummary

__all__ = [
    "PathPoint",
    "PredictionInterval",
    "RidgeCVFit",
    "RidgeFit",
    "RidgePath",
    "RidgeStatistics",
    "RidgeSummary",
    "SolveInfo",
    "StandardErrors",
    "build_config",
    "convert_penalty",
    "penalty_conventions",
    "penalty_from",
    "ridge",
    "ridge_cv",
    "ridge_path",
    "show_config",
]
