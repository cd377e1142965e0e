"""Every Python module keeps to its layer, and functions are short (docs/design.md, "Layers")."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest

import layers_python as layers
from markdown_code import fenced_blocks
from paths import ROOT, files, read

FOLDERS = [
    "src/elltwo/functional",
    "src/elltwo/linear_model",
    "src/elltwo/stream",
    "benchmarks",
    "docs",
    "examples",
]
MAX_FUNCTION = 60
PACKAGE = files("src/elltwo", "*.py", "*.pyi")
PYTHON = PACKAGE + files("tests", "*.py") + files("benchmarks", "*.py")
PAGES = ["README.md", *files("docs", "*.md")]


def module_name(path: str) -> str:
    return re.sub(r"\.pyi?$", "", path).removeprefix("src/").replace("/", ".")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_files(folder: str) -> None:
    assert any(path.is_file() for path in (ROOT / folder).rglob("*")), f"{folder} is empty"


@pytest.mark.parametrize("path", PACKAGE)
def test_package_module_imports_only_what_its_layer_may(path: str) -> None:
    assert layers.python_violations(read(path), module_name(path)) == []


@pytest.mark.parametrize("path", files("benchmarks", "*.py") + files("examples", "*.py"))
def test_client_uses_public_names_only(path: str) -> None:
    assert layers.private_names(read(path), module_name(path)) == []


@pytest.mark.parametrize("path", PAGES)
def test_documentation_uses_public_names_only(path: str) -> None:
    code = "\n".join(fenced_blocks(read(path), "python"))
    assert layers.private_names(code, "page") == []


@pytest.mark.parametrize("path", PYTHON)
def test_functions_are_short(path: str) -> None:
    assert layers.long_functions(read(path), MAX_FUNCTION) == []


def test_numpy_is_the_only_hard_dependency() -> None:
    hard = [text for text in requires("elltwo") or [] if "extra ==" not in text]
    assert [re.split(r"[^\w-]", text)[0] for text in hard] == ["numpy"]


# The rules themselves, held against small files that break them.


@pytest.mark.parametrize(
    ("module", "source", "culprit"),
    [
        ("elltwo.functional._ridge.fit", "import sklearn", "sklearn"),
        ("elltwo.functional._ridge.fit", "from scipy import linalg", "scipy.linalg"),
        ("elltwo.functional._ridge.fit", "from ... import plot", "elltwo.plot"),
        ("elltwo.functional._ridge.fit", "from elltwo import ridge", "elltwo.ridge"),
        ("elltwo.functional.__init__", "from ..linear_model import Ridge", "linear_model.Ridge"),
        ("elltwo.linear_model._ridge", "def f():\n    from .._core import ridge", "_core.ridge"),
        ("elltwo.linear_model._ridge", "import elltwo\nelltwo._core.ridge()", "elltwo._core"),
        ("elltwo.plot", "import importlib\nimportlib.import_module('pandas')", "pandas"),
        ("elltwo.cython_api", "from elltwo import functional", "elltwo.functional"),
        ("elltwo.elsewhere", "", "belongs to no layer"),
    ],
)
def test_python_rule_finds(module: str, source: str, culprit: str) -> None:
    found = layers.python_violations(source, module)
    assert any(culprit in text for text in found)


def test_python_rule_allows_the_standard_library_and_lower_layers() -> None:
    source = (
        "from __future__ import annotations\nimport os.path, numpy as np\nfrom ... import _core\n"
    )
    assert layers.python_violations(source, "elltwo.functional._ridge.fit") == []


@pytest.mark.parametrize(
    "source",
    [
        "import elltwo._core",
        "from elltwo import _core",
        "from elltwo.functional._arrays import f",
        "import elltwo\nelltwo._core",
    ],
)
def test_public_name_rule_finds(source: str) -> None:
    assert layers.private_names(source, "benchmarks.example") != []


def test_public_name_rule_allows_dunder_names() -> None:
    assert layers.private_names("import elltwo\nelltwo.__version__", "benchmarks.example") == []


def test_function_length_rule_does_not_count_docstrings() -> None:
    body = "    x = 1\n" * 5
    assert layers.long_functions(f"def f():\n{body}", limit=5) == ["f: 6 lines"]
    assert layers.long_functions(f'def f():\n    """A\n\n    b."""\n{body}', limit=6) == []
