"""Pickles, `help` and messages name what is public by its public path."""

from __future__ import annotations

import doctest
import inspect
import pickle
import pydoc
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import elltwo
import elltwo.linear_model
import elltwo.neural_network
import elltwo.plot
import elltwo.report
import elltwo.tabular
from elltwo.tabular import Coding
from elltwo.tabular._column_codes import NumberColumn
from elltwo.tabular._table_fit import Choice
from logistic_passes import passes_path, split

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

X = np.random.default_rng(0).normal(size=(40, 2))
Y = X @ [1.0, -1.0] + np.arange(40.0) % 3
LABELS = np.where(Y > 1.0, "a", "b")


def records() -> Iterator[object]:
    """One of every public record that can be pickled."""
    fit = elltwo.ridge(X, Y, alpha=1.0)
    yield from (fit, fit.info, fit.statistics.standard_errors(), fit.summary())
    yield from (fit.statistics.prediction_interval(X[:2]), fit.predict(X[:2], interval=0.5))
    yield elltwo.ridge_path(X, Y, [1.0]).at(1.0)
    yield elltwo.ridge_cv(X, Y, alphas=[0.0, 1.0, np.inf])
    yield elltwo.ridge_batch(X, np.tile(Y, (2, 1)), alpha=1.0)
    yield elltwo.ridge_batch_cv(X, np.tile(Y, (2, 1)))
    yield elltwo.elastic_net_batch(X, np.tile(Y, (2, 1)), alpha=1.0)
    yield elltwo.elastic_net_grouped(X, Y, np.arange(40) % 2, alpha=1.0)
    yield elltwo.ridge_grouped(X, Y, np.arange(40) % 2, alpha=1.0)
    yield elltwo.ridge_grouped_cv(X, Y, np.arange(40) % 2)
    yield elltwo.ridge_rolling(X, Y, window=9, alpha=1.0)
    moments = elltwo.Moments(2).add(X, Y)
    yield from (moments, moments.ridge())
    yield elltwo.fit_stream((X, Y), alpha=1.0)
    passes = elltwo.fit_stream((X, LABELS), model="logistic", alpha=1.0)
    yield from (passes, passes.fit, passes.passes)
    yield elltwo.fit_stream((X, LABELS), model="logistic", cv=2, fold_rows=5).scores
    yield passes_path(split([20], X, LABELS), [2.0, 1.0])
    net = elltwo.elastic_net(X, Y, 1.0)
    yield from (net, net.info, net.summary(), net.relaxed())
    yield elltwo.elastic_net_path(X, Y).relaxed()
    yield elltwo.elastic_net_cv(X, Y, alphas=[0.0, 1.0, 1e3], cv=2)
    yield elltwo.elastic_net_cv(X, Y, alphas=[0.0, 1.0, 1e3], cv=2, relax=True)
    yield elltwo.selection_stability(X, Y, 1.0, n_pairs=2)
    network = elltwo.mlp(X, Y, 3, tol=0.1)
    yield from (network, network.info, network.curvature(), elltwo.MiniBatches())
    yield elltwo.mlp_batch(X, np.tile(Y, (2, 1)), 3, tol=0.1)
    logistic = elltwo.logistic(X, LABELS)
    yield from (logistic, logistic.info, logistic.summary(), logistic.statistics.z_values())
    yield elltwo.logistic_cv(X, LABELS, alphas=[0.0, 1.0, np.inf], cv=2)
    yield elltwo.logistic_path(X, LABELS, [1.0])
    probe = elltwo.linear_probe(X, LABELS, cv="alo")
    yield from (probe, probe.after, probe.after.train)
    coding = Coding([NumberColumn("a", 0.0), NumberColumn("b", 0.0)])
    yield elltwo.TableFit(fit, coding, "y", Choice(1.0))
    yield elltwo.Progress("ridge_cv", 1, 5, 2.0, 8.0)
    yield elltwo.ridge_adjoint(X, [Y], alpha=1.0, coef_gradient=np.ones((1, 2)))


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return {type(record).__name__: record for record in records()}


# These hold a decomposition, or compute from the rows when they are asked.
UNPICKLED = {"ElasticNetPath", "LogisticStatistics", "RidgePath", "RidgeStatistics"}


def members(module: ModuleType) -> list[tuple[str, Any]]:
    """Return public classes and functions of a package, by name."""
    named = [(name, getattr(module, name)) for name in module.__all__]
    return [(name, value) for name, value in named if inspect.isroutine(value) or is_class(value)]


def is_class(value: object) -> bool:
    return isinstance(value, type)


@pytest.mark.parametrize(
    "package",
    [
        elltwo,
        elltwo.linear_model,
        elltwo.neural_network,
        elltwo.plot,
        elltwo.report,
        elltwo.exceptions,
        elltwo.tabular,
    ],
)
def test_public_names_say_where_they_are(package: ModuleType) -> None:
    homes = {name: value.__module__ for name, value in members(package)}
    assert homes == dict.fromkeys(homes, package.__name__)


def test_pickle_of_a_record_names_its_public_path(made: dict[str, Any]) -> None:
    classes = {name for name, value in members(elltwo) if is_class(value)}
    assert made.keys() == classes - UNPICKLED
    for name, record in made.items():
        data = pickle.dumps(record, protocol=0)
        assert f"celltwo\n{name}\n".encode() in data
        restored = pickle.loads(data)
        assert type(restored) is type(record)
        if hasattr(record, "coef"):
            np.testing.assert_array_equal(restored.coef, record.coef)


ESTIMATORS = [
    (place, name)
    for place in (elltwo.linear_model, elltwo.neural_network)
    for name, value in members(place)
    if is_class(value)
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("place", "name"), ESTIMATORS)
def test_pickle_of_an_estimator_names_its_public_path(place: ModuleType, name: str) -> None:
    y = LABELS if "Class" in name or "Log" in name else Y
    y = np.column_stack([Y, Y]) if name.startswith("MultiTask") else y
    model = getattr(place, name)().fit(X, y)
    data = pickle.dumps(model, protocol=0)
    assert f"c{place.__name__}\n{name}\n".encode() in data
    np.testing.assert_array_equal(pickle.loads(data).predict(X), model.predict(X))


def test_functions_pickle_and_show_their_source() -> None:
    assert pickle.loads(pickle.dumps(elltwo.ridge)) is elltwo.ridge
    assert b"elltwo.functional" not in pickle.dumps(elltwo.ridge)
    assert inspect.getsource(elltwo.ridge).startswith('@public("elltwo")\ndef ridge(')


def test_help_names_the_public_path() -> None:
    assert "class RidgeFit in module elltwo" in pydoc.render_doc(elltwo.RidgeFit)
    assert "function ridge in module elltwo" in pydoc.render_doc(elltwo.ridge)


@pytest.mark.parametrize(
    "package", [elltwo, elltwo.linear_model, elltwo.neural_network, elltwo.plot]
)
def test_docstring_examples_of_classes_run(package: ModuleType) -> None:
    """Doctest finds classes by their `__module__`: these have left the one that defines them."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    runner = doctest.DocTestRunner(optionflags=flags)
    finder = doctest.DocTestFinder()
    for name, value in filter(lambda member: is_class(member[1]), members(package)):
        for test in finder.find(value, name, module=False, globs={}):
            runner.run(test, out=sys.stderr.write)
    assert runner.summarize().failed == 0
    assert runner.tries > 0
