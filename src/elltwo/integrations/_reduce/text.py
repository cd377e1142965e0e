"""Parts of docstrings that the engines' functions and classes share."""

from __future__ import annotations

import re
from textwrap import dedent, indent
from typing import TYPE_CHECKING, TypeVar

from elltwo.integrations._reduce.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

Described = TypeVar("Described", bound="Callable[..., object] | type")

_MARKER = re.compile(r"^([ ]*)\{(\w+)\}$", re.MULTILINE)


def described(**parts: str) -> Callable[[Described], Described]:
    """Fill lines of a docstring that are nothing but ``{name}`` with shared text of that name.

    `parts` are an engine's own texts, and go before those of this module. Such a text may have
    lines to fill itself.
    """
    texts = {**PARTS, **SECTIONS, **parts}

    def fill(function: Described) -> Described:
        if function.__doc__:
            function.__doc__ = _MARKER.sub(_filled, function.__doc__)
        return function

    def _filled(marker: re.Match[str]) -> str:
        text = dedent(texts[marker[2]]).strip("\n")
        return indent(_MARKER.sub(_filled, text), marker[1])

    return fill


PARTS = {
    "ridge_objective": r"""
        Minimises

        .. math::
            \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
            \qquad \alpha_j = \alpha f_j,

        for every target, see `elltwo.ridge`, from the moments of all rows. One pass: each partition
        sends about 8 n_features^2 bytes, whatever its rows are. The same partitions give the same
        bits, whichever of them is done first and however often; others give the same digits.
        """,
    "net_objective": r"""
        Minimises

        .. math::
            \tfrac12 \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \alpha \sum_j f_j \Bigl(
            \rho |b_j - m_j| + \frac{1 - \rho}{2} (b_j - m_j)^2 \Bigr)

        for every target, see `elltwo.elastic_net`, by coordinate descent on the moments of all
        rows, which one pass sums; the certificate is a duality gap. The same partitions give the
        same bits, others the same digits.
        """,
    "logistic_objective": r"""
        For two classes, minimises

        .. math::
            \sum_i w_i \log(1 + e^{-s_i z_i}) + \frac12 \sum_j \alpha_j (b_j - m_j)^2,
            \qquad z_i = o_i + b_0 + x_i \cdot b, \quad \alpha_j = \alpha f_j,

        and for more the multinomial objective, see `elltwo.logistic`: ``alpha = 1 / C`` for the C
        of scikit-learn, and the intercept is free. By Newton steps over passes: coefficients go out
        with each, losses, gradients and where they are wanted Hessians come back. The first pass
        collects classes, scales and a sample of the rows, from which the second starts. The
        certificate is the exact gradient of the last pass. The same partitions give the same bits,
        others the same digits.
        """,
    "alpha": """
        alpha : float or array-like of shape (n_targets,), default=1.0
            Strength of the penalty in [0, inf]; 0 is least squares.
        """,
    "penalty": """
        penalty_factors : array-like of shape (n_features,), default=None
            Multiples of alpha in [0, inf], 1 each by default; 0 leaves a coefficient unpenalised.
        prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), \
default=None
            Values that the coefficients shrink to, 0 by default.
        """,
    "class_penalty": """
        penalty_factors : array-like of shape (n_features,), default=None
            Multiples of alpha in [0, inf], 1 each by default; 0 leaves a coefficient unpenalised.
        prior_mean : float or array-like of shape (n_features,) or (n_classes, n_features), \
default=None
            Values that the coefficients shrink to, 0 by default.
        """,
    "class_alpha": """
        alpha : float, default=1.0
            Strength of the penalty in [0, inf]; 0 is maximum likelihood.
        """,
    "class_model": """
        fit_intercept : bool, default=True
            Whether there is an intercept, which is free.
        tol : float, default=1e-8
            Relative gradient that the fit is held to, see `elltwo.LogisticInfo`.
        max_iter : int, default=100
            At most so many passes.
        """,
    "class_choice": """
        select : {"min", "1se"}, default="min"
            "1se" takes the largest alpha whose score is within one standard error of the best.
        scoring : {"log_loss", "accuracy", "brier"}, default="log_loss"
            Score of predicted probabilities, see `elltwo.logistic_cv`.
        """,
    "class_alphas": """
        alphas : array-like of shape (n_alphas,), default=None
            Penalties in [0, inf]; None stands for the grid of `elltwo.logistic_path`.
        """,
    "class_folds": """
        cv : int or "alo", default=5
            Number of folds, or approximate leave-one-out, for which two passes more give the
            Hessians and the scores, see `elltwo.logistic_cv`.
            Row i of partition j, both from 0 on, is in fold ``(i // fold_rows + j) % cv``, rows
            left out counted.
        """,
    "ridge_model": """
        fit_intercept : bool, default=True
            Whether there is an intercept.
        penalize_intercept : bool, default=False
            Whether the intercept is penalised as well, by ``alpha * b0**2``.
        tol : float, default=1e-10
            Relative KKT residual, of the normal equations, that the fit is held to.
        """,
    "net_model": """
        bounds : tuple (lower, upper), default=None
            Bounds that the coefficients are held to, see `elltwo.elastic_net`.
        fit_intercept : bool, default=True
            Whether there is an intercept.
        tol : float, default=1e-10
            Relative duality gap that the fit is held to.
        max_iter : int, default=None
            Effort, see `elltwo.elastic_net`.
        """,
    "group_targets": """
        group_targets : bool, default=False
            Whether the targets share their features, see `elltwo.elastic_net`.
        """,
    "net_grid": """
        n_alphas : int, default=100
            Size of the automatic grid.
        alpha_min_ratio : float, default=None
            Ratio of its smallest alpha to its largest, see `elltwo.elastic_net_path`.
        """,
    "alphas": """
        alphas : array-like of shape (n_alphas,), default=None
            Penalties in [0, inf]; None stands for a grid from the moments.
        """,
    "folds": """
        Row i of partition j, both from 0 on, is in fold ``(i // fold_rows + j) % cv``, rows left
        out counted: one pass has them all.
        """,
    "choice": """
        select : {"min", "1se"}, default="min"
            "1se" takes the largest alpha whose error is within one standard error of the smallest.
        """,
    "per_target": """
        per_target : bool, default=False
            Whether every target has an alpha of its own.
        """,
    "extend": """
        extend : bool, default=False
            Whether to continue `alphas` where the choice is at an end of them.
        """,
    "ridge_parameters": """
        alpha : float or array-like of shape (n_targets,), default=1.0
            Strength of the penalty in [0, inf]; 0 is least squares.
        fit_intercept, penalize_intercept, penalty_factors, prior_mean, tol : optional
            The penalty and the model, see the function.
        """,
    "ridge_cv_parameters": """
        alphas : array-like of shape (n_alphas,), default=None
            Penalties in [0, inf]; None stands for a grid from the moments.
        cv : int or "gcv", default=5
            Number of folds, or generalised cross-validation.
        fit_intercept : bool, default=True
            Whether there is an intercept.
        alpha_per_target : bool, default=False
            Whether every target has an alpha of its own.
        select : {"min", "1se"}, default="min"
            "1se" takes the largest alpha whose error is within one standard error of the smallest.
        penalize_intercept, penalty_factors, prior_mean, tol : optional
            The penalty and the model, see the function.
        """,
    "logistic_parameters": """
        C : float, default=1.0
            Reciprocal of the penalty's strength, as in scikit-learn.
        fit_intercept, penalty_factors, prior_mean, tol, max_iter : optional
            The penalty and the model, see the function.
        """,
    "attributes": """
        coef_ : ndarray
            Coefficients, in the shape that scikit-learn's have.
        intercept_ : float or ndarray
            Intercepts, zero where none was fitted.
        n_features_in_ : int
            Number of features.
        feature_names_in_ : ndarray of shape (n_features_in_,)
            Names of the features, where they have any.
        info_ : elltwo.SolveInfo or elltwo.LogisticInfo
            How the fit ended.
        fit_ : record
            What the function returns.
        """,
    "run": """
        **run : RunOptions
            How partitions are read, each by its name:

            target : str or sequence of str
                Column to predict, where partitions are tables; a sequence makes y two-dimensional.
            features : sequence of str
                Columns to predict from, by default all that are not named otherwise.
            sample_weight, offset : str
                Columns of weights, and for logistic regression of offsets.
            ignore : str or sequence of str
                Columns that are neither.
            missing : {"error", "skip"}
                Whether a row in which something is missing is an error, as it is by default, or is
                left out.
            encode : "one-hot" or dict of {column: levels}
                Columns of categories become columns of zeros and ones, one for each level; with
                "one-hot" the levels are those that the collection knows.
            check : {"first", "every"}
                Whether indexes of X and y are compared in the first pass, which is the default, or
                in every one.
            fold_rows : int
                Consecutive rows that share a fold, 1000 by default.
            n_threads : int
                Threads of each partition's work, 1 by default.
            fan_in : int
                Pieces that are merged at a time, 8 by default, or 4 beyond 1000 features.
            progress : bool or callable
                As in `elltwo.fit_stream`, for rows of the pass.
            state : path
                File that what a pass has given is saved to; the same call goes on from it, to the
                same bits.
        """,
    "raises": """
        TypeError
            If an argument has the wrong type, or a column holds no numbers.
        ValueError
            If an argument is out of range, or there are no rows.
        elltwo.exceptions.StreamError
            If a partition cannot be used: something is NaN, or it has other columns than the first.
            The text names partition, row and column; of several partitions it is the first. It is a
            ValueError.
        ImportError
            If workers have another version of elltwo than the driver.
        RuntimeError
            If the work on a partition is lost, or fails for a reason of its own.
        """,
}
