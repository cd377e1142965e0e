"""Exact last layers of networks, in no framework."""
