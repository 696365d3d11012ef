"""The submission that a request is about: its due item, definition and draft, and its rows checked like any other channel's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.checking import checker
from hub.access.objects import ABSENT
from hub.api import shapes
from hub.api.problems import Refusal
from hub.definitions import catalogue
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.definitions.offered import named, offered
from hub.errors import NotFound, NotReady
from hub.findings import errors
from hub.identifiers.signs import signs_in
from hub.intake.table import ROW_NO, Received
from hub.partners.models import Partnership
from hub.submissions import drafted
from hub.submissions.correction_answers import as_reopened
from hub.submissions.earlier import with_history
from hub.submissions.queries import Listed, my_list
from hub.submissions.scope import scope_for
from hub.validation.outcome import Outcome

OPEN = ("draft", "sent_back")


@dataclass(frozen=True)
class Subject:
    listed: Listed
    illustrative: bool
    draft: drafted.DraftRead | None

    @property
    def ready(self) -> bool:
        """Whether it can be sent for sign-off as it is."""
        draft = self.draft
        clear = draft is not None and not errors(draft.findings) and not draft.unexplained
        return clear and self.listed.status in OPEN


def of(session: Session, submission: int) -> Subject:
    """As it stands in a session: in the writing one, with what this request has changed."""
    found = my_list(session, None, due_item_ids=[submission])
    if not found:
        raise NotFound(ABSENT)
    place = session.get_one(Partnership, found[0].partnership_id)
    return Subject(found[0], place.illustrative, drafted.read(session, place.id, submission))


def check(
    submission: int, rows: Sequence[Mapping[str, Any]], *, mapping: str = "", reopened: bool = False
) -> Outcome:
    """The same check that a file or form gets, of rows in the return's columns or in those that a mapping reads.

    `reopened` is of rows that answer a request for a correction: they open the return.

    Errors: Refusal where nothing of it could be kept.
    """
    session = transaction.reading()
    listed = of(session, submission).listed
    definition = catalogue.definition(session, listed.return_code)
    scope = scope_for(session, definition, partnership_id=listed.partnership_id, due_item_ids=[submission])
    scope = replace(as_reopened(scope) if reopened else scope, meant=submission)
    scope = with_history(session, definition, scope)
    by = _mapping(session, definition, mapping, listed.agency_id) if mapping else None
    received = Received("json", rows=tuple(rows), period=listed.period.code)
    outcome = checker().check(received, definition, scope, mapping=by)
    if outcome.refused or not outcome.parts or outcome.table.get("unplaced"):
        raise Refusal(422, NOT_KEPT, shapes.findings(outcome.findings))
    return outcome


def _mapping(session: Session, definition: Definition, name: str, agency_id: int) -> ColumnMapping:
    try:
        return named(name, offered(session, definition, agency_ids={agency_id}))
    except NotReady as error:
        raise Refusal(422, error.sentence) from error


NOT_KEPT = (
    "Nothing of this was kept: rows could not be read, or belong to another submission than the one in the address. "
    "Put right what is listed and send it again."
)


def as_answer(about: Subject) -> dict[str, Any]:
    draft = about.draft
    return {
        **shapes.due_item(about.listed),
        "illustrative": about.illustrative,
        "ready": about.ready,
        "findings": shapes.findings(draft.findings, draft.explanations) if draft else [],
        "rows": [bare(row) for row in draft.rows] if draft else [],
    }


def bare(row: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in row.items() if name != ROW_NO}


def refuse_identifiers(texts: Iterable[str], *, sure: bool) -> None:
    """Words that people write pass the same gate as figures (security.md T5); what was found is not repeated."""
    signs = [sign for text in texts for sign in signs_in(text)]
    certain = next((sign for sign in signs if sign.certain), None)
    if certain is not None:
        raise Refusal(
            422,
            f"The words hold what looks like {certain.what}. They were not kept. Take it out: nothing here may point to one person.",
        )
    if signs and not sure:
        raise Refusal(
            422,
            f"The words may hold {signs[0].what}. If they name no child, patient or family, send them again with "
            "“sure”: true; if they do, take it out.",
        )
