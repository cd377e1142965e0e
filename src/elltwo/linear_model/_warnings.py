"""Warnings that scikit-learn's filters match as well as elltwo's."""

from __future__ import annotations

from sklearn.exceptions import ConvergenceWarning as _SklearnConvergenceWarning

from elltwo import exceptions
from elltwo.functional._base.convergence import ESTIMATORS_OWN


class ConvergenceWarning(exceptions.ConvergenceWarning, _SklearnConvergenceWarning):  # type: ignore[misc]  # untyped base
    """What estimators warn with in the place of `elltwo.exceptions.ConvergenceWarning`."""


class SeparationWarning(exceptions.SeparationWarning, ConvergenceWarning):
    """What estimators warn with in the place of `elltwo.exceptions.SeparationWarning`."""


ESTIMATORS_OWN[exceptions.ConvergenceWarning] = ConvergenceWarning
ESTIMATORS_OWN[exceptions.SeparationWarning] = SeparationWarning
