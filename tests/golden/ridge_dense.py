"""Ridge regression of dense features: shapes, memory, options, solvers, conditioning."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import dense, factors, nearly_singular, prior, singular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .data import Array, Options, Problems

# Small fits end at 32 features; blocks have 256 rows and tiles 4, 8, 12 or 24 columns; the last
# are square, nearly square and wide.
SHAPES = (
    *((1, 1), (20, 4), (50, 5), (64, 12), (100, 13), (256, 32), (257, 33), (700, 47), (513, 100)),
    *((150, 150), (160, 150), (150, 160), (40, 150), (60, 600)),
)
OPTION_SHAPES = ((60, 7), (400, 40), (40, 150))


def problems() -> Problems:
    """Every idea in turn."""
    yield from _shapes()
    yield from _memory()
    yield from _options()
    yield from _solvers()
    yield from _conditioning()


def _shapes() -> Problems:
    for (n, p), dtype, order in product(SHAPES, ("float64", "float32"), "CF"):
        yield f"{n}x{p}/{dtype}/{order}", partial(_shape, n, p, dtype, order)


def _shape(n: int, p: int, dtype: str, order: Any) -> object:  # noqa: ANN401  # a literal
    rows = dense(n, p)
    X = np.asarray(rows.X, dtype=dtype, order=order)
    fit = elltwo.ridge(X, rows.y, alpha=1.0)
    return fit, fit.predict(X[:50])


def _memory() -> Problems:
    for n, p in ((90, 6), (300, 40), (30, 90)):
        rows = dense(n, p)
        X, y = rows.X, rows.y
        spread = np.zeros((2 * n, 3 * p))
        spread[::-2, ::3] = X
        kinds: dict[str, tuple[Any, Any]] = {
            "strides": (spread[::-2, ::3], y),
            "y-float32": (X, y.astype(np.float32)),
            "both-float32": (X.astype(np.float32), rows.Y.astype(np.float32)),
            "integers": (np.round(4.0 * X).astype(np.int32), np.round(y).astype(np.int64)),
            "lists": (X.tolist(), y.tolist()),
            "Y-F": (X, np.asfortranarray(rows.Y)),
            "one-column": (X, rows.Y[:, :1]),
            "big-endian": (X.astype(">f8"), y),
        }
        for name, data in kinds.items():
            yield f"{n}x{p}/{name}", partial(elltwo.ridge, *data, alpha=0.5)


def _of_options(p: int, weight: Array) -> Iterator[tuple[str, Options]]:
    """Options of fits of two targets."""
    yield "alpha-0", {"alpha": 0.0}
    yield "alpha-inf", {"alpha": np.inf}
    yield "alpha-tiny", {"alpha": 1e-12}
    yield "alpha-huge", {"alpha": 1e12}
    yield "alpha-per-target", {"alpha": [0.3, 30.0]}
    yield "alpha-ends", {"alpha": [0.0, np.inf]}
    yield "weights", {"alpha": 1.0, "sample_weight": weight}
    yield "some-weights-0", {"alpha": 1.0, "sample_weight": np.where(weight < 0.4, 0.0, weight)}
    yield "factors", {"alpha": 1.0, "penalty_factors": factors(p)}
    yield "all-pinned", {"alpha": 1.0, "penalty_factors": np.full(p, np.inf)}
    yield "factors-0", {"alpha": 1.0, "penalty_factors": np.zeros(p)}
    yield "prior-number", {"alpha": 3.0, "prior_mean": 0.5}
    yield "prior", {"alpha": 3.0, "prior_mean": prior(p)}
    yield "prior-per-target", {"alpha": [1.0, 9.0], "prior_mean": prior(p, 2)}
    yield "prior-alpha-0", {"alpha": 0.0, "prior_mean": prior(p)}
    yield "no-intercept", {"alpha": 1.0, "fit_intercept": False}
    yield "penalized-intercept", {"alpha": 1.0, "penalize_intercept": True}
    yield "loose", {"alpha": 1.0, "tol": 1e-3}
    yield "no-corrections", {"alpha": 1.0, "tol": 1e-15, "max_iter": 0}
    everything: Options = {
        "sample_weight": weight,
        "penalty_factors": factors(p),
        "prior_mean": prior(p, 2),
    }
    yield "everything", {"alpha": [0.1, 5.0], **everything}
    yield (
        "everything-penalized-intercept",
        {"alpha": [0.1, 5.0], "penalize_intercept": True, **everything},
    )


def _options() -> Problems:
    for n, p in OPTION_SHAPES:
        rows = dense(n, p)
        for name, options in _of_options(p, rows.weight):
            yield f"{n}x{p}/{name}", partial(elltwo.ridge, rows.X, rows.Y, **options)
            if name in {"alpha-0", "weights", "everything"}:
                X = rows.X.astype(np.float32)
                yield f"{n}x{p}/{name}/float32", partial(elltwo.ridge, X, rows.Y, **options)


def _solvers() -> Problems:
    for (n, p), solver, alpha in product(
        ((80, 9), (90, 90), (35, 120)), ("cholesky", "svd"), (0.0, 0.7)
    ):
        rows = dense(n, p)
        options: Options = {"alpha": alpha, "solver": solver, "sample_weight": rows.weight}
        yield f"{n}x{p}/{solver}/{alpha}", partial(elltwo.ridge, rows.X, rows.Y, **options)


def _conditioning() -> Problems:
    """From comfortable down to what is singular: corrections, QR, SVD of R."""
    for n, p in ((60, 10), (900, 48), (30, 70)):
        rows = dense(n, p)
        made = {f"{d:.0e}": nearly_singular(n, p, d) for d in (1e-1, 1e-3, 1e-5, 1e-7, 1e-12)}
        made["singular"] = singular(n, p)
        made["units"] = rows.X * np.geomspace(1e-6, 1e6, p)
        made["means"] = rows.X + 1e7
        for (name, X), alpha in product(made.items(), (0.0, 1e-6)):
            yield f"{n}x{p}/{name}/{alpha:g}", partial(elltwo.ridge, X, rows.Y, alpha=alpha)
        for name in ("1e-03", "1e-05", "singular"):
            X = made[name].astype(np.float32, order="F")
            yield f"{n}x{p}/{name}/float32", partial(elltwo.ridge, X, rows.Y, alpha=1e-6)
    powers = np.vander(np.arange(40.0), 8, increasing=True)
    yield "powers", partial(elltwo.ridge, powers[:, 1:], powers.sum(axis=1), alpha=0.0)
