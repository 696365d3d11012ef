"""The lists to which a partnership adds lines of its own, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.clock import today_for
from hub.definitions import catalogue
from hub.definitions.lists import titles_in
from hub.definitions.model import AREAS_LIST, CodeList, Figure
from hub.errors import NotFound
from hub.partners.local_codes import LocalLine, local_lines
from hub.partners.models import Partnership
from hub.partners.queries import areas_on, ever_members


@dataclass(frozen=True)
class Word:
    """Something that a line says beside its name: in the sender's place, or where an agency belongs. `choices` where it is
    picked from a list; `why` it must be said."""

    name: str
    title: str
    why: str
    choices: Mapping[str, str]
    longest: int = 0

    def shown(self, line: LocalLine) -> str:
        said = line.says.get(self.name, "")
        return self.choices.get(said, said)


@dataclass(frozen=True)
class OwnList:
    codelist: CodeList
    lines: tuple[LocalLine, ...]
    words: tuple[Word, ...]
    agencies: Mapping[str, str]  # of a list of agencies, those that have no line yet


def own_lists(session: Session) -> list[CodeList]:
    """Every list in force that takes lines of a partnership's own, by title."""
    found = [each for each in catalogue.codelists(session).values() if each.local]
    return sorted(found, key=lambda each: each.title)


def own_list(session: Session, partnership: Partnership, name: str) -> OwnList:
    found = next((each for each in own_lists(session) if each.code == name), None)
    if found is None:
        raise NotFound(f"There is no list “{name}” to which a partnership adds lines.")
    lines = tuple(local_lines(session, partnership.id, name))
    agencies = _agencies(session, partnership, found.of, {line.code for line in lines}) if found.of else {}
    words = _groups(session, partnership, found) if found.of else _words(session, found)
    return OwnList(found, lines, words, agencies)


def _agencies(session: Session, partnership: Partnership, kind: str, named: set[str]) -> dict[str, str]:
    return {
        agency.code: agency.name
        for agency in ever_members(session, partnership.id)
        if agency.kind == kind and agency.code not in named
    }


def _groups(session: Session, partnership: Partnership, found: CodeList) -> tuple[Word, ...]:
    """Where an agency of the list belongs."""
    areas = {area.code: area.name for area in areas_on(session, partnership.id, today_for(partnership))}
    return tuple(
        Word(
            name,
            "Area" if listed == AREAS_LIST else catalogue.codelist(session, listed).title,
            "numbers are read by it",
            areas if listed == AREAS_LIST else titles_in(session, listed, partnership.id),
        )
        for name, listed in found.groups.items()
    )


def _words(session: Session, found: CodeList) -> tuple[Word, ...]:
    """What a line of the list says, as the return that asks for it describes it."""
    if not found.says:
        return ()
    for definition in catalogue.definitions(session):
        if any(figure.list == found.code for figure in definition.figures):
            figures = [definition.figure(name) for name in found.says]
            why = "whoever picks the line is not asked for it"
            return tuple(
                Word(each.name, each.title, why, _choices(session, each), each.maximum) for each in figures
            )
    return ()


def _choices(session: Session, figure: Figure) -> Mapping[str, str]:
    items = catalogue.codelist(session, figure.list).items if figure.list else ()
    return {item.code: item.title for item in items}
