"""Displays of fits, after scikit-learn's; they need matplotlib: ``pip install elltwo[plot]``.

matplotlib is imported when a display is drawn.
"""

from elltwo.plot._calibration_display import CalibrationDisplay
from elltwo.plot._coefficient_display import CoefficientDisplay
from elltwo.plot._collinearity_display import CollinearityDisplay
from elltwo.plot._cv_display import RidgeCVDisplay
from elltwo.plot._net_cv_display import ElasticNetCVDisplay
from elltwo.plot._net_path_display import ElasticNetPathDisplay
from elltwo.plot._path_display import RidgePathDisplay
from elltwo.plot._residual_display import ResidualDisplay
from elltwo.plot._rolling_display import RollingDisplay

__all__ = [
    "CalibrationDisplay",
    "CoefficientDisplay",
    "CollinearityDisplay",
    "ElasticNetCVDisplay",
    "ElasticNetPathDisplay",
    "ResidualDisplay",
    "RidgeCVDisplay",
    "RidgePathDisplay",
    "RollingDisplay",
]
