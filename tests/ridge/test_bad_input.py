"""Bad input: an error of the right type that names the argument and what it got."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import elltwo
from elltwo.exceptions import MissingValueError
from elltwo.linear_model import Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = Any  # whatever a caller might pass

RNG = np.random.default_rng(3)
X = RNG.normal(size=(8, 3))
Y = RNG.normal(size=(8, 2))
y = np.ascontiguousarray(Y[:, 0])
WIDE = RNG.normal(size=(4, 40))


def poked(array: Value, place: int | tuple[int, int], value: float) -> Value:
    array = np.array(array)
    array[place] = value
    return array


def ragged() -> list[list[float]]:
    return [[1.0, 2.0, 3.0], [4.0]] * 4


MASKED = np.ma.masked_greater(X, 0.0)
ONES = np.ones(8)
DATES = np.arange(24).reshape(8, 3).astype("datetime64[s]")

# argument, value, error, what the message must hold beside the argument's name
CASES: dict[str, tuple[str, Value, type[Exception], str]] = {
    "X_nan": ("X", poked(X, (3, 2), np.nan), ValueError, "NaN at row 3, column 2"),
    "X_inf": ("X", poked(X, (0, 1), np.inf), ValueError, "infinity at row 0, column 1"),
    "X_minus_inf": ("X", poked(X, (7, 0), -np.inf), ValueError, "infinity at row 7, column 0"),
    "X_float32_nan": ("X", poked(X, (3, 2), np.nan).astype("f4"), ValueError, "NaN at row 3"),
    "X_object_nan": ("X", poked(X, (3, 2), np.nan).astype(object), ValueError, "NaN at row 3"),
    "X_beyond_float64": ("X", poked(X, (0, 0), 1.0) * np.longdouble("1e4000"), ValueError, "infi"),
    "X_1d": ("X", X[:, 0], ValueError, "2-D"),
    "X_3d": ("X", X[:, :, None], ValueError, "(8, 3, 1)"),
    "X_scalar": ("X", 3.0, ValueError, "()"),
    "X_no_rows": ("X", X[:0], ValueError, "0 sample(s)"),
    "X_no_columns": ("X", X[:, :0], ValueError, "0 feature(s)"),
    "X_short": ("X", X[:5], ValueError, "5 in X and 8 in y"),
    "X_complex": ("X", X + 0j, TypeError, "complex128"),
    "X_strings": ("X", X.astype(str), TypeError, "<U"),
    "X_bytes": ("X", X.astype("S9"), TypeError, "|S9"),
    "X_numbers_as_strings": ("X", X.astype(str).astype(object), TypeError, "objects"),
    "X_complex_objects": ("X", (X + 0j).astype(object), TypeError, "objects"),
    "X_dicts": ("X", np.array([[{}] * 3] * 8), TypeError, "dict"),
    "X_dates": ("X", DATES, TypeError, "datetime64"),
    "X_records": ("X", np.zeros(8, dtype=[("a", "f8")]), TypeError, "f8"),
    "X_ragged": ("X", ragged(), ValueError, "list"),
    "X_ragged_objects": ("X", np.array(ragged(), dtype=object), ValueError, "ndarray"),
    "X_none": ("X", None, TypeError, "None"),
    "X_text": ("X", "table.csv", TypeError, "<U9"),
    "X_generator": ("X", (row for row in X), TypeError, "generator"),
    "X_masked": ("X", MASKED, ValueError, "masked"),
    "X_huge_integer": ("X", [[10**400, 1, 1]] * 8, ValueError, "too large"),
    "X_pandas_na": ("X", pd.DataFrame(X).astype("Float64").mask(X > 0), MissingValueError, "NA"),
    "X_pandas_text": ("X", pd.DataFrame(X).assign(c="a"), TypeError, "'a'"),
    "y_nan": ("y", poked(y, 5, np.nan), ValueError, "NaN at row 5"),
    "y_inf": ("y", poked(y, 0, -np.inf), ValueError, "infinity at row 0"),
    "y_2d_nan": ("y", poked(Y, (6, 1), np.nan), ValueError, "NaN at row 6"),
    "y_short": ("y", y[:6], ValueError, "8 in X and 6 in y"),
    "y_3d": ("y", Y[:, :, None], ValueError, "(8, 2, 1)"),
    "y_scalar": ("y", 1.0, ValueError, "()"),
    "y_no_targets": ("y", Y[:, :0], ValueError, "0 target(s)"),
    "y_complex": ("y", y + 0j, TypeError, "complex128"),
    "y_strings": ("y", list("abcdefgh"), TypeError, "<U1"),
    "y_none": ("y", None, TypeError, "None"),
    "y_masked": ("y", np.ma.masked_greater(y, 0.0), ValueError, "masked"),
    "y_sparse": ("y", sparse.csc_array(Y), TypeError, "sparse"),
    "alpha_negative": ("alpha", -1.0, ValueError, "-1"),
    "alpha_nan": ("alpha", np.nan, ValueError, "nan"),
    "alpha_one_negative": ("alpha", [1.0, -2.0], ValueError, "-2"),
    "alpha_length": ("alpha", [1.0, 2.0, 3.0], ValueError, "(3,)"),
    "alpha_empty": ("alpha", [], ValueError, "(0,)"),
    "alpha_2d": ("alpha", [[1.0]], ValueError, "(1, 1)"),
    "alpha_huge_integer": ("alpha", 10**400, ValueError, "too large"),
    "alpha_text": ("alpha", "auto", TypeError, "<U4"),
    "alpha_none": ("alpha", None, TypeError, "None"),
    "alpha_complex": ("alpha", 1j, TypeError, "complex128"),
    "factors_negative": ("penalty_factors", [1.0, -1.0, 1.0], ValueError, "-1"),
    "factors_nan": ("penalty_factors", [1.0, np.nan, 1.0], ValueError, "nan"),
    "factors_length": ("penalty_factors", [1.0, 1.0], ValueError, "3 feature(s)"),
    "factors_scalar": ("penalty_factors", 2.0, ValueError, "()"),
    "factors_text": ("penalty_factors", ["a", "b", "c"], TypeError, "<U1"),
    "prior_nan": ("prior_mean", np.nan, ValueError, "nan"),
    "prior_inf": ("prior_mean", [0.0, np.inf, 0.0], ValueError, "inf"),
    "prior_length": ("prior_mean", [1.0, 1.0], ValueError, "(2, 3)"),
    "prior_transposed": ("prior_mean", np.zeros((3, 2)), ValueError, "(3, 2)"),
    "prior_complex": ("prior_mean", 1j, TypeError, "complex128"),
    "weight_negative": ("sample_weight", poked(ONES, 4, -0.5), ValueError, "-0.5"),
    "weight_nan": ("sample_weight", poked(ONES, 4, np.nan), ValueError, "NaN"),
    "weight_inf": ("sample_weight", poked(ONES, 4, np.inf), ValueError, "inf"),
    "weight_all_zero": ("sample_weight", np.zeros(8), ValueError, "zero"),
    "weight_length": ("sample_weight", np.ones(7), ValueError, "(7,)"),
    "weight_2d": ("sample_weight", np.ones((8, 1)), ValueError, "(8, 1)"),
    "weight_scalar": ("sample_weight", 2.0, ValueError, "()"),
    "weight_text": ("sample_weight", ["1"] * 8, TypeError, "<U1"),
    "intercept_text": ("fit_intercept", "no", TypeError, "'no'"),
    "intercept_none": ("fit_intercept", None, TypeError, "None"),
    "penalize_number": ("penalize_intercept", 2, TypeError, "2"),
    "solver_unknown": ("solver", "newton", ValueError, "'newton'"),
    "solver_number": ("solver", 3, ValueError, "3"),
    "solver_none": ("solver", None, ValueError, "None"),
    "tol_negative": ("tol", -1e-3, ValueError, "-0.001"),
    "tol_nan": ("tol", np.nan, ValueError, "nan"),
    "tol_inf": ("tol", np.inf, ValueError, "inf"),
    "tol_text": ("tol", "small", TypeError, "'small'"),
    "max_iter_negative": ("max_iter", -1, ValueError, "-1"),
    "max_iter_float": ("max_iter", 2.0, TypeError, "2.0"),
    "max_iter_huge": ("max_iter", 10**12, ValueError, "1000000000000"),
    "threads_zero": ("n_threads", 0, ValueError, "0"),
    "threads_negative": ("n_threads", -1, ValueError, "-1"),
    "threads_bool": ("n_threads", True, TypeError, "True"),
    "threads_text": ("n_threads", "all", TypeError, "'all'"),
}


def cases(wanted: Callable[[str, str], bool]) -> pytest.MarkDecorator:
    """Run a test on the cases whose name and argument are wanted."""
    chosen = {name: case for name, case in CASES.items() if wanted(name, case[0])}
    return pytest.mark.parametrize(
        ("argument", "value", "error", "got"), chosen.values(), ids=chosen.keys()
    )


def message_of(
    error: type[Exception], function: Callable[..., object], *args: Value, **kwargs: Value
) -> str:
    """Return the message of the error that the call must raise."""
    with pytest.raises(error) as caught:
        function(*args, **kwargs)
    assert caught.type is error
    return str(caught.value)


@cases(lambda *_: True)
def test_ridge(argument: str, value: Value, error: type[Exception], got: str) -> None:
    targets = Y if argument in {"alpha", "prior_mean"} else y
    arguments = {"X": X, "y": targets, "alpha": 1.0, argument: value}
    message = message_of(error, elltwo.ridge, **arguments)
    assert re.search(rf"\b{argument}\b", message), message
    assert got in message, message


@cases(lambda _, argument: argument not in {"alpha", "solver"})
def test_ridge_cv(argument: str, value: Value, error: type[Exception], got: str) -> None:
    arguments = {"X": X, "y": Y, "alphas": [0.0, 1.0, np.inf], argument: value}
    message = message_of(error, elltwo.ridge_cv, **arguments)
    assert re.search(rf"\b{argument}\b", message), message
    assert got in message or "zero" in message, message


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(6, 2), (200, 3), (4, 40), (300, 70), (3000, 8)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_road_finds_the_place(
    shape: tuple[int, int], order: str, dtype: type, bad: float
) -> None:
    """The finite check is part of each solver's first pass, so each is asked."""
    rng = np.random.default_rng(1)
    row, column = shape[0] - 2, shape[1] - 1
    matrix = np.array(rng.normal(size=shape), dtype=dtype, order=order)  # type: ignore[call-overload]
    targets = rng.normal(size=shape[0])
    what = "NaN" if np.isnan(bad) else "infinity"
    matrix[row, column] = bad
    message = message_of(ValueError, elltwo.ridge, matrix, targets, alpha=1.0)
    assert f"X contains {what} at row {row}, column {column}" in message
    matrix[row, column], targets[row] = 0.0, bad
    message = message_of(ValueError, elltwo.ridge, matrix, targets, alpha=1.0)
    assert f"y contains {what} at row {row}" in message


@pytest.mark.parametrize("alpha", [0.0, np.inf])
@pytest.mark.parametrize("factors", [None, np.full(3, np.inf), np.zeros(3)])
def test_data_that_the_answer_does_not_depend_on_are_checked_too(
    factors: Value, alpha: float
) -> None:
    bad = poked(X, (2, 1), np.nan)
    message = message_of(ValueError, elltwo.ridge, bad, y, alpha=alpha, penalty_factors=factors)
    assert "X contains NaN at row 2, column 1" in message


def test_nan_in_a_row_without_weight_is_refused() -> None:
    """0 * NaN must not be left to chance."""
    weight = poked(np.ones(8), 2, 0.0)
    bad = poked(X, (2, 1), np.nan)
    message = message_of(ValueError, elltwo.ridge, bad, y, alpha=1.0, sample_weight=weight)
    assert "X contains NaN at row 2, column 1" in message


@cases(lambda name, argument: argument == "X" and name != "X_short")
@pytest.mark.parametrize("alpha", [1.0, np.inf], ids=["coefficients", "zeros"])
@pytest.mark.parametrize("targets", [y, Y], ids=["one", "two"])
def test_predict(
    targets: Value, alpha: float, argument: str, value: Value, error: type[Exception], got: str
) -> None:
    fit = elltwo.ridge(X, targets, alpha=alpha)
    message = message_of(error, fit.predict, value)
    assert re.search(rf"\b{argument}\b", message), message
    assert got in message, message


def test_predict_names_both_numbers_of_features() -> None:
    fit = elltwo.ridge(X, y, alpha=1.0)
    message = message_of(ValueError, fit.predict, X[:, :2])
    assert "X has 2 features, but the fit is expecting 3 features" in message


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_predict_never_overflows_in_silence() -> None:
    fit = elltwo.ridge(X, 1e10 * y, alpha=0.0)
    message = message_of(ValueError, fit.predict, poked(X, 4, 1.7e308))
    assert "row 4 of X overflows float64" in message


# scikit-learn reads text that spells numbers, and dates as their number of seconds.
CONVERTED = {"X_strings", "X_bytes", "X_numbers_as_strings", "X_dates"}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of scikit-learn's casts
@cases(lambda name, argument: argument in {"X", "y"} and name not in CONVERTED)
def test_estimator_refuses_the_same_data(
    argument: str, value: Value, error: type[Exception], got: str
) -> None:
    del error, got  # type and words are scikit-learn's
    with pytest.raises((TypeError, ValueError, OverflowError)):
        Ridge().fit(**{"X": X, "y": y, argument: value})


@cases(lambda _, argument: argument not in {"X", "y", "sample_weight"})
def test_estimator_names_its_parameters(
    argument: str, value: Value, error: type[Exception], got: str
) -> None:
    targets = Y if argument in {"alpha", "prior_mean"} else y
    message = message_of(error, Ridge(**{argument: value}).fit, X, targets)
    assert re.search(rf"\b{argument}\b", message), message
    assert got in message, message


@cases(lambda name, argument: argument == "sample_weight" and name != "weight_scalar")
def test_estimator_names_the_weights(
    argument: str, value: Value, error: type[Exception], got: str
) -> None:
    message = message_of(error, Ridge().fit, X, y, sample_weight=value)
    assert argument in message
    assert got in message


def test_estimator_message_is_scikit_learns_with_the_place() -> None:
    bad = poked(X, (3, 2), np.nan)
    for data in (bad, bad.tolist(), pd.DataFrame(bad)):
        message = message_of(ValueError, Ridge().fit, data, y)
        assert message.startswith("Input X contains NaN.")
        assert message.endswith("X contains NaN at row 3, column 2")
        message = message_of(ValueError, Ridge().fit(X, y).predict, bad)
        assert message.startswith("Input X contains NaN.")
        assert message.endswith("X contains NaN at row 3, column 2")
