"""The README, the pages and the docstrings say what is so: their examples run, their links lead."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import elltwo
import elltwo.integrations.executor
import elltwo.linear_model
import elltwo.neural_network
import elltwo.plot
import elltwo.report
from markdown_code import code_and_output, fenced_blocks, packages_needed
from networks import PEERS, QUIET, import_or_skip
from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / ".github/CONTRIBUTING.md",
]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(elltwo.__path__, "elltwo.")
    if not module.name.endswith(("._core", ".__main__", ".libscipy_openblas"))
)


def peer_of(module: str) -> set[str]:
    """Name the package that a module of the integrations needs and the tests do not bring."""
    names = (*PEERS, "ray")
    return {name for name in names if module.startswith(f"elltwo.integrations.{name}")}


def marks_of(module: str) -> list[pytest.MarkDecorator]:
    """Return the mark of the session that brings the package of a module."""
    needed = peer_of(module)
    if not needed:
        return []
    return [pytest.mark.clusters if needed == {"ray"} else pytest.mark.networks]


FUNCTIONS: list[Callable[..., object]] = [
    value
    for package in (
        elltwo,
        elltwo.linear_model,
        elltwo.neural_network,
        elltwo.report,
        elltwo.integrations.executor,
    )
    for name in package.__all__
    if inspect.isfunction(value := getattr(package, name)) or hasattr(value, "fit")
]
for name in elltwo.plot.__all__:
    display = getattr(elltwo.plot, name)
    methods = [method for method in vars(display) if not method.startswith("_")]
    FUNCTIONS += [display, *(getattr(display, method) for method in methods)]
each_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)


def shell_lines(page: Path, program: str) -> list[list[str]]:
    """Commands of a page's console blocks that call one program, split into words."""
    blocks = "\n".join(fenced_blocks(page.read_text(encoding="utf-8"), "console"))
    lines = re.findall(rf"^\$ ({program} .*)$", blocks, re.MULTILINE)
    return [shlex.split(line) for line in lines]


@each_page
def test_python_blocks_run(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All blocks of a page run in order, in one namespace; warnings are errors.

    A block of text right after one shows what that prints.
    """
    monkeypatch.chdir(tmp_path)
    run_blocks(page, capsys, all_blocks=False)


@pytest.mark.networks
@QUIET
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if packages_needed(page.read_text(encoding="utf-8"))],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_python_blocks_run_that_need_more(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same with the blocks that need packages which the tests do without."""
    import_or_skip(packages_needed(page.read_text(encoding="utf-8")))
    monkeypatch.chdir(tmp_path)
    run_blocks(page, capsys, all_blocks=True)


def run_blocks(page: Path, capsys: pytest.CaptureFixture[str], *, all_blocks: bool) -> None:
    namespace = {"__name__": "__page__"}
    same = doctest.OutputChecker().check_output
    for code, shown in code_and_output(page.read_text(encoding="utf-8"), all_blocks=all_blocks):
        capsys.readouterr()
        exec(compile(code, page.name, "exec"), namespace)
        printed = capsys.readouterr().out
        assert shown is None or same(shown, printed, doctest.NORMALIZE_WHITESPACE), printed


@each_page
def test_commands_run(page: Path, tmp_path: Path) -> None:
    """The commands of a page run in order, in a folder that holds the table they name."""
    shutil.copy(ROOT / "src/elltwo/data/longley.csv", tmp_path)
    for words in shell_lines(page, "elltwo"):
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{shlex.join(words)}\n{done.stderr}"


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)|src=\"([^\"]+)\"", text)
    missing = [a or b for a, b in targets if not (page.parent / (a or b)).exists()]
    assert missing == []


def test_the_tour_of_the_code_names_files_that_exist() -> None:
    text = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:benchmarks|cpp|docs|src|tests)/[^`<]*)`", text))
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_readme_has_two_commands() -> None:
    """The demo and the tests, one line each: what .ci/run takes from the README and runs."""
    blocks = fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8"), "sh")
    assert [len(block.splitlines()) for block in blocks] == [1, 1]
    assert "elltwo demo" in blocks[0]
    assert "pytest" in blocks[1]


@QUIET
@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=marks_of(name)) for name in MODULES],
)
def test_docstring_examples_run(name: str) -> None:
    import_or_skip(peer_of(name))
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.testmod(importlib.import_module(name), optionflags=flags).failed == 0


@pytest.mark.networks
@pytest.mark.parametrize("peer", PEERS)
def test_docstrings_of_integrations_document_every_parameter(peer: str) -> None:
    import_or_skip({peer})
    module = importlib.import_module(f"elltwo.integrations.{peer}")
    for name in module.__all__:
        test_docstring_documents_every_parameter(getattr(module, name))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__qualname__)
def test_docstring_documents_every_parameter(function: Callable[..., object]) -> None:
    text = inspect.getdoc(function) or ""
    section = re.search(
        r"^Parameters\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    names = re.findall(r"^\*{0,2}(\w+(?:, \w+)*) :", section[1], re.MULTILINE) if section else []
    documented = [name for line in names for name in line.split(", ")]
    assert documented == [name for name in inspect.signature(function).parameters if name != "self"]


def test_version_is_the_same_everywhere() -> None:
    cmake = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    declared = re.search(r"project\(elltwo VERSION ([\d.]+)", cmake)
    assert declared is not None
    assert elltwo.__version__ == elltwo.build_config()["version"] == declared[1]
