"""Estimators with scikit-learn's interface, for dask collections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import estimators
from elltwo.integrations._reduce.text import described
from elltwo.integrations.dask._predict import lazily
from elltwo.integrations.dask._start import started

if TYPE_CHECKING:
    from typing import Unpack

    from elltwo.integrations._reduce.options import RunOptions
    from elltwo.integrations.dask._engine import DaskEngine
    from elltwo.integrations.dask._options import DaskOptions


class _OnDask:
    """What `fit`, `score` and `predict` take: collections, as the functions do."""

    @staticmethod
    def _open(
        X: Any,  # noqa: ANN401
        y: Any = None,  # noqa: ANN401
        **run: Unpack[DaskOptions],
    ) -> tuple[DaskEngine, RunOptions]:
        return started(X, y, run)

    @staticmethod
    def _ask(fit: Any, method: str, X: Any, **options: Any) -> Any:  # noqa: ANN401
        return lazily(fit, method, X, **options)


@public("elltwo.integrations.dask")
@described()
class Ridge(_OnDask, estimators.Ridge):
    """Ridge regression of dask collections.

    ``fit(X, y, **run)`` takes what the function `ridge` takes.

    Parameters
    ----------
    {ridge_parameters}

    Attributes
    ----------
    {attributes}
    """


@public("elltwo.integrations.dask")
@described()
class RidgeCV(_OnDask, estimators.RidgeCV):
    """Ridge regression of dask collections, alpha chosen in the same pass.

    ``fit(X, y, **run)`` takes what the function `ridge_cv` takes.

    Parameters
    ----------
    {ridge_cv_parameters}

    Attributes
    ----------
    alpha_ : float or ndarray of shape (n_targets,)
        The penalty that was chosen.
    alphas_ : ndarray of shape (n_alphas,)
        Those that it was chosen from.
    {attributes}
    """


@public("elltwo.integrations.dask")
@described()
class LogisticRegression(_OnDask, estimators.LogisticRegression):
    """Logistic regression of dask collections.

    ``fit(X, y, **run)`` takes what the function `logistic` takes.

    Parameters
    ----------
    {logistic_parameters}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    {attributes}
    """
