"""In the session `clusters` at least one engine is there, and what is not is said."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clusters import ENGINES, IN_SESSION, is_there


@pytest.mark.clusters
@pytest.mark.skipif(not IN_SESSION, reason="outside of nox -s clusters")
def test_an_engine_is_there() -> None:
    missing = [name for name in ENGINES if not is_there(name)]
    assert len(missing) < len(ENGINES), f"none of {', '.join(ENGINES)} could be installed"


@pytest.mark.clusters
@pytest.mark.skipif(not IN_SESSION, reason="outside of nox -s clusters")
@pytest.mark.parametrize("name", ENGINES)
def test_each_engine_is_tested(name: str) -> None:
    if not is_there(name):
        pytest.skip(f"{name} or what it needs could not be installed: its tests are skipped")


@pytest.mark.parametrize("name", ["dask", "ray"])
def test_importing_an_integration_imports_no_engine(name: str) -> None:
    script = f"""
import sys
import elltwo.integrations.{name} as module
assert sorted(module.__all__) == dir(module)
print(*sorted({{"dask", "distributed", "ray", "pandas"}} & set(sys.modules)))
sys.modules["{name}"] = None
try:
    module.ridge
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    engines, text = done.stdout.split("\n")[:2]
    assert not engines
    assert f"pip install 'elltwo[{name}]'" in text
