"""Models from files: the kinds that there are, and how they are read."""
