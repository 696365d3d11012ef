"""Signs in a text that it speaks of one person."""
