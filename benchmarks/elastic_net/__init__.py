"""Paths of the elastic net and the lasso."""
