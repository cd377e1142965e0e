"""Fits in one pass over data that need not fit in memory."""

from elltwo.stream._fit_stream import fit_stream
from elltwo.stream._record import StreamFit

__all__ = ["StreamFit", "fit_stream"]
