"""What the tests of neural networks run on, and what users read who have none of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from networks import BACKENDS, IN_SESSION, PEERS, is_there


@pytest.mark.networks
@pytest.mark.skipif(not IN_SESSION, reason="outside of nox -s networks")
def test_the_session_has_something_to_run() -> None:
    """Single packages may be missing, with skips that say so; all of them may not."""
    assert any(map(is_there, PEERS)), f"none of {PEERS} is installed"
    assert any(map(is_there, BACKENDS)), f"none of {BACKENDS} is installed"


CALLS = {
    "torch": "from elltwo.integrations.torch import param_groups",
    "keras": "from elltwo.integrations.keras import l2",
    "optax": "from elltwo.integrations.optax import decay_mask; decay_mask({})",
}


@pytest.mark.parametrize("name", PEERS)
def test_a_missing_peer_names_the_extra(name: str) -> None:
    script = f"""
import sys
sys.modules["{name}"] = None
try:
    {CALLS[name]}
except ImportError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert f"pip install 'elltwo[{name}]'" in done.stdout


@pytest.mark.parametrize("name", PEERS)
def test_importing_an_integration_imports_no_peer(name: str) -> None:
    script = f"""
import sys
import elltwo.integrations.{name} as module
assert sorted(module.__all__) == dir(module) == module.__all__
print(*sorted({{"torch", "keras", "optax", "jax", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() in ([], ["numpy"])
