"""Rules that no expectation can state, one module each, found by the `named` of a definition's rule.

A module has one function, `broken(frame: pandas.DataFrame) -> pandas.Series`: true for the rows that break the rule,
on the frame's own index. Its test file is its specification.
"""
