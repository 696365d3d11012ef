"""What a statement or a letter tells of, frozen when it is drafted: verdicts with their clauses, figures and dates, and a first text.

Everything in it is what the pages of these promises show at that moment.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from hub.agreements.look import words_of
from hub.agreements.verdict import WORDS
from hub.agreements.watch.escalation import SLIPS
from hub.agreements.watch.watched import Line, Watched
from hub.audit.canonical import canonical
from hub.board.region.rows import told
from hub.calendar.working_days import working_day_after
from hub.periods import parse

NOTHING = "Nothing has been signed or reported for it."
ANSWER_DAYS = 10  # working days that a letter gives


@dataclass(frozen=True)
class Told:
    """One verdict line. Numbers are as on the promise's page."""

    commitment: str
    text: str
    clause: str
    party: str
    name: str
    verdict: str
    since: str
    value: float | None
    target: float | None
    reason: str
    papers: int  # signed returns, meetings and reports, each once
    told: tuple[tuple[str, str], ...] = ()  # (whom, since when)
    unit: str = ""  # of value and target
    basis: tuple[str, ...] = ()  # the same papers in words, by kind

    @property
    def since_on(self) -> date:
        return date.fromisoformat(self.since)

    @property
    def standing(self) -> str:
        """The verdict with the day since when: a promise that is missed has slipped for longer than it was missed."""
        joined = ", slipping since" if self.verdict in SLIPS else " since"
        return f"{self.verdict}{joined} {words_of(self.since_on)}"


@dataclass(frozen=True)
class Content:
    agreement: str
    title: str
    version: int
    as_at: str
    lines: tuple[Told, ...]
    quarter: str = ""
    to: str = ""  # of a letter: the post and body that it goes to
    clause_text: str = ""

    def as_json(self) -> str:
        return canonical(asdict(self))


def read(text: str) -> Content:
    data: dict[str, Any] = json.loads(text)
    lines = tuple(
        Told(
            **{
                **line,
                "told": tuple((who, on) for who, on in line["told"]),
                "basis": tuple(line.get("basis", ())),
            }
        )
        for line in data.pop("lines")
    )
    return Content(lines=lines, **data)


Nobody = Callable[[Line], Collection[str]]  # the steps of a line's clock for which nobody is named


def of_statement(
    watched: Watched, names: dict[str, str], nobody: Nobody, *, quarter: str, as_at: str
) -> Content:
    """Every verdict of the agreement, worst first."""
    lines = sorted(watched.lines, key=lambda line: WORDS.index(line.verdict.word))
    return Content(
        agreement=watched.agreement.code,
        title=watched.agreement.title,
        version=watched.agreement.version,
        as_at=as_at,
        lines=tuple(_told(watched, line, names, nobody) for line in lines),
        quarter=quarter,
    )


def of_letter(watched: Watched, line: Line, names: dict[str, str], nobody: Nobody, *, as_at: str) -> Content:
    party = next(each for each in watched.agreement.parties if each.agency == line.party)
    post = party.signatories[0].post if party.signatories else "Chief Officer"
    return Content(
        agreement=watched.agreement.code,
        title=watched.agreement.title,
        version=watched.agreement.version,
        as_at=as_at,
        lines=(_told(watched, line, names, nobody),),
        to=f"{post}, {names.get(line.party, line.party)}",
        clause_text=f"{line.clause.title}. {line.clause.text}",
    )


def _told(watched: Watched, line: Line, names: dict[str, str], nobody: Nobody) -> Told:
    return Told(
        commitment=line.commitment.id,
        text=line.commitment.text,
        clause=line.clause.number,
        party=line.party,
        name=names.get(line.party, line.party),
        verdict=line.verdict.word,
        since=line.since.isoformat(),
        value=line.verdict.value,
        target=line.verdict.target,
        reason=line.verdict.reason,
        papers=sum(line.verdict.papers.values()),
        unit=line.verdict.unit,
        basis=line.verdict.basis,
        told=_steps(line, nobody, watched.today) if watched.is_followed else (),
    )


def _steps(line: Line, nobody: Nobody, today: date) -> tuple[tuple[str, str], ...]:
    """The steps that reached somebody."""
    if line.escalated is None:
        return ()
    reached, unnamed = line.escalated.reached(today), nobody(line)
    return tuple((told(rung.to), rung.on.isoformat()) for rung in reached if rung.to not in unnamed)


def first_text(content: Content, today: date) -> str:
    """What is offered to be edited."""
    return _letter(content, today) if content.to else _statement(content, today)


def _statement(content: Content, today: date) -> str:
    count = Counter(line.verdict for line in content.lines)
    said = ", ".join(f"{count[word]} {word}" for word in WORDS if count[word])
    paragraphs = [
        f"{content.title}: {parse(content.quarter).name}, as known on {words_of(today)}.",
        f"The agreement has {len(content.lines)} promises, counted for each body that made one: {said}.",
    ]
    slipping = [line for line in content.lines if line.verdict in ("missed", "at risk", "cannot tell")]
    paragraphs += [f"{line.commitment}, {line.name}: {line.standing}. {line.reason}" for line in slipping]
    return "\n\n".join(paragraphs)


def _letter(content: Content, today: date) -> str:
    (line,) = content.lines
    by = words_of(working_day_after(today, ANSWER_DAYS))
    steps = "; ".join(f"{who} on {words_of(date.fromisoformat(on))}" for who, on in line.told)
    rests = f"This rests on {' and '.join(line.basis)}." if line.basis else NOTHING
    paragraphs = [
        f"To the {content.to}",
        words_of(today),
        f"In clause {line.clause} of the {content.title} (version {content.version}) {line.name} promised: {line.text}",
        f"As known today this promise is {line.standing}. {line.reason} {rests}",
        f"By the agreement’s escalation it was put to {steps}." if steps else "",
        f"Please let us know by {by} what will be done, by whom, and when the promise will be kept.",
    ]
    return "\n\n".join(each for each in paragraphs if each)
