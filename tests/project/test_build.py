"""The lists of files in the build scripts hold what is in the folders, each file once."""

from __future__ import annotations

import re

import pytest

from paths import files, read

LEVELS = re.findall(r"^ *elltwo_kernels\((\w+)", read("cmake/Kernels.cmake"), re.MULTILINE)
LISTS = {
    "cpp/src/sources.cmake": "cpp/src",
    "cpp/CMakeLists.txt": "cpp/bindings",
    "tests/cpp/CMakeLists.txt": "tests/cpp",
}


def of_one_level(path: str) -> bool:
    """Whether a file is one of those that cmake/Kernels.cmake names by their instruction set."""
    return re.fullmatch(rf"cpp/src/kernels/\w+_({'|'.join(LEVELS)})\.cpp", path) is not None


@pytest.mark.parametrize("script", LISTS)
def test_sources_are_those_of_the_folder(script: str) -> None:
    folder = script.rpartition("/")[0].removesuffix("/src")
    listed = [
        f"{folder}/{path}" for path in re.findall(r"^ +(\S+\.cpp)$", read(script), re.MULTILINE)
    ]
    there = [path for path in files(LISTS[script], "*.cpp") if not of_one_level(path)]
    assert sorted(listed) == there
