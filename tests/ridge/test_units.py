"""Units of X, y and the weights do not matter to paths and cross-validation, nor to single fits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import scipy.sparse

import elltwo
from units import (
    COEF,
    NUMBER,
    PENALTY,
    RSS,
    SOME_UNITS,
    SQUARE,
    UNITS,
    Answer,
    Data,
    UnitProblem,
    Units,
    Y,
    assert_same,
    problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# The choice may lie on an edge of the short grids here.
pytestmark = pytest.mark.filterwarnings(
    "ignore:alpha = :UserWarning", "ignore:alpha of:UserWarning"
)

FORMS: dict[str, Data] = {
    "dense": lambda X: X,
    "fortran": np.asfortranarray,
    "csr": scipy.sparse.csr_array,
    "csc": scipy.sparse.csc_array,
}
SHAPES = {"tall": (40, 5), "square": (12, 12), "wide": (12, 30)}


def single(p: UnitProblem, X: Data, **more: Data) -> Answer:
    """`elltwo.ridge`."""
    fit = elltwo.ridge(X, p.y, alpha=p.alpha, sample_weight=p.weight, **more)
    return {"coef": (fit.coef, COEF), "intercept": (fit.intercept, Y)}


def path(p: UnitProblem, X: Data, **more: Data) -> Answer:
    """All of `elltwo.ridge_path`."""
    made = elltwo.ridge_path(X, p.y, alphas=p.alphas, sample_weight=p.weight, **more)
    middle = made.at(p.alpha)
    return {
        "coef": (made.coef, COEF),
        "intercept": (made.intercept, Y),
        "eigenvalues": (made.eigenvalues, PENALTY),
        "edf": (made.edf, NUMBER),
        "rss": (made.rss, RSS),
        "gcv": (made.gcv, RSS),
        "aic": (np.diff(made.aic, axis=0), NUMBER),
        "bic": (np.diff(made.bic, axis=0), NUMBER),
        "leverages": (made.leverages(p.alpha), NUMBER),
        "loo_residuals": (made.loo_residuals(p.alpha), Y),
        "at.coef": (middle.coef, COEF),
        "at.intercept": (middle.intercept, Y),
        "below.coef": (made.at(p.alphas[0] / 64).coef, COEF),
        "zero.intercept": (made.at(0.0).intercept, Y),
    }


def automatic_path(p: UnitProblem, X: Data, **more: Data) -> Answer:
    """The grid of `elltwo.ridge_path`."""
    made = elltwo.ridge_path(X, p.y, sample_weight=p.weight, n_alphas=7, **more)
    return {"alphas": (made.alphas, PENALTY), "coef": (made.coef, COEF)}


def choice(p: UnitProblem, X: Data, cv: Data, **more: Data) -> Answer:
    """All of `elltwo.ridge_cv`."""
    squares = RSS if cv == "gcv" else SQUARE
    fit = elltwo.ridge_cv(X, p.y, alphas=p.alphas, cv=cv, sample_weight=p.weight, **more)
    answer: dict[str, Any] = {
        "alpha": (fit.alpha, PENALTY),
        "coef": (fit.coef, COEF),
        "intercept": (fit.intercept, Y),
        "cv_mse": (fit.cv_mse, squares),
        "cv_score": (fit.cv_score, squares),
    }
    if cv != "gcv":
        answer["cv_se"] = (fit.cv_se, squares)
    if isinstance(cv, int):
        answer["fold_mse"] = (fit.fold_mse, squares)
    return answer


def automatic_choice(p: UnitProblem, X: Data, cv: Data, **more: Data) -> Answer:
    """The grid of `elltwo.ridge_cv`."""
    fit = (
        elltwo.ridge_cv(X, p.y, cv=cv, sample_weight=p.weight, select="1se", **more)
        if (cv != "gcv")
        else elltwo.ridge_cv(X, p.y, cv=cv, sample_weight=p.weight, **more)
    )
    return {"alphas": (fit.alphas, PENALTY), "coef": (fit.coef, COEF)}


def predictions(p: UnitProblem, X: Data) -> Answer:
    """Stored predictions and a scoring function."""

    def scoring(y: Data, predicted: Data) -> float:
        return -float(np.abs(np.ldexp(y - predicted, -p.units.y)).mean())

    common: dict[str, Any] = {"alphas": p.alphas, "sample_weight": p.weight}
    loo = elltwo.ridge_cv(X, p.y, store_cv=True, scoring=scoring, **common)
    folds = elltwo.ridge_cv(X, p.y, cv=3, scoring=scoring, **common)
    return {
        "predictions": (loo.cv_predictions, Y),
        "scores": (loo.cv_score, NUMBER),
        "scores of folds": (folds.cv_score, NUMBER),
    }


ENTRIES: dict[str, Callable[..., Answer]] = {
    "ridge": single,
    "path": path,
    "automatic path": automatic_path,
    **{f"cv {cv}": partial(choice, cv=cv) for cv in ("loo", "gcv", 3)},
    **{f"automatic cv {cv}": partial(automatic_choice, cv=cv) for cv in ("loo", "gcv", 3)},
    "predictions": predictions,
}
every_unit = pytest.mark.parametrize("units", UNITS, ids=str)
some_units = pytest.mark.parametrize("units", SOME_UNITS, ids=str)
every_entry = pytest.mark.parametrize("entry", ENTRIES)
every_shape = pytest.mark.parametrize("shape", SHAPES)


@every_unit
@every_shape
@pytest.mark.parametrize("form", ["dense", "csr"])
@every_entry
def test_units(entry: str, form: str, shape: str, units: Units) -> None:
    assert_same(lambda p: ENTRIES[entry](p, FORMS[form](p.X)), SHAPES[shape], units)


@some_units
@every_shape
@pytest.mark.parametrize("form", ["fortran", "csc"])
@every_entry
def test_units_of_columns(entry: str, form: str, shape: str, units: Units) -> None:
    """Matrices that are stored by columns."""
    assert_same(lambda p: ENTRIES[entry](p, FORMS[form](p.X)), SHAPES[shape], units)


FACTORS = np.array([1.0, 4.0, 0.25, 0.0, np.inf, *np.linspace(0.5, 2.0, 25)])


def options(p: UnitProblem, which: str) -> dict[str, Any]:
    """Arguments beside X, y, the weights and alphas."""
    n_features = p.X.shape[1]
    n_targets = 1 if p.y.ndim == 1 else p.y.shape[1]
    prior = np.linspace(-1.0, 1.0, n_targets * n_features).reshape(n_targets, n_features)
    every: dict[str, dict[str, Any]] = {
        "no intercept": {"fit_intercept": False},
        "factors": {"penalty_factors": FACTORS[:n_features]},
        "prior": {"prior_mean": p.of_coef(prior if p.y.ndim == 2 else prior[0])},
        "penalised intercept": {"penalize_intercept": True},
    }
    return every[which]


OPTIONS = ("no intercept", "factors", "prior", "penalised intercept")


@some_units
@every_shape
@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("which", OPTIONS)
@pytest.mark.parametrize("entry", ["ridge", "path", "cv loo", "cv 3", "automatic cv gcv"])
def test_units_of_options(entry: str, which: str, form: str, shape: str, units: Units) -> None:
    """A penalised intercept fixes the unit of X to that of the column of ones."""
    if which == "penalised intercept" and units.x != 0:
        pytest.skip("another problem")

    def answer(p: UnitProblem) -> Answer:
        return ENTRIES[entry](p, FORMS[form](p.X), **options(p, which))

    assert_same(answer, SHAPES[shape], units, 2)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("x", [-10, 20, 133, 329, 465])
def test_penalised_intercept_in_other_units_of_x(x: int, shape: str, form: str) -> None:
    """The fits of a path, and the errors of folds, are those of single fits."""
    p = problem(SHAPES[shape], Units(x=x))
    X = FORMS[form](p.X)
    common: dict[str, Any] = {"penalize_intercept": True, "sample_weight": p.weight}
    path = elltwo.ridge_path(X, p.y, alphas=p.alphas, **common)
    for alpha, coef, intercept in zip(p.alphas, path.coef, path.intercept, strict=True):
        fit = elltwo.ridge(X, p.y, alpha=alpha, **common)
        np.testing.assert_allclose(coef, fit.coef, rtol=1e-8)
        assert intercept == pytest.approx(fit.intercept, rel=1e-8)
    row = len(p.y) - 1
    weight = np.where(np.arange(len(p.y)) == row, 0.0, p.weight)
    fit = elltwo.ridge(
        X, p.y, alpha=p.alpha, penalize_intercept=True, sample_weight=weight, tol=1e-11
    )
    left_out = p.y[row] - p.X[row] @ fit.coef - fit.intercept
    assert path.loo_residuals(p.alpha)[row] == pytest.approx(left_out, rel=1e-8)


@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("shape", SHAPES)
def test_features_lost_beside_a_penalised_intercept(shape: str, form: str) -> None:
    p = problem(SHAPES[shape], Units(x=-133))
    with pytest.raises(ValueError, match="column of ones"):
        elltwo.ridge_path(
            FORMS[form](p.X), p.y, alphas=p.alphas, penalize_intercept=True, sample_weight=p.weight
        )


FLOAT32_UNITS = [Units(x=e) for e in (-110, -70, 60, 100)]


@pytest.mark.parametrize("units", FLOAT32_UNITS, ids=str)
@every_shape
@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("entry", ["ridge", "path", "cv loo", "cv gcv", "cv 3", "automatic cv loo"])
def test_units_of_float32(entry: str, form: str, shape: str, units: Units) -> None:
    def answer(p: UnitProblem) -> Answer:
        return ENTRIES[entry](p, FORMS[form](p.X.astype(np.float32)))

    assert_same(answer, SHAPES[shape], units, rtol=1e-5)


@some_units
@pytest.mark.parametrize("form", ["dense", "csr"])
@pytest.mark.parametrize("shape", ["tall", "wide"])
def test_units_of_bounds(shape: str, form: str, units: Units) -> None:
    def answer(p: UnitProblem) -> Answer:
        X = FORMS[form](p.X)
        box = (p.of_coef(-0.5), p.of_coef(1.0))
        common: dict[str, Any] = {"bounds": box, "sample_weight": p.weight, "alphas": p.alphas}
        path = elltwo.ridge_path(X, p.y, **common)
        loo = elltwo.ridge_cv(X, p.y, **common)
        folds = elltwo.ridge_cv(X, p.y, cv=3, **common)
        return {
            "coef": (path.coef, COEF),
            "rss": (path.rss, RSS),
            "loo": (loo.cv_mse, SQUARE),
            "loo se": (loo.cv_se, SQUARE),
            "folds": (folds.cv_mse, SQUARE),
            "chosen": (folds.coef, COEF),
            "alpha": (loo.alpha, PENALTY),
        }

    assert_same(answer, SHAPES[shape], units, rtol=1e-6)


@some_units
def test_units_of_conjugate_gradients(units: Units) -> None:
    """Sparse X that is too large for a decomposition."""
    n = 6001
    rng = np.random.default_rng(3)
    rows = np.repeat(np.arange(n), 2)
    columns = np.column_stack([np.arange(n), rng.permutation(n)]).ravel()
    values = rng.standard_normal(2 * n)
    y = rng.standard_normal(n)

    def answer(p: UnitProblem) -> Answer:
        X = scipy.sparse.csr_array((np.ldexp(values, p.units.x), (rows, columns)), (n, n))
        Y_ = np.ldexp(y, p.units.y)
        w = np.full(n, np.ldexp(1.0, p.units.w))
        alphas = p.alphas[1:4]
        path = elltwo.ridge_path(X, Y_, alphas=alphas, sample_weight=w)
        folds = elltwo.ridge_cv(X, Y_, alphas=alphas, cv=2, sample_weight=w)
        grid = elltwo.ridge_path(X, Y_, n_alphas=2, sample_weight=w)
        return {
            "coef": (path.coef, COEF),
            "rss": (path.rss, RSS),
            "mse": (folds.cv_mse, SQUARE),
            "alphas": (grid.alphas, PENALTY),
        }

    assert_same(answer, SHAPES["tall"], units, rtol=1e-6)


@pytest.mark.parametrize("exponent", [-900, -500, 500, 900])
@every_shape
@pytest.mark.parametrize("form", ["dense", "csr"])
def test_units_of_factors(form: str, shape: str, exponent: int) -> None:
    """Factors times 2^e and alphas over it are the same penalty."""
    p = problem(SHAPES[shape], Units())
    X, factors = FORMS[form](p.X), np.abs(FACTORS[: p.X.shape[1]])
    alphas = p.alphas[1:4]
    plain: dict[str, Any] = {"alphas": alphas, "penalty_factors": factors}
    scaled: dict[str, Any] = {
        "alphas": np.ldexp(alphas, -exponent),
        "penalty_factors": np.ldexp(factors, exponent),
    }
    paths = [elltwo.ridge_path(X, p.y, **some) for some in (plain, scaled)]
    np.testing.assert_allclose(paths[1].coef, paths[0].coef, rtol=1e-9)
    np.testing.assert_allclose(paths[1].edf, paths[0].edf, rtol=1e-9)
    for cv in ("loo", "gcv", 3):
        fits = [elltwo.ridge_cv(X, p.y, cv=cv, **some) for some in (plain, scaled)]
        np.testing.assert_allclose(fits[1].cv_mse, fits[0].cv_mse, rtol=1e-9)


@pytest.mark.parametrize("cv", ["loo", "gcv", 3])
@pytest.mark.parametrize("form", ["dense", "csr"])
@every_shape
def test_every_target_has_its_own_unit(shape: str, form: str, cv: Data) -> None:
    p = problem(SHAPES[shape], Units(), 3)
    exponents = np.array([-440, 0, 440])
    X, common = FORMS[form](p.X), {"alphas": p.alphas, "cv": cv, "per_target": True}
    plain = elltwo.ridge_cv(X, p.y, **common)
    scaled = elltwo.ridge_cv(X, np.ldexp(p.y, exponents), **common)
    np.testing.assert_array_equal(scaled.alpha, plain.alpha)
    np.testing.assert_allclose(np.ldexp(scaled.coef.T, -exponents), plain.coef.T, rtol=1e-9)
    np.testing.assert_allclose(np.ldexp(scaled.cv_mse, -2 * exponents), plain.cv_mse, rtol=1e-9)
    if cv != "gcv":
        errors = np.ldexp(scaled.cv_se, -2 * exponents)
        np.testing.assert_allclose(errors, plain.cv_se, rtol=1e-9)


@pytest.mark.parametrize("exponent", [-145, -130, 120])
@every_shape
def test_float32_at_the_ends_of_its_range(shape: str, exponent: int) -> None:
    """Subnormal features have few digits, and are what they are."""
    p = problem(SHAPES[shape], Units(x=exponent))
    X = p.X.astype(np.float32)
    alphas = p.alphas[1:4]
    path = elltwo.ridge_path(X, p.y, alphas=alphas)
    exact = elltwo.ridge_path(
        np.ldexp(X.astype(float), -exponent), p.y, alphas=np.ldexp(alphas, -2 * exponent)
    )
    np.testing.assert_allclose(np.ldexp(path.coef, exponent), exact.coef, rtol=1e-9)
    np.testing.assert_allclose(path.edf, exact.edf, rtol=1e-9)
