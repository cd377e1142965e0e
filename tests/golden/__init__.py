"""Hundreds of fits whose answers must stay as they are, bit for bit, while code is moved."""
