"""Ridge regression and the elastic net in one pass over data that need not fit in memory."""

from __future__ import annotations

from functools import partial
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elltwo.functional._base.criteria import CRITERIA
from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.record_parts import public
from elltwo.functional._base.thread_number import thread_share
from elltwo.functional._base.validate import float64_array
from elltwo.stream._columns import Roles
from elltwo.stream._fold_rows import default_fold_rows
from elltwo.stream._part_moments import Plan
from elltwo.stream._progress import Progress
from elltwo.stream._record import Problem, fit_run
from elltwo.stream._run import Run
from elltwo.stream._saving import resume_run, save_run
from elltwo.stream._sources import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from elltwo.stream._record import StreamFit


@public("elltwo")
def fit_stream(
    source: Any,  # noqa: ANN401  # files, arrays, iterators
    *,
    target: str | Sequence[str] | None = None,
    features: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    sample_weight: str | None = None,
    alpha: npt.ArrayLike | None = None,
    alphas: npt.ArrayLike | None = None,
    cv: int | str | None = None,
    l1_ratio: float | npt.ArrayLike | None = None,
    fold_rows: int | None = None,
    penalty_factors: npt.ArrayLike | None = None,
    prior_mean: npt.ArrayLike | None = None,
    fit_intercept: bool = True,
    penalize_intercept: bool = False,
    missing: str = "raise",
    state: str | Path | None = None,
    checkpoint: float = 30.0,
    progress: bool | Callable[[int, int | None, float], object] | None = None,
    n_jobs: int = 1,
    n_threads: int | None = None,
) -> StreamFit:
    r"""Fit a ridge regression, or an elastic net, in one pass and in memory of a fixed size.

    Minimises

    .. math::
        \sum_i w_i (y_i - b_0 - x_i \cdot b)^2 + \sum_j \alpha_j (b_j - m_j)^2,
        \qquad \alpha_j = \alpha f_j,

    for every target, see `ridge`, or with `l1_ratio` what `elastic_net` does, from the `Moments` of
    all rows. They are those of the parts (files; arrays and iterators are one part) merged in
    order, and do not depend on threads, on `n_jobs` or on where the reading was interrupted.

    Parameters
    ----------
    source : path, list of paths, pyarrow object, tuple of arrays, iterable or callable
        Tables: paths of CSV (.csv, .csv.gz; the header tells what separates the cells), Parquet
        (.parquet, .pq) and Arrow files (.arrow, .feather, .ipc), folders of them and patterns with
        ``*``, or a Table, RecordBatchReader or Dataset of pyarrow, or a frame of pandas or polars.
        Arrays: ``(X, y)`` or ``(X, y, sample_weight)``, also `numpy.memmap`, or the paths of their
        .npy files; they are read in place. Chunks: an iterable of such tuples or of tables in
        memory, or a function that returns one; chunks are read in place as well. Columns of tables
        are found by name.
    target : str or sequence of str, default=None
        Column to predict of a table; a sequence, even of one name, makes y two-dimensional.
    features : sequence of str, default=None
        Columns to predict from, by default all that are not named otherwise.
    ignore : str or sequence of str, default=()
        Columns that are neither.
    sample_weight : str, default=None
        Column of weights.
    alpha : float or array-like of shape (n_targets,), default=None
        Penalty in [0, inf]; None where `cv` chooses it.
    alphas : array-like of shape (n_alphas,), default=None
        Penalties to choose from; None stands for a grid from the spectrum of X.
    cv : int or {"gcv", "aic", "bic", "ebic"}, default=None
        How to choose alpha, in the same pass: over so many folds, by generalised
        cross-validation, or with `l1_ratio` by an information criterion of `ElasticNetPath`.
        Row i of part j, both from 0 on, is in fold
        ``(i // fold_rows + j) % cv``, rows left out counted.
    l1_ratio : float or sequence of float, default=None
        Share of the absolute values in the penalty of an elastic net, see `elastic_net`; `cv`
        chooses one of several. None stands for ridge.
    fold_rows : int, default=None
        Consecutive rows that share a fold. None stands for 1000, or where that would leave a fold
        without rows, for the rows of the longest part over `cv`; the rows of an iterator are not
        known beforehand.
    penalty_factors : array-like of shape (n_features,), default=None
        Multiples of alpha in [0, inf], see `ridge`.
    prior_mean : float or array-like of shape (n_features,) or (n_targets, n_features), default=None
        Values that the coefficients shrink to, 0 by default.
    fit_intercept : bool, default=True
        Whether there is an intercept.
    penalize_intercept : bool, default=False
        Whether the intercept is penalised as well, by ``alpha * b0**2``.
    missing : {"raise", "skip"}, default="raise"
        What to do with rows in which a value is NaN, null or empty: stop, or leave the row out.
    state : path, default=None
        File that the moments and the place in the stream are saved to, and from which an
        interrupted run goes on, to the same bits. Chunks must then begin where they began the first
        time; those that are in already are passed over.
    checkpoint : float, default=30.0
        Seconds between two savings, more where a saving takes long. The end, Ctrl-C and errors save
        as well.
    progress : bool or callable, default=None
        True shows rows, rate and time left on standard error; None does where that is a terminal
        and the work takes longer than a second. A function is called with the rows, the total or
        None, and the seconds, about five times a second and at the end.
    n_jobs : int, default=1
        Files to read at the same time.
    n_threads : int, default=None
        Threads to parse and to compute with; None stands for `elltwo.get_num_threads()`.
        They are shared by the files that are read at the same time, for each of which one more
        thread reads ahead.

    Returns
    -------
    StreamFit
        `coef`, `intercept`, `alpha`, `info`, `predict`, `n_rows`, `moments` and more; `fit` is what
        `ridge` or `elastic_net` returns.

    Raises
    ------
    TypeError
        If an argument has the wrong type.
    ValueError
        If an argument is out of range, a column is missing or holds no numbers, files have
        different columns, a file is not what its name says, there are no rows, a fold is empty, or
        the state file is damaged or belongs to another stream.
    elltwo.exceptions.StreamError
        If rows cannot be read or hold NaN or infinity; the text names file, row and column, and its
        `moments` are those of the rows read before. It is a ValueError.
    OSError
        If a file cannot be opened.

    See Also
    --------
    Moments : What is accumulated.
    ridge : The fit of data in memory.

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
    """
    options = {
        "penalty_factors": penalty_factors,
        "prior_mean": prior_mean,
        "fit_intercept": fit_intercept,
    }
    if l1_ratio is None:
        options["penalize_intercept"] = penalize_intercept
    else:
        _check_elastic_net(l1_ratio, alphas, cv, penalize_intercept)
    problem = Problem(*_penalties(alpha, alphas, cv, l1_ratio is not None), l1_ratio, options)
    jobs = _count("n_jobs", n_jobs)
    threads = thread_share() if n_threads is None else _count("n_threads", n_threads)
    given_rows = None if fold_rows is None else _count("fold_rows", fold_rows)
    if missing not in {"raise", "skip"}:
        raise ValueError(f"missing must be 'raise' or 'skip', got {missing!r}")
    shown, seconds = Progress(progress), _seconds(checkpoint)
    opened = open_source(source, Roles(target, features, ignore, sample_weight))
    jobs = min(jobs, len(opened.parts))
    folds = problem.cv if isinstance(problem.cv, int) else 1
    rows = default_fold_rows(opened.parts, folds) if given_rows is None else given_rows
    run = Run(opened, Plan(folds, rows, missing == "skip", max(1, threads // jobs)))
    save = _nothing if state is None else _resume(run, Path(state))
    run.read(jobs, shown, save, seconds)
    return fit_run(run, problem)


def _resume(run: Run, path: Path) -> Callable[[], None]:
    """Go on from a state file if there is one; return what saves the run to it."""
    if path.exists():
        resume_run(run, path)
    elif not path.parent.is_dir():
        raise ValueError(f"state: there is no folder {path.parent}")
    return partial(save_run, run, path)


def _nothing() -> None:
    """Save nothing."""


def _penalties(
    alpha: Any,  # noqa: ANN401
    alphas: Any,  # noqa: ANN401
    cv: Any,  # noqa: ANN401
    elastic_net: bool,
) -> tuple[Any, Any, int | str | None]:
    """Check what can be checked before hours are spent on reading."""
    if cv is None:
        if alphas is not None:
            raise ValueError("alphas are penalties to choose from, which cv must say how to do")
        if alpha is None:
            raise ValueError("alpha must be given, or cv to say how to choose it")
        values = float64_array(alpha, "alpha")
        if values.ndim > 1 or not (values >= 0.0).all():
            raise ValueError(f"alpha must hold numbers in [0, inf], got {alpha!r}")
        return values if values.ndim else float(values), None, None
    if alpha is not None:
        raise ValueError("alpha is what cv chooses; pass alphas to choose from, or no cv")
    grid = None if alphas is None else given_grid(alphas)
    if isinstance(cv, str):
        names = CRITERIA if elastic_net else ("gcv",)
        if cv not in names:
            known = ", ".join(map(repr, names))
            raise ValueError(f"cv must be {known}, a number of folds or None, got {cv!r}")
        return None, grid, cv
    folds = _count("cv", cv)
    if folds < 2:
        raise ValueError(f"cv must be at least 2 folds, got {cv!r}")
    return None, grid, folds


def _check_elastic_net(
    l1_ratio: Any,  # noqa: ANN401
    alphas: npt.ArrayLike | None,
    cv: object,
    penalize_intercept: object,
) -> None:
    """Check what elastic nets do not have before hours are spent on reading."""
    ratios = float64_array(l1_ratio, "l1_ratio")
    if ratios.ndim > 1 or not ratios.size or not ((ratios >= 0.0) & (ratios <= 1.0)).all():
        raise ValueError(f"l1_ratio must hold numbers in [0, 1], got {l1_ratio!r}")
    if ratios.ndim and cv is None:
        raise ValueError("l1_ratio must be a number, or cv must say how to choose one of several")
    if cv is not None and alphas is None and not ratios.all():
        raise ValueError("l1_ratio=0 needs alphas, since no alpha makes all coefficients zero")
    if penalize_intercept is not False:
        raise ValueError("penalize_intercept is for ridge; an elastic net's intercept is free")


def _count(name: str, value: Any) -> int:  # noqa: ANN401
    try:
        number = index(value)
    except TypeError as error:
        raise TypeError(f"{name} must be a whole number, got {value!r}") from error
    if isinstance(value, bool) or number < 1:
        raise ValueError(f"{name} must be at least 1, got {value!r}")
    return number


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"checkpoint must be a number of seconds, got {value!r}")
    if not value >= 0:
        raise ValueError(f"checkpoint must not be negative, got {value!r}")
    return float(value)
