"""Which alphas passes are to try, and how one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from elltwo.functional._base.grid import given_grid
from elltwo.functional._base.options import flag
from elltwo.functional._cv.choice import read_select, search
from elltwo.functional._cv.scoring import standard_error
from elltwo.functional._logistic_cv.row_scores import NAMES, read_scoring
from elltwo.functional._logistic_cv.scores import LogisticScores
from elltwo.functional._logistic_problem.core import Start
from elltwo.functional._logistic_problem.grid import grid_of_sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from elltwo.functional._base.validate import Float64Array
    from elltwo.functional._logistic_passes.first import FirstSums
    from elltwo.functional._logistic_passes.problem import PassProblem

_WEAKEST = 1e-12  # least alpha that is tried, relative to the smallest of the automatic grid


class CVSearch(NamedTuple):
    """Grid and choice, see `elltwo.logistic_cv`."""

    alphas: npt.ArrayLike | None = None  #: None: the grid of `elltwo.logistic_path`
    extend: bool = False
    select: str = "min"
    scoring: str = "log_loss"
    leave_one_out: bool = False  #: by one Newton step for each row, instead of folds

    def checked(self) -> CVSearch:
        """Return the same with values checked, naming the first one that is wrong."""
        if callable(self.scoring):
            raise ValueError(  # noqa: TRY004  # functions are no wrong type elsewhere
                "scoring must be 'log_loss', 'accuracy' or 'brier' where rows are seen in passes, "
                f"got the function {getattr(self.scoring, '__name__', self.scoring)!r}: it would "
                "need the predictions of all rows at once"
            )
        read_scoring(self.scoring)
        return self._replace(
            alphas=None if self.alphas is None else given_grid(self.alphas),
            extend=flag(self.extend, "extend"),
            select=read_select(self.select),
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON holds it."""
        held = self._asdict()
        if self.alphas is not None:
            held["alphas"] = np.asarray(self.alphas, dtype=np.float64).tolist()
        return held

    @property
    def is_wide(self) -> bool:
        """Whether the grid is continued where the best alpha is its first or last."""
        return self.extend or self.alphas is None


class FoldScores(NamedTuple):
    """What folds tell of one alpha."""

    theta: Float64Array  #: (n_outputs, n_features + 1), mean of the folds, in scaled columns
    held: Float64Array  #: (n_folds, 4), sums over the rows held out, see `PassSums.held`


class LeftOutScores(NamedTuple):
    """What rows that are left out in turn tell of one alpha; greater scores are better."""

    theta: Float64Array  #: (n_outputs, n_features + 1), the fit to all rows, in scaled columns
    score: Float64Array  #: (3,), by each name
    se: Float64Array  #: (3,)


class Chosen(NamedTuple):
    """The end of a search."""

    grid: Float64Array
    scores: LogisticScores
    alpha: float


class UnknownAlphas(Exception):  # noqa: N818  # no error: it says what is to be tried next
    """Alphas that the search asks for and that have no scores yet."""

    def __init__(self, alphas: Float64Array) -> None:
        super().__init__("alphas without scores")
        self.alphas = alphas


def automatic_grid(problem: PassProblem, first: FirstSums) -> Float64Array:
    """Return the grid of `elltwo.logistic_path`, descending."""
    columns = first.without_fold(-1)
    norm = columns.norm if problem.fit_intercept else columns.about_zero()
    constant = first.low == first.high
    if problem.fit_intercept:
        norm = np.where(constant, 0.0, norm)
    with np.errstate(over="ignore"):
        squares = norm**2
    return grid_of_sums(first.class_weight.sum(axis=0), squares, problem.factors(first.n_features))


def choose_alpha(
    options: CVSearch,
    problem: PassProblem,
    first: FirstSums,
    known: Mapping[float, FoldScores | LeftOutScores],
) -> Chosen:
    """Choose from the scores that are known.

    Raises
    ------
    UnknownAlphas
        If the search needs scores at other alphas.
    """

    def scores_of(some: Float64Array) -> LogisticScores:
        missing = np.array([alpha for alpha in some.tolist() if alpha not in known])
        if missing.size:
            raise UnknownAlphas(np.unique(missing)[::-1])
        return _joined([known[alpha] for alpha in some.tolist()], options.scoring)

    def reach() -> Float64Array:
        grid = automatic_grid(problem, first)
        return np.array([_WEAKEST * grid.min(), grid.max()])

    given = options.alphas
    grid = automatic_grid(problem, first) if given is None else np.asarray(given)
    grid, scores, alpha = search(grid, scores_of, options.select, False, options.is_wide, reach)
    return Chosen(grid, scores, float(alpha[0]))


def _joined(known: list[FoldScores | LeftOutScores], scoring: str) -> LogisticScores:
    at = NAMES.index(scoring)

    def start(number: int) -> Start:
        theta = known[number].theta
        return Start(theta[:, :-1], theta[:, -1])

    of_folds = [one.held for one in known if isinstance(one, FoldScores)]
    if not of_folds:
        each = [one for one in known if isinstance(one, LeftOutScores)]
        score, se = (np.array([values[at] for values in one]) for one in _transposed(each))
        return LogisticScores(score, se, None, start)
    held = np.array(of_folds)  # alphas, folds, sums
    weight = held[0, :, 0]
    sign = 1.0 if scoring == "accuracy" else -1.0
    scores = np.ascontiguousarray(sign * held[:, :, 1 + at].T) / weight[:, np.newaxis]
    share = weight / weight.sum()
    mean = share @ scores
    return LogisticScores(mean, standard_error(scores, mean, share), scores, start)


def _transposed(each: list[LeftOutScores]) -> tuple[list[Float64Array], list[Float64Array]]:
    return [one.score for one in each], [one.se for one in each]
