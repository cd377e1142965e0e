"""What the reports say about a run's records: ratios, the fastest of a family, wrong answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.harness.groups import CV, FIT, HOT, LOGISTIC, LOGISTIC_CV, MULTINOMIAL, SPARSE

if TYPE_CHECKING:
    from benchmarks.harness.records import Fit, Limit, Results

OUR_GAP = 1e-9  # every answer of ours must come this close to the minimum
OUR_DISTANCE = 1e-10  # every parameter of many small fits, relative to the largest
OUR_SCORE_GAP = 1e-6  # and scores of logistic folds, which are fitted to 1e-7, to their reference
# What is further off is no answer, however fast.
PEER_GAPS = {
    FIT: 1e-6,
    CV: 1e-6,
    SPARSE: 1e-8,
    LOGISTIC: 1e-8,
    MULTINOMIAL: 1e-6,
    LOGISTIC_CV: 1e-3,
    HOT: 1e-8,
}
VARIANTS = ("plain", "intercept", "weighted")


def split_variant(name: str) -> tuple[str, str]:
    """Cut `100000x500-plain` into problem and variant; the variant is empty elsewhere."""
    base, _, last = name.rpartition("-")
    return (base, last) if last in VARIANTS else (name, "")


def section_of(results: Results, section: str) -> Results:
    """Return the results with the fits of one section alone."""
    return replace(results, fits=[fit for fit in results.fits if fit.section == section])


def speed_problems(results: Results) -> list[str]:
    """Names of the problems without variants, in the order they were run."""
    names = dict.fromkeys(fit.problem for fit in results.fits)
    return [name for name in names if not split_variant(name)[1]]


def cost_problems(results: Results) -> list[str]:
    """Names of the problems that were run in all variants."""
    bases = [split_variant(fit.problem) for fit in results.fits]
    return list(dict.fromkeys(base for base, variant in bases if variant))


def families(results: Results) -> list[str]:
    """Families of libraries, elltwo first."""
    return list(dict.fromkeys(fit.family for fit in results.fits))


def fits_of(results: Results, problem: str, n_threads: int) -> list[Fit]:
    """Return what was tried on one problem, skipped fits too."""
    return [fit for fit in results.fits if (fit.problem, fit.n_threads) == (problem, n_threads)]


def limit_of(results: Results, problem: str, n_threads: int) -> Limit:
    """Return the hardware's limit that was measured with a problem."""
    key = (problem, n_threads)
    return next(limit for limit in results.limits if (limit.problem, limit.n_threads) == key)


def fastest(results: Results, problem: str, n_threads: int, family: str) -> Fit | None:
    """Return the family's fastest fit that is an answer, by median."""
    candidates = [
        fit
        for fit in fits_of(results, problem, n_threads)
        if fit.family == family and fit.gap is not None and fit.gap <= PEER_GAPS[fit.section]
    ]
    return min(candidates, key=lambda fit: fit.median, default=None)


def wrong_answers(results: Results) -> list[str]:
    """One line for each of elltwo's fits that failed or whose gap is too large."""
    fits = [fit for fit in results.fits if fit.library == "elltwo"]
    calls = [call for call in results.calls if call.library == "elltwo"]
    allowed = {LOGISTIC_CV: OUR_SCORE_GAP, HOT: OUR_DISTANCE}
    ends = [
        (fit.problem, fit.n_threads, fit.gap, fit.skipped, allowed.get(fit.section, OUR_GAP))
        for fit in fits
    ]
    ends += [(call.call, call.n_threads, call.gap, None, OUR_GAP) for call in calls]
    return [
        f"elltwo on {name}, {n_threads} thread(s): {skipped or f'relative gap {gap}'}"
        for name, n_threads, gap, skipped, most in ends
        if gap is None or not gap <= most
    ]
