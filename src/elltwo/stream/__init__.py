"""Fits in one pass or a few over data that need not fit in memory."""

from elltwo.stream._fit_stream import fit_stream
from elltwo.stream._logistic_record import LogisticStreamFit
from elltwo.stream._record import StreamFit

__all__ = ["LogisticStreamFit", "StreamFit", "fit_stream"]
