"""What users read who have no Spark, and what an import of the integration costs."""

from __future__ import annotations

import subprocess
import sys


def printed(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_missing_pyspark_names_the_extra() -> None:
    script = """
import sys
sys.modules["pyspark"] = None
try:
    from elltwo.integrations.spark import ridge
except ImportError as error:
    print(error)
"""
    assert "pip install 'elltwo[spark]'" in printed(script)


def test_importing_the_integration_imports_no_spark() -> None:
    script = """
import sys
import elltwo.integrations.spark as module
assert sorted(module.__all__) == dir(module)
print(*sorted({"pyspark", "pyarrow", "pandas", "numpy"} & set(sys.modules)))
"""
    assert printed(script).split() in ([], ["numpy"])
