"""Sums of a part in a pass of a logistic regression, whatever labels and blocks it comes in."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from elltwo.exceptions import StreamError
from elltwo.functional._logistic_passes.first import FirstSums
from elltwo.functional._logistic_passes.sums import PassSums
from elltwo.functional._logistic_passes.task import FirstTask, Folds, PassTask
from elltwo.stream._columns import Roles
from elltwo.stream._part_pass import PartPass
from elltwo.stream._sources import open_source
from stream_tables import rows, write

if TYPE_CHECKING:
    from pathlib import Path

    from elltwo.stream._blocks import Block

    Array = np.ndarray[Any, Any]

N = 3000
ROLES = Roles("y", None, (), "w", None, labels=True)
LABELS = {
    "text": np.array(["no", "yes"])[(np.arange(N) % 3 == 0).astype(int)],
    "number": np.where(np.arange(N) % 3 == 0, 7, -2),
    "bool": np.arange(N) % 3 == 0,
}


def table(kind: str, n: int = N) -> dict[str, Any]:
    X, _, weight = rows(n)
    named = {f"x{j}": X[:, j] for j in range(3)}
    return {**named, "y": LABELS[kind][:n].tolist(), "w": weight}


def blocks_of(source: Any, roles: Roles = ROLES) -> list[Block]:  # noqa: ANN401
    """Blocks of all parts, copied as they live until the next one only."""
    opened = open_source(source, roles)
    return [
        block.without(np.zeros(len(block.X), dtype=bool))
        for part in opened.parts
        for block in part.blocks(0, None, 1)
    ]


def first_sums(blocks: list[Block], task: FirstTask, *, skip: bool = False) -> FirstSums:
    part = PartPass(task, 0, skip, 1)
    for block in blocks:
        part.add(block, ["x0", "x1", "x2", "y", "w"])
    sums = part.result()
    assert isinstance(sums, FirstSums)
    return sums


def pass_task(classes: Array, folds: Folds | None = None) -> PassTask:
    rng = np.random.default_rng(1)
    return PassTask(
        classes=classes,
        theta=rng.standard_normal((2, 1, 4)) * 0.3,
        left_out=np.array([-1, 1], dtype=np.int32),
        shift=np.array([0.0, 10.0, -1000.0]),
        scale=np.array([1.0, 0.5, 2.0]),
        hessian=np.array([True, False]),
        folds=folds or Folds(3, 100),
    )


def expected_loss(classes: Array, task: PassTask, kind: str) -> list[float]:
    """Losses in long double, from the rows themselves."""
    X, _, weight = rows(N)
    z = np.column_stack([(X - task.shift) * task.scale, np.ones(N)]).astype(np.longdouble)
    sign = np.where(LABELS[kind] == classes[1], 1.0, -1.0)
    fold = np.arange(N) // 100 % 3
    losses = []
    for theta, left_out in zip(task.theta[:, 0], task.left_out, strict=True):
        loss = weight * np.logaddexp(0.0, -sign * (z @ theta))
        losses.append(float(loss[fold != left_out].sum()))
    return losses


@pytest.mark.parametrize("kind", sorted(LABELS))
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".parquet", ".feather", ".arrow", "frame"])
def test_labels_of_every_kind_and_source(tmp_path: Path, kind: str, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    if ending == "frame":
        source: Any = pd.DataFrame(table(kind))
    else:
        source = write(tmp_path / f"table{ending}", table(kind))
    blocks = blocks_of(source)
    assert all(block.X.dtype == np.float64 for block in blocks)
    sums = first_sums(blocks, FirstTask(folds=Folds(3, 100)))
    wanted = sorted({str(label).lower() for label in LABELS[kind].tolist()})
    if kind == "number":
        assert sums.classes.tolist() == [-2, 7]
    else:
        assert sorted(str(label).lower() for label in sums.classes.tolist()) == wanted
    _, _, weight = rows(N)
    second = LABELS[kind] == np.unique(LABELS[kind])[1]
    np.testing.assert_allclose(
        sums.class_weight.sum(axis=0), [weight[~second].sum(), weight[second].sum()], rtol=1e-12
    )
    task = pass_task(sums.classes)
    part = PartPass(task, 0, False, 1)
    for block in blocks:
        part.add(block, None)
    found = part.result()
    assert isinstance(found, PassSums)
    native = np.unique(LABELS[kind])
    np.testing.assert_allclose(found.loss, expected_loss(native, task, kind), rtol=1e-12)


def test_runs_do_not_depend_on_where_the_reading_began(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept after a whole run, and the rest added later, make the bits of one go."""
    monkeypatch.setattr("elltwo.stream._part_pass.RUN_BLOCKS", 1)
    monkeypatch.setattr("elltwo.stream._blocks.MAX_BLOCK_ROWS", 1 << 10)
    X, _, weight = rows(N)
    y = LABELS["text"]
    cuts = [0, 700, 1900, 2500, N]
    chunks = [(X[a:b], y[a:b], weight[a:b]) for a, b in pairwise(cuts)]
    blocks = blocks_of(chunks, Roles(None, None, (), None, labels=True))
    task = pass_task(np.array(["no", "yes"]))
    whole = PartPass(task, 0, False, 1)
    for block in blocks:
        whole.add(block, None)
    stopped = PartPass(task, 0, False, 1)
    for block in blocks[:3]:
        stopped.add(block, None)
    assert stopped.rows == 2500
    assert stopped.kept.rows == 2048
    resumed = PartPass(task, 0, False, 1)
    resumed.restore(stopped.kept, complete=False)
    for block in blocks[2:]:
        resumed.add(block, None)
    assert resumed.result().to_bytes() == whole.result().to_bytes()


@pytest.mark.parametrize("kind", ["text", "number"])
@pytest.mark.parametrize("ending", [".csv", ".parquet", "frame"])
def test_a_missing_label_is_a_missing_value(tmp_path: Path, kind: str, ending: str) -> None:
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    content = table(kind, 100)
    content["y"][41] = None
    source: Any = pd.DataFrame(content) if ending == "frame" else None
    if source is None:
        source = write(tmp_path / f"table{ending}", content)
    row = 41 if ending == "frame" else 42
    blocks = blocks_of(source)
    with pytest.raises(StreamError, match=rf"row {row}, column 'y' is missing or NaN"):
        first_sums(blocks, FirstTask())
    sums = first_sums(blocks, FirstTask(), skip=True)
    assert sums.n_rows.tolist() == [99]
    assert len(sums.classes) == 2
    part = PartPass(pass_task(sums.classes, Folds()), 0, True, 1)
    for block in blocks:
        part.add(block, None)
    assert (part.rows, part.skipped) == (100, 1)


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("x1", np.inf, "row 12, column 'x1' is infinite"),
        ("w", np.nan, "row 12, column 'w' is missing or NaN"),
        ("y", 0.5, "row 12, column 'y' holds 0.5, but labels that are numbers must be whole"),
    ],
)
def test_bad_values_are_named(column: str, value: float, text: str) -> None:
    pa = pytest.importorskip("pyarrow")
    content = table("number", 100)
    content[column] = np.asarray(content[column], dtype=float)
    content[column][11] = value
    blocks = blocks_of(pa.table(content))
    with pytest.raises(StreamError, match=text):
        first_sums(blocks, FirstTask())


def test_a_label_that_is_new_says_that_the_data_have_changed() -> None:
    pa = pytest.importorskip("pyarrow")
    content = table("text", 100)
    content["y"][11] = "perhaps"
    part = PartPass(pass_task(np.array(["no", "yes"])), 0, False, 1)
    [block] = blocks_of(pa.table(content))
    text = r"row 12, column 'y' holds 'perhaps', which no row did in the first"
    with pytest.raises(StreamError, match=text):
        part.add(block, ["x0", "x1", "x2", "y", "w"])


def test_csv_files_hold_text_if_the_first_rows_of_one_do(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    one = write(tmp_path / "0.csv", table("number", 10))
    two = write(tmp_path / "1.csv", table("text", 10))
    labels = {label for block in blocks_of([one, two]) for label in block.y.tolist()}
    assert labels == {"-2", "7", "no", "yes"}
    three = write(tmp_path / "2.parquet", table("number", 10))
    with pytest.raises(StreamError, match=r"1.csv, row 1, column 'y' is not a number: 'yes'"):
        blocks_of([three, two])
    four = write(tmp_path / "3.parquet", table("text", 10))
    with pytest.raises(ValueError, match=r"3.parquet, column 'y' holds text, but that of .*2.parq"):
        blocks_of([three, four])
