"""Names of the criteria that compare the points of a path in the place of test sets."""

from __future__ import annotations

CRITERIA = ("aic", "bic", "ebic", "gcv")
