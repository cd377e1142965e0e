"""What records of fits with chosen alphas have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._batch.alpha_choice import Choice


class ChosenAlphas:
    """The scores that alphas were chosen by."""

    __slots__ = ()

    _choice: Choice

    @property
    def alphas(self) -> Float64Array:
        """Grid of shape (n_alphas,), or (batch, n_alphas) where each problem has its own.

        A grid of a problem's own begins with 0 and ends with infinity.
        """
        return self._choice.alphas

    @property
    def scores(self) -> Float64Array:
        """Mean squared errors out of sample, (batch, n_alphas): `cv_mse` of `ridge_cv`.

        Infinite where an alpha was not tried: 0 and infinity in a problem's own grid are tried
        only where the alpha beside them is the best or the choice.
        """
        return self._choice.scores

    @property
    def score_errors(self) -> Float64Array:
        """Standard errors of the scores: `cv_se` of `ridge_cv`; "gcv" has none."""
        if self._choice.score_errors is None:
            raise AttributeError("this kind of cross-validation has no score_errors")
        return self._choice.score_errors

    @property
    def best_score(self) -> Float64Array:
        """Score of the alpha chosen for each problem, of shape (batch,)."""
        choice = self._choice
        is_chosen = choice.alphas == choice.alpha[:, np.newaxis]
        best: Float64Array = np.min(choice.scores, axis=1, where=is_chosen, initial=np.inf)
        return best
