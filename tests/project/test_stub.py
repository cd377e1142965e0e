"""The stub of the compiled core, and the docstrings of the records, say what is there."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

import elltwo
from elltwo.linear_model import LogisticRegression, Ridge

if TYPE_CHECKING:
    from collections.abc import Callable

core = import_module("elltwo._core")
NODES = [
    node
    for part in ("_core.pyi", "_core_moments.pyi")
    for node in ast.parse((files("elltwo") / part).read_text(encoding="utf-8")).body
]
FUNCTIONS = {node.name: node for node in NODES if isinstance(node, ast.FunctionDef)}
CLASSES = {node.name: node for node in NODES if isinstance(node, ast.ClassDef)}


def is_public(name: str) -> bool:
    return not name.startswith("_")


def test_stub_names_are_the_core_s_names() -> None:
    constants = {
        node.target.id
        for node in NODES
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    stubbed = {*FUNCTIONS, *filter(is_public, {*CLASSES, *constants})}
    assert stubbed == set(filter(is_public, dir(core)))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_stub_takes_as_many_arguments_as_the_core(name: str) -> None:
    """A call with one argument too many must fail, whatever the arguments are."""
    arguments = FUNCTIONS[name].args
    assert not arguments.args + arguments.kwonlyargs, "arguments are positional"
    with pytest.raises(TypeError):
        getattr(core, name)(*[None] * (len(arguments.posonlyargs) + 1))


def test_stub_fields_are_the_record_s_fields() -> None:
    stubbed = [node.name for node in CLASSES["SolveInfo"].body if isinstance(node, ast.FunctionDef)]
    assert stubbed == list(elltwo.SolveInfo._fields)
    assert set(stubbed) == set(filter(is_public, dir(core.SolveInfo)))


def test_logistic_info_has_the_fields_of_its_record() -> None:
    own = [node.name for node in CLASSES["LogisticInfo"].body if isinstance(node, ast.FunctionDef)]
    assert list(elltwo.LogisticInfo._fields) == [*elltwo.SolveInfo._fields, *own]
    assert set(elltwo.LogisticInfo._fields) == set(filter(is_public, dir(core.LogisticInfo)))


def test_stub_config_is_the_core_s_config() -> None:
    keys = [
        node.target.id
        for node in CLASSES["_BuildConfig"].body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert keys == list(core.build_config())


def documented(function: Callable[..., Any]) -> list[str]:
    text = inspect.getdoc(function) or ""
    pattern = r"^Parameters\n-+\n(.*?)(?:\n\n\w[\w ]*\n-+\n|\Z)"
    section = re.search(pattern, text, re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^(\w+(?:, \w+)*) :", section[1], re.MULTILINE) if section else []
    return [name for line in lines for name in line.split(", ")]


@pytest.mark.parametrize(
    "function",
    [
        elltwo.LogisticInfo,
        elltwo.LogisticFit,
        elltwo.LogisticFit.linear_predictor,
        elltwo.LogisticFit.predict,
        elltwo.LogisticFit.predict_proba,
        elltwo.LogisticFit.predict_log_proba,
        elltwo.LogisticFit.summary,
        elltwo.LogisticPath.at,
        elltwo.LogisticStatistics.covariance,
        elltwo.LogisticStatistics.standard_errors,
        elltwo.LogisticStatistics.z_values,
        elltwo.LogisticSummary,
        elltwo.SolveInfo,
        elltwo.RidgeFit,
        elltwo.RidgeCVFit,
        elltwo.RidgeFit.predict,
        elltwo.RidgeFit.summary,
        elltwo.RidgePath.statistics,
        elltwo.IntervalPrediction,
        elltwo.PredictionInterval,
        elltwo.RidgeStatistics.posterior_prediction,
        elltwo.LogisticStatistics.probability_intervals,
        elltwo.RidgeStatistics.covariance,
        elltwo.RidgeStatistics.prediction_interval,
        elltwo.RidgeStatistics.standard_errors,
        elltwo.RidgeSummary,
        elltwo.StandardErrors,
        elltwo.ZValues,
        LogisticRegression.decision_function,
        LogisticRegression.fit,
        LogisticRegression.predict_log_proba,
        LogisticRegression.predict_proba,
        Ridge.fit,
        Ridge.predict,
    ],
    ids=lambda function: function.__qualname__,
)
def test_docstring_documents_every_parameter(function: Callable[..., Any]) -> None:
    names = [name for name in inspect.signature(function).parameters if name != "self"]
    assert documented(function) == names
