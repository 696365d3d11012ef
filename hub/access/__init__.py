"""Signing in, tokens, and the guard at every door."""
