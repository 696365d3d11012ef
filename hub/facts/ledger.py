"""The only writer of facts."""
