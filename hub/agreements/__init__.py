"""Promises in writing and what became of them, worked out from signed figures."""
