"""elltwo on the tables of other packages, one module for each of them, imported by name."""
