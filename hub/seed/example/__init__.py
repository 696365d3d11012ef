"""The illustrative partnership: what it consists of, and the invention of its figures."""
