"""Penalties between conventions: closed forms of every text, round trips, factors, the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import elltwo
from paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

PAGE = ROOT / "docs/penalty.md"
NAMES = list(elltwo.penalty_conventions())
RNG = np.random.default_rng(11)
N = 40
X = RNG.standard_normal((N, 3)) * [1.0, 3.0, 0.4] + [0.0, 5.0, -1.0]
y = 4.0 + X @ [1.0, -0.5, 2.0] + RNG.standard_normal(N)
EVERYTHING: dict[str, Any] = {
    "n_samples": N,
    "sum_weight": 55.0,
    "l1_ratio": 0.25,
    "sd_y": 3.0,
    "sd_x": 2.0,
    "n_outputs": 3,
    "batch_size": 8,
    "noise_variance": 0.5,
}

# of the objectives in texts for n rows: the number before sum r^2 (or sum logloss), and that
# before sum b^2, for a value v
TEXTS: dict[str, Callable[[float, int], tuple[float, float]]] = {
    "ridge": lambda v, _: (1, v),
    "sse": lambda v, _: (1, v),
    "half_sse": lambda v, _: (1 / 2, v / 2),
    "half_sse_full_penalty": lambda v, _: (1 / 2, v),
    "mse": lambda v, n: (1 / n, v),
    "mse_free_intercept": lambda v, n: (1 / n, v),
    "mse_half_penalty": lambda v, n: (1 / n, v / 2),
    "half_mse": lambda v, n: (1 / (2 * n), v / 2),
    "half_mse_full_penalty": lambda v, n: (1 / (2 * n), v),
    "half_mse_mean_penalty": lambda v, n: (1 / (2 * n), v / (2 * n)),
    "C_sse": lambda v, _: (v, 1 / 2),
    "prior_variance": lambda v, _: (1 / 0.5, 1 / v),
    "logistic": lambda v, _: (1, v / 2),
    "logloss_full_penalty": lambda v, _: (1, v),
    "mean_logloss": lambda v, n: (1 / n, v / 2),
    "mean_logloss_full_penalty": lambda v, n: (1 / n, v),
    "mean_logloss_mean_penalty": lambda v, n: (1 / n, v / (2 * n)),
    "C_logloss": lambda v, _: (v, 1 / 2),
    "logistic_prior_variance": lambda v, _: (1, 1 / (2 * v)),
}


def losses(name: str) -> set[str]:
    """Objectives of elltwo that a convention can be converted to."""
    text = elltwo.penalty_conventions()[name].partition(": ")[2].partition(" alpha")[0]
    return set(text.split(" or "))


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    """Alpha is the ratio of the numbers in the text, doubled where the loss has no 1/2 to lose."""
    loss, penalty = TEXTS[name](0.3, 40)
    hub = losses(name).pop()
    expected = penalty / loss * {"ridge": 1, "logistic": 2}[hub]
    alpha = elltwo.convert_penalty(0.3, from_=name, to=hub, n_samples=40, noise_variance=0.5)
    assert alpha == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("name", [name for name in TEXTS if losses(name) == {"ridge"}])
def test_texts_by_their_normal_equations(name: str) -> None:
    loss, penalty = TEXTS[name](0.3, N)
    free = np.diag([float(name == "mse"), 1.0, 1.0, 1.0])
    A = np.column_stack([np.ones(N), X])
    theta = np.linalg.solve(loss * A.T @ A + penalty * free, loss * A.T @ y)
    fit = elltwo.ridge(X, y, **elltwo.penalty_from(name, 0.3, n_samples=N, noise_variance=0.5))
    np.testing.assert_allclose([fit.intercept, *fit.coef], theta, rtol=1e-11)


@pytest.mark.parametrize("from_", NAMES)
def test_there_and_back(from_: str) -> None:
    values = np.array([0.0, 1e-5, 0.7, 30.0, np.inf])
    for to in NAMES:
        if losses(from_) & losses(to):
            there = elltwo.convert_penalty(values, from_=from_, to=to, **EVERYTHING)
            back = elltwo.convert_penalty(there, from_=to, to=from_, **EVERYTHING)
            np.testing.assert_allclose(back, values, rtol=1e-14, err_msg=to)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.tuples(*[st.sampled_from(NAMES)] * 3),
    st.floats(1e-9, 1e9),
    st.fixed_dictionaries(
        {
            "n_samples": st.integers(2, 10**9),
            "sum_weight": st.floats(1e-6, 1e9),
            "l1_ratio": st.floats(0.0, 0.999),
            "sd_y": st.floats(1e-6, 1e6),
            "sd_x": st.floats(1e-6, 1e6),
            "standardize": st.booleans(),
            "n_outputs": st.integers(1, 100),
            "batch_size": st.integers(1, 10**6),
            "noise_variance": st.floats(1e-6, 1e6),
        }
    ),
)
def test_a_detour_changes_nothing(
    names: tuple[str, str, str], value: float, quantities: dict[str, Any]
) -> None:
    from_, over, to = names
    assume(losses(from_) & losses(over) and losses(over) & losses(to))
    assume(losses(from_) & losses(to))
    direct = elltwo.convert_penalty(value, from_=from_, to=to, **quantities)
    on_the_way = elltwo.convert_penalty(value, from_=from_, to=over, **quantities)
    detour = elltwo.convert_penalty(on_the_way, from_=over, to=to, **quantities)
    assert detour == pytest.approx(direct, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_ends_and_direction(name: str) -> None:
    """A value before the loss, or a variance, shrinks as alpha grows."""
    symbol = elltwo.penalty_conventions()[name].partition(" alpha = ")[2]
    falling = re.search(r"/ (\(2 \* )?[Ct]\b", symbol) is not None
    alpha = elltwo.penalty_from(name, [0.0, 0.5, 1.0, np.inf], **EVERYTHING)["alpha"]
    lowest, low, high, highest = alpha[::-1] if falling else alpha
    assert (lowest, highest) == (0.0, np.inf)
    assert 0.0 < low < high < np.inf


@pytest.mark.parametrize("zero", [0.0, -0.0, 0, False])
def test_no_loss_is_an_infinite_penalty(zero: float) -> None:
    assert elltwo.convert_penalty(zero, from_="C_sse", to="ridge") == np.inf
    assert elltwo.convert_penalty(zero, from_="ridge", to="C_sse") == np.inf


def test_value_keeps_its_shape_and_is_not_modified() -> None:
    scalar = elltwo.convert_penalty(np.float32(2.0), from_="mse", to="ridge", n_samples=5)
    assert scalar == 10.0
    assert type(scalar) is float
    values = np.arange(6.0).reshape(2, 3)
    kept = values.copy()
    for to in ("ridge", "C_sse"):
        result = elltwo.convert_penalty(values, from_="ridge", to=to)
        assert isinstance(result, np.ndarray)
        assert result.shape == (2, 3)
        assert not np.shares_memory(result, values)
    assert np.array_equal(values, kept)


def glmnet(X: Array, y: Array, lam: float, factors: Array, ddof: int) -> Array:
    """Scale y and the columns, halve the mean of squares, divide lambda by the scale of y."""
    scale_x, scale_y = X.std(axis=0, ddof=ddof), y.std(ddof=ddof)
    Z, z = (X - X.mean(axis=0)) / scale_x, (y - y.mean()) / scale_y
    system = Z.T @ Z / len(y) + lam / scale_y * np.diag(factors)
    solution: Array = np.linalg.solve(system, Z.T @ z / len(y)) * scale_y / scale_x
    return solution


@pytest.mark.parametrize(
    ("name", "ddof"),
    [
        ("glmnet.gaussian", 0),
        ("spark.LinearRegression", 0),
        ("spark.LinearRegression.l-bfgs", 1),
    ],
)
def test_standardised_penalties_become_factors(name: str, ddof: int) -> None:
    scales = {"sd_y": y.std(), "sd_x": X.std(axis=0)}
    penalty = elltwo.penalty_from(name, 0.2, n_samples=N, l1_ratio=0.0, **scales)
    fit = elltwo.ridge(X, y, **penalty)
    np.testing.assert_allclose(fit.coef, glmnet(X, y, 0.2, np.ones(3), ddof), rtol=1e-11)


def test_glmnet_scales_its_factors_to_a_mean_of_one() -> None:
    scales = {"sd_y": y.std(), "sd_x": X.std(axis=0)}
    own = np.array([0.0, 1.0, 4.0])
    penalty = elltwo.penalty_from(
        "glmnet.gaussian", 0.2, n_samples=N, l1_ratio=0.0, penalty_factors=own, **scales
    )
    expected = glmnet(X, y, 0.2, own * 3 / 5, 0)
    np.testing.assert_allclose(elltwo.ridge(X, y, **penalty).coef, expected, rtol=1e-11)
    assert np.array_equal(own, [0.0, 1.0, 4.0])


def test_factors_of_infinity_and_constant_columns() -> None:
    """An excluded column counts as 1 in glmnet's mean; a constant one is left out."""
    penalty = elltwo.penalty_from(
        "glmnet.binomial",
        1.0,
        n_samples=1,
        l1_ratio=0.0,
        sd_x=[2.0, 1.0, 3.0, 0.0],
        penalty_factors=[3.0, np.inf, 4.0, 0.0],
    )
    assert penalty["alpha"] == 1.0
    mean = (3.0 + 1.0 + 4.0 + 0.0) / 4.0
    assert penalty["penalty_factors"].tolist() == [3 / mean * 4, np.inf, 4 / mean * 9, np.inf]


def test_other_packages_keep_factors_as_they_are() -> None:
    penalty = elltwo.penalty_from(
        "glum", 1.0, n_samples=2, l1_ratio=0.5, penalty_factors=[0.0, 3.0, np.inf]
    )
    assert penalty["alpha"] == 1.0
    assert penalty["penalty_factors"].tolist() == [0.0, 3.0, np.inf]


def test_equal_scales_need_no_factors() -> None:
    given_: dict[str, Any] = {"n_samples": 10, "l1_ratio": 0.0}
    on = elltwo.penalty_from("glmnet.binomial", 1.0, sd_x=2.0, **given_)
    off = elltwo.penalty_from("glmnet.binomial", 1.0, standardize=False, **given_)
    assert (on, off) == ({"alpha": 40.0}, {"alpha": 10.0})


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        ("sklearn.ElasticNet", "celer.ElasticNet"),
        ("glmnet.gaussian", "spark.LinearRegression"),
        ("mse", "half_mse"),
        ("C_sse", "liblinear.svr"),
    ],
)
def test_what_cancels_is_not_asked_for(from_: str, to: str) -> None:
    assert elltwo.convert_penalty(0.3, from_=from_, to=to) == pytest.approx(0.3, rel=1e-15)


def test_columns_are_scaled_by_both() -> None:
    """By the divisors n and n - 1, so that scales cancel and the divisors stay."""
    value = elltwo.convert_penalty(
        0.3, from_="glmnet.binomial", to="spark.LogisticRegression", n_samples=5, sd_x=[1.0, 2.0]
    )
    assert value == pytest.approx(0.3 * 4 / 5, rel=1e-15)


def test_the_page_shows_every_convention() -> None:
    """In the order of the function, one row each, with objective and formula."""
    rows = []
    for name, text in elltwo.penalty_conventions().items():
        objective, _, formula = text.partition(": ")
        rows.append(f"| `{name}` | {objective} | {formula} |")
    page = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in page if line.startswith("| `")] == rows
