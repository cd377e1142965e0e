"""Arrays in, records out: the numerical API, which needs NumPy and the compiled core alone."""

from elltwo.functional._config import build_config, show_config
from elltwo.functional._path import ridge_path
from elltwo.functional._path_record import PathPoint, RidgePath
from elltwo.functional._penalties import convert_penalty, penalty_conventions, penalty_from
from elltwo.functional._records import RidgeCVFit, RidgeFit, SolveInfo
from elltwo.functional._ridge import ridge
from elltwo.functional._ridge_cv import ridge_cv

__all__ = [
    "PathPoint",
    "RidgeCVFit",
    "RidgeFit",
    "RidgePath",
    "SolveInfo",
    "build_config",
    "convert_penalty",
    "penalty_conventions",
    "penalty_from",
    "ridge",
    "ridge_cv",
    "ridge_path",
    "show_config",
]
