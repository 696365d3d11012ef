"""The submission that a page is about, with everything that its pages need to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask import request

from hub.access import transaction
from hub.access.checking import checker
from hub.clock import today_for
from hub.definitions import catalogue
from hub.definitions.as_template import Sender
from hub.definitions.model import Definition
from hub.errors import NotFound
from hub.intake.table import Received
from hub.partners.models import Agency, Partnership
from hub.submissions import drafted, signed_before
from hub.submissions.correction_answers import as_reopened
from hub.submissions.drafted import DraftRead
from hub.submissions.earlier import with_history
from hub.submissions.queries import Listed, my_list
from hub.submissions.scope import scope_for
from hub.submissions.signed_before import Owner
from hub.validation.outcome import Outcome, Scope
from hub.web import layout


@dataclass(frozen=True)
class Subject:
    listed: Listed
    partnership: Partnership
    agency: Agency
    definition: Definition
    today: date

    @property
    def id(self) -> int:
        return self.listed.due_item_id

    @property
    def name(self) -> str:
        return f"{self.definition.title}, {self.listed.period.name}"

    @property
    def owner(self) -> Owner:
        return Owner(self.partnership.id, self.agency.id, self.definition.code)

    @property
    def signatures(self) -> int:
        owes = self.definition.owes_for(self.agency.kind)
        return owes.signatures if owes else 2

    def draft(self) -> DraftRead | None:
        return drafted.read(transaction.reading(), self.partnership.id, self.id)

    @cached_property
    def scope(self) -> Scope:
        """What the return may speak about, read once for a page."""
        return scope_for(
            transaction.reading(), self.definition, partnership_id=self.partnership.id, due_item_ids=[self.id]
        )

    def scope_to_check(self) -> Scope:
        """The scope with what was signed before, which history rules compare with."""
        return with_history(transaction.reading(), self.definition, self.scope)

    @property
    def lists(self) -> dict[str, dict[str, str]]:
        """The code lists that the form and the template show."""
        return {**self.scope.lists.get("", {}), **self.scope.lists.get(self.partnership.code, {})}

    def check(self, rows: Sequence[dict[str, str]]) -> Outcome:
        """Check rows as the form sends them."""
        return self._check(rows, self.scope_to_check())

    def check_reopened(self, rows: Sequence[dict[str, str]]) -> Outcome:
        """The same, of rows that answer a request for a correction: they open the return."""
        return self._check(rows, as_reopened(self.scope_to_check()))

    def _check(self, rows: Sequence[dict[str, str]], scope: Scope) -> Outcome:
        bare = tuple({name: text for name, text in row.items() if name != "row_no"} for row in rows)
        return checker().check(Received("form", rows=bare), self.definition, scope)


def sender(about: Subject) -> Sender:
    """For whom its template is made, with what was typed already. Only for those who may read its draft."""
    draft = about.draft()
    return signed_before.sender(
        transaction.reading(),
        about.definition,
        about.partnership,
        about.agency,
        about.listed.period,
        lists=about.lists,
        typed=draft.rows if draft else (),
    )


def of(submission: int) -> Subject:
    """The submission, and the page said to be about its partnership."""
    session = transaction.reading()
    found = my_list(session, None, due_item_ids=[submission])
    if not found:
        raise NotFound("There is no such return to answer.")
    partnership = session.get_one(Partnership, found[0].partnership_id)
    layout.about(partnership)
    return Subject(
        listed=found[0],
        partnership=partnership,
        agency=session.get_one(Agency, found[0].agency_id),
        definition=catalogue.definition(session, found[0].return_code),
        today=today_for(partnership),
    )


def seen() -> int | None:
    """The event that the person saw last, as the form carries it."""
    text = request.form.get("seen", "")
    return int(text) if text.isdecimal() else None
