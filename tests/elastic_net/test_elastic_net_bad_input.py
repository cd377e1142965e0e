"""Bad input to the elastic net: an error of the right type that names the argument and value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from scipy import sparse

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

Value: TypeAlias = Any  # whatever a caller might pass

RNG = np.random.default_rng(3)
X = RNG.normal(size=(8, 3))
Y = RNG.normal(size=(8, 2))
y = np.ascontiguousarray(Y[:, 0])
ONES = np.ones(8)


def poked(array: Value, place: int | tuple[int, int], value: float) -> Value:
    array = np.array(array)
    array[place] = value
    return array


# argument, value, error, what the message must hold beside the argument's name
CASES: dict[str, tuple[str, Value, type[Exception], str]] = {
    "X_nan": ("X", poked(X, (3, 2), np.nan), ValueError, "NaN at row 3, column 2"),
    "X_inf": ("X", poked(X, (0, 1), np.inf), ValueError, "infinity at row 0, column 1"),
    "X_csr_nan": (
        "X",
        sparse.csr_array(poked(X, (3, 2), np.nan)),
        ValueError,
        "NaN at row 3, column 2",
    ),
    "X_csc_inf": (
        "X",
        sparse.csc_array(poked(X, (0, 1), np.inf)),
        ValueError,
        "infinity at row 0, column 1",
    ),
    "X_float32_nan": ("X", poked(X, (3, 2), np.nan).astype("f4"), ValueError, "NaN at row 3"),
    "X_1d": ("X", X[:, 0], ValueError, "2-D"),
    "X_no_rows": ("X", X[:0], ValueError, "0 sample(s)"),
    "X_no_columns": ("X", X[:, :0], ValueError, "0 feature(s)"),
    "X_short": ("X", X[:5], ValueError, "5 in X and 8 in y"),
    "X_complex": ("X", X + 0j, TypeError, "complex128"),
    "X_strings": ("X", X.astype(str), TypeError, "<U"),
    "X_none": ("X", None, TypeError, "None"),
    "y_nan": ("y", poked(y, 5, np.nan), ValueError, "NaN at row 5"),
    "y_inf": ("y", poked(y, 0, -np.inf), ValueError, "infinity at row 0"),
    "y_short": ("y", y[:6], ValueError, "8 in X and 6 in y"),
    "y_3d": ("y", Y[:, :, None], ValueError, "(8, 2, 1)"),
    "y_complex": ("y", y + 0j, TypeError, "complex128"),
    "y_strings": ("y", list("abcdefgh"), TypeError, "<U1"),
    "y_none": ("y", None, TypeError, "None"),
    "alpha_negative": ("alpha", -1.0, ValueError, "-1"),
    "alpha_nan": ("alpha", np.nan, ValueError, "nan"),
    "alpha_length": ("alpha", [1.0, 2.0, 3.0], ValueError, "(3,)"),
    "alpha_empty": ("alpha", [], ValueError, "(0,)"),
    "alpha_text": ("alpha", "auto", TypeError, "<U4"),
    "alpha_none": ("alpha", None, TypeError, "None"),
    "alpha_complex": ("alpha", 1j, TypeError, "complex128"),
    "ratio_negative": ("l1_ratio", -0.1, ValueError, "-0.1"),
    "ratio_above": ("l1_ratio", 1.5, ValueError, "1.5"),
    "ratio_nan": ("l1_ratio", np.nan, ValueError, "nan"),
    "ratio_text": ("l1_ratio", "lasso", TypeError, "'lasso'"),
    "ratio_none": ("l1_ratio", None, TypeError, "None"),
    "ratio_flag": ("l1_ratio", True, TypeError, "True"),
    "factors_negative": ("penalty_factors", [1.0, -1.0, 1.0], ValueError, "-1"),
    "factors_nan": ("penalty_factors", [1.0, np.nan, 1.0], ValueError, "nan"),
    "factors_length": ("penalty_factors", [1.0, 1.0], ValueError, "3 feature(s)"),
    "prior_nan": ("prior_mean", np.nan, ValueError, "nan"),
    "prior_inf": ("prior_mean", [0.0, np.inf, 0.0], ValueError, "inf"),
    "bounds_crossed": ("bounds", (1.0, 0.0), ValueError, "1"),
    "bounds_nan": ("bounds", (np.nan, None), ValueError, "NaN"),
    "bounds_number": ("bounds", 1.0, TypeError, "1.0"),
    "weight_negative": ("sample_weight", poked(ONES, 4, -0.5), ValueError, "-0.5"),
    "weight_nan": ("sample_weight", poked(ONES, 4, np.nan), ValueError, "NaN"),
    "weight_all_zero": ("sample_weight", np.zeros(8), ValueError, "zero"),
    "weight_length": ("sample_weight", np.ones(7), ValueError, "(7,)"),
    "intercept_text": ("fit_intercept", "no", TypeError, "'no'"),
    "tol_negative": ("tol", -1e-3, ValueError, "-0.001"),
    "tol_nan": ("tol", np.nan, ValueError, "nan"),
    "max_iter_zero": ("max_iter", 0, ValueError, "0"),
    "max_iter_float": ("max_iter", 2.0, TypeError, "2.0"),
    "start_shape": ("start", np.zeros(4), ValueError, "(4,)"),
    "start_nan": ("start", [0.0, np.nan, 0.0], ValueError, "finite"),
    "threads_zero": ("n_threads", 0, ValueError, "0"),
    "threads_text": ("n_threads", "all", TypeError, "'all'"),
}
PATH_CASES: dict[str, tuple[str, Value, type[Exception], str]] = {
    "alphas_negative": ("alphas", [1.0, -2.0], ValueError, "-2"),
    "alphas_nan": ("alphas", [1.0, np.nan], ValueError, "nan"),
    "alphas_empty": ("alphas", [], ValueError, "(0,)"),
    "alphas_2d": ("alphas", [[1.0]], ValueError, "(1, 1)"),
    "alphas_text": ("alphas", "auto", TypeError, "<U4"),
    "n_alphas_zero": ("n_alphas", 0, ValueError, "0"),
    "n_alphas_float": ("n_alphas", 2.5, TypeError, "2.5"),
    "min_ratio_zero": ("alpha_min_ratio", 0.0, ValueError, "0.0"),
    "min_ratio_one": ("alpha_min_ratio", 1.0, ValueError, "1.0"),
    "min_ratio_text": ("alpha_min_ratio", "small", TypeError, "'small'"),
    "max_features_zero": ("max_features", 0, ValueError, "0"),
    "max_features_float": ("max_features", 2.5, TypeError, "2.5"),
    "ratio_zero": ("l1_ratio", 0.0, ValueError, "grid"),
}


def assert_names(
    function: Callable[..., object], case: tuple[str, Value, type[Exception], str], **given: Value
) -> None:
    argument, value, error, got = case
    arguments = {"X": X, "y": y, **given, argument: value}
    with pytest.raises(error) as caught:
        function(**arguments)
    message = str(caught.value)
    assert caught.type is error
    assert re.search(rf"\b{argument}\b", message), message
    assert got in message, message


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_elastic_net(case: tuple[str, Value, type[Exception], str]) -> None:
    given = {"y": Y} if case[0] in {"alpha", "prior_mean"} else {}
    assert_names(elltwo.elastic_net, case, **given)


SHARED = {name: case for name, case in CASES.items() if case[0] != "alpha"}


@pytest.mark.parametrize(
    "case", [*SHARED.values(), *PATH_CASES.values()], ids=[*SHARED, *PATH_CASES]
)
def test_elastic_net_path(case: tuple[str, Value, type[Exception], str]) -> None:
    assert_names(elltwo.elastic_net_path, case)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("shape", [(6, 2), (200, 3), (4, 40), (300, 70), (3000, 8), (60, 700)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_road_finds_the_place(
    shape: tuple[int, int], order: str, dtype: type, bad: float
) -> None:
    rng = np.random.default_rng(1)
    row, column = shape[0] - 2, shape[1] - 1
    matrix = np.array(rng.normal(size=shape), dtype=dtype, order=order)  # type: ignore[call-overload]
    targets = rng.normal(size=shape[0])
    what = "NaN" if np.isnan(bad) else "infinity"
    matrix[row, column] = bad
    for form in (np.asarray, sparse.csr_array, sparse.csc_array):
        with pytest.raises(ValueError, match=f"X contains {what} at row {row}, column {column}"):
            elltwo.elastic_net(form(matrix), targets, alpha=1.0)
    matrix[row, column], targets[row] = 0.0, bad
    with pytest.raises(ValueError, match=f"y contains {what} at row {row}"):
        elltwo.elastic_net(matrix, targets, alpha=1.0)


@pytest.mark.parametrize("alpha", [0.0, np.inf, 1e9])
def test_data_that_the_answer_does_not_depend_on_are_checked_too(alpha: float) -> None:
    bad = poked(X, (2, 1), np.nan)
    for factors in (None, np.full(3, np.inf), np.zeros(3), np.array([1.0, np.inf, 1.0])):
        with pytest.raises(ValueError, match="X contains NaN at row 2, column 1"):
            elltwo.elastic_net(bad, y, alpha=alpha, penalty_factors=factors)


def test_nan_in_a_row_without_weight_is_refused() -> None:
    weight = poked(np.ones(8), 2, 0.0)
    with pytest.raises(ValueError, match="X contains NaN at row 2, column 1"):
        elltwo.elastic_net(poked(X, (2, 1), np.nan), y, alpha=1.0, sample_weight=weight)


def test_infinite_factor_of_a_column_outside_its_bounds() -> None:
    with pytest.raises(ValueError, match="bounds"):
        elltwo.elastic_net(
            X, y, alpha=1.0, penalty_factors=[1.0, np.inf, 1.0], bounds=([-1, 1, -1], None)
        )


def test_alpha_zero_does_not_complain() -> None:
    """Warnings are errors here: least squares is a problem like any other."""
    fit = elltwo.elastic_net(X, y, alpha=0.0)
    assert fit.info.status == "converged"


def test_all_factors_zero_have_no_grid() -> None:
    with pytest.raises(ValueError, match="penalty_factors"):
        elltwo.elastic_net_path(X, y, penalty_factors=np.zeros(3))
