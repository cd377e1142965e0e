"""``elltwo demo --model lasso``: ridge, elastic net and lasso on groups of correlated features.

The table is drawn as in H. Zou and T. Hastie (2005), Regularization and variable selection via the
elastic net, Journal of the Royal Statistical Society B 67, 301-320, section 5, example 4: three
groups of five features that are nearly equal, and 25 features without effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import elltwo
from elltwo.cli.errors import CommandError
from elltwo.cli.report import columns_of_numbers
from elltwo.plot import ElasticNetPathDisplay
from elltwo.plot._axes import file_axes

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Fits = dict[str, elltwo.RidgeCVFit | elltwo.ElasticNetCVFit]

_ROWS = 100
_FOLDS = 10
_L1_RATIO = 0.5
TRUE = np.concatenate([np.full(15, 3.0), np.zeros(25)])


def run(arguments: argparse.Namespace) -> None:
    """Fit one table three times, print the fits side by side, draw the lasso's path."""
    X, y = grouped_table()
    ridge = elltwo.ridge_cv(X, y, cv=_FOLDS)
    net = elltwo.elastic_net_cv(X, y, _L1_RATIO, cv=_FOLDS)
    lasso = elltwo.elastic_net_cv(X, y, 1.0, cv=_FOLDS)
    fits: Fits = {"ridge": ridge, "elastic net": net, "lasso": lasso}

    print(f"{_ROWS} rows, 40 features: three groups of five nearly equal ones with coefficients")
    print("of 3, and 25 without effect (Zou and Hastie 2005, section 5, example 4).\n")
    print(f"Penalties by {_FOLDS}-fold cross-validation")
    for name, fit in fits.items():
        print(f"  {name:<11}  alpha = {fit.alpha:<8.4g} error {fit.cv_mse.min() ** 0.5:.2f}")
    print()
    print(_coefficients(fits))
    print()
    print(_counts(fits, X))
    print("\nOf nearly equal features the lasso takes few, and which ones is chance; ridge")
    print("and the elastic net give them nearly equal coefficients (the grouping effect).\n")
    print(_certificate(net, lasso))
    print()
    print(_write_path(lasso, arguments.out))


def grouped_table() -> tuple[Array, Array]:
    """Return features and target; the same every time."""
    rng = np.random.default_rng(2005)
    factors = np.repeat(rng.normal(size=(_ROWS, 3)), 5, axis=1)
    X = np.hstack([factors + 0.1 * rng.normal(size=(_ROWS, 15)), rng.normal(size=(_ROWS, 25))])
    return X, X @ TRUE + 15.0 * rng.normal(size=_ROWS)


def _coefficients(fits: Fits) -> str:
    rows = {
        f"group {j // 5 + 1}, x{j}": [TRUE[j], *(float(fit.coef[j]) for fit in fits.values())]
        for j in range(15)
    }
    return columns_of_numbers(["true", *fits], rows)


def _counts(fits: Fits, X: Array) -> str:
    rows = {
        "with effect, chosen": [float(np.count_nonzero(fit.coef[:15])) for fit in fits.values()],
        "without, chosen": [float(np.count_nonzero(fit.coef[15:])) for fit in fits.values()],
        "error of the mean": [float(np.std(fit.predict(X) - X @ TRUE)) for fit in fits.values()],
    }
    return columns_of_numbers(list(fits), rows)


def _certificate(*fits: elltwo.ElasticNetCVFit) -> str:
    lines = ["Certificates"]
    for fit in fits:
        info = fit.info
        lines.append(
            f"  l1_ratio {fit.l1_ratio:g}: {info.status}, relative duality gap {info.gap:.1e}, "
            f"{info.n_active} active"
        )
    return "\n".join(lines)


def _write_path(fit: elltwo.ElasticNetCVFit, folder: Path) -> str:
    path = folder / "lasso_path.png"
    try:
        ax = file_axes()
        ElasticNetPathDisplay.from_fit(fit, ax=ax)
        ax.figure.savefig(path, dpi=150)  # type: ignore[union-attr]  # no SubFigure
    except ImportError as error:
        return f"No path drawn: {error}"
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    return f"Path of the lasso written to {path.resolve()}"
