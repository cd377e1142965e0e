"""Fits to data in partitions: on clusters of this machine, beside one process and the peers."""
