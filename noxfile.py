"""One session per habit: ``nox -s tests networks clusters cpp lint types tidy bench docs wheels``.

Every session is a thin wrapper; the commands it prints also work by hand.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2025.2"
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["lint", "types", "tests", "cpp"]

PROJECT = nox.project.load_toml("pyproject.toml")
# What CMake needs where pip does not drive it: the pinned BLAS among others.
BUILD_REQUIRES = PROJECT["build-system"]["requires"]


def group(name: str) -> tuple[str, ...]:
    """Requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


def lower_bounds(session: nox.Session) -> str:
    """Write a constraints file that holds every requirement of the tests to its lower bound."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    requirements = sum(extras, PROJECT["project"]["dependencies"])
    path = Path(session.create_tmp()) / "oldest.txt"
    bounds = [re.sub(r"\[.*\]", "", text) for text in requirements if ">=" in text]
    path.write_text("\n".join(text.replace(">=", "==") for text in bounds))
    return str(path)


def cpp_files() -> list[str]:
    """List the C and C++ sources and headers, tests and examples included."""
    tops = ("cpp", "examples", "tests/cpp")
    return sorted(
        str(p) for top in tops for end in ("[ch]pp", "h") for p in Path(top).rglob(f"*.{end}")
    )


def configure(session: nox.Session, *options: str) -> str:
    """Configure a build with the C++ tests in a temporary folder, which is returned."""
    build = session.create_tmp() + "/cmake"
    shutil.rmtree(build, ignore_errors=True)
    session.run("cmake", "-S", ".", "-B", build, "-G", "Ninja", "-DELLTWO_BUILD_TESTS=ON", *options)
    return build


@nox.session
def tests(session: nox.Session) -> None:
    """Test the installed package; arguments go to pytest."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def golden(session: nox.Session) -> None:
    """Compare all answers, bit for bit, with those of a revision: ``nox -s golden -- v0.1.0``.

    HEAD by default, so that changes not yet committed are compared. Both builds answer the
    problems of this tree, at every SIMD level of the machine, on one thread and on two.
    """
    revision = session.posargs[0] if session.posargs else "HEAD"
    here = Path(session.create_tmp()).resolve()
    there, saved = here / "tree", here / "answers.txt"
    session.run(
        "git", "worktree", "remove", "--force", str(there), external=True, success_codes=[0, 128]
    )
    session.run(
        "git", "worktree", "add", "--force", "--detach", str(there), revision, external=True
    )
    try:
        session.install(f"elltwo[test] @ {there.as_uri()}")
        with saved.open("w", encoding="utf-8") as file:
            session.run("python", "tests/golden", "--all", stdout=file)
        session.install("--force-reinstall", "--no-deps", ".")
        session.run("python", "tests/golden", "--all", "--against", str(saved))
    finally:
        session.run("git", "worktree", "remove", "--force", str(there), external=True)


@nox.session
def tests_oldest(session: nox.Session) -> None:
    """Test with the oldest releases that pyproject.toml admits; needs Python 3.10."""
    session.install(".[test]", "--constraint", lower_bounds(session))
    session.run("pytest", *session.posargs)


@nox.session
def networks(session: nox.Session) -> None:
    """Test what needs torch, Keras or optax; arguments go to pytest.

    What the index lacks for this machine is left out, and its tests are skipped and say so. A test
    fails if nothing of it is there.
    """
    session.install(".[test]")
    wanted = [cpu_build(session, name) if "torch" in name else name for name in group("networks")]
    try:
        session.install(*wanted)
    except CommandFailed:
        for requirement in wanted:
            session.install(requirement, success_codes=range(256))
    session.run(
        *("pytest", "-m", "networks", "tests/networks", "tests/project/test_docs.py"),
        *session.posargs,
        env={"ELLTWO_NETWORKS": "1", "KERAS_BACKEND": "torch"},
    )


@nox.session
def clusters(session: nox.Session) -> None:
    """Test what needs Spark or Ray; arguments go to pytest.

    Spark needs Java, which is installed with apt-get where there is none and that works. What
    cannot be had is left out, and its tests are skipped and say so. A test fails if nothing of it
    is there.
    """
    session.install(".[test]")
    if shutil.which("java") is None:
        install_java(session)
    wanted = group("clusters")
    try:
        session.install(*wanted)
    except CommandFailed:
        for requirement in wanted:
            session.install(requirement, success_codes=range(256))
    session.run(
        *("pytest", "-m", "clusters", "tests/distributed", "tests/project/test_docs.py"),
        *session.posargs,
        env={
            "ELLTWO_CLUSTERS": "1",
            "RAY_AUTH_MODE": "disabled",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the loopback device alone
        },
    )


def install_java(session: nox.Session) -> None:
    """Install a Java runtime, if apt-get is there and may."""
    if shutil.which("apt-get") is None:
        session.log("no Java and no apt-get: tests of Spark are skipped")
        return
    as_root = () if os.geteuid() == 0 else ("sudo", "-n")
    apt = (*as_root, "apt-get", "-q", "-y", "-o", "Acquire::Retries=3")
    for command in (("update",), ("install", "default-jre-headless")):
        session.run(*apt, *command, external=True, success_codes=range(256))


def cpu_build(session: nox.Session, requirement: str) -> str:
    """Return the newest torch without GPU on the index; if there is none, the requirement."""
    versions = session.run("pip", "index", "versions", "torch", silent=True, success_codes=[0, 1])
    builds = re.findall(r"[\d.]+\+cpu", versions or "")
    return f"torch=={builds[0]}" if builds else requirement


@nox.session
def cpp(session: nox.Session) -> None:
    """Test the core under address and undefined-behaviour sanitizers, without Python.

    Arguments replace the sanitizer option: ``nox -s cpp -- -DELLTWO_BLAS=system``.
    """
    session.install(*BUILD_REQUIRES, *group("cpp"))
    options = session.posargs or ["-DELLTWO_SANITIZE=ON", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"]
    build = configure(session, "-DELLTWO_BUILD_PYTHON=OFF", *options)
    session.run("cmake", "--build", build, "--target", "elltwo_tests")
    parallel = f"--parallel={os.cpu_count()}"
    session.run("ctest", "--test-dir", build, "--output-on-failure", parallel)


@nox.session
def odr(session: nox.Session) -> None:
    """Link the core with GCC's -flto, and refuse types that two files define differently."""
    session.install(*BUILD_REQUIRES)
    build = configure(
        session,
        "-DELLTWO_BUILD_PYTHON=OFF",
        "-DCMAKE_BUILD_TYPE=None",
        "-DCMAKE_UNITY_BUILD=ON",
        "-DCMAKE_CXX_COMPILER=g++",
        "-DCMAKE_CXX_FLAGS=-O0 -flto -fno-fat-lto-objects -Wno-subobject-linkage",
    )
    session.run("cmake", "--build", build, "--target", "elltwo_core")
    session.run(
        *("g++", "-O0", "-flto=auto", "-Wodr", "-Werror=odr", "-Wno-psabi", "-shared"),
        *("-o", f"{build}/core.so", "-Wl,--whole-archive", f"{build}/cpp/libelltwo_core.a"),
        "-Wl,--no-whole-archive",
        external=True,
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format of Python and C++, and spelling."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("clang-format", "--dry-run", "-Werror", *cpp_files())
    session.run("codespell", "src", "cpp", "tests", "benchmarks", "docs", "examples", "README.md")


@nox.session
def types(session: nox.Session) -> None:
    """Check annotations, and the stubs of the compiled modules against these."""
    session.install(".[test]", *group("types"))
    session.run("mypy")
    allowed = "--allowlist=tests/project/stubtest_allowlist.txt"
    modules = ("elltwo._core", "elltwo.cython_api")
    session.run("stubtest", *modules, "--mypy-config-file=pyproject.toml", allowed)


@nox.session
def tidy(session: nox.Session) -> None:
    """Run clang-tidy over the core and its bindings."""
    session.install(*BUILD_REQUIRES, *group("tidy"))
    pybind11 = session.run("python", "-m", "pybind11", "--cmakedir", silent=True)
    assert pybind11 is not None
    build = configure(
        session, "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", f"-Dpybind11_DIR={pybind11.strip()}"
    )
    session.run("run-clang-tidy.py", "-quiet", "-p", build, "cpp/")


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks; arguments go to the runner."""
    session.install(".[test]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Run the examples of the README, the pages and the docstrings."""
    session.install(".[test]")
    session.run("pytest", "tests/project/test_docs.py", *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """Build the source distribution and a wheel into dist/."""
    session.install(*group("wheels"))
    session.run("python", "-m", "build", *session.posargs)
