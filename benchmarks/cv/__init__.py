"""Choices of alpha by cross-validation."""
