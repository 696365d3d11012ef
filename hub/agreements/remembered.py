"""Verdicts that this process has worked out before, given again as long as what they rest on is the same (facts/recalled).

Of the present that is until anything is written; of a moment that is over, until something becomes known about it.
"""

from __future__ import annotations

from hub.agreements.evaluate import verdicts_of
from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.watch.stamps import stamps_of
from hub.clock import now_for
from hub.facts.recalled import recalled, remembered


def verdicts(papers: Papers, agreement: Agreement) -> list[Verdict]:
    """As `evaluate.verdicts_of`; only what was committed counts, so not for a session that has written."""
    if papers.at.is_now or papers.at.moment >= now_for(papers.partnership):  # the end of today is not over
        what = ("verdicts", agreement.code)
        return recalled(papers.at, what, lambda: verdicts_of(papers, agreement))
    stamp = stamps_of(papers.session, [papers.partnership]).past(papers.partnership, papers.at.moment)
    # A signature of just before the moment may have been committed just after somebody asked.
    key = ("verdicts", agreement.code, agreement.version, agreement.status, papers.at.position, stamp)
    return remembered(key, lambda: verdicts_of(papers, agreement))
