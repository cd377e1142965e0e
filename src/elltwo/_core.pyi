# The compiled core. Arguments are positional; only elltwo.functional and
# elltwo.cython_api may import it.

from typing import Any, Literal, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from elltwo._core_moments import Moments as Moments

_Float64Array: TypeAlias = npt.NDArray[np.float64]
_FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]  # float32 or float64

# data, indices, indptr, n_samples, n_features, whether compressed by rows
_Sparse: TypeAlias = tuple[_FloatArray, npt.NDArray[Any], npt.NDArray[Any], int, int, bool]

class _BuildConfig(TypedDict):
    version: str
    blas: str
    simd: str
    simd_available: list[str]
    compiler: str

class SolveInfo:
    @property
    def status(self) -> Literal["converged", "max_iter_reached", "separable"]: ...
    @property
    def solver(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def fallback(self) -> str | None: ...
    @property
    def optimality(self) -> float: ...
    @property
    def tolerance(self) -> float: ...
    @property
    def rcond(self) -> float: ...
    @property
    def rank(self) -> int: ...
    @property
    def n_iter(self) -> int: ...
    @property
    def n_threads(self) -> int: ...

class LogisticInfo(SolveInfo):
    @property
    def objective(self) -> float: ...
    @property
    def loss(self) -> float: ...
    @property
    def gap(self) -> float: ...
    @property
    def n_passes(self) -> int: ...
    @property
    def n_hessians(self) -> float: ...

class RidgePath:
    def __init__(
        self,
        X: _FloatArray | _Sparse | Moments,
        Y: _Float64Array,
        penalty_factors: _Float64Array | None,
        prior_mean: _Float64Array | None,
        sample_weight: _Float64Array | None,
        fit_intercept: bool,
        penalize_intercept: bool,
        tol: float,
        max_iter: int,
        smallest_alpha: float,
        n_threads: int,
        /,
    ) -> None: ...
    @property
    def solver(self) -> str: ...
    @property
    def n_unpenalised(self) -> int: ...
    def eigenvalues(self, /) -> _Float64Array: ...
    def coefficients(self, alphas: _Float64Array, /) -> tuple[_Float64Array, _Float64Array]: ...
    def measures(self, alphas: _Float64Array, /) -> tuple[_Float64Array, _Float64Array]: ...
    def leave_one_out(
        self, alphas: _Float64Array, with_predictions: bool, /
    ) -> tuple[_Float64Array, _Float64Array]: ...
    def leverages(self, alphas: _Float64Array, /) -> _Float64Array: ...
    @property
    def dual(self) -> bool: ...
    def basis(self, /) -> _Float64Array: ...
    def fit(self, alpha: _Float64Array, /) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...

class RidgeSplits:
    def __init__(
        self,
        X: _FloatArray,
        Y: _Float64Array,
        group: npt.NDArray[np.int32],
        n_groups: int,
        train: _Float64Array,
        test: _Float64Array,
        penalty_factors: _Float64Array | None,
        prior_mean: _Float64Array | None,
        sample_weight: _Float64Array | None,
        fit_intercept: bool,
        penalize_intercept: bool,
        tol: float,
        max_iter: int,
        n_threads: int,
        /,
    ) -> None: ...
    def eigenvalues(self, /) -> _Float64Array: ...
    def score(self, alphas: _Float64Array, /) -> tuple[_Float64Array, _Float64Array]: ...
    def fit(self, alpha: _Float64Array, /) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...

sparse_decomposition_limit: int

def build_config() -> _BuildConfig: ...
def ridge(
    X: _FloatArray,
    Y: _Float64Array,
    alpha: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_batch(
    X: _FloatArray,
    Y: _Float64Array,
    starts: npt.NDArray[np.int64] | None,
    order: npt.NDArray[np.int64] | None,
    alpha: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    tol: float,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, _Float64Array, _Float64Array, SolveInfo]: ...
def ridge_bounded(
    X: _FloatArray,
    Y: _Float64Array,
    lower: _Float64Array | None,
    upper: _Float64Array | None,
    alpha: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_sparse(
    X: _Sparse,
    Y: _Float64Array,
    alpha: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_sparse_bounded(
    X: _Sparse,
    Y: _Float64Array,
    lower: _Float64Array | None,
    upper: _Float64Array | None,
    alpha: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def sparse_path(
    X: _Sparse,
    Y: _Float64Array,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, _Float64Array]: ...
def sparse_spectrum(
    X: _Sparse,
    Y: _Float64Array,
    penalty_factors: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    n_threads: int,
    /,
) -> tuple[float, float]: ...
def sparse_splits(
    X: _Sparse,
    Y: _Float64Array,
    group: npt.NDArray[np.int32],
    n_groups: int,
    train: _Float64Array,
    test: _Float64Array,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    fit_intercept: bool,
    penalize_intercept: bool,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, float]: ...
def predict_sparse(
    X: _Sparse, coef: _Float64Array, intercept: _Float64Array, n_threads: int, /
) -> _Float64Array: ...
def ridge_small(
    X: object, y: object, alpha: object, fit_intercept: object, /
) -> tuple[_Float64Array, float, SolveInfo] | None: ...
def logistic_path(
    X: _FloatArray,
    label: npt.NDArray[np.int32],
    n_classes: int,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    offset: _Float64Array | None,
    rows: npt.NDArray[np.int64] | None,
    start: _Float64Array | None,
    fit_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_left_out(
    X: _FloatArray,
    label: npt.NDArray[np.int32],
    n_classes: int,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    offset: _Float64Array | None,
    coef: _Float64Array,
    intercept: _Float64Array,
    fit_intercept: bool,
    n_threads: int,
    /,
) -> _Float64Array: ...
def logistic_bounded_path(
    X: _FloatArray,
    lower: _Float64Array | None,
    upper: _Float64Array | None,
    label: npt.NDArray[np.int32],
    n_classes: int,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    offset: _Float64Array | None,
    rows: npt.NDArray[np.int64] | None,
    start: _Float64Array | None,
    fit_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_sparse_path(
    X: _Sparse,
    label: npt.NDArray[np.int32],
    n_classes: int,
    alphas: _Float64Array,
    penalty_factors: _Float64Array | None,
    prior_mean: _Float64Array | None,
    sample_weight: _Float64Array | None,
    offset: _Float64Array | None,
    rows: npt.NDArray[np.int64] | None,
    start: _Float64Array | None,
    fit_intercept: bool,
    solver: str,
    tol: float,
    max_iter: int,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...

c_api: object  # a capsule with the table of elltwo/c_api.h
