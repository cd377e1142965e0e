"""What an elastic net with its penalty chosen returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.record_parts import public
from elltwo.functional._elastic_net.record import ElasticNetFit

if TYPE_CHECKING:
    from elltwo.functional._base.text_table import Columns
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net.kept import Kept
    from elltwo.functional._elastic_net.path_record import ElasticNetPath
    from elltwo.functional._elastic_net_problem.info import ElasticNetInfo


class Compared(NamedTuple):
    """What was compared: arrays as the record shows them, and the paths of all rows."""

    l1_ratios: Float64Array
    alphas: Float64Array
    scores: dict[str, Float64Array | None]
    paths: tuple[ElasticNetPath, ...]


@public("elltwo")
class ElasticNetCVFit(ElasticNetFit):
    """An elastic net with its alpha chosen, as `elltwo.elastic_net_cv` returns it; read-only.

    Where `l1_ratio` was a sequence, `alphas` and all scores have a first axis for its values, and
    NaN where the grid of one is shorter than that of another.

    Parameters
    ----------
    coef, intercept, info : ndarray, float or ndarray, ElasticNetInfo
        Of the fit to all rows, see `ElasticNetFit`.
    alpha, l1_ratio : float or ndarray of shape (n_targets,)
        The penalty chosen, or that of each target.
    compared : tuple
        What is behind the other properties.
    data : object, default=None
        What the fit was made from, see `ElasticNetFit`.

    See Also
    --------
    elltwo.elastic_net_cv : Makes one.
    """

    __slots__ = ("_compared",)

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        info: ElasticNetInfo,
        alpha: float | Float64Array,
        l1_ratio: float | Float64Array,
        compared: Compared,
        data: Kept = None,
    ) -> None:
        super().__init__(coef, intercept, info, alpha, l1_ratio, data)
        self._compared = compared

    @property
    def alphas(self) -> Float64Array:
        """Grid of shape (n_alphas,), in the order it was given, then what was added to it."""
        return self._compared.alphas

    @property
    def l1_ratios(self) -> Float64Array:
        """The values of `l1_ratio` that were compared, of shape (n_l1_ratios,)."""
        return self._compared.l1_ratios

    @property
    def gamma(self) -> Any:  # noqa: ANN401  # a float, or a vector if each target has its own
        """Share of the elastic net in a blend, see ``relax``: 1, the net alone."""
        return 1.0

    @property
    def gammas(self) -> Float64Array:
        """The shares that were compared."""
        return np.ones(1)

    @property
    def net(self) -> ElasticNetFit:
        """The elastic net in a blend, which this is itself."""
        return self

    @property
    def paths(self) -> tuple[ElasticNetPath, ...]:
        """The path of all rows for each of `l1_ratios`; in pickles without the data."""
        return self._compared.paths

    def _array(self, name: str) -> Float64Array:
        values = self._compared.scores[name]
        if values is None:
            raise AttributeError(f"this kind of cross-validation has no {name}")
        return values

    @property
    def cv_mse(self) -> Float64Array:
        """Mean squared error on the test sets at every alpha, by weight, or the criterion.

        The mean over targets, of shape (n_alphas,), or (n_alphas, n_targets) if each has its alpha.
        """
        return self._array("cv_mse")

    @property
    def cv_se(self) -> Float64Array:
        """Standard errors of `cv_mse` over the splits; criteria have none."""
        return self._array("cv_se")

    @property
    def cv_score(self) -> Float64Array:
        """Values of `scoring`, or else minus `cv_mse`."""
        return self._array("cv_score")

    @property
    def fold_mse(self) -> Float64Array:
        """Mean squared error on each test set, (n_splits, n_alphas) or with targets last.

        Criteria have none.
        """
        return self._array("fold_mse")

    def _curve(self) -> tuple[Float64Array, Columns] | None:
        from elltwo.functional._base.coefficient_table import curve_columns

        if np.ndim(self.alpha) or np.ndim(self.l1_ratio) or np.ndim(self.gamma):
            return None  # targets with alphas of their own
        scores, what = self._compared.scores, "mean squared error"
        values, errors = scores["cv_mse"], scores["cv_se"]
        if values is None:
            values, errors, what = self.cv_score, None, "score"
        alphas, place = self.alphas, []
        if alphas.ndim == 2:
            place.append(int(np.flatnonzero(self.l1_ratios == self.l1_ratio)[0]))
            alphas = alphas[place[0]]
        if values.ndim > len(place) + 1:
            place.append(int(np.flatnonzero(self.gammas == self.gamma)[0]))
        kept = ~np.isnan(alphas)
        values = values[tuple(place)][kept]
        errors = None if errors is None else errors[tuple(place)][kept]
        return alphas[kept], curve_columns(self, values, errors, what)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, arguments, *state = super().__reduce__()
        light = tuple(path._without_data() for path in self._compared.paths)
        return kind, (*arguments, self._compared._replace(paths=light)), *state
