"""What the estimators of scikit-learn's kind need of elastic nets on training sets."""

from __future__ import annotations

from elltwo.functional._elastic_net_cv.shared import FirstFits
from elltwo.functional._elastic_net_cv.training import solve_splits

__all__ = ["FirstFits", "solve_splits"]
