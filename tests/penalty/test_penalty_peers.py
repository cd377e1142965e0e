"""Peers fitted with their own value, and ours with the converted one: the same coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from sklearn import kernel_ridge, linear_model, neural_network, svm

import elltwo

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]

RNG = np.random.default_rng(0)
N, P = 80, 4
X = RNG.standard_normal((N, P)) * [1.0, 2.0, 0.5, 3.0] + [1.0, -1.0, 0.0, 2.0]
y = 7.0 + X @ [2.5, -1.0, 5.0, 0.8] + 2.0 * RNG.standard_normal(N)
label = (X @ [0.5, -0.4, 1.0, 0.2] + 0.7 * RNG.standard_normal(N) > 0.3).astype(np.float64)
weight = RNG.uniform(0.5, 2.0, N)
ROWS: dict[str, Any] = {"n_samples": N}
WEIGHTS: dict[str, Any] = {"sum_weight": weight.sum()}
NET: dict[str, Any] = {**ROWS, "l1_ratio": 0.0}
# dual gaps of nearly pure L2 stay above the tolerance that the coefficients need
UNHURRIED = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def ridge(name: str, value: float, *, weighted: bool = False, **quantities: object) -> Array:
    """Intercept and coefficients of elltwo.ridge with the penalty of a convention."""
    penalty: dict[str, Any] = elltwo.penalty_from(name, value, **quantities)  # type: ignore[arg-type]
    fit = elltwo.ridge(X, y, sample_weight=weight if weighted else None, **penalty)
    return np.array([fit.intercept, *fit.coef])


def logistic(name: str, value: float, *, weighted: bool = False, **quantities: object) -> Array:
    """Minimise sum w logloss + alpha/2 sum f b^2 by Newton's method from zero."""
    penalty: dict[str, Any] = elltwo.penalty_from(name, value, **quantities)  # type: ignore[arg-type]
    factors = np.ones(P) * penalty.get("penalty_factors", 1.0)
    D = penalty["alpha"] * np.array([float(penalty.get("penalize_intercept", False)), *factors])
    A, w = np.column_stack([np.ones(N), X]), weight if weighted else np.ones(N)
    theta = np.zeros(P + 1)
    for _ in range(30):
        q = 1.0 / (1.0 + np.exp(-A @ theta))
        gradient = A.T @ (w * (q - label)) + D * theta
        theta -= np.linalg.solve((A.T * (w * q * (1.0 - q))) @ A + np.diag(D), gradient)
    assert np.abs(gradient).max() < 1e-10
    return theta


def fitted(model: Any, target: Array, *, weighted: bool = False) -> Array:  # noqa: ANN401
    model.fit(X, target, **({"sample_weight": weight} if weighted else {}))
    return np.array([*np.ravel(model.intercept_), *np.ravel(model.coef_)])


def agree(ours: Array, theirs: Array, rtol: float) -> None:
    assert np.abs(ours - theirs).max() <= rtol * np.abs(ours).max()


@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_ridge(weighted: bool) -> None:
    ours = ridge("sklearn.Ridge", 7.0, weighted=weighted)
    agree(ours, fitted(linear_model.Ridge(7.0), y, weighted=weighted), 1e-12)


def test_sklearn_ridge_cv() -> None:
    agree(ridge("sklearn.RidgeCV", 7.0), fitted(linear_model.RidgeCV([7.0]), y), 1e-12)


def test_sklearn_ridge_classifier() -> None:
    penalty = elltwo.penalty_from("sklearn.RidgeClassifier", 7.0)
    fit = elltwo.ridge(X, 2.0 * label - 1.0, **penalty)
    ours = np.array([fit.intercept, *fit.coef])
    agree(ours, fitted(linear_model.RidgeClassifier(7.0), label), 1e-12)


def test_sklearn_kernel_ridge() -> None:
    penalty = elltwo.penalty_from("sklearn.KernelRidge", 7.0)
    ours = elltwo.ridge(X, y, fit_intercept=False, **penalty).predict(X)
    agree(ours, kernel_ridge.KernelRidge(alpha=7.0).fit(X, y).predict(X), 1e-11)


@UNHURRIED
@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_elastic_net(weighted: bool) -> None:
    """A share of L1 of 1e-9, since scikit-learn warns of none."""
    peer = linear_model.ElasticNet(0.3, l1_ratio=1e-9, tol=1e-13, max_iter=100_000)
    needs = {"l1_ratio": 1e-9} | (WEIGHTS if weighted else ROWS)
    ours = ridge("sklearn.ElasticNet", 0.3, weighted=weighted, **needs)
    agree(ours, fitted(peer, y, weighted=weighted), 1e-7)


@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_tweedie(weighted: bool) -> None:
    peer = linear_model.TweedieRegressor(
        power=0, link="identity", alpha=0.3, solver="newton-cholesky", tol=1e-12
    )
    needs = WEIGHTS if weighted else ROWS
    ours = ridge("sklearn.TweedieRegressor", 0.3, weighted=weighted, **needs)
    agree(ours, fitted(peer, y, weighted=weighted), 1e-10)


@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_sgd(weighted: bool) -> None:
    """Steps so small that their noise is far below the distance to another alpha."""
    options: dict[str, Any] = {
        "learning_rate": "constant",
        "eta0": 1e-3,
        "max_iter": 3000,
        "tol": None,
        "average": 1500 * N,
        "random_state": 0,
    }
    theirs = fitted(linear_model.SGDRegressor(alpha=0.3, **options), y, weighted=weighted)
    agree(ridge("sklearn.SGDRegressor", 0.3, weighted=weighted, **ROWS), theirs, 0.005)
    peer = linear_model.SGDClassifier(loss="log_loss", alpha=0.1, **options)
    theirs = fitted(peer, label, weighted=weighted)
    agree(logistic("sklearn.SGDClassifier", 0.1, weighted=weighted, **ROWS), theirs, 0.005)


@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_logistic(weighted: bool) -> None:
    peer = linear_model.LogisticRegression(C=0.4, solver="newton-cholesky", tol=1e-12)
    ours = logistic("sklearn.LogisticRegression", 0.4, weighted=weighted)
    agree(ours, fitted(peer, label, weighted=weighted), 1e-9)


def linear_network(model: Any, target: Array, *, weighted: bool = False) -> Array:  # noqa: ANN401
    """Intercepts and coefficients of a network without hidden layers, one row each."""
    model.fit(X, target, **({"sample_weight": weight} if weighted else {}))
    return np.vstack([model.intercepts_[0], model.coefs_[0]]).T


@UNHURRIED
@pytest.mark.parametrize("weighted", [False, True])
def test_sklearn_networks_by_lbfgs(weighted: bool) -> None:
    options: dict[str, Any] = {"hidden_layer_sizes": (), "solver": "lbfgs", "random_state": 0}
    options |= {"tol": 1e-12, "max_iter": 20_000, "max_fun": 40_000, "alpha": 9.0}
    (theirs,) = linear_network(neural_network.MLPRegressor(**options), y, weighted=weighted)
    agree(ridge("sklearn.MLP.lbfgs", 9.0, weighted=weighted), theirs, 1e-4)
    (theirs,) = linear_network(neural_network.MLPClassifier(**options), label, weighted=weighted)
    agree(logistic("sklearn.MLP.lbfgs", 9.0, weighted=weighted), theirs, 1e-4)


@UNHURRIED
def test_sklearn_networks_by_batches() -> None:
    """Every batch holds all rows once, so that its gradient is that of all rows."""
    batches, copies = 3, 3 * N
    options: dict[str, Any] = {"hidden_layer_sizes": (), "solver": "sgd", "random_state": 0}
    options |= {"batch_size": N, "shuffle": False, "tol": 0.0, "max_iter": 4000, "alpha": 9.0}
    options |= {"learning_rate_init": 0.05, "n_iter_no_change": 4000}
    both = np.column_stack([y, X[:, 0] - y])
    peer = neural_network.MLPRegressor(**options)
    peer.fit(np.tile(X, (batches, 1)), np.tile(both, (batches, 1)))
    penalty = elltwo.penalty_from(
        "sklearn.MLP.stochastic", 9.0, n_samples=copies, batch_size=N, n_outputs=2
    )
    fit = elltwo.ridge(np.tile(X, (batches, 1)), np.tile(both, (batches, 1)), **penalty)
    agree(fit.coef, peer.coefs_[0].T, 1e-5)  # the gradient is that of the sum over outputs
    residual = both - X @ fit.coef.T - fit.intercept
    squares = 9.0 / (2.0 * N) * np.sum(fit.coef**2)
    mean = np.mean(residual**2) / 2.0 + squares  # loss_ is the mean over them
    assert peer.loss_ == pytest.approx(mean, rel=1e-6)
    peer = neural_network.MLPClassifier(**options)
    peer.fit(np.tile(X, (batches, 1)), np.tile(label, batches))
    theirs = np.array([*peer.intercepts_[0], *peer.coefs_[0][:, 0]])
    alpha = elltwo.convert_penalty(
        9.0, from_="sklearn.MLP.stochastic", to="logistic", n_samples=copies, batch_size=N
    )
    agree(logistic("logistic", float(alpha) / batches), theirs, 1e-5)  # of the rows once


def test_liblinear_penalises_the_intercept() -> None:
    svr = svm.LinearSVR(
        C=0.05,
        loss="squared_epsilon_insensitive",
        epsilon=0.0,
        dual=False,
        tol=1e-12,
        max_iter=10_000,
    )
    theirs = fitted(svr, y)
    agree(ridge("sklearn.LinearSVR", 0.05), theirs, 1e-8)
    agree(ridge("liblinear.svr", 0.05), theirs, 1e-8)
    peer = linear_model.LogisticRegression(C=0.4, solver="liblinear", tol=1e-12)
    agree(logistic("liblinear.logistic", 0.4), fitted(peer, label), 1e-6)


@pytest.mark.parametrize(
    ("name", "family", "minimise", "target"),
    [("glum", "normal", ridge, y), ("glum", "binomial", logistic, label)],
)
def test_glum(name: str, family: str, minimise: Callable[..., Array], target: Array) -> None:
    module = pytest.importorskip("glum")
    peer = module.GeneralizedLinearRegressor(
        family=family, alpha=0.1, l1_ratio=0, gradient_tol=1e-12
    )
    ours = minimise(name, 0.1, weighted=True, l1_ratio=0.0, **WEIGHTS)
    agree(ours, fitted(peer, target, weighted=True), 1e-10)


def test_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    A = sm.add_constant(X)
    theirs = sm.OLS(y, A).fit_regularized(alpha=0.2, L1_wt=0.0).params
    agree(ridge("statsmodels.OLS", 0.2, **NET), theirs, 1e-10)
    tight = {"L1_wt": 1e-9, "cnvrg_tol": 1e-12, "maxiter": 5000, "zero_tol": 0.0}
    theirs = sm.OLS(y, A).fit_regularized(alpha=0.2, **tight).params
    agree(ridge("statsmodels.OLS", 0.2, **NET), theirs, 1e-7)
    binomial = sm.GLM(label, A, family=sm.families.Binomial())
    agree(
        logistic("statsmodels.GLM", 0.05, **NET),
        binomial.fit_regularized(alpha=0.05, **tight).params,
        1e-7,
    )


@UNHURRIED
@pytest.mark.parametrize("package", ["celer", "skglm"])
def test_elastic_nets_like_scikit_learns(package: str) -> None:
    module = pytest.importorskip(package)
    peer = module.ElasticNet(alpha=0.3, l1_ratio=1e-9, tol=1e-13, max_iter=1000)
    agree(ridge(f"{package}.ElasticNet", 0.3, **NET), fitted(peer, y), 1e-7)


def test_xgboost() -> None:
    xgboost = pytest.importorskip("xgboost")
    options = {
        "booster": "gblinear",
        "updater": "coord_descent",
        "reg_lambda": 0.3,
        "eta": 0.5,
        "tolerance": 0.0,
    }
    data = xgboost.DMatrix(X, y, weight=weight)
    words = xgboost.train(options, data, 3000).get_dump()[0].split()
    theirs = np.array(words[words.index("weight:") + 1 :][:P], dtype=np.float64)
    ours = ridge("xgboost.gblinear", 0.3, weighted=True, **WEIGHTS)[1:]
    agree(ours, theirs, 1e-4)


def test_torch() -> None:
    """Full batches by plain gradient descent, whose weight decay is a penalty on the bias too."""
    torch = pytest.importorskip("torch")
    features, target = torch.tensor(X), torch.tensor(y)
    for reduction, decay, name in [("mean", 0.2, "mse"), ("sum", 0.2 * N, "sum_mse")]:
        theta = torch.zeros(P + 1, dtype=torch.float64, requires_grad=True)
        step = 0.04 if reduction == "mean" else 0.04 / N
        descent = torch.optim.SGD([theta], lr=step, weight_decay=decay)
        for _ in range(3000):
            descent.zero_grad()
            prediction = features @ theta[1:] + theta[0]
            torch.nn.functional.mse_loss(prediction, target, reduction=reduction).backward()
            descent.step()
        ours = ridge(f"torch.weight_decay.{name}", decay, batch_size=N, **ROWS)
        agree(ours, theta.detach().numpy(), 1e-9)
