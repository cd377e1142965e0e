"""elltwo on the tables and networks of other packages, one module for each, imported by name.

Here are the records that several of them return.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations._decay.records import Finding, PenaltyRow
    from elltwo.integrations._decay.report import PenaltyAudit
    from elltwo.integrations._decay.steps import DecaySteps, LocalPenalty

del TYPE_CHECKING

__all__ = ["DecaySteps", "Finding", "LocalPenalty", "PenaltyAudit", "PenaltyRow"]

_HOMES = {
    "DecaySteps": "steps",
    "Finding": "records",
    "LocalPenalty": "steps",
    "PenaltyAudit": "report",
    "PenaltyRow": "records",
}


def __getattr__(name: str) -> object:
    """Load a record on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}._decay.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Offer the records to completion before they are loaded."""
    return sorted({*globals(), *__all__})
