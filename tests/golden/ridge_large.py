"""Ridge regressions large enough for teams of threads, tiles, blocks and mixed precision."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

import elltwo

from .data import dense, factors, nearly_singular, prior, singular

if TYPE_CHECKING:
    from .data import Problems

# Up to about 310 features chunks of rows have sums of their own, up to 700 halves; from 400 on
# products are taken in float first.
TALL = ((100_000, 10), (30_000, 13), (20_000, 50), (6_000, 200), (3_000, 320), (1_500, 720))
MIXED = ((1_200, 410), (16_000, 400), (2_000, 900), (410, 3_000), (700, 1_500), (450, 450))


def problems() -> Problems:
    """Tall, wide and square; many targets; hard ones."""
    for n, p in TALL:
        yield f"{n}x{p}", partial(_fit, n, p)
        yield f"{n}x{p}/F", partial(_fit, n, p, order="F", fit_intercept=False)
        yield f"{n}x{p}/float32", partial(_fit, n, p, dtype=np.float32)
        yield f"{n}x{p}/weights", partial(_weighted, n, p)
    for n, p in MIXED:
        yield f"{n}x{p}/mixed", partial(_fit, n, p)
        yield f"{n}x{p}/mixed/everything", partial(_weighted, n, p)
    yield "250x5000", partial(_fit, 250, 5_000)
    yield "250x5000/float32", partial(_fit, 250, 5_000, dtype=np.float32)
    yield from _targets()
    yield from _hard()


def _fit(n: int, p: int, dtype: Any = None, order: Any = None, **options: Any) -> object:  # noqa: ANN401
    rows = dense(n, p)
    X = np.asarray(rows.X, dtype=dtype, order=order)
    return elltwo.ridge(X, rows.y, **{"alpha": 10.0, **options})


def _weighted(n: int, p: int) -> object:
    rows = dense(n, p)
    return elltwo.ridge(
        rows.X,
        rows.Y,
        alpha=[1.0, 100.0],
        sample_weight=rows.weight,
        penalty_factors=factors(p),
        prior_mean=prior(p),
    )


def _targets() -> Problems:
    """More targets than a tile, a block and a pass take."""
    for n, p, targets in (
        *((2_000, 20, 7), (3_000, 60, 33), (4_000, 90, 10), (1_000, 110, 500)),
        *((90, 400, 40), (1_200, 420, 70), (500, 30, 1_500)),
    ):
        rows = dense(n, p, targets)
        yield f"{n}x{p}/{targets}-targets", partial(elltwo.ridge, rows.X, rows.Y, alpha=2.0)
        alphas = np.geomspace(0.1, 1e3, targets)
        alphas = alphas if targets < 50 else np.where(np.arange(targets) % 2, 1.0, 20.0)
        yield (
            f"{n}x{p}/{targets}-targets/alphas",
            partial(elltwo.ridge, rows.X, rows.Y, alpha=alphas, sample_weight=rows.weight),
        )


def _hard() -> Problems:
    """Corrections, rows for QR, and what looks well until the data decide."""
    for n, p in ((8_000, 120), (2_500, 420), (420, 1_300)):
        rows = dense(n, p)
        for distance in (1e-3, 1e-6, 1e-9):
            X = nearly_singular(n, p, distance)
            call = partial(elltwo.ridge, X, rows.y, alpha=1e-9)
            yield f"{n}x{p}/{distance:.0e}", call
        yield f"{n}x{p}/singular", partial(elltwo.ridge, singular(n, p), rows.y, alpha=0.0)
    # The first rows say nothing of the means.
    rows = dense(5_000, 60)
    late = rows.X + np.where(np.arange(5_000) < 300, 0.0, 1e5)[:, None]
    yield "5000x60/late-means", partial(elltwo.ridge, late, rows.y, alpha=1.0)
