"""Tests of scikit-learn that elltwo's classes are expected to fail, and why."""

EXPECTED_FAILURES: dict[str, str] = {}
