"""Who promised what, for a pack: how the verdicts of each agreement fall, and the lines that are missed or at risk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy.orm import Session

from hub.agreements import remembered
from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import WORDS, Verdict
from hub.board.agreements import promises
from hub.board.packs.document import Block

SLIPPING = ("missed", "at risk")


def verdicts(papers: Papers, agreement: Agreement) -> list[Verdict]:
    return remembered.verdicts(papers, agreement)


def counted(found: Sequence[Verdict]) -> str:
    counts = Counter(verdict.word for verdict in found)
    return ", ".join(f"{counts[word]} {word}" for word in WORDS if counts[word])


def sentence(agreement: Agreement, found: Sequence[Verdict]) -> str:
    return f"{agreement.title}: {counted(found)}."


def blocks(session: Session, agreement: Agreement, found: Sequence[Verdict]) -> list[Block]:
    rows = tuple(
        (promise.commitment.id, promise.commitment.text, line.party, line.verdict.word, line.verdict.reason)
        for promise in promises(session, agreement, found)
        for line in promise.lines
        if line.verdict.word in SLIPPING
    )
    told = Block("text", sentence(agreement, found), of=agreement.code)
    if not rows:
        return [told]
    columns = ("Promise", "In its words", "Who promised", "Verdict", "Why")
    caption = f"Missed or at risk: {agreement.title}"
    return [told, Block("table", caption, columns=columns, rows=rows, of=agreement.code)]
