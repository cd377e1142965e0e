"""What files of linear estimators hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import elltwo.linear_model as estimators
from elltwo.functional._base.saved_fields import flag, plain, record, text
from elltwo.linear_model._saved_content import COEFFICIENTS, estimator_kind, require_coefficients

if TYPE_CHECKING:
    from elltwo.functional._base.saved_kinds import Field

_FITTED: dict[str, Field] = {
    **COEFFICIENTS,
    "info_": record("SolveInfo", "LogisticInfo", "ElasticNetInfo"),
    "solver_": text,
    "moments_": record("Moments"),
    "_multilabel": flag,
    **dict.fromkeys(
        (
            *("alpha_", "alphas_", "best_score_", "scores_", "scores_se_", "cv_results_"),
            *("mse_path_", "dual_gap_", "eps_", "l1_ratio", "l1_ratio_", "l1_ratios_"),
            *("C_", "Cs_", "_ratios", "coefs_paths_"),
        ),
        plain,
    ),
}
KINDS = tuple(
    estimator_kind(kind, _FITTED, require_coefficients)
    for name in estimators.__all__
    if isinstance(kind := getattr(estimators, name), type)
)
