"""Disclosure control for tables of counts: what may be published so that no small count can be worked out.

`model` says what an audience has; `audit` judges it, knowing nothing but that; `suppress` finds what to blank and
`rounding` rounds instead. The auditor's verdict, never a solver's status, permits a release. `intervals` does the
arithmetic of both. Standards: GSS guidance; Hundepool et al. 2012; Fischetti & Salazar 2001; Cox 1987.
"""
