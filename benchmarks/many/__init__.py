"""Many small fits: batches, windows and streams."""
