# The compiled core. Arguments are positional; only elltwo.functional and
# elltwo.cython_api may import it.

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from elltwo._core_moments import Moments as Moments

_Float64Array: TypeAlias = npt.NDArray[np.float64]
_Int64Array: TypeAlias = npt.NDArray[np.int64]
_FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]  # float32 or float64

# data, indices, indptr, n_samples, n_features, whether compressed by rows
_Sparse: TypeAlias = tuple[_FloatArray, npt.NDArray[Any], npt.NDArray[Any], int, int, bool]

# weight, loss, gradient, residual, hessian, held, number of rows
_PassSums: TypeAlias = tuple[
    _Float64Array, _Float64Array, _Float64Array, _Float64Array, _Float64Array, _Float64Array, int
]
# Y, alpha or the grid of alphas, penalty_factors, prior_mean, sample_weight
_RidgeProblem: TypeAlias = tuple[
    _Float64Array,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
]
# fit_intercept, penalize_intercept, solver, tol, max_iter, n_threads
_RidgeOptions: TypeAlias = tuple[bool, bool, str, float, int, int]
# fit_intercept, penalize_intercept, tol, n_threads
_BatchOptions: TypeAlias = tuple[bool, bool, float, int]
# window, half_life, min_periods, fit_intercept, skip_missing, n_threads
_RollingOptions: TypeAlias = tuple[int | npt.NDArray[np.intp], float, int, bool, bool, int]
# lower, upper
_Bounds: TypeAlias = tuple[_Float64Array | None, _Float64Array | None]
# group, n_groups, train, test
_Splits: TypeAlias = tuple[npt.NDArray[np.int32], int, _Float64Array, _Float64Array]
# alphas, n_folds, one_standard_error
_Rule: TypeAlias = tuple[_Float64Array | None, int, bool]
# label, n_classes, alphas, penalty_factors, prior_mean, sample_weight, offset, rows, start
_LogisticProblem: TypeAlias = tuple[
    npt.NDArray[np.int32],
    int,
    _Float64Array,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    npt.NDArray[np.int64] | None,
    _Float64Array | None,
]
# fit_intercept, solver, tol, max_iter, n_threads
_LogisticOptions: TypeAlias = tuple[bool, str, float, int, int]
# l1_ratio, n_alphas, alpha_min_ratio (0: by shape), max_features (0: no limit), start
_ElasticNetPenalty: TypeAlias = tuple[float, int, float, int, _Float64Array | None, bool]
# fit_intercept, tol, max_iter, n_threads
_ElasticNetOptions: TypeAlias = tuple[bool, float, int, int]
# paths, their record, paths of splits, sums of squared errors and weights of test sets
_ElasticNetSplits: TypeAlias = tuple[
    list[ElasticNetPath],
    ElasticNetInfo,
    list[list[ElasticNetPath]],
    _Float64Array,
    _Float64Array,
]
# starts, columns and ridge terms
_NetFaces: TypeAlias = tuple[_Int64Array, _Int64Array, _Float64Array]
# Y and sample_weight (None of moments), alphas, penalty_factors, prior_mean in between
_ElasticNetProblem: TypeAlias = tuple[
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
]

# units, activation, loss, alpha of each layer
_NetworkModel: TypeAlias = tuple[tuple[int, ...], str, str, tuple[float, ...]]
# X, y or labels, sample_weight
_NetworkRows: TypeAlias = tuple[_FloatArray, npt.NDArray[Any], _Float64Array | None]
# status, solver, reason, objective, loss, gradient_norm, optimality, tolerance, n_iter,
# n_evaluations, in_double, n_threads
_NetworkInfo: TypeAlias = tuple[
    str, str, str, float, float, float, float, float, int, int, bool, int
]
# tol, max_iter, max_passes (0: no limit), memory (0: by shape), n_threads, gradient_tol
_NetworkOptions: TypeAlias = tuple[float, int, int, int, int, float]
# parameters, first, second, best, seed, n_steps, n_rows, learning_rate, n_epochs, n_no_change,
# loss_curve, scores
_NetworkState: TypeAlias = tuple[
    _Float64Array,
    _Float64Array | None,
    _Float64Array | None,
    _Float64Array | None,
    int,
    float,
    float,
    float,
    int,
    int,
    _Float64Array | None,
    _Float64Array | None,
]

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
    @property
    def n_empty_classes(self) -> int: ...

class LogisticPass:
    def __init__(
        self,
        theta: _Float64Array,
        left_out: npt.NDArray[np.int32],
        shift: _Float64Array,
        scale: _Float64Array,
        n_classes: int,
        hessian: npt.NDArray[np.bool_],
        in_float32: bool,
        /,
    ) -> None: ...
    def add(
        self,
        X: _FloatArray | _Sparse,
        label: npt.NDArray[np.int32],
        sample_weight: _Float64Array | None,
        offset: _Float64Array | None,
        fold: npt.NDArray[np.int32] | None,
        n_threads: int,
        /,
    ) -> None: ...
    def sums(self, /) -> _PassSums: ...

class RidgePath:
    def __init__(
        self,
        X: _FloatArray | _Sparse | Moments,
        problem: _RidgeProblem,
        smallest_alpha: float | None,
        options: _RidgeOptions,
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
        self, X: _FloatArray, problem: _RidgeProblem, splits: _Splits, options: _RidgeOptions, /
    ) -> None: ...
    def eigenvalues(self, /) -> _Float64Array: ...
    def score(self, alphas: _Float64Array, /) -> tuple[_Float64Array, _Float64Array]: ...
    def fit(self, alpha: _Float64Array, /) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...

class ElasticNetPath:
    @property
    def alphas(self) -> _Float64Array: ...
    @property
    def starts(self) -> npt.NDArray[np.int64]: ...
    @property
    def features(self) -> npt.NDArray[np.int64]: ...
    @property
    def values(self) -> _Float64Array: ...
    @property
    def intercept(self) -> _Float64Array: ...
    @property
    def objective(self) -> _Float64Array: ...
    @property
    def rss(self) -> _Float64Array: ...
    @property
    def gap(self) -> _Float64Array: ...
    @property
    def violation(self) -> _Float64Array: ...
    @property
    def n_active(self) -> npt.NDArray[np.int64]: ...
    @property
    def n_iter(self) -> npt.NDArray[np.int32]: ...
    @property
    def converged(self) -> npt.NDArray[np.uint8]: ...
    @property
    def null_objective(self) -> float: ...
    @property
    def alpha_max(self) -> float: ...
    @property
    def stopped_early(self) -> bool: ...

class ElasticNetBatchInfo:
    @property
    def status(self) -> Literal["converged", "max_iter_reached"]: ...
    @property
    def solver(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def fallback(self) -> str | None: ...
    @property
    def tolerance(self) -> float: ...
    @property
    def n_passes(self) -> int: ...
    @property
    def n_ever(self) -> int: ...
    @property
    def n_exchanges(self) -> int: ...
    @property
    def n_monotone(self) -> int: ...
    @property
    def n_threads(self) -> int: ...
    @property
    def gap(self) -> float: ...
    @property
    def violation(self) -> float: ...
    @property
    def objective(self) -> float: ...
    @property
    def null_objective(self) -> float: ...
    @property
    def alpha_max(self) -> float: ...
    @property
    def n_active(self) -> int: ...
    @property
    def n_iter(self) -> int: ...
    @property
    def worst(self) -> int: ...

class ElasticNetInfo:
    @property
    def status(self) -> Literal["converged", "max_iter_reached"]: ...
    @property
    def solver(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def fallback(self) -> str | None: ...
    @property
    def tolerance(self) -> float: ...
    @property
    def n_passes(self) -> int: ...
    @property
    def n_ever(self) -> int: ...
    @property
    def n_exchanges(self) -> int: ...
    @property
    def n_monotone(self) -> int: ...
    @property
    def n_threads(self) -> int: ...
    @property
    def group_targets(self) -> bool: ...

class StopFlag:
    def __init__(self) -> None: ...
    def set(self, /) -> None: ...
    def is_set(self, /) -> bool: ...
    def watch(self, /) -> None: ...

sparse_decomposition_limit: int

def listen(function: Callable[[int, int], object] | None, /) -> None: ...
def num_threads() -> int: ...
def set_num_threads(n: int, /) -> None: ...
def num_threads_is_set() -> bool: ...
def thread_limit() -> int: ...
def thread_share() -> int: ...
def build_config() -> _BuildConfig: ...
def ridge(
    X: _FloatArray, problem: _RidgeProblem, options: _RidgeOptions, /
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_batch_direct(
    X: _FloatArray,
    Y: _Float64Array,
    alpha: _Float64Array,
    fit_intercept: bool,
    keep: bool,
    n_threads: int,
    /,
) -> tuple[_Float64Array, _Float64Array, _Float64Array | None]: ...
def ridge_batch_adjoint(
    X: _FloatArray,
    Y: _Float64Array,
    alpha: _Float64Array,
    fit_intercept: bool,
    upstream: tuple[_Float64Array, _Float64Array | None, _Float64Array | None],
    n_threads: int,
    /,
) -> tuple[_FloatArray, _Float64Array, _Float64Array]: ...
def choose_alphas(
    X: _FloatArray,
    problem: _RidgeProblem,
    starts: npt.NDArray[np.int64] | None,
    order: npt.NDArray[np.int64] | None,
    rule: _Rule,
    options: _BatchOptions,
    /,
) -> tuple[_Float64Array, _Float64Array | None, _Float64Array, _Float64Array | None]: ...
def number_keys(
    keys: npt.NDArray[Any], /
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...
def order_by_code(
    codes: npt.NDArray[np.int64], n_codes: int, /
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]: ...
def ridge_batch(
    X: _FloatArray,
    problem: _RidgeProblem,
    starts: npt.NDArray[np.int64] | None,
    order: npt.NDArray[np.int64] | None,
    options: _BatchOptions,
    /,
) -> tuple[_Float64Array, _Float64Array, _Float64Array, _Float64Array, SolveInfo]: ...
def ridge_bounded(
    X: _FloatArray, bounds: _Bounds, problem: _RidgeProblem, options: _RidgeOptions, /
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_sparse(
    X: _Sparse, problem: _RidgeProblem, options: _RidgeOptions, /
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def ridge_sparse_bounded(
    X: _Sparse, bounds: _Bounds, problem: _RidgeProblem, options: _RidgeOptions, /
) -> tuple[_Float64Array, _Float64Array, SolveInfo]: ...
def sparse_path(
    X: _Sparse, problem: _RidgeProblem, options: _RidgeOptions, /
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
    X: _Sparse, problem: _RidgeProblem, splits: _Splits, options: _RidgeOptions, /
) -> tuple[_Float64Array, _Float64Array, float]: ...
def predict_sparse(
    X: _Sparse, coef: _Float64Array, intercept: _Float64Array, n_threads: int, /
) -> _Float64Array: ...
def ridge_rolling(
    X: _FloatArray,
    Y: _Float64Array,
    alpha: float,
    penalty_factors: _Float64Array | None,
    sample_weight: _Float64Array | None,
    options: _RollingOptions,
    out: _Float64Array | None,
    /,
) -> tuple[
    _Float64Array, _Float64Array, _Float64Array, _Float64Array, npt.NDArray[np.int64], SolveInfo
]: ...
def ridge_small(
    X: object, y: object, alpha: object, fit_intercept: object, /
) -> tuple[_Float64Array, float, SolveInfo] | None: ...
def logistic_path(
    X: _FloatArray, problem: _LogisticProblem, options: _LogisticOptions, /
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_left_out(
    X: _FloatArray,
    problem: _LogisticProblem,
    coef: _Float64Array,
    intercept: _Float64Array,
    options: _LogisticOptions,
    /,
) -> tuple[_Float64Array, str]: ...
def logistic_bounded_path(
    X: _FloatArray, bounds: _Bounds, problem: _LogisticProblem, options: _LogisticOptions, /
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_sparse_path(
    X: _Sparse, problem: _LogisticProblem, options: _LogisticOptions, /
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_sparse_bounded_path(
    X: _Sparse, bounds: _Bounds, problem: _LogisticProblem, options: _LogisticOptions, /
) -> tuple[_Float64Array, _Float64Array, list[LogisticInfo]]: ...
def logistic_l1_path(
    X: _FloatArray | _Sparse,
    bounds: _Bounds,
    problem: _LogisticProblem,
    l1_ratio: float,
    options: _LogisticOptions,
    /,
) -> tuple[
    _Int64Array, _Int64Array, _Float64Array, _Float64Array, _Int64Array, list[LogisticInfo]
]: ...
def logistic_l1_alpha_max(
    X: _FloatArray | _Sparse,
    bounds: _Bounds,
    problem: _LogisticProblem,
    options: _LogisticOptions,
    /,
) -> float: ...
def elastic_net(
    X: _FloatArray | _Sparse | Moments,
    bounds: _Bounds,
    problem: _ElasticNetProblem,
    penalty: _ElasticNetPenalty,
    options: _ElasticNetOptions,
    /,
) -> tuple[list[ElasticNetPath], ElasticNetInfo]: ...
def elastic_net_batch(
    X: _FloatArray,
    bounds: _Bounds,
    problem: _RidgeProblem,
    starts: npt.NDArray[np.int64] | None,
    order: npt.NDArray[np.int64] | None,
    l1_ratio: float,
    options: _ElasticNetOptions,
    /,
) -> tuple[
    _Float64Array,
    _Float64Array,
    _Float64Array,
    _Float64Array,
    npt.NDArray[np.int64],
    ElasticNetBatchInfo,
]: ...
def elastic_net_small(
    X: object, y: object, alpha: object, l1_ratio: object, fit_intercept: object, /
) -> tuple[_Float64Array, float, ElasticNetPath, ElasticNetInfo] | None: ...
def elastic_net_splits(
    X: _FloatArray | _Sparse,
    bounds: _Bounds,
    problem: _ElasticNetProblem,
    penalty: _ElasticNetPenalty,
    l1_ratios: _Float64Array,
    splits: _Splits,
    options: _ElasticNetOptions,
    /,
) -> list[_ElasticNetSplits]: ...
def net_traces(gram: _Float64Array, faces: _NetFaces, n_threads: int, /) -> _Float64Array: ...
def grouped_net_traces(
    gram: _Float64Array,
    faces: _NetFaces,
    curvature: _Float64Array,
    directions: _Float64Array,
    n_threads: int,
    /,
) -> _Float64Array: ...
def network_start(model: _NetworkModel, seed: int, /) -> _Float64Array: ...
def network_objective(
    model: _NetworkModel,
    data: _NetworkRows,
    parameters: _Float64Array,
    with_gradient: bool,
    n_threads: int,
    /,
) -> tuple[_NetworkInfo, _Float64Array]: ...
def network_predict(
    model: _NetworkModel,
    parameters: _Float64Array,
    X: _FloatArray,
    link: bool,
    n_threads: int,
    /,
) -> _Float64Array: ...
def network_lbfgs(
    model: _NetworkModel,
    problems: list[_NetworkRows],
    starts: _Float64Array,
    options: _NetworkOptions,
    /,
) -> tuple[_Float64Array, list[_NetworkInfo]]: ...
def network_varpro(
    model: _NetworkModel,
    problems: list[_NetworkRows],
    starts: _Float64Array,
    options: _NetworkOptions,
    /,
) -> tuple[_Float64Array, list[_NetworkInfo]]: ...
def network_curvature(
    model: _NetworkModel,
    data: _NetworkRows,
    parameters: _Float64Array,
    n_threads: int,
    /,
) -> tuple[str, float, float, float]: ...
def network_hessian_eigenvalue(
    model: _NetworkModel,
    data: _NetworkRows,
    parameters: _Float64Array,
    max_products: int,
    n_threads: int,
    /,
) -> tuple[str, float, float, int]: ...
def network_stochastic(
    model: _NetworkModel,
    problems: list[_NetworkRows],
    validation: list[_NetworkRows],
    states: Sequence[_NetworkState],
    # solver, batch_size, max_epochs, shuffle, learning_rate_init, learning_rate, power_t, momentum,
    # nesterovs_momentum, beta_1, beta_2, epsilon, tol, n_iter_no_change, n_threads
    options: tuple[object, ...],
    /,
) -> tuple[list[_NetworkState], list[_NetworkInfo]]: ...

c_api: object  # a capsule with the table of elltwo/c_api.h
