"""Estimators with scikit-learn's interface, for parts on an executor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import estimators
from elltwo.integrations._reduce.text import described
from elltwo.integrations.executor._engine import ExecutorEngine
from elltwo.integrations.executor._predict import ask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Unpack

    from elltwo.integrations._reduce.options import RunOptions
    from elltwo.integrations.executor._engine import Executor, Loader


class _OnExecutor:
    """What `fit`, `score` and `predict` take: parts, a loader and an executor."""

    @staticmethod
    def _open(
        parts: Iterable[Any],
        loader: Loader = None,
        *,
        executor: Executor,
        **run: Unpack[RunOptions],
    ) -> tuple[ExecutorEngine, RunOptions]:
        return ExecutorEngine(parts, loader, executor), run

    _ask = staticmethod(ask)


@public("elltwo.integrations.executor")
@described()
class Ridge(_OnExecutor, estimators.Ridge):
    """Ridge regression of parts on an executor.

    ``fit(parts, loader, executor=..., **run)`` takes what the function `ridge` takes.

    Parameters
    ----------
    {ridge_parameters}

    Attributes
    ----------
    {attributes}
    """


@public("elltwo.integrations.executor")
@described()
class RidgeCV(_OnExecutor, estimators.RidgeCV):
    """Ridge regression of parts on an executor, alpha chosen in the same pass.

    ``fit(parts, loader, executor=..., **run)`` takes what the function `ridge_cv` takes.

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


@public("elltwo.integrations.executor")
@described()
class LogisticRegression(_OnExecutor, estimators.LogisticRegression):
    """Logistic regression of parts on an executor.

    ``fit(parts, loader, executor=..., **run)`` takes what the function `logistic` takes.

    Parameters
    ----------
    {logistic_parameters}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    {attributes}
    """
