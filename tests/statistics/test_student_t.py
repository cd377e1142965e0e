"""Student's distribution against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest

from elltwo.functional._base.student_t import quantile, upper_tail

stats = pytest.importorskip("scipy.stats")

DEGREES = [0.3, 1.0, 2.0, 17.3, 98.0, 102.0, 4321.5, 9.9e4, 1.1e5, 1e9]


@pytest.mark.parametrize("df", DEGREES)
@pytest.mark.parametrize("level", [0.1, 0.5, 0.95, 0.9999])
def test_quantiles(level: float, df: float) -> None:
    expected = stats.t.ppf(0.5 + 0.5 * level, df)
    np.testing.assert_allclose(quantile(level, df), expected, rtol=2e-12)


@pytest.mark.parametrize("df", DEGREES[:-2])
@pytest.mark.parametrize("t", [0.0, 0.5, 3.0, 40.0])
def test_tails(t: float, df: float) -> None:
    np.testing.assert_allclose(upper_tail(t, df), stats.t.sf(t, df), rtol=1e-10, atol=1e-300)


def test_no_degrees_of_freedom() -> None:
    assert quantile(0.95, 0.0) == np.inf
    np.testing.assert_allclose(quantile(0.95, np.inf), stats.norm.ppf(0.975), rtol=1e-15)
