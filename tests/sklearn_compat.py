"""Runs scikit-learn's own tests of ridge regression with elltwo's classes in the place of its own.

``python tests/sklearn_compat.py`` prints a line for every outcome that is not the expected one and
a summary; the exit status says whether there was such a line. ``--failures`` prints every failure,
``--page`` a Markdown table of the expected ones. Options after ``--`` go to pytest.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
import sklearn.linear_model

import elltwo.linear_model
from sklearn_compat_failures import EXPECTED_FAILURES

NAMES = elltwo.linear_model.__all__


def substitute() -> None:
    """Put elltwo's estimators where ``from sklearn.linear_model import ...`` finds them."""
    for name in NAMES:
        setattr(sklearn.linear_model, name, getattr(elltwo.linear_model, name))


def test_file() -> Path:
    """Path of scikit-learn's tests, which its wheels have."""
    spec = find_spec("sklearn.linear_model")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "tests" / "test_ridge.py"


def reason_to_fail(test: str) -> str | None:
    """Return why a test is expected to fail, None if it is not."""
    for pattern, reason in EXPECTED_FAILURES.items():
        if fnmatch.fnmatchcase(test, pattern):
            return reason
    return None


class Recorder:
    """A pytest plug-in that keeps the outcome of every test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.errors: dict[str, str] = {}

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


def run(options: list[str]) -> Recorder:
    """Run the tests in this process and return what came of them."""
    recorder = Recorder()
    substitute()
    arguments = ["-q", "--no-header", "-p", "no:cacheprovider", "--show-capture=no", "--tb=short"]
    arguments += ["-c", str(Path(__file__).with_name("sklearn_compat.ini"))]
    arguments += ["-p", "sklearn.conftest", "--no-summary", "-W", "ignore"]
    pytest.main([*arguments, *options, str(test_file())], plugins=[recorder])
    return recorder


def report(recorder: Recorder, *, failures: bool) -> int:
    """Print what was not expected, and return how much of it there was."""
    surprises = 0
    for test, outcome in recorder.outcomes.items():
        expected = reason_to_fail(test)
        if failures and outcome == "failed":
            print(f"{test}: {recorder.errors[test]}")
        if outcome == "failed" and expected is None:
            surprises += 1
            print(f"FAILED unexpectedly: {test}: {recorder.errors[test]}")
        elif outcome == "passed" and expected is not None:
            surprises += 1
            print(f"PASSED unexpectedly: {test} ({expected})")
    print(dict(Counter(recorder.outcomes.values())), f"{surprises} not as expected")
    return surprises


def page(recorder: Recorder) -> str:
    """Return the expected failures as a Markdown table, by reason."""
    counts = Counter(
        reason_to_fail(test) or "unexpected"
        for test, outcome in recorder.outcomes.items()
        if outcome == "failed"
    )
    rows = [f"| {count} | {reason} |" for reason, count in counts.most_common()]
    return "\n".join(["| tests | reason |", "|---|---|", *rows])


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failures", action="store_true", help="print every failure")
    parser.add_argument("--page", action="store_true", help="print a table of failures by reason")
    parser.add_argument("options", nargs="*", help="options of pytest")
    arguments = parser.parse_args()
    recorder = run(arguments.options)
    surprises = report(recorder, failures=arguments.failures)
    if arguments.page:
        print(page(recorder))
    return int(surprises > 0)


if __name__ == "__main__":
    sys.exit(main())
