"""Figures to take away: one table with what each column means and what must be said beside it, in five formats."""
