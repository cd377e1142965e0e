"""Linear models of data that need not fit in memory, in one pass or a few."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal, overload

from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._base.record_parts import public
from elltwo.stream._arguments import (
    check_elastic_net,
    read_penalties,
    require_model,
)
from elltwo.stream._columns import Roles
from elltwo.stream._fit_logistic import Penalty, fit_logistic
from elltwo.stream._fold_rows import default_fold_rows
from elltwo.stream._how import How
from elltwo.stream._part_moments import Plan
from elltwo.stream._record import Problem, fit_run
from elltwo.stream._run import Run
from elltwo.stream._saving import resume_run, save_run
from elltwo.stream._sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Unpack

    import numpy.typing as npt

    from elltwo.stream._logistic_record import LogisticStreamFit
    from elltwo.stream._options import StreamOptions
    from elltwo.stream._record import StreamFit
    from elltwo.stream._sources import Source

L1_RATIO = 0.5  # of an elastic net, as in `elastic_net`


@overload
def fit_stream(
    source: Any,  # noqa: ANN401
    *,
    model: Literal["logistic"],
    **options: Unpack[StreamOptions],
) -> LogisticStreamFit: ...


@overload
def fit_stream(
    source: Any,  # noqa: ANN401
    *,
    model: Literal["ridge", "elastic_net"] = "ridge",
    **options: Unpack[StreamOptions],
) -> StreamFit: ...


@public("elltwo")
def fit_stream(
    source: Any,  # files, arrays, iterators
    *,
    model: str = "ridge",
    target: str | Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    sample_weight: str | None = None,
    offset: str | Sequence[str] | None = None,
    alpha: npt.ArrayLike | None = None,
    alphas: npt.ArrayLike | None = None,
    cv: int | str | None = None,
    l1_ratio: float | npt.ArrayLike | None = None,
    fold_rows: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    tol: float | None = None,
    missing: str = "raise",
    state: str | Path | None = None,
    checkpoint: float = 30.0,
    progress: bool | Callable[[int, int | None, float], object] | None = None,
    n_jobs: int = 1,
    n_threads: int | None = None,
) -> StreamFit | LogisticStreamFit:
    r"""Fit a ridge or logistic regression, or an elastic net, in passes over data of any size.

    What is kept in memory grows with the features and not with the rows. `model` says what is
    minimised. For "ridge" it is

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    for every target, see `ridge`, and for "elastic_net" what `elastic_net` minimises, from one pass
    that takes the `Moments` of all rows. For "logistic" it is the objective of `logistic`, binomial
    for two classes and multinomial for more, by Newton's method over about five passes: the first
    finds the classes, and a sample whose fit the others start from. `tol` bounds the exact gradient
    of all rows, so that the fit is that of the same rows in memory.

    Sums are those of the parts (files; arrays and iterators are one part) merged in order, and do
    not depend on threads, on `n_jobs` or on where the reading was interrupted.

    Parameters
    ----------
    source : path, list of paths, pyarrow object, tuple of arrays, iterable or callable
        Tables: paths of CSV (.csv, .csv.gz; the header tells what separates the cells), Parquet
        (.parquet, .pq) and Arrow files (.arrow, .feather, .ipc), folders of them and patterns with
        ``*``, or a Table, RecordBatchReader or Dataset of pyarrow, or a frame of pandas or polars.
        Arrays: ``(X, y)`` or ``(X, y, sample_weight)``, also `numpy.memmap`, or the paths of their
        .npy files; they are read in place. Chunks: an iterable of such tuples or of tables in
        memory, or a function that returns one; chunks are read in place as well. Columns of tables
        are found by name. A logistic regression reads the source several times, for which iterators
        are refused, and takes chunks ``(X, y, sample_weight, offset)`` too.
    model : {"ridge", "logistic", "elastic_net"}, default="ridge"
        What is fitted. "ridge" with `l1_ratio` is an elastic net as well.
    target : str or sequence of str, default=None
        Column to predict of a table; a sequence, even of one name, makes y two-dimensional. For
        logistic regression it holds labels: text, booleans or whole numbers, by the types of Arrow
        and frames; of CSV files numbers where the first rows of all hold nothing else.
    features : sequence of str, default=None
        Columns to predict from, by default all that are not named otherwise.
    ignore : str or sequence of str, default=()
        Columns that are neither.
    sample_weight : str, default=None
        Column of weights.
    offset : str or sequence of str, default=None
        Column of offsets of a logistic regression, one for each class of more than two.
    alpha : float or array-like of shape (n_targets,), default=None
        Penalty in [0, inf]; None where `cv` chooses it.
    alphas : array-like of shape (n_alphas,), default=None
        Penalties to choose from; None stands for a grid from the spectrum of X.
    cv : int or {"gcv", "aic", "bic", "ebic", "alo"}, default=None
        How to choose alpha: over so many folds, by generalised cross-validation ("gcv") of ridge,
        that or an information criterion of `ElasticNetPath` of an elastic net, or the approximate
        leave-one-out ("alo") of logistic regression, see `logistic_cv`. Ridge and elastic nets
        choose in the same pass; of logistic regression the fits of all folds share passes.
        Row i of part j, both from 0 on, is in fold
        ``(i // fold_rows + j) % cv``, rows left out counted.
    l1_ratio : float or sequence of float, default=None
        Share of the absolute values in the penalty of an elastic net, see `elastic_net`; `cv`
        chooses one of several. None stands for ridge, and for 0.5 with ``model="elastic_net"``.
    fold_rows : int, default=None
        Consecutive rows that share a fold. None stands for 1000, or where that would leave a fold
        without rows, for the rows of the longest part over `cv`; the rows of an iterator are not
        known beforehand.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `ridge`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default; of more than two classes,
        (n_classes, n_features).
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept of a ridge regression is penalised as well, by ``alpha * b0**2``.
    tol : float, default=None
        Relative gradient that a logistic regression is held to, see `LogisticInfo`; None stands for
        1e-10, as in `logistic`.
    missing : {"raise", "skip"}, default="raise"
        What to do with rows in which a value or label is NaN, null or empty: stop, or leave the row
        out.
    state : path, default=None
        File that the sums and the place in the stream are saved to, and from which an
        interrupted run goes on, to the same bits. Chunks must then begin where they began the first
        time; those that are in already are passed over. Of a logistic regression complete passes
        are not made again, and the first pass goes on at the part that it had come to.
    checkpoint : float, default=30.0
        Seconds between two savings, more where a saving takes long. The end, Ctrl-C and errors save
        as well.
    progress : bool or callable, default=None
        True shows rows, rate and time left on standard error; None does where that is a terminal
        and the work takes longer than a second. A function is called with the rows, the total or
        None, and the seconds, about five times a second and at the end. Of a logistic regression
        these are the rows read in all passes, and the total is that of the passes expected.
    n_jobs : int, default=1
        Files to read at the same time.
    n_threads : int, default=None
        Threads to parse and to compute with; None stands for `elltwo.get_num_threads()`.
        They are shared by the files that are read at the same time, for each of which one more
        thread reads ahead.

    Returns
    -------
    StreamFit or LogisticStreamFit
        `coef`, `intercept`, `alpha`, `info`, `predict`, `n_rows` and more. `fit` is what `ridge` or
        `elastic_net` returns, and `moments` are those of all rows; or it is what `logistic`
        returns, with `classes`, `predict_proba` and `passes`.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    ValueError
        If an argument is out of range, a column is missing or holds no numbers, files have
        different columns, a file is not what its name says, there are no rows or one class only, a
        fold is empty, or the state file is damaged or belongs to another stream.
    elltwo.exceptions.StreamError
        If rows cannot be read or hold NaN or infinity; the text names file, row and column, and its
        `moments` are those of the rows read before. Or if a later pass finds another number of
        rows, a new class or a file of another size: the data have changed. It is a ValueError.
    OSError
        If a file cannot be opened.

    See Also
    --------
    Moments : What is accumulated.
    ridge, elastic_net, logistic : The fits of data in memory.

    Examples
    --------
    >>> import numpy as np
    >>> import elltwo
    >>> rng = np.random.default_rng(0)
    >>> chunks = []
    >>> for _ in range(4):
    ...     X = rng.standard_normal((500, 3))
    ...     chunks.append((X, X @ [1.0, 2.0, 3.0] + 4.0))
    >>> fit = elltwo.fit_stream(chunks, alpha=0.0)
    >>> fit.coef.round(6).tolist(), round(fit.intercept, 6), fit.n_rows
    ([1.0, 2.0, 3.0], 4.0, 2000)
    >>> signs = [(X, np.where(X[:, 0] > rng.standard_normal(500), "up", "down")) for X, _ in chunks]
    >>> fit = elltwo.fit_stream(signs, model="logistic", alpha=1.0)
    >>> fit.classes.tolist(), fit.info.status
    (['down', 'up'], 'converged')
    """
    given = {
        "offset": offset is not None,
        "tol": tol is not None,
        "l1_ratio": l1_ratio is not None,
        "penalize_intercept": penalize_intercept is not False,
    }
    require_model(model, {} if model == "ridge" and l1_ratio is not None else given)
    how = How.read((n_jobs, n_threads), fold_rows, missing, state, checkpoint, progress)
    roles = Roles(target, features, ignore, sample_weight, offset, model == "logistic")
    if model == "logistic":
        penalty = Penalty(
            *read_penalties(alpha, alphas, cv, ("alo",)),
            penalty_factors,
            prior_mean,
            fit_intercept,
            tol,
        )
        return fit_logistic(open_source(source, roles), penalty, how)
    if model == "elastic_net" and l1_ratio is None:
        l1_ratio = L1_RATIO
    options = {
        "penalty_factors": penalty_factors,
        "prior_mean": prior_mean,
        "fit_intercept": fit_intercept,
    }
    if l1_ratio is None:
        options["penalize_intercept"] = penalize_intercept
    else:
        check_elastic_net(l1_ratio, alphas, cv, penalize_intercept)
    names = ("gcv",) if l1_ratio is None else CRITERIA
    problem = Problem(*read_penalties(alpha, alphas, cv, names), l1_ratio, options)
    return _fit_moments(open_source(source, roles), problem, how)


def _fit_moments(opened: Source, problem: Problem, how: How) -> StreamFit:
    """Take the moments of a stream, and fit them."""
    jobs = min(how.n_jobs, len(opened.parts))
    folds = problem.cv if isinstance(problem.cv, int) else 1
    rows = default_fold_rows(opened.parts, folds) if how.fold_rows is None else how.fold_rows
    run = Run(opened, Plan(folds, rows, how.skip_missing, how.threads_of(jobs)))
    save = _nothing if how.state is None else _resume(run, how.state)
    run.read(jobs, how.progress, save, how.checkpoint)
    return fit_run(run, problem)


def _resume(run: Run, path: Path) -> Callable[[], None]:
    """Go on from a state file if there is one; return what saves the run to it."""
    if path.exists():
        resume_run(run, path)
    return partial(save_run, run, path)


def _nothing() -> None:
    """Save nothing."""
