"""The printed report on a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]


def data(p: int = 3, targets: int = 0) -> tuple[Array, Array]:
    rng = np.random.default_rng(2)
    return rng.standard_normal((25, p)), rng.standard_normal((25, targets) if targets else 25)


def table(text: str) -> list[list[str]]:
    """Cells of the lines between the rules."""
    _, body, _ = [part.strip("\n") for part in text.split("-" * 20) if part.strip("-")]
    return [line.split() for line in body.lstrip("-\n").splitlines()]


def test_the_table_holds_the_numbers() -> None:
    X, y = data()
    fit = elltwo.ridge(X, y, alpha=2.0)
    summary = fit.summary(["age", "height", "weight"])
    bayesian, sandwich = map(fit.statistics.standard_errors, ("bayesian", "sandwich"))
    rows = table(str(summary))
    assert [row[0] for row in rows] == ["age", "height", "weight", "intercept"]
    for j, row in enumerate(rows[:3]):
        numbers = (fit.coef, bayesian.coef, sandwich.coef, fit.statistics.vif)
        expected = np.array([column[j] for column in numbers])
        np.testing.assert_allclose(np.array(row[1:], float)[[0, 1, 4, 7]], expected, rtol=1e-5)
        ends = [*summary.bayesian_interval, *summary.sandwich_interval]
        shown = np.array(row[1:], float)[[2, 3, 5, 6]]
        np.testing.assert_allclose(shown, [end[j] for end in ends], rtol=1e-3)
    last = np.array([fit.intercept, bayesian.intercept, sandwich.intercept])
    np.testing.assert_allclose(np.array(rows[3][1:], float)[[0, 1, 4]], last, rtol=1e-5)
    facts = summary.facts
    assert facts["alpha"] == 2.0
    assert facts["effective degrees of freedom"] == fit.statistics.edf
    assert facts["solver"] == fit.info.solver
    for name, value in facts.items():
        assert name in str(summary)
        assert (value if isinstance(value, str) else f"{value:.6g}") in str(summary)
    assert "no p-values" in str(summary)
    assert repr(summary) == str(summary)


def test_lines_are_narrow_and_aligned() -> None:
    X, y = data()
    lines = str(elltwo.ridge(X, y, alpha=2.0).summary()).splitlines()
    assert max(map(len, lines)) <= 100
    assert not any(line != line.rstrip() for line in lines)
    head = next(k for k, line in enumerate(lines) if "VIF" in line)
    ends = {len(line) for line in lines[head : head + 5]}
    assert len(ends) == 1


def test_without_an_intercept_there_is_no_line_for_it() -> None:
    X, y = data()
    summary = elltwo.ridge(X, y, alpha=2.0, fit_intercept=False).summary()
    assert summary.names == ("x0", "x1", "x2")


def test_one_target_of_several() -> None:
    X, Y = data(targets=2)
    fit = elltwo.ridge(X, Y, alpha=[1.0, 5.0])
    second = fit.summary(target=1)
    alone = elltwo.ridge(X, Y[:, 1], alpha=5.0).summary()
    assert second.facts["alpha"] == 5.0
    np.testing.assert_allclose(second.coef, alone.coef, rtol=1e-12)
    np.testing.assert_allclose(second.bayesian_se, alone.bayesian_se, rtol=1e-12)
    with pytest.raises(ValueError, match="target must be below 2"):
        fit.summary(target=2)


def test_long_tables_are_cut_unless_asked() -> None:
    X, y = data(60)
    fit = elltwo.ridge(X, y, alpha=2.0)
    short = table(str(fit.summary(max_rows=6)))
    assert [row[0] for row in short] == ["x0", "x1", "x2", "...", "x58", "x59", "intercept"]
    assert short[3] == ["...", "55", "more"]
    assert len(table(str(fit.summary(max_rows=None)))) == 61
    assert len(table(str(fit.summary()))) == 31


class Counted(float):
    """A number that counts how often it is written."""

    written = 0

    def __format__(self, spec: str) -> str:
        Counted.written += 1
        return super().__format__(spec)


def test_rows_left_out_are_not_written() -> None:
    X, y = data(4)
    summary = elltwo.ridge(X, y, alpha=2.0).summary()
    column: Any = [Counted(1.0)] * 20_000
    names = tuple(f"gene {j}" for j in range(20_000))
    none = np.zeros(20_000)
    summary = summary._replace(names=names, coef=column, bayesian_se=none)
    text = str(summary._replace(sandwich_se=none, vif=none))
    assert Counted.written == 30
    assert len(text.splitlines()) < 60
    assert "... 19970 more" in text


def test_bad_arguments() -> None:
    X, y = data()
    fit = elltwo.ridge(X, y, alpha=2.0)
    with pytest.raises(ValueError, match="names must have length 3, one for each feature"):
        fit.summary(["a"])
    with pytest.raises(TypeError, match="names must be a sequence of 3 names"):
        fit.summary("abc")
    with pytest.raises(ValueError, match="max_rows must be an integer in"):
        fit.summary(max_rows=1)
