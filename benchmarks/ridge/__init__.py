"""Single fits of dense ridge regression."""
