"""From bytes to a table of text that remembers where each cell stood."""
