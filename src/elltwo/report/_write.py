"""The functions that make a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.record_parts import public
from elltwo.plot._axes import require_matplotlib
from elltwo.report._choice import cv_picture, trace_pictures
from elltwo.report._coefficients import coefficient_pictures
from elltwo.report._figures import as_file
from elltwo.report._page import page
from elltwo.report._subject import Called, read_subject

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from elltwo.functional._base.sparse import SparseLike
    from elltwo.report._subject import AnyFit


@public("elltwo.report")
def html(
    fit: AnyFit,
    X: ArrayLike | SparseLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    feature_names: Sequence[str] | None = None,
    target_name: str | None = None,
    title: str | None = None,
    units: ArrayLike | None = None,
    level: float = 0.95,
    facts: Mapping[str, object] | None = None,
    **options: Any,  # noqa: ANN401  # of the function that made the fit
) -> str:
    """Make a page about a fit: coefficients, penalty, residuals or calibration, data, certificate.

    Parameters
    ----------
    fit : elltwo.RidgeFit, elltwo.ElasticNetFit or elltwo.LogisticFit
        The fit of one target, with its penalty chosen or given.
    X : array-like or sparse matrix of shape (n_samples, n_features)
        The rows that it was made from.
    y : array-like of shape (n_samples,)
        Their targets or labels.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows, as they were given to the fit.
    feature_names : sequence of str of length n_features, default=None
        Names of the features; None stands for those of the fit or of X.
    target_name : str, default=None
        What y is; None stands for its own name, or "y".
    title : str, default=None
        Heading of the page; None stands for the model and the target.
    units : array-like of shape (n_features,), default=None
        Numbers that the columns were divided by before the fit, such as standard deviations.
        Coefficients and intervals are told for the columns before.
    level : float, default=0.95
        Level of the intervals.
    facts : mapping of str to number or str, default=None
        More about the data, to be listed with it.
    options : optional
        Other keywords that the fit was made with, such as `penalty_factors`, `prior_mean` or
        `fit_intercept`; the trace of the coefficients needs them.

    Returns
    -------
    str
        A page in HTML 5 that loads nothing, holds no script, and can be printed.

    Raises
    ------
    TypeError
        If `fit` is something else.
    ValueError
        If X, y, `sample_weight`, names or units do not fit `fit`, or it has several targets.
    ImportError
        If matplotlib is missing.

    Examples
    --------
    >>> import elltwo
    >>> X, y = [[0.0], [1.0], [2.0], [4.0]], [0.0, 2.0, 1.0, 3.0]
    >>> fit = elltwo.ridge(X, y, alpha=1.0)
    >>> text = elltwo.report.html(fit, X, y, feature_names=["dose"], target_name="response")
    >>> "<title>Ridge regression of response</title>" in text
    True
    """
    require_matplotlib()
    called = Called(feature_names, target_name, units, level, facts)
    return page(read_subject(fit, X, y, sample_weight, called, options), title)


@public("elltwo.report")
def write(
    path: str | os.PathLike[str],
    fit: AnyFit,
    X: ArrayLike | SparseLike,
    y: ArrayLike,
    **options: Any,  # noqa: ANN401  # of html
) -> None:
    """Write the page that `html` makes to a file.

    Parameters
    ----------
    path : str or path
        The file, which is replaced if it is there.
    fit : elltwo.RidgeFit, elltwo.ElasticNetFit or elltwo.LogisticFit
        The fit.
    X : array-like or sparse matrix of shape (n_samples, n_features)
        The rows that it was made from.
    y : array-like of shape (n_samples,)
        Their targets or labels.
    options : optional
        Keywords of `html`.

    Raises
    ------
    TypeError, ValueError, ImportError
        See `html`.
    OSError
        If the file cannot be written.
    """
    Path(path).write_text(html(fit, X, y, **options), encoding="utf-8")


@public("elltwo.report")
def draw(
    path: str | os.PathLike[str],
    fit: AnyFit,
    X: ArrayLike | SparseLike,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    feature_names: Sequence[str] | None = None,
    target_name: str | None = None,
    level: float = 0.95,
    **options: Any,  # noqa: ANN401  # of the function that made the fit
) -> None:
    """Draw the coefficients, the curve of cross-validation and the trace into one picture.

    Parameters
    ----------
    path : str or path
        The file, such as fit.png, fit.svg or fit.pdf; it is replaced if it is there.
    fit : elltwo.RidgeFit, elltwo.ElasticNetFit or elltwo.LogisticFit
        The fit of one target.
    X : array-like or sparse matrix of shape (n_samples, n_features)
        The rows that it was made from.
    y : array-like of shape (n_samples,)
        Their targets or labels.
    sample_weight, feature_names, target_name, level, options : optional
        See `html`.

    Raises
    ------
    TypeError, ImportError
        See `html`.
    ValueError
        See `html`; also if matplotlib writes no files of such a name.
    OSError
        If the file cannot be written.
    """
    require_matplotlib()
    called = Called(feature_names, target_name, None, level)
    subject = read_subject(fit, X, y, sample_weight, called, options)
    curve, (traces, _) = cv_picture(subject), trace_pictures(subject)
    as_file([*coefficient_pictures(subject), *([curve] if curve else []), *traces], path)
