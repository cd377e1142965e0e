"""Runs scikit-learn's own tests of linear models and networks with elltwo's classes in their place.

``python tests/linear_model/sklearn_compat.py`` prints, for each of its test files, every failure
that `sklearn_compat_failures` has no reason for, the reasons with their numbers of tests, and a
summary; the exit status says whether all is as expected. ``--only`` asks for one of the files, and
``--failures`` for all failures. Options after ``--`` go to pytest.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from importlib.util import find_spec
from inspect import getsource
from pathlib import Path

import pytest
import sklearn.linear_model
import sklearn.neural_network
from sklearn_compat_failures import RULES, reason_to_fail

import elltwo.linear_model
import elltwo.neural_network

#: elltwo's modules, and those of scikit-learn that their names are put into
PLACES = {
    "linear_model": (elltwo.linear_model, sklearn.linear_model),
    "neural_network": (elltwo.neural_network, sklearn.neural_network),
}
PLACE_OF = {"mlp": "neural_network"}  # of the others: linear_model

# what the source of a test holds if it is about classes that elltwo has
_ELASTIC_NET = r"\b(MultiTask)?(ElasticNet|Lasso)(CV)?\b|\b(enet|lasso)_path\b|\b(path|path_func)\("
ABOUT = {
    "ridge": "",
    "logistic": r"\bLogisticRegression(CV)?\b",
    "coordinate_descent": _ELASTIC_NET,
    "sparse_coordinate_descent": _ELASTIC_NET,
    "mlp": "",
}


def substitute() -> None:
    """Put elltwo's estimators where ``from sklearn.linear_model import ...`` finds them."""
    for ours, theirs in PLACES.values():
        for name in ours.__all__:
            setattr(theirs, name, getattr(ours, name))


def test_file(suite: str) -> Path:
    """Path of scikit-learn's tests, which its wheels have."""
    spec = find_spec(f"sklearn.{PLACE_OF.get(suite, 'linear_model')}")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "tests" / f"test_{suite}.py"


class Recorder:
    """A pytest plug-in that picks the tests of elltwo's classes and keeps their outcomes."""

    def __init__(self, suite: str) -> None:
        self.pattern = re.compile(ABOUT[suite])
        self.outcomes: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        items[:] = [item for item in items if self.pattern.search(getsource(item.function))]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid.rpartition("::")[2]
        if report.failed:
            self.outcomes[test] = "failed"
            crash = getattr(report.longrepr, "reprcrash", None)
            self.errors[test] = crash.message.splitlines()[0] if crash else ""
        elif report.skipped:
            self.outcomes[test] = "skipped"
        elif report.when == "call":
            self.outcomes[test] = "passed"


def run(suite: str, options: list[str]) -> Recorder:
    """Run the tests in this process and return what came of them."""
    recorder = Recorder(suite)
    substitute()
    arguments = ["-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no", "--tb=short"]
    arguments += ["-c", str(Path(__file__).with_name("sklearn_compat.ini"))]
    arguments += ["--no-summary", "-W", "ignore"]
    pytest.main([*arguments, *options, str(test_file(suite))], plugins=[recorder])
    return recorder


def report(suite: str, recorder: Recorder, *, failures: bool) -> int:
    """Print what was not expected, and return how much of it there was."""
    surprises = 0
    reasons = Counter[str]()
    for test, error in recorder.errors.items():
        reason = reason_to_fail(suite, test, error)
        if reason is not None:
            reasons[reason] += 1
        else:
            surprises += 1
        if failures or reason is None:
            print(f"{'FAILED' if reason is None else 'failed'} {test}: {error}")
    stale = {rule.reason for rule in RULES[suite]} - set(reasons)
    for reason in sorted(stale):
        print(f"no test fails any more because {reason}")
    for reason, count in reasons.most_common():
        print(f"| {count} | {reason} |")
    print(dict(Counter(recorder.outcomes.values())), f"{surprises} unexpected failures")
    return surprises + len(stale)


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="print every failure")
    parser.add_argument("--only", choices=ABOUT, help="run one file")
    parser.add_argument("options", nargs="*", help="options of pytest")
    arguments = parser.parse_args()
    surprises = 0
    for suite in ABOUT if arguments.only is None else [arguments.only]:
        recorder = run(suite, arguments.options)
        surprises += report(suite, recorder, failures=arguments.failures)
    return int(surprises > 0)


if __name__ == "__main__":
    sys.exit(main())
