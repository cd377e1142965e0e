"""What the estimators of scikit-learn's kind need of fits to training sets."""

from __future__ import annotations

from elltwo.functional._logistic_cv.folds import fit_folds, mean_of, mean_start
from elltwo.functional._logistic_cv.scores import left_out_predictors

__all__ = ["fit_folds", "left_out_predictors", "mean_of", "mean_start"]
