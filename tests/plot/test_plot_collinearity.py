"""The display of collinearity: factors, indices, blocks and what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import elltwo
from elltwo.linear_model import LogisticRegression, Ridge
from elltwo.plot import CollinearityDisplay as Display
from figures import legend_texts, plt, xy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

CollinearityDisplay: Any = Display  # whose optional arrays tests know to be there
RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 5))
X[:, 3] = X[:, 0] - X[:, 1] + 0.1 * RNG.normal(size=60)
Y = X[:, 0] + RNG.normal(size=60)
WEIGHT = RNG.integers(0, 3, 60).astype(float)
ROWS = np.repeat(np.arange(60), WEIGHT.astype(int))


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


def factors(Z: Array) -> list[float]:
    """1 / (1 - R^2) of every feature on the others."""
    found = []
    for j in range(Z.shape[1]):
        others = np.column_stack([np.delete(Z, j, axis=1), np.ones(len(Z))])
        rest = Z[:, j] - others @ np.linalg.lstsq(others, Z[:, j], rcond=None)[0]
        found.append(((Z[:, j] - Z[:, j].mean()) ** 2).sum() / (rest**2).sum())
    return found


def test_factors_of_data_and_of_a_fit() -> None:
    plain = CollinearityDisplay.from_data(X, sample_weight=WEIGHT)
    np.testing.assert_allclose(plain.vif, factors(X[ROWS]), rtol=1e-9)
    assert plain.unpenalised_vif is None
    fit = elltwo.ridge(X, Y, alpha=20.0, sample_weight=WEIGHT)
    display = CollinearityDisplay.from_fit(fit)
    np.testing.assert_allclose(display.unpenalised_vif, plain.vif, rtol=1e-9)
    np.testing.assert_allclose(display.vif, fit.statistics.vif)
    assert (display.vif < display.unpenalised_vif).all()
    order = np.argsort(-display.unpenalised_vif)
    np.testing.assert_array_equal(display.shown_, order)
    without, of_fit = display.marks_
    assert xy(without) == (display.unpenalised_vif[order].tolist(), [0, 1, 2, 3, 4])
    assert xy(of_fit)[0] == display.vif[order].tolist()
    names = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert names == [f"x{j}" for j in order]
    assert legend_texts(display) == ["VIF of 10", "without a penalty", "of the fit"]


def test_condition_indices() -> None:
    Z = X[ROWS] - X[ROWS].mean(axis=0)
    s = np.linalg.svd(Z / np.sqrt((Z**2).sum(axis=0)), compute_uv=False)
    display = CollinearityDisplay.from_data(X, sample_weight=WEIGHT, kind="condition")
    np.testing.assert_allclose(display.condition_indices, s[0] / s, rtol=1e-8)
    (marks,) = display.marks_
    assert xy(marks) == ([1, 2, 3, 4, 5], display.condition_indices.tolist())
    assert display.ax_.get_yscale() == "log"


def test_exact_collinearity_is_marked_at_the_edge() -> None:
    Z = np.column_stack([X, X[:, 2]])
    display = CollinearityDisplay.from_data(Z)
    assert set(display.shown_[:2].tolist()) == {2, 5}
    assert np.isnan(xy(display.marks_[0])[0]).tolist() == [True, True, False, False, False, False]
    beyond = [line for line in display.ax_.lines if line.get_marker() == ">"]
    assert xy(beyond[0]) == ([display.ax_.get_xlim()[1]] * 2, [0, 1])
    display = CollinearityDisplay.from_data(Z, kind="condition")
    assert len(xy(display.marks_[0])[0]) == 5
    assert "infinite: exact collinearity" in legend_texts(display)


def test_blocks_of_correlations() -> None:
    """Chains are one block, and features without a partner follow in their order."""
    r = np.eye(6)
    for i, j, value in ((4, 1, 0.9), (1, 5, -0.8), (0, 3, 0.75), (4, 5, -0.5), (2, 0, 0.3)):
        r[i, j] = r[j, i] = value
    display = CollinearityDisplay(correlations=r, feature_names=list("abcdef"))
    display.plot(kind="correlation")
    assert [block.tolist() for block in display.blocks_] == [[4, 1, 5], [0, 3], [2]]
    assert display.shown_.tolist() == [4, 1, 5, 0, 3, 2]
    shown = np.asarray(display.image_.get_array())
    np.testing.assert_array_equal(shown, r[np.ix_(display.shown_, display.shown_)])
    frames = [(p.get_xy(), p.get_width()) for p in display.ax_.patches]
    assert frames == [((-0.5, -0.5), 3), ((2.5, 2.5), 2)]
    names = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert names == list("ebfadc")
    assert display.ax_.get_title() == "2 blocks with |r| \N{GREATER-THAN OR EQUAL TO} 0.7"
    assert len(display.plot(kind="correlation", block=1.0).blocks_) == 6


def test_correlations_of_data() -> None:
    display = CollinearityDisplay.from_data(X, sample_weight=WEIGHT, kind="correlation")
    np.testing.assert_allclose(display.correlations, np.corrcoef(X[ROWS].T), rtol=1e-9, atol=1e-14)
    display = CollinearityDisplay.from_data(X, kind="correlation", max_features=2)
    size = np.abs(np.corrcoef(X.T) - np.eye(5)).max(axis=1)
    assert set(display.shown_.tolist()) == set(np.argsort(-size)[:2].tolist())
    assert display.ax_.get_title().startswith("2 most correlated of 5 features, ")


@pytest.mark.parametrize("kind", ["vif", "condition", "correlation"])
def test_one_and_many_features(kind: str) -> None:
    for Z in (X[:, :1], RNG.normal(size=(300, 250))):
        display = CollinearityDisplay.from_data(Z, kind=kind)
        display.figure_.canvas.draw()
        assert display.shown_.size <= 200


def test_estimators_and_fits_of_other_kinds() -> None:
    model = Ridge(alpha=20.0).fit(X, Y)
    expected = CollinearityDisplay.from_fit(elltwo.ridge(X, Y, alpha=20.0))
    shown = CollinearityDisplay.from_estimator(model, X, Y)
    np.testing.assert_allclose(shown.vif, expected.vif, rtol=1e-8)
    labels = (Y > 0).astype(int)
    for display in (
        CollinearityDisplay.from_estimator(model, X),
        CollinearityDisplay.from_estimator(LogisticRegression().fit(X, labels), X, labels),
        CollinearityDisplay.from_fit(elltwo.logistic(X, labels, alpha=1.0), X),
        CollinearityDisplay.from_fit(elltwo.ridge(X, Y, alpha=0.0)),
    ):
        np.testing.assert_allclose(display.vif, expected.unpenalised_vif, rtol=1e-8)
        assert display.unpenalised_vif is None
    with pytest.raises(ValueError, match="X must be given, since this LogisticFit"):
        CollinearityDisplay.from_fit(elltwo.logistic(X, labels, alpha=1.0))


def test_names_of_a_table() -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=list("abcde"))
    for display in (
        CollinearityDisplay.from_data(table),
        CollinearityDisplay.from_fit(elltwo.ridge(table, Y, alpha=1.0)),
        CollinearityDisplay.from_estimator(Ridge().fit(table, Y), table, Y),
    ):
        assert tuple(display.feature_names) == tuple("abcde")


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({}, "one of vif, condition_indices and correlations must be given"),
        ({"vif": [-1.0]}, "vif must be at least 0, got -1.0"),
        ({"vif": [np.nan]}, "vif must be at least 0"),
        ({"condition_indices": [0.5]}, "condition_indices must be at least 1, got 0.5"),
        ({"correlations": [[1.0, 0.0]]}, r"correlations must have shape \(1, 1\)"),
        ({"correlations": [[1.0, 0.2], [0.3, 1.0]]}, "correlations must be symmetric"),
        ({"vif": [1.0], "feature_names": ["a", "b"]}, "feature_names must have one entry"),
    ],
)
def test_what_the_constructor_refuses(numbers: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CollinearityDisplay(**numbers)


def test_what_plot_refuses() -> None:
    display = CollinearityDisplay(vif=[1.0, 2.0])
    with pytest.raises(ValueError, match="kind='correlation' needs correlations"):
        display.plot(kind="correlation")
    with pytest.raises(ValueError, match="kind must be"):
        CollinearityDisplay.from_data(X, kind="eigenvalues")
    with pytest.raises(ValueError, match="block must be in"):
        display.plot(block=0.0)
