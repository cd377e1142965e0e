"""Files that are damaged, newer or hostile end in one clear error, and in nothing else."""

from __future__ import annotations

import contextlib
import copy
import json
import sys
import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import elltwo
from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = sorted((ROOT / "tests/saving/files").glob("version_*.json"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in FILES}
RIDGE = json.loads(TEXTS["version_3_RidgeFit"])
MOST_BYTES = 100_000_000  # that reading a file of some thousand bytes may take
UNCHANGED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=200,
    derandomize=True,
)


def read(path: Path) -> Any:  # noqa: ANN401
    """Return what a file holds, or the error that names the file."""
    try:
        return elltwo.load(path)
    except ValueError as error:
        found = error
    assert str(found).startswith(f"cannot load {path}: ")
    assert len(str(found)) < 1000 + len(str(path))
    return found


def refused(path: Path, content: object) -> str:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    error = read(path)
    assert isinstance(error, ValueError)
    return str(error).removeprefix(f"cannot load {path}: ")


def used(record: Any) -> None:  # noqa: ANN401
    """Predict by a record; what is wrong with it is an error of Python."""
    n_features = (
        getattr(record, "n_features_in_", None) or np.shape(getattr(record, "coef", 0))[-1:]
    )
    with contextlib.suppress(ValueError, TypeError, AttributeError, IndexError):
        record.predict(np.ones((2, int(np.ravel(n_features)[0]))))


CASES = {
    "empty": ("", "not JSON (it may be cut off)"),
    "no object": ("[]", "does not say"),
    "text": ('"elltwo-model"', "does not say"),
    "no format": ({}, 'does not say "format": "elltwo-model"'),
    "another format": ({"format": "onnx"}, "does not say"),
    "no version": ({"format": "elltwo-model"}, "format version is None"),
    "old version": ({**RIDGE, "format_version": 1}, "format version is 1"),
    "true version": ({**RIDGE, "format_version": True}, "format version is True"),
    "newer": (
        {**RIDGE, "format_version": 4, "version": "9.1"},
        "format version 4 is newer than 3, which this elltwo reads; it was written by elltwo '9.1'",
    ),
    "unknown kind": ({**RIDGE, "kind": "os.system"}, "unknown kind 'os.system'"),
    "kind of a module": ({**RIDGE, "kind": "elltwo.RidgeFit"}, "unknown kind"),
    "kind that is a list": ({**RIDGE, "kind": ["RidgeFit"]}, "unknown kind"),
    "long kind": ({**RIDGE, "kind": "k" * 10_000}, "unknown kind"),
    "a part": (
        {**RIDGE, "kind": "SolveInfo", "content": RIDGE["content"]["info"]["content"]},
        "SolveInfo, which is a part of a model",
    ),
    "no content": ({**RIDGE, "content": None}, "has no content"),
    "nan": (json.dumps(RIDGE).replace("null", "NaN", 1), "JSON has no number NaN"),
    "deep": ("[" * 200_000, "not JSON"),
    "deep object": ('{"format": ' * 100_000, "not JSON"),
    "long number": ('{"format": ' + "9" * 10_000 + "}", "not JSON of a model"),
}


@pytest.mark.parametrize("case", CASES)
def test_error_says_what_is_wrong(case: str, tmp_path: Path) -> None:
    content, word = CASES[case]
    assert word in refused(tmp_path / "model.json", content)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(b"\x80\x04\x95" + bytes(range(256)))
    assert "not text in UTF-8" in str(read(path))


def changed(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    content: dict[str, Any] = copy.deepcopy(RIDGE)
    content["content"].update(fields)
    return content


def array(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"dtype": "float64", "shape": [3], "values": [1.0, 2.0, 3.0]} | parts


FIELDS = {
    "an array of Python": (changed(coef=[1.0, 2.0, 3.0]), "coef is not an array"),
    "type": (changed(coef=array(dtype="O")), "coef is an array of no known type"),
    "text type": (changed(coef=array(dtype="<U1000000000")), "no known type"),
    "struct type": (changed(coef=array(dtype="f8,f8")), "no known type"),
    "complex": (changed(coef=array(dtype="complex128")), "no known type"),
    "integers": (changed(coef=array(dtype="int64", values=[1, 2, 3])), "is an array of int64"),
    "long shape": (changed(coef=array(shape=[10**15])), "has no shape"),
    "wide shape": (changed(coef=array(shape=[0, 10**14, 10**14])), "too large"),
    "negative shape": (changed(coef=array(shape=[-3])), "has no shape"),
    "true shape": (changed(coef=array(shape=[True])), "has no shape"),
    "many axes": (changed(coef=array(shape=[1] * 40)), "has no shape"),
    "other shape": (changed(coef=array(shape=[10**12])), "does not have the shape"),
    "ragged": (changed(coef=array(shape=[2, 2], values=[[1.0, 2.0], [1.0]])), "have the shape"),
    "not finite": (changed(coef=array(values=[1.0, "nan", 3.0])), "not finite"),
    "overflow": (changed(coef=array(dtype="float32", values=[1.0, 1e99, 3.0])), "not finite"),
    "word": (changed(coef=array(values=[1.0, "one", 3.0])), "is not a number"),
    "truth": (changed(coef=array(values=[1.0, True, 3.0])), "not of type float64"),
    "huge integer": (changed(coef=array(values=[1.0, 10**400, 3.0])), "out of the range"),
    "two forms": (changed(coef=array(base64="AAAA")), "not an array"),
    "few bytes": (
        changed(coef={"dtype": "float64", "shape": [10**9], "base64": "AAAA"}),
        "does not have the bytes of its shape",
    ),
    "no base64": (
        changed(coef={"dtype": "float64", "shape": [3], "base64": "!" * 32}),
        "base64",
    ),
    "intercept": (changed(intercept=array()), "intercept has a shape that does not fit"),
    "names": (changed(feature_names=["a"]), "feature_names has a shape that does not fit"),
    "unknown field": (changed(__class__="int"), "RidgeFit has no '__class__'"),
    "info": (changed(info={"kind": "LogisticInfo", "content": {}}), "not a record of the kind"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_error_names_the_field(case: str, tmp_path: Path) -> None:
    content, word = FIELDS[case]
    assert word in refused(tmp_path / "model.json", content)


def test_missing_fields_are_named(tmp_path: Path) -> None:
    for field in RIDGE["content"]:
        content = copy.deepcopy(RIDGE)
        del content["content"][field]
        assert refused(tmp_path / "model.json", content) == f"{field} is missing"


def test_no_attribute_of_an_estimator_is_set_but_those_of_fits(tmp_path: Path) -> None:
    content = json.loads(TEXTS["version_3_Ridge"])
    for name in ("predict", "__class__", "__dict__", "_saved", "alpha"):
        other = copy.deepcopy(content)
        other["content"]["fitted"][name] = 1.0
        assert f"has an unknown '{name}'" in refused(tmp_path / "model.json", other)
    content["content"]["parameters"]["__init__"] = 1.0
    assert "other parameters" in refused(tmp_path / "model.json", content)


def test_nothing_that_a_file_names_is_imported(tmp_path: Path) -> None:
    before = set(sys.modules)
    for name in ("antigravity", "this", "elltwo.__main__", "builtins.exec"):
        for content in ({**RIDGE, "kind": name}, changed(info={"kind": name, "content": {}})):
            refused(tmp_path / "model.json", content)
    assert not {"antigravity", "this"} & (set(sys.modules) - before)


def test_text_of_different_lengths_takes_no_memory(tmp_path: Path) -> None:
    content = json.loads(TEXTS["version_3_LogisticFit"])
    labels = ["x" * 100_000, *map(str, range(100_000))]
    content["content"]["classes"] = {"dtype": "text", "shape": [len(labels)], "values": labels}
    tracemalloc.start()
    try:
        error = refused(tmp_path / "model.json", content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "too different lengths" in error
    assert most < MOST_BYTES


@pytest.mark.parametrize("name", TEXTS)
def test_cut_off_anywhere(name: str, tmp_path: Path) -> None:
    data = TEXTS[name].rstrip().encode()
    path = tmp_path / "model.json"
    for end in range(0, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:end])
        assert isinstance(read(path), ValueError)


@pytest.mark.parametrize("name", TEXTS)
def test_altered_bytes(name: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(len(name))
    data, path = TEXTS[name].encode(), tmp_path / "model.json"
    for _ in range(150):
        altered = bytearray(data)
        for at in rng.integers(0, len(data), size=rng.integers(1, 4)):
            altered[at] = rng.integers(0, 256)
        path.write_bytes(altered)
        if not isinstance(record := read(path), ValueError):
            used(record)


HOSTILE: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**31, 2**63, 10**400, 1e308, -0.5, "", "inf", "float64", [], {}, [[]]),
    {"tuple": []},
    {"number": "nan"},
    {"number": []},
    {"pairs": [[[], 1]]},
    {"pairs": [[1]]},
    {"dtype": "float64", "shape": [0], "values": []},
    {"dtype": "float64", "shape": [0, 10**9], "values": []},
    {"dtype": "int64", "shape": [2], "values": [-5, 10**9]},
    {"dtype": "object", "shape": [], "values": None},
    {"dtype": "text", "shape": [1], "values": ["a"]},
    {"dtype": "datetime64[ns]", "shape": [1], "values": [0]},
    {"kind": "RidgeFit", "content": {}},
    RIDGE["content"]["info"],
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Yield the paths to all values within one of JSON, of long lists to some."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from places(entry, (*path, name))
    elif isinstance(value, list):
        for i in (0, len(value) - 1) if len(value) > 4 else range(len(value)):
            yield from places(value[i], (*path, i))


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401
    twin = copy.deepcopy(document)
    inner = twin
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return twin


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_values_anywhere(name: str, tmp_path: Path) -> None:
    document, path = json.loads(TEXTS[name]), tmp_path / "model.json"
    everywhere = list(places(document))
    rng = np.random.default_rng(0)
    tracemalloc.start()
    try:
        for number in rng.permutation(len(everywhere))[:60]:
            for i in rng.permutation(len(HOSTILE))[:6]:
                content = replaced(document, everywhere[number], HOSTILE[i])
                path.write_text(json.dumps(content), encoding="utf-8")
                if not isinstance(record := read(path), ValueError):
                    used(record)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_BYTES


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "content", "dtype", "shape", "values", "tuple", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@UNCHANGED
@given(
    st.sampled_from(sorted(RIDGE["content"])),
    JSON,
)
def test_any_json_in_a_field(tmp_path: Path, field: str, value: Any) -> None:  # noqa: ANN401
    path = tmp_path / "model.json"
    path.write_text(json.dumps(changed(**{field: value})), encoding="utf-8")
    if not isinstance(record := read(path), ValueError):
        used(record)


@UNCHANGED
@given(st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(data)
    assert isinstance(read(path), ValueError)
