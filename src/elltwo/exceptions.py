"""Warnings that elltwo emits; errors are the built-in `ValueError` and `TypeError`."""

__all__ = ["ConvergenceWarning"]


class ConvergenceWarning(UserWarning):
    """A fit stopped before its optimality reached the tolerance; the message holds both numbers."""
