"""Verdicts that this process has worked out before, given again as long as nothing was written (facts/recalled)."""

from __future__ import annotations

from hub.agreements.evaluate import verdicts_of
from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.facts.recalled import recalled


def verdicts(papers: Papers, agreement: Agreement) -> list[Verdict]:
    """As `evaluate.verdicts_of`; only what was committed counts, so not for a session that has written."""
    what = ("verdicts", agreement.code)
    return recalled(papers.session, papers.at, what, lambda: verdicts_of(papers, agreement))
