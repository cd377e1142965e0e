"""Warnings that elltwo emits; errors are the built-in `ValueError` and `TypeError`."""

__all__ = ["ConvergenceWarning", "SeparationWarning"]


class ConvergenceWarning(UserWarning):
    """A fit stopped before its optimality reached the tolerance; the message holds both numbers."""


class SeparationWarning(ConvergenceWarning):
    """Features that no penalty holds back tell classes apart, so that no finite fit is the best."""
