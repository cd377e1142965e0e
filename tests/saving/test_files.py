"""Files are replaced in one step, and those of earlier versions are read."""

from __future__ import annotations

import json
import os
import shutil
import stat
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
from paths import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILES = ROOT / "tests/saving/files"
FIT = elltwo.ridge([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.5], alpha=0.5)


def test_an_interrupted_save_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.json"
    path.write_text("before", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        FIT.save(path)
    assert path.read_text(encoding="utf-8") == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]


def test_errors_of_the_system_reach_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FIT.save(tmp_path / "no folder" / "model.json")
    with pytest.raises(FileNotFoundError):
        elltwo.load(tmp_path / "none.json")
    with pytest.raises(OSError, match="director"):
        elltwo.load(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "model.json", tmp_path / "link.json"
    old = os.umask(0o027)
    try:
        FIT.save(path)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    link.symlink_to(path)
    FIT.save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert elltwo.load(link).coef == FIT.coef


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        elltwo.load(tmp_path / "pipe")


def test_paths_may_be_text(tmp_path: Path) -> None:
    name = str(tmp_path / "a model, named é.json")
    FIT.save(name)
    assert elltwo.load(name).coef == FIT.coef


def test_half_a_surrogate_in_a_label_survives(tmp_path: Path) -> None:
    fit = elltwo.logistic([[0.0], [1.0]], ["a\ud800", "b"])
    fit.save(tmp_path / "model.json")
    assert elltwo.load(tmp_path / "model.json").classes.tolist() == ["a\ud800", "b"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("version_1_ridge", elltwo.RidgeFit),
        ("version_2_ridge", elltwo.RidgeFit),
        ("version_2_elastic_net", elltwo.ElasticNetFit),
        ("version_2_logistic", elltwo.LogisticFit),
        ("version_2_logistic_three", elltwo.LogisticFit),
    ],
)
def test_earlier_versions_are_read(name: str, kind: type[Any], tmp_path: Path) -> None:
    path = FILES / f"{name}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    model = elltwo.load(path)
    fit = model.fit
    assert type(fit) is kind
    np.testing.assert_array_equal(fit.coef, content["coef"])
    np.testing.assert_array_equal(fit.intercept, content["intercept"])
    assert list(model.feature_names) == content["feature_names"]
    assert model.target == content["target"]
    assert fit.info.status == content["info"]["status"]
    if kind is elltwo.LogisticFit:
        assert fit.classes.tolist() == content["classes"]
    model.save(tmp_path / "new.json")
    new = elltwo.load(tmp_path / "new.json")
    np.testing.assert_array_equal(new.fit.predict([[1.0, 2.0]]), fit.predict([[1.0, 2.0]]))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"coef": [1.0]}, "1 coefficients for 2 feature names"),
        ({"coef": ["a", 1.0]}, "coef holds 'a' where a finite number belongs"),
        ({"coef": [[1.0, 2.0], [1.0]]}, "where a finite number belongs"),
        ({"classes": ["a"]}, "not a list of two or more labels"),
        ({"classes": [["a"], ["b"]]}, "not a list of two or more labels"),
        ({"info": None}, "info is not an object"),
        ({"model": "forest"}, "model is 'forest'"),
        ({"model": ["ridge"]}, "model is"),
        ({"feature_names": [1, 2]}, "feature_names is not a list of names"),
    ],
)
def test_a_broken_file_of_an_earlier_version_says_why(
    change: dict[str, Any], word: str, tmp_path: Path
) -> None:
    content = json.loads((FILES / "version_2_logistic.json").read_text(encoding="utf-8"))
    path = tmp_path / "old.json"
    path.write_text(json.dumps(content | change), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"cannot load .*old\.json: .*{word}"):
        elltwo.load(path)


def test_files_of_this_version_go_on_being_read(tmp_path: Path) -> None:
    names = sorted(path.name for path in FILES.glob("version_3_*.json"))
    assert len(names) >= 10
    for name in names:
        shutil.copy(FILES / name, tmp_path / name)
        record = elltwo.load(tmp_path / name)
        assert type(record).__name__ == name.removeprefix("version_3_").removesuffix(".json")
        record.save(tmp_path / name)
        old, new = ((folder / name).read_text(encoding="utf-8") for folder in (FILES, tmp_path))
        assert json.loads(new)["content"] == json.loads(old)["content"], name
