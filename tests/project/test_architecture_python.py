"""Every Python module keeps to its layer, and functions are short (docs/design/index.md)."""

from __future__ import annotations

import ast
import re
from importlib.metadata import requires

import pytest

import elltwo.functional
import layers_python as layers
from markdown_code import fenced_blocks, table_rows
from paths import ROOT, files, read

FOLDERS = [
    "src/elltwo/functional",
    "src/elltwo/linear_model",
    "src/elltwo/neural_network",
    "src/elltwo/stream",
    "benchmarks",
    "docs",
    "examples",
]
MAX_FUNCTION = 60
PACKAGE = files("src/elltwo", "*.py", "*.pyi")
PYTHON = PACKAGE + files("tests", "*.py") + files("benchmarks", "*.py")
DESIGN = read("docs/design/index.md")
PAGES = ["README.md", *files("docs", "*.md")]


def module_name(path: str) -> str:
    return re.sub(r"\.pyi?$", "", path).removeprefix("src/").replace("/", ".")


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_files(folder: str) -> None:
    assert any(path.is_file() for path in (ROOT / folder).rglob("*")), f"{folder} is empty"


@pytest.mark.parametrize("path", PACKAGE)
def test_package_module_imports_only_what_its_layer_may(path: str) -> None:
    assert layers.python_violations(read(path), module_name(path)) == []


def test_rooms_have_modules_or_are_coming() -> None:
    rooms = {layers.python_layer(module_name(path)) for path in PACKAGE} - {"none"}
    there = layers.PYTHON_LAYERS.keys() - layers.COMING
    assert rooms - there == set(), "remove these from COMING in tests/support/layers_python.py"
    assert there - rooms == set(), f"no module is in these rooms of {layers.PYTHON_TABLE}"


def test_rooms_of_functional_import_only_rooms_above() -> None:
    above: set[str] = set()
    for room, others in layers.FUNCTIONAL_ROOMS.items():
        assert set(others.split()) <= above, room
        above.add(room)


def test_design_page_has_the_levels_of_functional() -> None:
    level = {
        room.strip("`"): int(number)
        for number, rooms in table_rows(DESIGN, "### Rooms of `elltwo.functional`")
        for room in rooms.split(", ")
    }
    coming = {name.removeprefix("functional.") for name in layers.COMING}
    assert level.keys() == layers.FUNCTIONAL_ROOMS.keys() - coming
    for room, own in level.items():
        assert all(level[other] < own for other in layers.FUNCTIONAL_ROOMS[room].split()), room


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {module_name(path): read(path) for path in PACKAGE if path.endswith(".py")}
    imports = {
        module: layers.imported_modules(source, module, modules)
        for module, source in modules.items()
        if not module.endswith(".__init__")  # packages name what is below them, and load it late
    }
    assert layers.circles(imports) == []


@pytest.mark.parametrize("name", elltwo.functional.__all__)
def test_public_name_is_handed_out_from_the_module_that_defines_it(name: str) -> None:
    home = f"elltwo.functional.{elltwo.functional._HOMES[name]}"
    tree = ast.parse(read(f"src/{home.replace('.', '/')}.py"))
    assert name in {
        node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    }


def test_public_names_are_listed_once() -> None:
    assert sorted(elltwo.functional._HOMES) == elltwo.functional.__all__
    assert set(elltwo.functional.__all__) <= set(elltwo.__all__)
    listing = {
        module_name(path) for path in PACKAGE if re.search("^__all__ =", read(path), re.MULTILINE)
    }
    private = {module for module in listing if re.search(r"\._(?!_)", module)}
    assert private == {f"elltwo.{module}" for module in layers.REEXPORTING}


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
        ("elltwo.functional._ridge.fit", "from .._ridge_cv import fit", "_ridge_cv.fit"),
        ("elltwo.functional._ridge.fit", "from elltwo.functional import ridge", "functional.ridge"),
        ("elltwo.functional._unheard.fit", "", "belongs to no layer"),
        ("elltwo.cli.fit", "from elltwo.functional._unheard import fit", "_unheard.fit"),
        ("elltwo.functional._elastic_net.fit", "from .._ridge.fit import solve", "fit.solve"),
        ("elltwo.functional._elastic_net_problem.path", "from .._cv import choice", "_cv.choice"),
        ("elltwo.functional.__init__", "from ._unheard.fit import f", "_unheard.fit.f"),
        ("elltwo.linear_model._ridge", "from ..functional._ridge.fit import solve", "fit.solve"),
        ("elltwo.linear_model._x", "from ..functional._logistic.fit import solve", "fit.solve"),
        ("elltwo.plot._axes", "from ..linear_model._base import reraise", "_base.reraise"),
        ("elltwo.integrations._reduce.sums", "import dask", "dask"),
        ("elltwo.integrations._reduce.sums", "from .._decay import rules", "_decay.rules"),
        ("elltwo.integrations._reduce.sums", "from elltwo.functional._ridge import fit", "fit"),
        ("elltwo.integrations._decay.rules", "import torch", "torch"),
        ("elltwo.integrations.torch", "from ._reduce import sums", "_reduce.sums"),
        ("elltwo.integrations.dask", "import ray", "ray"),
        ("elltwo.integrations.pandas", "from .polars import fit", "polars.fit"),
    ],
)
def test_python_rule_finds(module: str, source: str, culprit: str) -> None:
    found = layers.python_violations(source, module)
    assert any(culprit in text for text in found)


def test_python_rule_sees_annotations() -> None:
    source = "if TYPE_CHECKING:\n    from elltwo.functional._logistic.record import LogisticFit"
    found = layers.python_violations(source, "elltwo.functional._logistic_problem.core")
    assert len(found) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("elltwo.functional._ridge.path", "from . import record"),
        ("elltwo.functional._ridge.path", "from .._base.options import AUTO"),
        ("elltwo.functional._elastic_net_cv.fit", "from .._cv import choice"),
        ("elltwo.linear_model._x", "from ..functional._logistic.estimator import solve"),
        ("elltwo.linear_model._x", "from . import _base\nfrom elltwo.functional import ridge"),
        ("elltwo.integrations.dask", "import dask, elltwo\nelltwo.Moments\nfrom ._reduce import f"),
    ],
)
def test_python_rule_allows(module: str, source: str) -> None:
    assert layers.python_violations(source, module) == []


def test_circle_rule_finds() -> None:
    assert layers.circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == ["a", "b", "c"]
    assert layers.circles({"a": {"b", "x"}, "b": set()}) == []


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
