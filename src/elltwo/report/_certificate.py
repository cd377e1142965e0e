"""What a solver says of its answer: the facts of a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elltwo.functional import ElasticNetInfo, LogisticInfo, SolveInfo
from elltwo.report._html import Section, facts, paragraph

if TYPE_CHECKING:
    from elltwo.report._subject import AnyFit, Subject

    AnyInfo = SolveInfo | ElasticNetInfo | LogisticInfo


def certificate(subject: Subject) -> Section:
    """Return the section on how the answer was reached, and how far from the optimum it may be."""
    info = subject.fit.info
    _, reached, what = _reached(info)
    verdict = (
        f"The answer is the minimum of its objective to within the tolerance: its {what} is "
        f"{reached:.1e}, at most {info.tolerance:.1e}."
        if reached <= info.tolerance
        else f"The answer is not within the tolerance of the minimum: its {what} is {reached:.1e}, "
        f"above {info.tolerance:.1e}. Read its numbers with care."
    )
    listed = certificate_facts(subject.fit, len(subject.names))
    return Section("certificate", "Certificate", paragraph(verdict) + facts(listed))


def certificate_facts(fit: AnyFit, n_features: int) -> dict[str, str]:
    """Return in words how a fit was computed and how far from the optimum it may be."""
    info = fit.info
    name, reached, what = _reached(info)
    relation = "<=" if reached <= info.tolerance else ">"
    told = {
        "status": info.status.replace("_", " "),
        name: f"{reached:.1e} {relation} tolerance {info.tolerance:.1e} ({what})",
        "solver": f"{info.solver}: {info.reason}",
        "fallback": info.fallback or "none",
    }
    if isinstance(info, ElasticNetInfo):
        return {
            **told,
            "active": f"{info.n_active} of {n_features} coefficients are not zero",
            "passes": f"{info.n_passes}, threads {info.n_threads}",
        }
    if isinstance(info, LogisticInfo):
        passes = f"{info.n_passes}, steps {info.n_iter}, threads {info.n_threads}"
        return {**told, "passes": passes}
    return {
        **told,
        "rank": f"{info.rank} of {n_features}, reciprocal condition number {info.rcond:.1e}",
        "corrections": f"{info.n_iter}, threads {info.n_threads}",
    }


def _reached(info: AnyInfo) -> tuple[str, float, str]:
    """Return the name of what is held to the tolerance, its value, and what it is."""
    if isinstance(info, SolveInfo):
        return "optimality", info.optimality, "relative KKT residual"
    if isinstance(info, ElasticNetInfo) or info.solver == "prox_newton":
        return "gap", info.gap, "relative duality gap"
    return "optimality", info.optimality, "relative gradient"
