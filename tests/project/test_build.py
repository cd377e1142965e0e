"""The lists of sources in the build scripts name every file of their folders, once."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from paths import files, read

LEVELS = re.findall(r"^ *elltwo_kernels\((\w+)", read("cmake/Kernels.cmake"), re.MULTILINE)
LISTS = {  # script: the folder that its names are relative to, and the folder of the sources
    "cpp/src/sources.cmake": ("cpp", "cpp/src"),
    "cpp/CMakeLists.txt": ("cpp", "cpp/bindings"),
    "tests/cpp/CMakeLists.txt": ("tests/cpp", "tests/cpp"),
}


def of_one_level(path: str) -> bool:
    """Whether a file is one of those that cmake/Kernels.cmake names by their instruction set."""
    return re.fullmatch(rf"cpp/src/kernels/\w+_({'|'.join(LEVELS)})\.cpp", path) is not None


@pytest.mark.parametrize("script", LISTS)
def test_every_source_is_listed_once(script: str) -> None:
    base, folder = LISTS[script]
    code = re.sub("#.*", "", read(script))
    listed = Counter(f"{base}/{name}" for name in re.findall(r"[\w/]+\.cpp\b", code))
    there = {path for path in files(folder, "*.cpp") if not of_one_level(path)}
    assert sorted(there - listed.keys()) == [], f"add these to {script}"
    assert sorted(listed.keys() - there) == [], f"{script} names files that do not exist"
    assert [path for path, times in listed.items() if times > 1] == [], f"{script} names them twice"


def test_compensated_sums_are_not_contracted() -> None:
    """A product contracted with a sum would undo what linalg/compensated.hpp does."""
    before = read("cmake/Kernels.cmake").partition("-ffp-contract=off")[0]
    listed = {f"cpp/{name}" for name in re.findall(r"[\w/]+\.cpp\b", before)}
    needed = {
        path
        for path in files("cpp/src", "*.cpp")
        if re.search(r"\bDoubleDouble \w|compensated\.hpp", read(path))
    }
    assert sorted(needed - listed) == []


def test_group_cpp_pins_the_blas_of_the_build() -> None:
    """Builds by hand find OpenBLAS in the group `cpp`; wheels are built with the other pin."""
    pins = re.findall(r'"scipy-openblas32==[^"]*"', read("pyproject.toml"))
    assert len(pins) == 2
    assert pins[0] == pins[1]
