"""Sums that linear regression needs of its rows, and the fits from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from elltwo.functional._base.grid import N_ALPHAS
from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, count, read_options
from elltwo.functional._base.record_parts import Saved, public
from elltwo.functional._base.validate import penalties
from elltwo.functional._moments.sums import MomentSums
from elltwo.functional._ridge_problem.problem import read_moments_problem

if TYPE_CHECKING:
    import numpy.typing as npt

    from elltwo.functional._base.bounds import BoundsLike
    from elltwo.functional._elastic_net.path_record import ElasticNetPath
    from elltwo.functional._elastic_net.record import ElasticNetFit
    from elltwo.functional._moments.fit import MomentsFit
    from elltwo.functional._ridge.path_record import RidgePath
    from elltwo.functional._ridge_cv.record import RidgeCVFit


@public("elltwo")
class Moments(MomentSums, Saved):
    r"""Weights, means and products of rows that come in portions, and fits from them.

    For rows (x, y) of weight w they hold the sum W of the weights, the means, and about these

    .. math::
        G = \sum_i w_i (x_i - \bar x)(x_i - \bar x)^T, \qquad
        g = \sum_i w_i (x_i - \bar x)(y_i - \bar y), \qquad
        \sum_i w_i (y_i - \bar y)^2,

    which is all that the coefficients of a ridge regression or an elastic net depend on. Rows are
    added and removed in portions of any size, and moments of different rows merge [1]_: a stream,
    files, processes or folds each need memory for about 16 n_features^2 bytes, whatever the number
    of rows.

    Sums are kept to twice the working precision [2]_, so that errors do not grow with the number
    of portions, and each column in units of a power of two where its squares would overflow or
    underflow. The same portions in the same order give the same bits, whatever `n_threads` is.
    `relative_error` bounds what rounding has done to the squares of every feature.

    Without the rows nothing corrects a fit: relative errors of coefficients are about
    1e-16 / rcond, with ``rcond`` that of the fit's `info`. `elltwo.ridge`, which sees the rows,
    does better for ill-conditioned problems.

    Parameters
    ----------
    n_features : int
        Number of features.
    n_targets : int, default=None
        Number of targets; None stands for one, given as 1-D y.
    feature_names, target_names : sequence of str, default=None
        Names of features and targets; None stands for those of the first table that is added.

    See Also
    --------
    elltwo.moments_cv : Choose alpha by cross-validation over moments of folds.
    elltwo.ridge : One fit to rows at hand.

    Notes
    -----
    A method that raises an error, or is interrupted, leaves the moments as they were. Several
    threads may add to the same moments, but the order, and with it the last bits, is then
    theirs.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub and R. J. LeVeque (1983). Algorithms for computing the sample
       variance: analysis and recommendations. The American Statistician 37, 242-247.
    .. [2] T. Ogita, S. M. Rump and S. Oishi (2005). Accurate sum and dot product. SIAM Journal on
       Scientific Computing 26, 1955-1988. Algorithm 4.1.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.normal(size=1000)
    >>> m = elltwo.Moments(3)
    >>> for rows in np.split(np.arange(1000), 4):
    ...     m = m.add(X[rows], y[rows])
    >>> m.n_rows
    1000
    >>> fit = m.ridge(alpha=2.0)
    >>> bool(np.allclose(fit.coef, elltwo.ridge(X, y, alpha=2.0).coef, rtol=1e-13))
    True
    """

    __slots__ = ()

    def _saved(self) -> dict[str, Any]:
        return {"sums": np.frombuffer(self.to_bytes(), dtype=np.uint8)}

    def ridge(
        self,
        alpha: npt.ArrayLike = 1.0,
        *,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        fit_intercept: bool = True,
        penalize_intercept: bool = False,
        solver: str = AUTO,
        tol: float = TOL,
        n_threads: int | None = None,
    ) -> MomentsFit:
        r"""Fit a ridge regression to the rows so far.

        The coefficients b and the intercept b0 minimise, for every target,

        .. math::
            \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
            \qquad \alpha_j = \alpha f_j.

        Where the normal equations are singular to working precision, eigenvectors of `gram` tell
        its rank, and at alpha = 0 the solution is the limit of small penalties, see `elltwo.ridge`.

        Parameters
        ----------
        alpha : float or array-like of shape (n_targets,), default=1.0
            Penalty in [0, inf]; 0 is least squares.
        penalty_factors : array-like of shape (n_features,), default=None
            Multiples of alpha in [0, inf], see `elltwo.ridge`.
        prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), \
default=None
            Values that the coefficients shrink to, 0 by default.
        fit_intercept : bool, default=True
            Whether there is an intercept.
        penalize_intercept : bool, default=False
            Whether the intercept is penalised as well, by ``alpha * b0**2``.
        solver : {"auto", "cholesky", "svd"}, default="auto"
            "cholesky" insists on normal equations, "svd" on singular values of rows that have the
            same products. Other names as in `ridge`.
        tol : float, default=1e-10
            Relative KKT residual, of the normal equations, that the fit is held to.
        n_threads : int, default=None
            Threads to use; None stands for `elltwo.get_num_threads()`.

        Returns
        -------
        MomentsFit
            What `elltwo.ridge` returns, and `edf`, `rss` and `stderr`. It is not touched by later
            changes of the moments.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If there are no rows yet, shapes disagree or a value is out of its range.
        OverflowError
            If a coefficient is beyond the range of float64.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        from elltwo.functional._moments.fit import as_moments_fit

        problem = read_moments_problem(self._core.copy(), penalty_factors, prior_mean, self._names)
        options = read_options(fit_intercept, penalize_intercept, solver, tol, MAX_ITER, n_threads)
        alphas = penalties(alpha, self.n_targets)
        fitted = problem.X.fit(alphas, problem.penalty_factors, problem.prior_mean, options)
        return as_moments_fit(problem, fitted, alphas, options)

    def path(
        self,
        alphas: npt.ArrayLike | None = None,
        *,
        n_alphas: int = N_ALPHAS,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        fit_intercept: bool = True,
        penalize_intercept: bool = False,
        n_threads: int | None = None,
    ) -> RidgePath:
        """Fit ridge regressions for many penalties from one decomposition, as `ridge_path`.

        Parameters
        ----------
        alphas : array-like of shape (n_alphas,), default=None
            Penalties in [0, inf]; None stands for a grid from the spectrum.
        n_alphas : int, default=100
            Size of the automatic grid.
        penalty_factors, prior_mean, fit_intercept, penalize_intercept, n_threads : optional
            The penalty and the model, see `ridge`.

        Returns
        -------
        RidgePath
            Coefficients, degrees of freedom, residual squares, GCV, AIC and BIC for every alpha;
            what needs rows raises ValueError.
        """
        from elltwo.functional._moments.path import moments_path

        problem = read_moments_problem(self._core.copy(), penalty_factors, prior_mean, self._names)
        options = read_options(fit_intercept, penalize_intercept, AUTO, TOL, MAX_ITER, n_threads)
        return moments_path(problem, options, alphas, count(n_alphas, "n_alphas", minimum=1))

    def gcv(
        self,
        alphas: npt.ArrayLike | None = None,
        *,
        per_target: bool = False,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        fit_intercept: bool = True,
        penalize_intercept: bool = False,
        tol: float = TOL,
        n_threads: int | None = None,
    ) -> RidgeCVFit:
        """Choose alpha by generalised cross-validation and fit there.

        ``n RSS / (n - edf)**2`` for n rows (Golub, Heath and Wahba 1979, equation 1.4), as
        ``ridge_cv(cv="gcv")``.

        Parameters
        ----------
        alphas : array-like of shape (n_alphas,), default=None
            Grid of penalties in [0, inf]; None stands for one from the spectrum, extended as in
            `ridge_cv`.
        per_target : bool, default=False
            Whether every target has an alpha of its own.
        penalty_factors, prior_mean, fit_intercept, penalize_intercept, tol, n_threads : optional
            The penalty and the model, see `ridge`.

        Returns
        -------
        RidgeCVFit
            The fit with `alpha`, `alphas` and `cv_mse`, the criterion at each of them.
        """
        from elltwo.functional._moments.path import choose_by_gcv

        problem = read_moments_problem(self._core.copy(), penalty_factors, prior_mean, self._names)
        options = read_options(fit_intercept, penalize_intercept, AUTO, tol, MAX_ITER, n_threads)
        return choose_by_gcv(problem, options, alphas, per_target)

    def elastic_net(
        self,
        alpha: npt.ArrayLike = 1.0,
        l1_ratio: float = 0.5,
        *,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        fit_intercept: bool = True,
        tol: float = TOL,
        max_iter: int | None = None,
        start: npt.ArrayLike | ElasticNetFit | None = None,
        n_threads: int | None = None,
        group_targets: bool = False,
    ) -> ElasticNetFit:
        r"""Fit an elastic net to the rows so far, see `elltwo.elastic_net`.

        The coefficients b and the intercept b0 minimise, for every target,

        .. math::
            \tfrac12 \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j \Bigl(
            \rho |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr).

        Parameters
        ----------
        alpha : float or array-like of shape (n_targets,), default=1.0
            Strength of the penalty in [0, inf].
        l1_ratio : float, default=0.5
            Share rho of the absolute values in the penalty, in [0, 1].
        penalty_factors, prior_mean, bounds, fit_intercept : optional
            The penalty and the model, see `elltwo.elastic_net`.
        tol, max_iter, start, n_threads : optional
            The effort, see there.
        group_targets : bool, default=False
            Whether the targets share their features, see there.

        Returns
        -------
        ElasticNetFit
            What `elltwo.elastic_net` returns. It is not touched by later changes of the moments.

        Raises
        ------
        TypeError
            If an argument does not hold real numbers, or an option has the wrong type.
        ValueError
            If there are no rows yet, shapes disagree or a value is out of its range.

        Warns
        -----
        elltwo.exceptions.ConvergenceWarning
            If `tol` was not reached.
        """
        from elltwo.functional._elastic_net.of_moments import moments_fit, read_moments_net

        problem = read_moments_problem(self._core.copy(), penalty_factors, prior_mean, self._names)
        options = (fit_intercept, tol, max_iter, n_threads)
        data = read_moments_net(problem, bounds, l1_ratio, options, group_targets)
        return moments_fit(data, alpha, start)

    def elastic_net_path(
        self,
        alphas: npt.ArrayLike | None = None,
        l1_ratio: float = 0.5,
        *,
        n_alphas: int = N_ALPHAS,
        alpha_min_ratio: float | None = None,
        max_features: int | None = None,
        penalty_factors: npt.ArrayLike | None = None,
        prior_mean: npt.ArrayLike | None = None,
        bounds: BoundsLike | None = None,
        fit_intercept: bool = True,
        tol: float = TOL,
        max_iter: int | None = None,
        n_threads: int | None = None,
        group_targets: bool = False,
    ) -> ElasticNetPath:
        """Fit elastic nets for many penalties, as `elltwo.elastic_net_path`.

        Parameters
        ----------
        alphas : array-like of shape (n_alphas,), default=None
            Penalties in [0, inf]; None stands for a grid from the smallest at which all penalised
            coefficients are zero.
        l1_ratio : float, default=0.5
            Share of the absolute values in the penalty, in [0, 1].
        n_alphas, alpha_min_ratio, max_features : optional
            The grid, and where to stop, see `elltwo.elastic_net_path`.
        penalty_factors, prior_mean, bounds, fit_intercept : optional
            The penalty and the model, see `elltwo.elastic_net`.
        tol, max_iter, n_threads : optional
            The effort, see there.
        group_targets : bool, default=False
            Whether the targets share their features, see there.

        Returns
        -------
        ElasticNetPath
            What `elltwo.elastic_net_path` returns.
        """
        from elltwo.functional._elastic_net.of_moments import moments_path, read_moments_net

        problem = read_moments_problem(self._core.copy(), penalty_factors, prior_mean, self._names)
        options = (fit_intercept, tol, max_iter, n_threads)
        data = read_moments_net(problem, bounds, l1_ratio, options, group_targets)
        return moments_path(data, alphas, n_alphas, alpha_min_ratio, max_features)
