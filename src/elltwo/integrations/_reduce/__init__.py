"""Fits to data in partitions: sums are taken on each, wherever it is, and merged in a tree."""
