"""Arrays in, records out: the numerical API, which needs NumPy and the compiled core alone."""

from elltwo.functional._config import build_config, show_config
from elltwo.functional._penalties import convert_penalty, penalty_conventions, penalty_from
from elltwo.functional._records import RidgeCVFit, RidgeFit, SolveInfo
from elltwo.functional._ridge import ridge
from elltwo.functional._ridge_cv import ridge_cv

__all__ = [
    "RidgeCVFit",
    "RidgeFit",
    "SolveInfo",
    "build_config",
    "convert_penalty",
    "penalty_conventions",
    "penalty_from",
    "ridge",
    "ridge_cv",
    "show_config",
]
