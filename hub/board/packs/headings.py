"""The headings of a report, and what stands under each: data that whoever drafts it may change, line by line.

As people write them: `The front door: FD01, FD03, questions`. A report keeps its own with it, so that it reads the same later.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hub.errors import NotReady

PROGRESS, ANNUAL = "progress", "annual"
ATTENDANCE = "attendance"
SHOWN = {  # beside measures
    PROGRESS: ("promises", "questions", "decisions", ATTENDANCE),
    ANNUAL: (ATTENDANCE,),  # people's words and what agencies promised each other are not for everybody
}
MOST = 20  # headings


@dataclass(frozen=True)
class Heading:
    title: str
    shows: tuple[str, ...]

    @property
    def line(self) -> str:
        return f"{self.title}: {', '.join(self.shows)}"


@cache
def usual(kind: str) -> tuple[Heading, ...]:
    """Where the first report of a kind begins."""
    text = (Path(__file__).parent / "headings.yaml").read_text(encoding="utf-8")
    return tuple(_of(each) for each in yaml.safe_load(text)[kind])


def written(kind: str, lines: str, measures: Collection[str]) -> tuple[Heading, ...]:
    """Headings as a person wrote them, one a line. Raises NotReady."""
    found = [_heading(kind, line.strip(), measures) for line in lines.splitlines() if line.strip()]
    if not found or len(found) > MOST:
        raise NotReady(f"Write at least one heading, and at most {MOST}.")
    return tuple(found)


def _heading(kind: str, line: str, measures: Collection[str]) -> Heading:
    title, _, named = line.rpartition(":")
    shows = tuple(dict.fromkeys(each.strip() for each in named.split(",") if each.strip()))
    if not title.strip() or not shows:
        raise NotReady(f"“{line}” is no heading: write its title, a colon, and what stands under it.")
    for each in shows:
        if each not in measures and each not in SHOWN[kind]:
            raise NotReady(
                f"“{each}” is no measure. Under a heading of this report stand measures by their id and: "
                f"{', '.join(SHOWN[kind])}."
            )
    return Heading(title.strip(), shows)


def as_json(headings: Sequence[Heading]) -> str:
    return json.dumps([asdict(each) for each in headings], ensure_ascii=False)


def from_json(text: str) -> tuple[Heading, ...]:
    return tuple(_of(each) for each in json.loads(text))


def _of(data: dict[str, Any]) -> Heading:
    return Heading(data["title"], tuple(data["shows"]))
