"""Weight decay and penalties of torch modules: ``pip install 'elltwo[torch]'``.

Which parameters are decayed, by how much, and what that is in elltwo's alpha. torch is loaded when
a name is first used, and so is every name of this module.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from elltwo.integrations.torch._audit import audit
    from elltwo.integrations.torch._groups import param_groups
    from elltwo.integrations.torch._head import refit_head
    from elltwo.integrations.torch._penalty import penalty
    from elltwo.integrations.torch._ridge_head import RidgeHead

del TYPE_CHECKING

__all__ = ["RidgeHead", "audit", "param_groups", "penalty", "refit_head"]

_MODULES = {
    "RidgeHead": "_ridge_head",
    "audit": "_audit",
    "param_groups": "_groups",
    "penalty": "_penalty",
    "refit_head": "_head",
}


def __getattr__(name: str) -> object:
    """Load a name on first use."""
    from elltwo.integrations._peers import public_name

    return public_name(globals(), name, _MODULES, "torch")


def __dir__() -> list[str]:
    """Offer the public names to completion before they are loaded."""
    return __all__
