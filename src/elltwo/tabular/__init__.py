"""Tables with named columns as matrices of numbers: categories, missing values, fits."""

from elltwo.tabular._coding import Coding
from elltwo.tabular._table_fit import TableFit

__all__ = ["Coding", "TableFit"]
