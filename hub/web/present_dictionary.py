"""What the dictionary shows beside a definition: its code lists, and the measures that read it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.definitions import catalogue
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, CodeList, Definition
from hub.measures.load import measures_as_at
from hub.measures.model import Measure


def lists(session: Session, definition: Definition) -> list[CodeList]:
    """The lists that files hold; areas and members belong to each partnership."""
    names = set(definition.lists) - {AREAS_LIST, MEMBERS_LIST}
    return [catalogue.codelist(session, name) for name in sorted(names)]


def measures_of(session: Session, return_code: str) -> list[Measure]:
    """Measures that read a figure of a return, as they are known now."""
    known = measures_as_at(session, real_now()).values()
    return [measure for measure in known if reads(measure, return_code)]


def reads(measure: Measure, return_code: str) -> bool:
    return any(
        source.return_code == return_code or (source.logged is not None and source.logged[0] == return_code)
        for source in measure.sources.values()
    )
