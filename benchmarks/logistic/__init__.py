"""Logistic regression: single fits and cross-validation."""
