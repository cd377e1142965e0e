"""What a relaxed elastic net with its penalty and its blend chosen returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from elltwo.functional._base.record_parts import public
from elltwo.functional._elastic_net_cv.record import ElasticNetCVFit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._elastic_net.relaxed_record import RelaxedFit
    from elltwo.functional._elastic_net.summary import ElasticNetSummary
    from elltwo.functional._elastic_net_cv.record import Compared


class Relaxed(NamedTuple):
    """The elastic net that was chosen, its share in the blend, and what shares there were."""

    net: ElasticNetFit
    gamma: float | Float64Array
    gammas: Float64Array


@public("elltwo")
class RelaxedCVFit(ElasticNetCVFit):
    """A blend of an elastic net with the refit of its active features; read-only.

    As ``elltwo.elastic_net_cv(..., relax=True)`` returns it. `coef`, `intercept` and `predict` are
    those of the blend, `info`, `alpha` and `l1_ratio` those of the elastic net in it. All scores
    have an axis for `gammas` before that of `alphas`.

    Parameters
    ----------
    coef, intercept : ndarray, float or ndarray
        Of the blend.
    relaxed : tuple
        The elastic net, its share, and the shares that were compared.
    compared : tuple
        What is behind the other properties.

    See Also
    --------
    elltwo.elastic_net_cv : Makes one.
    """

    __slots__ = ("_relaxed",)

    def __init__(
        self,
        coef: FloatArray,
        intercept: float | FloatArray,
        relaxed: Relaxed,
        compared: Compared,
    ) -> None:
        net = relaxed.net
        super().__init__(coef, intercept, net.info, net.alpha, net.l1_ratio, compared, net._data)
        self._relaxed = relaxed

    @property
    def gamma(self) -> Any:  # noqa: ANN401  # a float, or a vector if each target has its own
        """Share of the elastic net in the blend, or that of each target."""
        return self._relaxed.gamma

    @property
    def gammas(self) -> Float64Array:
        """The shares that were compared, falling."""
        return self._relaxed.gammas

    @property
    def net(self) -> ElasticNetFit:
        """The elastic net in the blend."""
        return self._relaxed.net

    @property
    def edf(self) -> Any:  # noqa: ANN401
        """Not known for blends: a choice of features costs more than their number.

        Raises
        ------
        ValueError
            Always; ``net.edf`` is that of the elastic net.
        """
        raise ValueError("degrees of freedom are not known for a blend; net.edf is the net's own")

    def relaxed(self, gamma: float = 0.0) -> RelaxedFit:
        """Blend the elastic net with one of its active features, see `ElasticNetFit.relaxed`.

        Parameters
        ----------
        gamma : float, default=0.0
            Share of the elastic net in [0, 1].

        Returns
        -------
        RelaxedFit
            Record with `coef`, `intercept` and `predict`.
        """
        return self.net.relaxed(gamma)

    def summary(
        self, names: Sequence[str] | None = None, *, target: int = 0, max_rows: int | None = 30
    ) -> ElasticNetSummary:
        """Report the elastic net, beside the refit, see `ElasticNetFit.summary`.

        Parameters
        ----------
        names : sequence of str of length n_features, default=None
            Names of the features.
        target : int, default=0
            Column of y.
        max_rows : int, default=30
            Longer tables are cut in the middle; None shows all active features.

        Returns
        -------
        ElasticNetSummary
            Its text is the report.
        """
        return self.net.summary(names, target=target, max_rows=max_rows)

    def __reduce__(self) -> tuple[Any, ...]:
        kind, arguments, *state = super().__reduce__()
        coef, intercept, *_, compared = arguments
        return kind, (coef, intercept, self._relaxed, compared), *state
