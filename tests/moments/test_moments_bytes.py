"""Moments: bytes, copies and threads."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest

from elltwo import Moments

RNG = np.random.default_rng(5)
X = RNG.normal(size=(400, 5)) + RNG.normal(size=5)
Y = np.column_stack([X @ RNG.normal(size=5) + RNG.normal(size=400), RNG.normal(size=400) + 7.0])
y = np.ascontiguousarray(Y[:, 0])


def portions(size: int, one_target: bool = True) -> Moments:
    m, target = (Moments(5), y) if one_target else (Moments(5, 2), Y)
    for i in range(0, 400, size):
        m.add(X[i : i + size], target[i : i + size])
    return m


def test_bytes_and_pickle_hold_every_bit() -> None:
    m = portions(9, one_target=False).scale(0.7)
    again = Moments.from_bytes(m.to_bytes())
    assert again.to_bytes() == m.to_bytes()
    assert pickle.loads(pickle.dumps(m)).to_bytes() == m.to_bytes()
    assert again.add(X, Y).to_bytes() == m.copy().add(X, Y).to_bytes()
    assert pickle.loads(pickle.dumps(Moments(3))).y_mean == 0.0


def test_damaged_bytes_are_refused() -> None:
    data = portions(100).to_bytes()
    for size in (0, 7, 23, 24, 40, len(data) - 1):
        with pytest.raises(ValueError, match="do not hold Moments"):
            Moments.from_bytes(data[:size])
    for place in range(0, len(data), 41):
        damaged = bytearray(data)
        damaged[place] ^= 1
        with pytest.raises(ValueError, match="do not hold Moments"):
            Moments.from_bytes(bytes(damaged))
    with pytest.raises(ValueError, match="do not hold Moments"):
        Moments.from_bytes(data + b"\0")


def test_copies_are_apart() -> None:
    m = portions(100)
    before, copy = m.to_bytes(), m.copy()
    copy.add(X, y)
    assert m.to_bytes() == before
    fit = m.ridge(1.0)
    edf = m.copy().ridge(1.0).edf
    m.add(X[:50] * 2.0, y[:50])
    assert fit.edf == edf
    assert m.merge(m).n_rows == 900


def test_threads_may_add_to_the_same_moments() -> None:
    m = Moments(5)

    def work(start: int) -> None:
        for i in range(start, 400, 40):
            m.add(X[i : i + 10], y[i : i + 10])
            m.copy().remove(X[i : i + 10], y[i : i + 10])

    threads = [threading.Thread(target=work, args=(10 * k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(m.gram, Moments(5).add(X, y).gram, rtol=1e-12)
