"""Errors of blends of elastic nets with unpenalised fits of their active features."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from elltwo.functional._base.row_blocks import fitted_values
from elltwo.functional._base.validate import float64_array
from elltwo.functional._elastic_net.relaxed import Refits
from elltwo.functional._ridge_cv.scores import CVScores, score_predictions, scores_of_splits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._elastic_net_cv.splits import NetSplits, Tested
    from elltwo.functional._elastic_net_problem.points import Solved

GAMMAS = (1.0, 0.75, 0.5, 0.25, 0.0)  # glmnet's
_VALUES = 1 << 22  # predictions held at a time


def read_relax(relax: object) -> Float64Array | None:
    """Return the shares of the elastic net to choose from, falling; None for the net alone."""
    if isinstance(relax, bool | np.bool_):
        return np.array(GAMMAS) if relax else None
    values = float64_array(relax, "relax")  # type: ignore[arg-type]
    if values.ndim > 1 or not values.size or not ((values >= 0.0) & (values <= 1.0)).all():
        raise ValueError(f"relax must be True, False or hold shares in [0, 1], got {relax!r}")
    return np.unique(values)[::-1].copy()


class RelaxedScores(NamedTuple):
    """Scores of a grid for every gamma."""

    each: tuple[CVScores, ...]

    def error(self, per_target: bool) -> Float64Array:
        """Return what is minimised; the columns are gammas, or gammas and targets."""
        return np.concatenate([one.error(per_target) for one in self.each], axis=1)

    def spread(self, per_target: bool) -> Float64Array | None:
        """Return standard errors in the shape of `error`."""
        spreads = [one.spread(per_target) for one in self.each]
        known = [one for one in spreads if one is not None]
        return np.concatenate(known, axis=1) if len(known) == len(spreads) else None

    def joined(self, other: RelaxedScores) -> RelaxedScores:
        """Return these scores followed by those of other alphas."""
        pairs = zip(self.each, other.each, strict=True)
        return RelaxedScores(tuple(one.joined(more) for one, more in pairs))


class RelaxedSplits:
    """Scores of grids by the splits of elastic nets, at several shares of them."""

    def __init__(self, nets: NetSplits, gammas: Float64Array) -> None:
        self._nets = nets
        self._gammas = gammas

    @property
    def solved(self) -> Solved:
        """Paths of all rows at the alphas last fitted."""
        return self._nets.solved

    def first_grid(self) -> Float64Array:
        """Fit on the core's own grid and return it."""
        return self._nets.first_grid()

    def cv_scores(self, alphas: Float64Array) -> RelaxedScores:
        """Return errors, and values of the scoring function where there is one."""
        whole = self._nets.cv_scores(alphas)  # which fits
        blended = self._gammas[self._gammas < 1.0]
        sse, weight = self._nets.score(alphas)
        every = [
            self._of_split(test, alphas, blended, own)
            for test, own in zip(self._nets.tested(), sse, strict=True)
        ]
        others = [_joined(alphas, every, weight, at) for at in range(blended.size)]
        return RelaxedScores((*([whole] if self._gammas[0] == 1.0 else []), *others))

    def _of_split(
        self, test: Tested, alphas: Float64Array, gammas: Float64Array, own: Float64Array
    ) -> list[_OfSplit]:
        """Return what each gamma scores on one test set; `own` are the nets' sums of squares."""
        coef, intercept = self._nets.fits(test.split, alphas)
        refit, offset, _ = Refits(self._nets.training(test.split), coef, intercept).blended(0.0)
        null = ~(coef != 0.0).any(axis=2)  # where both are one, and are to be equal to the bit
        offset[null] = intercept[null]
        parts: list[list[_OfSplit]] = []
        step = max(1, _VALUES // test.problem.Y.size)
        for first in range(0, alphas.size, step):
            some = slice(first, first + step)
            net = _fitted(test, coef[some], intercept[some])
            free = _fitted(test, refit[some], offset[some])
            parts.append(list(self._scored(test, net, free, gammas)))
        joined = [_OfSplit.of_parts(of_gamma) for of_gamma in zip(*parts, strict=True)]
        return [one._replace(sse=np.where(null, own, one.sse)) for one in joined]

    def _scored(
        self, test: Tested, net: Float64Array, free: Float64Array, gammas: Float64Array
    ) -> Iterator[_OfSplit]:
        scoring = self._nets.scoring
        for gamma in gammas:
            fitted = net + (1.0 - gamma) * (free - net)
            squares = (test.problem.Y[:, np.newaxis] - fitted) ** 2
            sse = np.tensordot(test.weight, squares, axes=1)
            scores = None
            if scoring is not None:
                of_alphas = fitted.transpose(0, 2, 1)
                scores = score_predictions(test.problem, scoring, of_alphas, test.weight)
            yield _OfSplit(sse, scores)


class _OfSplit(NamedTuple):
    """One test set at one gamma."""

    sse: Float64Array  #: (n_alphas, n_targets)
    scores: tuple[Float64Array, Float64Array] | None  #: for each target alone, and for all

    @staticmethod
    def of_parts(parts: tuple[_OfSplit, ...]) -> _OfSplit:
        """Join blocks of alphas."""
        known = [part.scores for part in parts if part.scores is not None]
        scores = None
        if known:
            scores = (
                np.concatenate([one for one, _ in known]),
                np.concatenate([both for _, both in known]),
            )
        return _OfSplit(np.concatenate([part.sse for part in parts]), scores)


def _fitted(test: Tested, coef: Float64Array, intercept: Float64Array) -> Float64Array:
    """Return predictions of shape (n_rows, n_alphas, n_targets)."""
    flat = fitted_values(test.problem.X, coef.reshape(-1, coef.shape[2]), intercept.ravel())
    return flat.reshape(-1, *intercept.shape)


def _joined(
    alphas: Float64Array, every: list[list[_OfSplit]], weight: Float64Array, at: int
) -> CVScores:
    """Return the scores of one gamma over all splits."""
    parts = [of_split[at] for of_split in every]
    known = [part.scores for part in parts if part.scores is not None]
    scores = None
    if known:
        scores = (
            np.mean([one for one, _ in known], axis=0),
            np.mean([both for _, both in known], axis=0),
        )
    return scores_of_splits(alphas, scores, _Sums(np.array([p.sse for p in parts]), weight))


class _Sums(NamedTuple):
    """Sums over test sets that are known already."""

    sse: Float64Array
    weight: Float64Array

    def score(self, _: Float64Array) -> tuple[Float64Array, Float64Array]:
        """Return them."""
        return self.sse, self.weight
