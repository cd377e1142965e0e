"""The kinds of records that a file may hold, and the modules that describe them.

This table is all that a file can name. A room describes its own records in a module `saved`, whose
`KINDS` are loaded when a file holds one of them. To add one: let its class derive from `Saved`,
list its `Kind` there, and name it here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from elltwo.functional._base.saved_kinds import Kind

_NAMES_BY_HOME = {
    "functional._base.saved_info": "Names SolveInfo",
    "functional._ridge.saved": "RidgeFit RidgePath",
    "functional._ridge_cv.saved": "RidgeCVFit",
    "functional._moments.saved": "Moments MomentsFit",
    "functional._batch.saved": "BatchFit BatchCVFit Choice GroupedFit GroupedCVFit",
    "functional._rolling.saved": "RollingFit",
    "functional._logistic.saved": "KeptCoef LogisticFit LogisticInfo LogisticPath",
    "functional._logistic_cv.saved": "CVResults LogisticCVFit",
    "functional._logistic_passes.saved": "PassInfo PassesCVFit PassesFit PassesPath",
    "functional._elastic_net.saved": (
        "Call ElasticNetFit ElasticNetInfo ElasticNetPath RelaxedFit RelaxedPath SelectionStability"
        " TargetPath"
    ),
    "functional._elastic_net_cv.saved": "Compared ElasticNetCVFit Relaxed RelaxedCVFit",
    "functional._elastic_net_batch.saved": "ElasticNetBatchFit ElasticNetGroupedFit",
    "functional._network.saved": "MLPBatchFit MLPFit MLPInfo NetworkModel NetworkState",
    "functional._probe.saved": "LinearProbe ProbeScore ProbeScores",
    "linear_model._saved": (
        "ElasticNet ElasticNetCV Lasso LassoCV LogisticRegression LogisticRegressionCV"
        " MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV Ridge RidgeCV"
        " RidgeClassifier RidgeClassifierCV"
    ),
    "neural_network._saved": "MLPClassifier MLPRegressor",
    "stream._saved": "LogisticStreamFit StreamFit",
    "formula.saved": "FormulaFit",
    "tabular._saved": "TableFit",
}
HOMES = {name: home for home, names in _NAMES_BY_HOME.items() for name in names.split()}

#: Formats and versions of models that held parameters alone.
EARLIER = {("elltwo-ridge", 1), ("elltwo-model", 2)}


def find_kind(name: str) -> Kind | None:
    """Return a kind by its name, None where there is none."""
    home = HOMES.get(name)
    if home is None:
        return None
    kinds: tuple[Kind, ...] = import_module(f"elltwo.{home}").KINDS
    return next(kind for kind in kinds if kind.name == name)


def find_earlier(name: object, version: object) -> Callable[[dict[str, Any]], object] | None:
    """Return what reads an earlier format of ``elltwo fit``, None for all others."""
    if type(name) is not str or type(version) is not int or (name, version) not in EARLIER:
        return None
    reader: Callable[[dict[str, Any]], object]
    reader = import_module("elltwo.tabular._earlier").read_earlier
    return reader
