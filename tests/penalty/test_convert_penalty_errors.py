"""Conversions of penalties ask for what they need, and say what is wrong with what they got."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import elltwo

NAMES = list(elltwo.penalty_conventions())
EVERYTHING: dict[str, Any] = {
    "n_samples": 40,
    "sum_weight": 55.0,
    "l1_ratio": 0.25,
    "sd_y": 3.0,
    "sd_x": 2.0,
    "n_outputs": 3,
    "batch_size": 8,
    "noise_variance": 0.5,
}


@pytest.mark.parametrize("name", NAMES)
def test_asks_for_what_a_convention_needs_and_nothing_more(name: str) -> None:
    """Leave out one argument after the other: an error that names it, or the same answer."""
    full = elltwo.penalty_from(name, 0.5, **EVERYTHING)
    needed = {}
    for argument, value in EVERYTHING.items():
        rest = {key: EVERYTHING[key] for key in EVERYTHING if key != argument}
        try:
            if elltwo.penalty_from(name, 0.5, **rest) == full:
                continue
        except ValueError as error:
            assert str(error).startswith(f"{name!r} needs {argument}: the ")  # noqa: PT017
        needed[argument] = value
    assert elltwo.penalty_from(name, 0.5, **needed) == full
    formula = elltwo.penalty_conventions()[name].partition(": ")[2]
    missing = [key for key in needed if key != "n_samples" and key not in formula]
    assert missing == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"from_": "sklearn.ridge"}, r"from_ must be one of .* got 'sklearn.ridge' .*'sklearn.R"),
        ({"from_": "?"}, r"from_ must be one of the names of penalty_conventions\(\), got '\?'$"),
        ({"to": None}, "to must be one of .* got None"),
        ({"to": "logistic"}, "same loss, got 'mse' for 'ridge' and 'logistic' for 'logistic'"),
        ({"value": -1.0}, r"value must be in \[0, inf\], got -1.0"),
        ({"value": [1.0, np.nan]}, r"value must be in \[0, inf\], got nan"),
        ({"n_samples": 0}, "n_samples must be an integer in .* got 0"),
        ({"n_samples": None}, "'mse' needs n_samples: the number of rows"),
        ({"sum_weight": 0.0}, "sum_weight must be positive and finite, got 0.0"),
        ({"sum_weight": [1.0, 2.0]}, r"sum_weight must be a number, got shape \(2,\)"),
        ({"sd_y": np.inf}, "sd_y must be positive and finite, got inf"),
        ({"noise_variance": np.nan}, "noise_variance must be positive and finite, got nan"),
        ({"sd_x": [1.0, -2.0]}, "sd_x must be finite and not negative, got -2.0 at 1"),
        ({"sd_x": 0.0}, "sd_x must be positive and finite, got 0.0"),
        ({"sd_x": [[1.0]]}, r"sd_x must be a number or .* got shape \(1, 1\)"),
        ({"l1_ratio": 1.0}, r"l1_ratio must be in \[0, 1\), .* got 1.0"),
        ({"batch_size": -3}, "batch_size must be an integer in .* got -3"),
        ({"from_": "glmnet.gaussian", "l1_ratio": 0, "sd_y": 1, "sd_x": [1, 2]}, "penalty_from"),
        (
            {
                "from_": "glmnet.gaussian",
                "l1_ratio": 0,
                "sum_weight": 1e300,
                "sd_y": 1,
                "sd_x": 1e9,
            },
            "the product of n_samples, l1_ratio, sd_x, sd_y is beyond the range of float64",
        ),
    ],
)
def test_bad_values(changes: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"value": 1.0, "from_": "mse", "to": "ridge", "n_samples": 9}
    arguments |= changes
    with pytest.raises(ValueError, match=message):
        elltwo.convert_penalty(arguments.pop("value"), **arguments)


@pytest.mark.parametrize(
    "name", ["torch.decoupled", "torch.AdamW", "keras.weight_decay", "keras.AdamW", "optax.adamw"]
)
def test_decoupled_decay_is_refused_with_the_reason(name: str) -> None:
    reason = f"={name!r} equals no penalty: .* multiplies the weights by 1 - lr"
    for from_, to in ((name, "ridge"), ("ridge", name)):
        with pytest.raises(ValueError, match=reason):
            elltwo.convert_penalty(0.1, from_=from_, to=to)
    with pytest.raises(ValueError, match=reason):
        elltwo.penalty_from(name, 0.1)
    assert name not in NAMES


def test_values_beyond_float64_saturate() -> None:
    large = [0.0, 1e300, np.inf]
    alpha = elltwo.convert_penalty(large, from_="mse", to="ridge", sum_weight=1e308)
    assert np.array_equal(alpha, [0.0, np.inf, np.inf])


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "1"},
        {"value": None},
        {"n_samples": 9.0},
        {"n_outputs": True},
        {"sum_weight": "9"},
        {"sd_x": [1j]},
        {"standardize": 1},
    ],
)
def test_bad_types(changes: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {"value": 1.0, "from_": "mse", "to": "ridge", "n_samples": 9}
    arguments |= changes
    with pytest.raises(TypeError, match=next(iter(changes))):
        elltwo.convert_penalty(arguments.pop("value"), **arguments)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"convention": "lm"}, "convention must be one of .* got 'lm'"),
        ({"penalty_factors": [1.0, -1.0]}, r"penalty_factors must be in \[0, inf\], got -1.0"),
        ({"penalty_factors": [1.0]}, r"shape \(2,\), that of sd_x, got shape \(1,\)"),
        ({"penalty_factors": 1.0, "sd_x": 1.0}, r"shape \(n_features,\), got shape \(\)"),
        ({"penalty_factors": [0.0, 0.0]}, "penalty_factors must not all be 0"),
    ],
)
def test_bad_values_of_penalty_from(changes: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {
        "convention": "glmnet.binomial",
        "value": 1.0,
        "n_samples": 9,
        "l1_ratio": 0.0,
        "sd_x": [1.0, 2.0],
    }
    with pytest.raises(ValueError, match=message):
        elltwo.penalty_from(**(arguments | changes))
