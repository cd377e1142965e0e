"""Logistic regression of dense features, two classes and several."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo
from logistic_problems import medium_problems, options_of, small_problems

from .data import dense, factors, nearly_singular, prior, singular

if TYPE_CHECKING:
    from .data import Array, Options, Problems

# The small fit ends at 32 features; Hessians are formed in float from 48 columns on; kernels of
# wide problems from 256 rows on.
SHAPES = ((30, 3), (200, 10), (300, 32), (300, 33), (600, 60), (60, 200), (300, 900))
MOST_FOR_EDF = 500  # coefficients: the effective number takes their covariance
LARGE = ((100_000, 10), (12_000, 80), (5_000, 200), (270, 4_000))


def problems() -> Problems:
    """Problems of the tests, shapes, options, solvers, classes, hard ones and large ones."""
    for name, problem in {**small_problems(), **medium_problems()}.items():
        call = partial(_fit, problem.X, problem.label, **options_of(problem))
        yield f"tests/{name.replace(', ', '/').replace(' ', '-')}", call
    for (n, p), kind in product(SHAPES, ("labels", "classes")):
        rows = dense(n, p)
        y = getattr(rows, kind)
        yield f"{n}x{p}/{kind}", partial(_fit, rows.X, y)
        yield f"{n}x{p}/{kind}/F", partial(_fit, np.asfortranarray(rows.X), y, alpha=0.01)
        yield f"{n}x{p}/{kind}/float32", partial(_fit, rows.X.astype(np.float32), y)
    yield from _options()
    yield from _solvers()
    yield from _hard()
    yield from _large()


def _fit(X: Array, y: Array, **options: Any) -> object:  # noqa: ANN401
    fit = elltwo.logistic(X, y, **options)
    offset = None if options.get("offset") is None else options["offset"][:20]
    predicted = fit.predict_proba(X[:20], offset), fit.predict(X[:20], offset)
    if fit.coef.size <= MOST_FOR_EDF:
        return fit, predicted
    return fit.coef, fit.intercept, fit.classes, fit.info, predicted


def _options() -> Problems:
    for (n, p), kind in product(((150, 8), (500, 50), (40, 90)), ("labels", "classes")):
        rows = dense(n, p)
        outputs = None if kind == "labels" else 4
        offset = np.random.default_rng(1).standard_normal((n,) if outputs is None else (n, 4))
        options: dict[str, Options] = {
            "alpha-inf": {"alpha": np.inf},
            "weights": {"sample_weight": rows.weight},
            "factors": {"penalty_factors": factors(p)},
            "prior": {"alpha": 3.0, "prior_mean": prior(p, outputs)},
            "offset": {"offset": offset},
            "no-intercept": {"fit_intercept": False},
            "bounds": {"bounds": (0.0, None)},
            "box": {"bounds": (-0.1, 0.2), "sample_weight": rows.weight},
            "loose": {"tol": 1e-4},
            "few-steps": {"max_iter": 2},
        }
        for name, chosen in options.items():
            yield f"{n}x{p}/{kind}/{name}", partial(_fit, rows.X, getattr(rows, kind), **chosen)


def _solvers() -> Problems:
    for (n, p), kind, solver in product(
        ((150, 8), (500, 50), (40, 90)),
        ("labels", "classes"),
        ("newton_cholesky", "quasi_newton", "newton_cg"),
    ):
        rows = dense(n, p)
        call = partial(_fit, rows.X, getattr(rows, kind), alpha=0.3, solver=solver)
        yield f"{n}x{p}/{kind}/{solver}", call


def _hard() -> Problems:
    """Separable, collinear, with many classes, words for labels."""
    rows = dense(200, 12)
    apart = (rows.X[:, 0] > 0.0).astype(int)
    for alpha in (1.0, 1e-6, 1e-30, 0.0):
        yield f"separable/{alpha:g}", partial(_fit, rows.X, apart, alpha=alpha)
    for name, X in {
        "singular": singular(200, 12),
        "close": nearly_singular(200, 12, 1e-7),
        "units": rows.X * np.geomspace(1e-5, 1e5, 12),
    }.items():
        for kind, alpha in product(("labels", "classes"), (0.0, 1e-3)):
            call = partial(_fit, X, getattr(rows, kind), alpha=alpha)
            yield f"{name}/{kind}/{alpha:g}", call
    words = np.array(["no", "yes"])[rows.labels]
    yield "words", partial(_fit, rows.X, words)
    yield "objects", partial(_fit, rows.X, words.astype(object).tolist())
    for n, p, count in ((400, 10, 12), (3_000, 60, 20), (1_500, 120, 30), (80, 300, 9)):
        made = dense(n, p, correlation=0.9)
        rng = np.random.default_rng(count)
        scores = made.X @ rng.standard_normal((p, count)) / np.sqrt(p) + rng.gumbel(size=(n, count))
        many = scores.argmax(axis=1)
        yield f"{n}x{p}/{count}-classes", partial(_fit, made.X, many)
        yield f"{n}x{p}/{count}-classes/weak", partial(_fit, made.X, many, alpha=0.01, tol=1e-6)


def _large() -> Problems:
    for (n, p), kind in product(LARGE, ("labels", "classes")):
        rows = dense(n, p, correlation=0.9)
        yield f"{n}x{p}/large/{kind}", partial(_fit, rows.X, getattr(rows, kind))
    rows = dense(12_000, 80, correlation=0.9)
    yield "large/weights", partial(_fit, rows.X, rows.labels, sample_weight=rows.weight)
    yield "large/bounds", partial(_fit, rows.X, rows.labels, bounds=(0.0, None))
    yield "large/float32", partial(_fit, rows.X.astype(np.float32), rows.labels)
