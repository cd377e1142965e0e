"""What files of ridge regressions hold."""

from __future__ import annotations

from typing import Any

import numpy as np

from elltwo.functional._base.options import AUTO, MAX_ITER, TOL, read_options
from elltwo.functional._base.saved_fields import (
    NAMES,
    finite_floats,
    flag,
    floats,
    optional,
    record,
    size,
    taken_names,
    text,
)
from elltwo.functional._base.saved_kinds import Kind
from elltwo.functional._base.saved_values import SavedValueError
from elltwo.functional._ridge.path_record import RidgePath
from elltwo.functional._ridge.record import RidgeFit
from elltwo.functional._ridge_problem.kept_path import KeptPath
from elltwo.functional._ridge_problem.problem import Problem

#: Of every linear model with a vector of coefficients, or one for each target.
COEFFICIENTS = {"coef": finite_floats("*t", "p"), "intercept": finite_floats("*t")}
RIDGE_FIT = {**COEFFICIENTS, "info": record("SolveInfo"), **NAMES}


def _ridge_fit(**given: Any) -> RidgeFit:  # noqa: ANN401
    names = taken_names(given)
    return RidgeFit(**given, data=names)


RIDGE_PATH = {
    "alphas": floats("a"),
    "coef": finite_floats("a", "t", "p"),
    "intercept": finite_floats("a", "t"),
    "solver": text,
    "optimality": optional(floats("a")),
    "edf": optional(finite_floats("a")),
    "rss": finite_floats("a", "t"),
    "eigenvalues": optional(finite_floats("e")),
    "n_samples": size,
    "one_dimensional": flag,
    "names": record("Names"),
}


def _ridge_path(**given: Any) -> RidgePath:  # noqa: ANN401
    coef, names = given["coef"], given["names"]
    _, n_targets, n_features = coef.shape
    if not coef.size or (given["one_dimensional"] and n_targets != 1):
        raise SavedValueError(f"a path has coefficients of the shape {coef.shape}")
    if names.features is not None and len(names.features) != n_features:
        raise SavedValueError(f"there are {len(names.features)} names for {n_features} features")
    no_rows = np.empty((0, n_features)), np.empty((0, n_targets))
    problem = Problem(*no_rows, None, None, None, given["one_dimensional"], names)
    core = KeptPath(
        given["alphas"],
        (coef, given["intercept"]),
        (given["edf"], given["rss"]),
        given["eigenvalues"],
        (given["solver"], given["optimality"]),
        given["n_samples"],
    )
    options = read_options(True, False, AUTO, TOL, MAX_ITER, 1)  # of no fit to come
    return RidgePath(problem, options, core, given["alphas"], 0.0)


KINDS = (Kind("RidgeFit", RIDGE_FIT, _ridge_fit), Kind("RidgePath", RIDGE_PATH, _ridge_path))
