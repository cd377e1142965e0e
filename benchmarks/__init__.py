"""Times elltwo beside NumPy and scikit-learn on the same data; run as `python -m benchmarks`."""
