"""One page about a fit, to read in a browser, to mail and to print.

The page is a single file of HTML without scripts: nothing is loaded from a network. Its pictures
need matplotlib: ``pip install elltwo[plot]``.
"""

from elltwo.report._write import draw, html, write

__all__ = ["draw", "html", "write"]
