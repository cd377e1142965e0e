"""Estimators with scikit-learn's interface, for Ray Datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.integrations._reduce import estimators
from elltwo.integrations._reduce.text import described
from elltwo.integrations.ray._data import read_dataset
from elltwo.integrations.ray._engine import RayEngine
from elltwo.integrations.ray._predict import predict, predict_proba
from elltwo.integrations.ray._stream import one_pass_engine

if TYPE_CHECKING:
    from typing import Unpack

    import ray.data

    from elltwo.integrations._reduce.engine import Engine
    from elltwo.integrations._reduce.options import RunOptions

ASK = {"predict": predict, "predict_proba": predict_proba}


class _OnRay:
    """What `fit`, `score` and `predict` take: a Dataset."""

    @staticmethod
    def _open(dataset: ray.data.Dataset, **run: Unpack[RunOptions]) -> tuple[Engine, RunOptions]:
        rows = read_dataset(dataset, run)
        return RayEngine(rows), rows.options

    @staticmethod
    def _ask(fit: Any, method: str, dataset: ray.data.Dataset, **options: Any) -> Any:  # noqa: ANN401
        return ASK[method](fit, dataset, **options)


@public("elltwo.integrations.ray")
@described()
class Ridge(_OnRay, estimators.Ridge):
    """Ridge regression of a Ray Dataset.

    ``fit(dataset, **run)`` takes what the function `ridge` takes.

    Parameters
    ----------
    {ridge_parameters}

    Attributes
    ----------
    {attributes}
    """

    @staticmethod
    def _open(dataset: ray.data.Dataset, **run: Unpack[RunOptions]) -> tuple[Engine, RunOptions]:
        rows = read_dataset(dataset, run)
        return one_pass_engine(rows), rows.options


@public("elltwo.integrations.ray")
@described()
class RidgeCV(_OnRay, estimators.RidgeCV):
    """Ridge regression of a Ray Dataset, alpha chosen in the same pass.

    ``fit(dataset, **run)`` takes what the function `ridge_cv` takes.

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


@public("elltwo.integrations.ray")
@described()
class LogisticRegression(_OnRay, estimators.LogisticRegression):
    """Logistic regression of a Ray Dataset.

    ``fit(dataset, **run)`` takes what the function `logistic` takes.

    Parameters
    ----------
    {logistic_parameters}

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes.
    {attributes}
    """
