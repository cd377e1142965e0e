"""The rows of the README's table and figure: one problem for each kind of work."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.harness.calls import INTERCEPT_FUNCTION

TIMES = "\N{MULTIPLICATION SIGN}"
NAME = "front"  # what `--only` takes for all of them


@dataclass(frozen=True)
class Row:
    """What was done, in words, and the name that `--only` knows it by."""

    work: str
    name: str


ROWS = (
    Row(f"ridge, 100 000 {TIMES} 500", "fit-100000x500"),
    Row(f"ridge, 500 {TIMES} 50 000", "fit-500x50000"),
    Row(f"ridge, 100 penalties by 5 folds, 50 000 {TIMES} 300", "cv-50000x300-5folds-100alphas"),
    Row(f"sparse ridge, 200 000 {TIMES} 50 000", "sparse-200000x50000-20nnz a row"),
    Row(f"10 000 ridge fits of 64 {TIMES} 8", "many-10000x64x8-batch"),
    Row(f"ridge in windows of 250 rows, 100 000 {TIMES} 8", "many-100000x8-window of 250"),
    Row(f"logistic, 100 000 {TIMES} 200", "logistic-100000x200-C=1"),
    Row(
        f"logistic, 20 penalties by 5 folds, 50 000 {TIMES} 100",
        "logistic-cv-50000x100-5folds-20alphas",
    ),
    Row(f"one ridge fit of 50 {TIMES} 5", INTERCEPT_FUNCTION),
)
# Ways that the full tables show far behind others of the same library, and that take most of the
# time of a run: left out of this one.
WITHOUT = ("lstsq", "scikit-learn svd", "scikit-learn sag", "liblinear dual")


def expand(only: list[str]) -> tuple[str, ...]:
    """Replace `front` among the names of `--only` by the exact names of its rows."""
    names = [[f"={row.name}" for row in ROWS] if name == NAME else [name] for name in only]
    return tuple(name for group in names for name in group)
