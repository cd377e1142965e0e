"""scikit-learn's function for paths of the lasso."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.linear_model._elastic_net_paths import enet_path

if TYPE_CHECKING:
    import numpy.typing as npt


@public("elltwo.linear_model")
def lasso_path(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    eps: float = 1e-3,
    n_alphas: int | None = None,
    alphas: int | npt.ArrayLike | None = 100,
    precompute: Any = "auto",  # noqa: ANN401  # bool, word or matrix
    Xy: npt.ArrayLike | None = None,
    copy_X: bool = True,
    coef_init: npt.ArrayLike | None = None,
    verbose: bool | int = False,
    return_n_iter: bool = False,
    positive: bool = False,
    **params: Any,  # noqa: ANN401  # scikit-learn's further keywords
) -> tuple[Any, ...]:
    """Fit the lasso at many alphas, in place of ``sklearn.linear_model.lasso_path``.

    Minimises the objective of `Lasso`, or for y with several targets that of `MultiTaskLasso`, at
    every alpha, without an intercept.

    Parameters
    ----------
    X : array-like or sparse matrix of shape (n_samples, n_features)
        Features, finite.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Targets.
    eps : float, default=1e-3
        Smallest over largest alpha of an automatic grid.
    n_alphas : int, default=None
        Size of an automatic grid, as it was given before scikit-learn 1.9; None stands for
        `alphas`.
    alphas : int or array-like of shape (n_alphas,), default=100
        Size of an automatic grid, from the smallest alpha at which all coefficients are zero
        downwards, or the alphas.
    precompute : bool, "auto" or array-like of shape (n_features, n_features), default="auto"
        A Gram matrix is compared with X, and refused if it is not that of X; none of the values
        changes the answer.
    Xy : array-like of shape (n_features,) or (n_features, n_targets), default=None
        Accepted so that calls written for scikit-learn keep working; ``X.T @ y`` is computed.
    copy_X : bool, default=True
        Accepted so that calls written for scikit-learn keep working. X is never modified.
    coef_init : array-like of shape (n_features,) or (n_targets, n_features), default=None
        Coefficients to start from at the largest alpha; the answer is the same.
    verbose : bool or int, default=False
        Accepted so that calls written for scikit-learn keep working; nothing is printed.
    return_n_iter : bool, default=False
        Whether to return `n_iters` too.
    positive : bool, default=False
        Whether coefficients must not be negative; only for one target.
    **params : dict
        `tol` (1e-10, the relative duality gap that every fit is held to), `max_iter` (1000 rounds
        of the active set at an alpha), `sample_weight`, and `n_threads`; `random_state`,
        `selection` and `do_screening` have no effect.

    Returns
    -------
    alphas : ndarray of shape (n_alphas,)
        The alphas, falling.
    coefs : ndarray of shape (n_features, n_alphas) or (n_targets, n_features, n_alphas)
        Coefficients, float32 if X is, else float64.
    dual_gaps : ndarray of shape (n_alphas,)
        Duality gaps in the units of the objective.
    n_iters : list of int
        Rounds of the active set at every alpha; only with `return_n_iter`.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or an option has the wrong type.
    ValueError
        If shapes disagree, a value is out of its range, the data hold NaN or infinity, or there are
        unknown keywords.

    See Also
    --------
    elltwo.elastic_net_path : A path with an intercept, criteria and pictures.

    Examples
    --------
    >>> from elltwo.linear_model import lasso_path
    >>> X, y = [[-1.0], [0.0], [1.0]], [-1.0, 0.0, 1.0]
    >>> alphas, coefs, gaps = lasso_path(X, y, alphas=[0.5, 0.1])
    >>> alphas, coefs.round(6)
    (array([0.5, 0.1]), array([[0.25, 0.85]]))
    """
    return enet_path(
        X,
        y,
        l1_ratio=1.0,
        eps=eps,
        n_alphas=n_alphas,
        alphas=alphas,
        precompute=precompute,
        Xy=Xy,
        copy_X=copy_X,
        coef_init=coef_init,
        verbose=verbose,
        return_n_iter=return_n_iter,
        positive=positive,
        **params,
    )
