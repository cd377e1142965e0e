"""The record that `elltwo.elastic_net_path` returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.names import Names
from elltwo.functional._base.record_parts import Saved, as_float32, public
from elltwo.functional._base.validate import one_penalty
from elltwo.functional._elastic_net.criteria import PathCriteria
from elltwo.functional._elastic_net.fit import fit_at, fit_of
from elltwo.functional._elastic_net.kept import require_data
from elltwo.functional._elastic_net.predict import predict_all
from elltwo.functional._elastic_net_problem.info import info_of

if TYPE_CHECKING:
    from typing import Self

    import numpy.typing as npt

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.functional._base.validate import Float64Array, FloatArray
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._elastic_net.relaxed_record import RelaxedPath
    from elltwo.functional._elastic_net_problem.info import ElasticNetInfo
    from elltwo.functional._elastic_net_problem.points import Call, Point, Solved
    from elltwo.functional._elastic_net_problem.solve import NetData


@public("elltwo")
class ElasticNetPath(PathCriteria, Saved):
    """Elastic nets for many penalties, as `elltwo.elastic_net_path` returns them.

    It keeps X and y, which must not change while it is used. Deep copies and pickles take both
    along; `at` and `choose` return records whose pickles do not. Coefficients are kept without
    their zeros.

    Attributes
    ----------
    alphas : ndarray of shape (n_alphas,)
        Penalties, in the order they were given, or falling; without those that were not reached
        for `max_features` or for want of memory.
    l1_ratio : float
        Share of the absolute values in the penalty.
    stopped_early : bool
        Whether `max_features` ended the path before its last alpha, or more than 20000 features at
        a time, of which there is a warning.

    See Also
    --------
    elltwo.elastic_net_path : Makes one.
    """

    def __init__(self, data: NetData, solved: Solved, alphas: Float64Array | None) -> None:
        self._data: NetData | Names = data
        self._paths, self._call = solved
        self._shape = data.n_targets, data.n_features
        self._single = data.single
        self._one_dimensional = data.problem.one_dimensional
        self.l1_ratio = data.l1_ratio
        self._place(alphas)

    @classmethod
    def _of_saved(cls, **parts: Any) -> Self:  # noqa: ANN401  # what `_saved` returns
        """Return a path that has left its data behind."""
        path = cls.__new__(cls)
        path._data = parts["names"]
        path._paths, path._call = list(parts["paths"]), parts["call"]
        path._shape = len(path._paths), parts["n_features"]
        path._single = parts["single"]
        path._one_dimensional = parts["one_dimensional"]
        path.l1_ratio = parts["l1_ratio"]
        path._place(parts["alphas"])
        return path

    def _place(self, alphas: Float64Array | None) -> None:
        """Find the points of alphas, all that there are by default."""
        self.stopped_early = any(path.stopped_early for path in self._paths)
        falling = min((path.alphas for path in self._paths), key=len)  # reached by every target
        if not falling.size:
            raise ValueError("max_features is less than there are at the largest of alphas")
        wanted = falling if alphas is None else alphas[alphas >= falling[-1]]
        self.alphas: Float64Array = wanted.copy()
        self._order = np.searchsorted(-falling, -wanted)
        worst = int(self.gaps.reshape(len(wanted), -1).max(axis=1).argmax())
        self.info: ElasticNetInfo = self._info_at(worst)

    def _info_at(self, at: int) -> ElasticNetInfo:
        points = [path.point(self._order[at]) for path in self._paths]
        return info_of(self._call, points)

    @property
    def _names(self) -> Names:  # type: ignore[override]
        return self._data if isinstance(self._data, Names) else self._data.problem.names

    def _require_data(self) -> NetData:
        return require_data(self._data)

    def _gathered(self, name: str) -> Any:  # noqa: ANN401  # floats, or integers
        """Return a field of all points, (n_alphas,) or (n_alphas, n_targets)."""
        columns = [getattr(path, name)[self._order] for path in self._paths]
        return columns[0] if self._one_dimensional else np.stack(columns, axis=1)

    def _kept(self, values: Float64Array) -> FloatArray:
        return as_float32(values) if self._single else values

    @property
    def coef(self) -> FloatArray:
        """Coefficients, (n_alphas, n_features) or (n_alphas, n_targets, n_features).

        The array is made whenever it is asked for; `csr` returns what is kept.
        """
        n_targets, n_features = self._shape
        dense = np.zeros((self.alphas.size, n_targets, n_features))
        for t, path in enumerate(self._paths):
            for i, at in enumerate(self._order):
                rows = slice(path.starts[at], path.starts[at + 1])
                dense[i, t, path.features[rows]] = path.values[rows]
        return self._kept(dense[:, 0] if self._one_dimensional else dense)

    def csr(self, target: int = 0) -> tuple[FloatArray, npt.NDArray[Any], npt.NDArray[Any]]:
        """Return the coefficients of one target that are not zero, as rows of a sparse matrix.

        Parameters
        ----------
        target : int, default=0
            Column of y.

        Returns
        -------
        data, indices, indptr : ndarray
            What ``scipy.sparse.csr_array((data, indices, indptr))`` takes, with
            ``shape=(n_alphas, n_features)``.
        """
        path = self._paths[target]
        pieces = [np.arange(path.starts[at], path.starts[at + 1]) for at in self._order]
        indptr = np.concatenate([[0], np.cumsum([piece.size for piece in pieces])])
        taken = np.concatenate(pieces)
        return self._kept(path.values[taken]), path.features[taken], indptr

    @property
    def intercept(self) -> FloatArray:
        """Intercepts, zero where none was fitted, (n_alphas,) or (n_alphas, n_targets)."""
        return self._kept(self._gathered("intercept"))

    @property
    def n_active(self) -> npt.NDArray[np.int64]:
        """Numbers of coefficients that are not zero, (n_alphas,) or (n_alphas, n_targets)."""
        active: npt.NDArray[np.int64] = self._gathered("n_active")
        return active

    @property
    def gaps(self) -> Float64Array:
        """Relative duality gaps, bounds on (objective - minimum) / objective, as `n_active`."""
        gaps: Float64Array = self._gathered("gap")
        return gaps

    @property
    def violations(self) -> Float64Array:
        """Violations of the optimality conditions over ``alpha * l1_ratio``, as `n_active`."""
        violations: Float64Array = self._gathered("violation")
        return violations

    @property
    def objective(self) -> Float64Array:
        """Values of what is minimised, as `n_active`."""
        objective: Float64Array = self._gathered("objective")
        return objective

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Whether each point has reached its tolerance, as `n_active`."""
        converged: npt.NDArray[np.bool_] = self._gathered("converged").astype(np.bool_)
        return converged

    @property
    def rss(self) -> Float64Array:
        """Weighted sums of squared residuals, (n_alphas,) or (n_alphas, n_targets)."""
        rss: Float64Array = self._gathered("rss")
        return rss

    @property
    def alpha_max(self) -> Any:  # noqa: ANN401  # a float, or a vector of one for each target
        """Smallest alpha at which all penalised coefficients are zero, or that of each target."""
        if self._one_dimensional:
            return self._paths[0].alpha_max
        return np.array([path.alpha_max for path in self._paths])

    def at(self, alpha: float) -> ElasticNetFit:
        """Fit at any alpha, from the nearest fit of the path on.

        Parameters
        ----------
        alpha : float
            Penalty in [0, inf]. One of `alphas` returns the point that is there.

        Returns
        -------
        ElasticNetFit
            What `elltwo.elastic_net` returns.
        """
        value, data = one_penalty(alpha), self._require_data()
        (same,) = np.nonzero(self.alphas == value)
        if same.size:
            return self._point(np.full(len(self._paths), same[0]))
        with np.errstate(invalid="ignore", divide="ignore"):
            distance = np.abs(np.log(self.alphas) - np.log(value))
        near = int(np.where(np.isnan(distance), np.inf, distance).argmin())
        start = [path.point(self._order[near]).coef(data.n_features) for path in self._paths]
        return fit_at(data, np.array([value]), np.array(start))

    def choose(self, criterion: str = "bic") -> ElasticNetFit:
        """Return the fit that a criterion prefers, each target having its own alpha.

        Parameters
        ----------
        criterion : {"bic", "aic", "ebic", "gcv"}, default="bic"
            What is smallest; of equals the largest alpha is taken.

        Returns
        -------
        ElasticNetFit
            The point of the path.
        """
        values = self.criterion(criterion).reshape(self.alphas.size, -1)
        best = np.where(values <= values.min(axis=0), self.alphas[:, np.newaxis], -1.0)
        return self._point(best.argmax(axis=0))

    @property
    def call(self) -> Call:
        """How the paths came about, for points that are made into fits."""
        return self._call

    def target_point(self, target: int, alpha: float) -> Point:
        """Return one target's point at one of the alphas."""
        path = self._paths[target]
        return path.point(path.place(alpha))

    def _point(self, at: npt.NDArray[np.intp]) -> ElasticNetFit:
        """Return points of the path, one for each target, by their numbers in `alphas`."""
        chosen = self.alphas[at]
        points = [path.point(self._order[i]) for path, i in zip(self._paths, at, strict=True)]
        same = bool((chosen == chosen[0]).all())
        alpha = float(chosen[0]) if same else chosen
        return fit_of(self._require_data(), points, self._call, alpha, self.l1_ratio)

    def relaxed(self, gamma: float = 0.0) -> RelaxedPath:
        """Blend every fit with one of its active features without a penalty.

        Parameters
        ----------
        gamma : float, default=0.0
            Share of the fits of this path in [0, 1], see `ElasticNetFit.relaxed`.

        Returns
        -------
        RelaxedPath
            Record with `alphas`, `coef`, `intercept`, `rss` and `predict`.
        """
        from elltwo.functional._elastic_net.relaxed import Fits, relax_path

        fits = Fits(self.coef, self.intercept)
        return relax_path(self._require_data(), self.alphas, fits, gamma)

    def predict(self, X: npt.ArrayLike | SparseLike) -> FloatArray:
        """Predict the targets of the rows of X at every alpha.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
            Rows to predict, whose columns are found by name as in `ElasticNetFit.predict`.

        Returns
        -------
        ndarray of shape (n_samples, n_alphas) or (n_samples, n_alphas, n_targets)
            Predictions, float32 if X and `coef` are, else float64.
        """
        return predict_all(X, self.coef, self.intercept, self._names)

    def _without_data(self) -> Self:
        """Return a twin that knows the names alone."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin._data = self._names
        return twin

    def _saved(self) -> dict[str, Any]:
        return {
            "alphas": self.alphas,
            "paths": [*self._paths],
            "call": self._call,
            "n_features": self._shape[1],
            "single": self._single,
            "one_dimensional": self._one_dimensional,
            "l1_ratio": self.l1_ratio,
            "names": self._names,
        }

    def _repr_html_(self) -> str:
        from elltwo.functional._base.coefficient_table import path_html
        from elltwo.functional._base.text_table import Column

        active = self.n_active.reshape(self.alphas.size, -1).sum(axis=1).astype(np.float64)
        columns = [
            Column("n_active", "coefficients not zero", active),
            Column("gap", "duality gap", self.gaps.reshape(self.alphas.size, -1).max(axis=1)),
        ]
        return path_html(self, {"l1_ratio": self.l1_ratio}, columns)

    def __repr__(self) -> str:
        return (
            f"ElasticNetPath({self.alphas.size} alphas from {self.alphas.min():.3g} to "
            f"{self.alphas.max():.3g}, l1_ratio={self.l1_ratio:g}, "
            f"n_active up to {int(self.n_active.max())}, gaps up to {float(self.gaps.max()):.1e})"
        )
