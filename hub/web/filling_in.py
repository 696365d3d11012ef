"""The return from whose page a person came to upload its file: a file of another one is then named, not taken."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from hub.definitions.catalogue import definition
from hub.partners.policy import Permission
from hub.partners.roles import SOME
from hub.submissions.queries import Listed, my_list
from hub.web import reach

_LARGEST = 2**63  # beyond what the database can hold


def filling_in(session: Session) -> Listed | None:
    """One of the person's own, or None where they did not come from one."""
    number = request.values.get("submission", "")
    agency_ids = sorted(reach.agency_ids(Permission.DRAFT_WRITE, part=SOME))
    if not (number.isascii() and number.isdecimal() and len(number) < 20 and agency_ids):
        return None
    known = int(number) < _LARGEST and my_list(session, agency_ids, due_item_ids=[int(number)])
    if not known:
        return None
    part = definition(session, known[0].return_code).part
    return known[0] if known[0].agency_id in reach.agency_ids(Permission.DRAFT_WRITE, part=part) else None
