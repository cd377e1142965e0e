"""Engines of clusters, which the session `clusters` of the noxfile installs."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec

# Set in that session: there a test fails if all of them are missing.
IN_SESSION = os.environ.get("ELLTWO_CLUSTERS") == "1"

ENGINES = ("pyspark", "ray")


def is_there(name: str) -> bool:
    """Whether an engine can be used, without importing it; Spark needs Java as well."""
    return find_spec(name) is not None and (name != "pyspark" or shutil.which("java") is not None)
