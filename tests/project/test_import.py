"""Importing elltwo: lazy, light, and helpful where something is missing."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import elltwo
import elltwo.linear_model
import elltwo.neural_network


def run(code: str) -> str:
    """Run `code` in a fresh interpreter and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LOADED = "print(*sorted({'numpy', 'scipy', 'sklearn', 'pandas', 'matplotlib'} & set(sys.modules)))"


def test_import_loads_nothing() -> None:
    assert run(f"import sys, elltwo; {LOADED}") == ""


def test_fit_loads_numpy_alone() -> None:
    code = "import sys, elltwo; elltwo.ridge([[1.0], [2.0]], [1.0, 3.0], alpha=1.0).predict([[3]])"
    assert run(f"{code}; {LOADED}") == "numpy"


def test_logistic_fit_loads_numpy_alone() -> None:
    code = "import sys, elltwo; elltwo.logistic([[1.0], [2.0]], ['a', 'b']).predict_proba([[3]])"
    assert run(f"{code}; {LOADED}") == "numpy"


def test_linear_model_waits_for_its_first_use() -> None:
    assert run(f"import sys, elltwo.linear_model; {LOADED}") == ""


@pytest.mark.parametrize(
    "statement", ["elltwo.ridge", "elltwo.functional.ridge", "elltwo.__version__"]
)
def test_missing_core_says_how_to_build_it(statement: str) -> None:
    code = f"""
import sys, elltwo
sys.modules["elltwo._core"] = None
try:
    {statement}
except ImportError as error:
    print(error.name, error)
"""
    message = run(code)
    assert message.startswith("elltwo._core ")
    assert "pip install ." in message


@pytest.mark.parametrize("module", ["sklearn", "sklearn.utils.validation"])
@pytest.mark.parametrize(
    "statement",
    ["from elltwo.linear_model import Ridge", "import elltwo; elltwo.linear_model.Ridge"],
)
def test_missing_scikit_learn_says_what_to_install(statement: str, module: str) -> None:
    code = f"""
import sys
from importlib import import_module
sys.modules["{module}"] = None
try:
    {statement}
except ImportError as error:
    print(error)
"""
    assert "pip install elltwo[sklearn]" in run(code)


def test_another_broken_import_is_not_blamed_on_scikit_learn() -> None:
    code = """
import sys
from importlib import import_module
sys.modules["elltwo._core"] = None
try:
    from elltwo.linear_model import Ridge
except ImportError as error:
    print(error)
"""
    message = run(code)
    assert "pip install ." in message
    assert "sklearn" not in message


@pytest.mark.parametrize("module", [elltwo, elltwo.linear_model, elltwo.neural_network])
def test_all_and_dir_hold_the_public_names(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]
    assert sorted(names) == names
    assert set(names) <= set(dir(module))
    for name in names:
        assert getattr(module, name) is getattr(module, name)


@pytest.mark.parametrize(
    "name",
    [
        "elltwo",
        "elltwo.exceptions",
        "elltwo.functional",
        "elltwo.integrations",
        "elltwo.integrations.keras",
        "elltwo.integrations.optax",
        "elltwo.integrations.pandas",
        "elltwo.integrations.polars",
        "elltwo.integrations.torch",
        "elltwo.linear_model",
        "elltwo.neural_network",
        "elltwo.plot",
        "elltwo.report",
        "elltwo.stream",
    ],
)
def test_dir_shows_public_names_and_submodules_alone(name: str) -> None:
    module = import_module(name)
    shown = {name for name in dir(module) if not name.startswith("_")}
    submodules = {other for other in shown if f"{name}.{other}" in sys.modules}
    assert shown - submodules == {n for n in module.__all__ if n != "__version__"} - submodules


def test_dir_before_the_first_use() -> None:
    assert run("import elltwo; print('ridge_cv' in dir(elltwo))") == "True"


def test_star_import() -> None:
    assert run("from elltwo import *; print(ridge.__name__, linear_model.__name__)") == (
        "ridge elltwo.linear_model"
    )


@pytest.mark.parametrize("module", [elltwo, elltwo.linear_model, elltwo.neural_network])
def test_unknown_name(module: object) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'lasso'"):
        module.lasso  # type: ignore[attr-defined]  # noqa: B018


def test_show_config(capsys: pytest.CaptureFixture[str]) -> None:
    elltwo.show_config()
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines]
    assert names == [*elltwo.build_config(), "numpy", "python"]
    assert {"version", "blas", "simd", "simd_available", "compiler"} <= set(names)
    assert elltwo.build_config()["version"] == elltwo.__version__
