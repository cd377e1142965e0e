"""Weight decay and penalties of Keras models, on any backend: ``pip install 'elltwo[keras]'``.

Which parameters are decayed, by how much, and what that is in elltwo's alpha. Keras is loaded when
a name is first used, and so is every name of this module.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations.keras._attach import attach_l2
    from elltwo.integrations.keras._audit import audit
    from elltwo.integrations.keras._exclude import exclude_from_decay
    from elltwo.integrations.keras._head import refit_head
    from elltwo.integrations.keras._regularizer import l2

del TYPE_CHECKING

__all__ = ["attach_l2", "audit", "exclude_from_decay", "l2", "refit_head"]

_MODULES = {
    "attach_l2": "_attach",
    "audit": "_audit",
    "exclude_from_decay": "_exclude",
    "l2": "_regularizer",
    "refit_head": "_head",
}


def __getattr__(name: str) -> object:
    """Load a name on first use."""
    from elltwo.integrations._peers import public_name

    return public_name(globals(), name, _MODULES, "keras")


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return __all__
