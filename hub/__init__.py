"""Partnership Hub: signed aggregate figures, and what can be read from them."""
