"""The lists to which a partnership adds lines of its own, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.definitions.model import CodeList, Figure
from hub.errors import NotFound
from hub.partners.local_codes import LocalLine, local_lines
from hub.partners.models import Partnership


@dataclass(frozen=True)
class Word:
    """Something that a line says in the sender's place; `choices` where it is picked from a list."""

    figure: Figure
    choices: Mapping[str, str]

    def shown(self, line: LocalLine) -> str:
        said = line.says.get(self.figure.name, "")
        return self.choices.get(said, said)


@dataclass(frozen=True)
class OwnList:
    codelist: CodeList
    lines: tuple[LocalLine, ...]
    words: tuple[Word, ...]


def own_lists(session: Session) -> list[CodeList]:
    """Every list in force that takes lines of a partnership's own, by title."""
    found = [each for each in catalogue.codelists(session).values() if each.local]
    return sorted(found, key=lambda each: each.title)


def own_list(session: Session, partnership: Partnership, name: str) -> OwnList:
    found = next((each for each in own_lists(session) if each.code == name), None)
    if found is None:
        raise NotFound(f"There is no list “{name}” to which a partnership adds lines.")
    return OwnList(found, tuple(local_lines(session, partnership.id, name)), _words(session, found))


def _words(session: Session, found: CodeList) -> tuple[Word, ...]:
    """What a line of the list says, as the return that asks for it describes it."""
    if not found.says:
        return ()
    for definition in catalogue.definitions(session):
        if any(figure.list == found.code for figure in definition.figures):
            figures = [definition.figure(name) for name in found.says]
            return tuple(Word(figure, _choices(session, figure)) for figure in figures)
    return ()


def _choices(session: Session, figure: Figure) -> Mapping[str, str]:
    items = catalogue.codelist(session, figure.list).items if figure.list else ()
    return {item.code: item.title for item in items}
