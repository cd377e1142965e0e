"""Single fits of sparse ridge regression."""
