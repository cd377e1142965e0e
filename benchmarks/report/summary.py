"""What the reports say about a run's records: ratios, the fastest of a family, wrong answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks.harness.kinds import SECTIONS

if TYPE_CHECKING:
    from benchmarks.base.records import Call, ClusterFit, Fit, Limit, Results

OUR_CALL_GAP = 1e-9  # of the answers of small calls
OUR_CLUSTER_GAP = 1e-9  # of fits to partitions
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
    """Return the family's fastest fit by median, of those whose gap the section admits."""
    candidates = [
        fit
        for fit in fits_of(results, problem, n_threads)
        if fit.family == family
        and fit.gap is not None
        and fit.gap <= SECTIONS[fit.section].peer_gap
    ]
    return min(candidates, key=lambda fit: fit.median, default=None)


def compared(
    results: Results, name: str, n_threads: int
) -> tuple[Fit | Call | None, Fit | Call | None, Fit | Call | None]:
    """Return elltwo's, scikit-learn's and the fastest other answer to what `--only` calls `name`.

    Of small calls the statement of each library; of fits its fastest way that is an answer.
    """
    found = _calls_of(results, name, n_threads) or _fits_of_families(results, name, n_threads)
    others = [
        answer for family, answer in found.items() if family not in ("elltwo", "scikit-learn")
    ]
    fastest_other = min(others, key=lambda answer: answer.median, default=None)
    return found.get("elltwo"), found.get("scikit-learn"), fastest_other


def _calls_of(results: Results, name: str, n_threads: int) -> dict[str, Fit | Call]:
    return {
        call.library: call
        for call in results.calls
        if (call.call, call.n_threads) == (name, n_threads) and call.gap <= OUR_CALL_GAP
    }


def _fits_of_families(results: Results, name: str, n_threads: int) -> dict[str, Fit | Call]:
    found: dict[str, Fit | Call] = {}
    for fit in results.fits:
        if f"{fit.section}-{fit.problem}" == name and fit.family not in found:
            best = fastest(results, fit.problem, n_threads, fit.family)
            if best is not None:
                found[fit.family] = best
    return found


def names(results: Results) -> set[str]:
    """Names, as `--only` knows them, of all fits and calls of a run."""
    return {f"{fit.section}-{fit.problem}" for fit in results.fits} | {
        call.call for call in results.calls
    }


def _is_right(fit: ClusterFit) -> bool:
    """Whether a fit to partitions has succeeded, or was left out for a reason."""
    if not fit.seconds:
        return fit.skipped is not None and ("installed" in fit.skipped or "left out" in fit.skipped)
    return fit.gap is None or fit.gap <= OUR_CLUSTER_GAP


def wrong_answers(results: Results) -> list[str]:
    """One line for each of elltwo's fits that failed or whose gap is too large."""
    fits = [fit for fit in results.fits if fit.library == "elltwo"]
    calls = [call for call in results.calls if call.library == "elltwo"]
    ends = [
        (fit.problem, fit.n_threads, fit.gap, fit.skipped, SECTIONS[fit.section].our_gap)
        for fit in fits
    ]
    ends += [(call.call, call.n_threads, call.gap, None, OUR_CALL_GAP) for call in calls]
    wrong = [
        f"elltwo on {fit.work}, {fit.place}: {fit.skipped or f'relative gap {fit.gap}'}"
        for fit in results.distributed
        if fit.library.startswith("elltwo") and not _is_right(fit)
    ]
    return wrong + [
        f"elltwo on {name}, {n_threads} thread(s): {skipped or f'relative gap {gap}'}"
        for name, n_threads, gap, skipped, most in ends
        if gap is None or not gap <= most
    ]
