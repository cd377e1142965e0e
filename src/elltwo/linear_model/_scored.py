"""Classifiers whose score is that of their scorer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.metrics import check_scoring, get_scorer
from sklearn.utils.metadata_routing import (
    UNUSED,
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.multiclass import check_classification_targets

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt


class ScoredMixin:
    """The score by `scoring`, accuracy by default, and what scorer and splitter ask for."""

    _default_scoring = "accuracy"
    __metadata_request__score = {"sample_weight": UNUSED}  # noqa: RUF012  # the scorer's

    scoring: str | Callable[..., float] | None
    cv: Any
    info_: Any
    scores_: Any
    C_: Any

    def score(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        **params: Any,  # noqa: ANN401  # for the scorer
    ) -> float:
        """Score predictions with `scoring`.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict.
        y : array-like of shape (n_samples,)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for scorers that take them.
        **params : dict
            Arguments for the scorer; only with scikit-learn's metadata routing.

        Returns
        -------
        float
            The score.
        """
        _raise_for_params(params, self, "score")
        if sample_weight is not None:
            params["sample_weight"] = sample_weight
        if _routing_enabled():
            params = process_routing(self, "score", **params).scorer.score
        return float(self._scorer()(self, X, y, **params))

    def get_metadata_routing(self) -> Any:  # noqa: ANN401  # sklearn.utils.metadata_routing
        """Say which arguments of `fit` and `score` go to the scorer, and which to the splitter.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Arguments requested by the scorer's `score` and the splitter's `split`.
        """
        mapping = MethodMapping().add(caller="score", callee="score")
        mapping = mapping.add(caller="fit", callee="score")
        router = MetadataRouter(owner=self.__class__.__name__).add_self_request(self)
        router = router.add(scorer=self._scorer(), method_mapping=mapping)
        return router.add(
            splitter=self.cv, method_mapping=MethodMapping().add(caller="fit", callee="split")
        )

    def _scorer(self) -> Callable[..., float]:
        if self.scoring is not None and self.scoring != "warn":
            scorer: Callable[..., float] = check_scoring(self, scoring=self.scoring)
            return scorer
        scorer = get_scorer(self._default_scoring)
        if _routing_enabled():
            scorer = scorer.set_score_request(sample_weight=True)  # type: ignore[attr-defined]
        return scorer

    def _validate_fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None
    ) -> None:
        super()._validate_fit(  # type: ignore[misc]  # LinearEstimator's
            X, y, sample_weight
        )
        check_classification_targets(y)
