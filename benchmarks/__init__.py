"""Times elltwo beside its peers on the same data; run as `python -m benchmarks`."""
