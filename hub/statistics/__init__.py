"""Statistical methods: pure functions from plain values to frozen results.

Nothing here reads a database, knows a measure's name or formats a page. Every result carries the name of its
method, its parameters, the number of points used and its warnings; what could not be computed is a
`NotComputed` with a reason in words, never NaN and never an exception. The as-at moment belongs to the caller,
who chose the figures. scipy is imported inside functions: most processes never need it.
"""
