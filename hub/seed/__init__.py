"""Filling a database with the illustrative partnership or with the English councils."""
