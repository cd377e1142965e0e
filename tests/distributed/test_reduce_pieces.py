"""Pieces are functions of partition, number and task; the tree is one of number and fan-in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import elltwo
from elltwo.integrations._reduce.leaf import run_leaf
from elltwo.integrations._reduce.piece import Piece, merge_pieces
from elltwo.integrations._reduce.serial import SerialEngine
from elltwo.integrations._reduce.task import Reading, Task
from elltwo.integrations._reduce.tree import Growing, default_fan_in, grow, level_sizes
from elltwo.stream._columns import Roles
from partitions import cut_rows, linear_rows
from random_examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable

N = 200
X, Y, WEIGHT = linear_rows(N)
CUTS = [0, 0, 3, 3, 50, 51, 60, 120, 180, 199, N]
PARTS = cut_rows(CUTS, X, Y, WEIGHT)
TASK = Task("moments", Reading(Roles(None, None, (), None))).to_bytes()


class Silent:
    def done(self, n_leaves: int, n_bytes: int = 0, n_rows: int | None = None) -> None:
        pass


def reduced(order: list[int], fan_in: int, task: bytes = TASK) -> bytes:
    return SerialEngine(PARTS, order=order).reduce(task, fan_in, Silent())


@examples(25)
@given(order=st.permutations(range(len(PARTS))), fan_in=st.integers(2, 12))
def test_bytes_do_not_depend_on_who_is_first(order: list[int], fan_in: int) -> None:
    assert reduced(order, fan_in) == reduced(list(range(len(PARTS))), fan_in)


@pytest.mark.parametrize("n_threads", [1, 2, 4])
def test_bytes_do_not_depend_on_threads(n_threads: int) -> None:
    reading = Reading(Roles(None, None, (), None), n_threads=n_threads)
    keys = list(range(len(PARTS)))
    one, other = (
        Piece.from_bytes(reduced(keys, 4, task))
        for task in (TASK, Task("moments", reading).to_bytes())
    )
    assert one == other


def test_a_leaf_that_runs_twice_gives_the_same_bytes() -> None:
    pieces = [[run_leaf(part, key, TASK) for key, part in enumerate(PARTS)] for _ in range(2)]
    assert pieces[0] == pieces[1]


def test_leaves_do_not_change_their_partition() -> None:
    before = [tuple(array.copy() for array in part) for part in PARTS]
    reduced(list(range(len(PARTS))), 3)
    for part, kept in zip(PARTS, before, strict=True):
        for array, copy in zip(part, kept, strict=True):
            np.testing.assert_array_equal(array, copy)


def test_other_trees_give_the_same_digits() -> None:
    keys = list(range(len(PARTS)))
    first, *others = (
        elltwo.Moments.from_bytes(Piece.from_bytes(reduced(keys, fan_in)).sums[0])
        for fan_in in (2, 3, 8, 16)
    )
    for moments in others:
        np.testing.assert_allclose(moments.gram, first.gram, rtol=1e-13)


@examples(40)
@given(n_parts=st.integers(0, 200), fan_in=st.integers(2, 9), seed=st.integers(0, 1 << 20))
def test_both_builders_make_one_tree(n_parts: int, fan_in: int, seed: int) -> None:
    leaves = [b"%d" % key for key in range(n_parts)]
    join = nested([])
    growing = Growing(n_parts, fan_in, join)
    for key in np.random.default_rng(seed).permutation(n_parts).tolist():
        growing.put(key, leaves[key])
    assert growing.result() == grow(leaves, fan_in, join)


def nested(sizes: list[int]) -> Callable[[list[bytes]], bytes]:
    def join(pieces: list[bytes]) -> bytes:
        sizes.append(len(pieces))
        return b"(" + b" ".join(pieces) + b")"

    return join


def test_the_tree_in_full() -> None:
    sizes: list[int] = []
    leaves = [b"%d" % key for key in range(7)]
    assert grow(leaves, 3, nested(sizes)) == b"((0 1 2) (3 4 5) 6)"
    assert sizes == [3, 3, 3]
    assert grow([b"0"], 3, nested(sizes)) == b"0"
    assert (level_sizes(65, 8), level_sizes(1, 8)) == ([65, 9, 2, 1], [1])
    assert [default_fan_in(p) for p in (None, 50, 1_000, 1_001)] == [8, 8, 8, 4]


def test_growing_refuses_what_is_there_or_missing() -> None:
    growing = Growing(2, 8, merge_pieces)
    growing.put(1, run_leaf(PARTS[1], 1, TASK))
    with pytest.raises(ValueError, match="two pieces of partition 1"):
        growing.put(1, b"")
    with pytest.raises(ValueError, match="the piece of a partition is missing"):
        growing.result()
    with pytest.raises(ValueError, match="there are 2 partitions, and none has number 2"):
        growing.put(2, b"")
    single = Growing(1, 8, merge_pieces)
    single.put(0, b"piece")
    with pytest.raises(ValueError, match="two pieces of partition 0"):
        single.put(0, b"piece")


def test_growing_holds_few_pieces() -> None:
    growing = Growing(64, 4, nested([]))
    most = 0
    for key in range(64):
        growing.put(key, b"x")
        most = max(most, sum(len(held) for held in growing._waiting.values()))
    assert most <= 3 * 3  # fan_in - 1 on each of three levels


def test_two_pieces_of_a_partition_are_refused() -> None:
    piece = run_leaf(PARTS[4], 4, TASK)
    with pytest.raises(ValueError, match="two pieces of partition 4"):
        merge_pieces([piece, piece])


@pytest.mark.parametrize("place", [0, 8, 20, 60, -1])
def test_altered_pieces_and_tasks_are_refused(place: int) -> None:
    piece = bytearray(run_leaf(PARTS[4], 4, TASK))
    piece[place] ^= 1
    with pytest.raises(ValueError, match="altered"):
        merge_pieces([bytes(piece), run_leaf(PARTS[5], 5, TASK)])
    with pytest.raises(ValueError, match="cut off or altered"):
        Piece.from_bytes(run_leaf(PARTS[4], 4, TASK)[:-1])
    task = bytearray(TASK)
    task[place] ^= 1
    fault = Piece.from_bytes(run_leaf(PARTS[4], 4, bytes(task))).fault
    assert fault is not None
    assert (fault.kind, fault.partition) == ("ValueError", 4)
    assert "altered" in fault.message


def test_another_format_is_another_version() -> None:
    piece = run_leaf(PARTS[4], 4, TASK).replace(b"elltwo piece 1\n", b"elltwo piece 2\n")
    with pytest.raises(ImportError, match="another version of elltwo"):
        Piece.from_bytes(piece)


def test_unlike_versions_are_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(_: object) -> object:
        raise AssertionError("a partition was read")

    here = elltwo.__version__
    monkeypatch.setattr(elltwo, "__version__", "0.0.9")
    piece = Piece.from_bytes(run_leaf(None, 3, TASK, load))
    assert piece.fault is not None
    with pytest.raises(ImportError, match=f"0.0.9 on the worker and {here} on the driver"):
        piece.fault.throw()


def test_pieces_and_tasks_survive_their_bytes() -> None:
    piece = Piece.from_bytes(reduced(list(range(len(PARTS))), 8))
    assert Piece.from_bytes(piece.to_bytes()) == piece
    assert (piece.n_rows, piece.longest, piece.key) == (N, 60, 0)
    roles = Roles("t", ("a", "b"), ("z",), "w", ("o",), labels=True)
    reading = Reading(roles, piece.layout, {"a": ["x", 1, 2.5, True]}, skip_missing=True)
    task = Task("pass", reading, b"body")
    again = Task.from_bytes(task.to_bytes())
    assert again.to_bytes() == task.to_bytes()
    assert again.reading.layout == piece.layout
    assert again.reading.levels == {"a": ["x", 1, 2.5, True]}


def test_a_piece_costs_8_bytes_a_product() -> None:
    """What moves is bounded by the number of features, whatever the rows are."""
    rng = np.random.default_rng(0)
    p = 50
    sizes = []
    for n in (100, 2_000):
        rows = rng.normal(size=(n, p))
        sizes.append(len(run_leaf((rows, rows[:, 0]), 0, TASK)))
    assert max(sizes) < 8 * p * (p + 12)
    assert abs(sizes[0] - sizes[1]) < 8  # digits of the counts of rows


def test_no_partitions_are_no_rows() -> None:
    piece = Piece.from_bytes(merge_pieces([]))
    assert (piece.n_rows, piece.sums, piece.fault) == (0, (), None)
    empty = Piece.from_bytes(run_leaf((X[:0], Y[:0]), 5, TASK))
    assert empty == replace(empty, n_rows=0, sums=(b"",), layout=None, fault=None)
