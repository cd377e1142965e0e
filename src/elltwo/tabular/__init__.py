"""Tables with named columns as matrices of numbers: categories, missing values, fits."""

from elltwo.tabular._coding import Coding

__all__ = ["Coding"]
