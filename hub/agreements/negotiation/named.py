"""Names for the codes that an agreement's document holds, so that whoever reads or signs it reads names.

The document and its digest hold codes; pages put these names in their place, on both sides of a redline alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.definitions import catalogue
from hub.errors import UnknownDefinition
from hub.measures.load import measures_as_at
from hub.meetings.models import GroupVersion
from hub.partners.models import Agency, Partnership, Region

Names = Mapping[str, Mapping[str, str]]  # key in the document → code → name

AGENCIES = (
    "agency", "host", "invited", "lead", "parties", "payer", "present", "promisee", "promisor", "providers", "supporting",
)  # fmt: skip
WORDS = {
    "kind": {"mou": "memorandum of understanding", "isa": "information-sharing agreement"},
    "binds": {"all": "when all parties have signed", "each": "each party from its own signature"},
    "direction": {"at_least": "at least", "at_most": "at most", "within": "within, either way"},
    "judged": {"whole": "over its whole time", "last": "in its last period", "each": "in each period"},
    "of": {"place": "of the whole place", "party": "the party’s own"},
    "better": {"higher": "the higher the better", "lower": "the lower the better"},
    "basis": {
        "section-75": "Section 75 agreement",
        "section-256": "Section 256 grant",
        "aligned": "aligned budgets",
        "own": "own budget",
    },
    "review": {"month": "each month", "quarter": "each quarter", "term": "each term"},
    "to": {
        "leads": "the leads",
        "chief-officers": "the chief officers",
        "regional-office": "the regional office",
    },
}


def names_in(session: Session, *documents: Mapping[str, Any]) -> Names:
    """The names of the agencies, measures, returns and services that the documents speak of."""
    held: dict[str, set[str]] = {}
    for key, code in (found for document in documents for found in _codes("", document)):
        held.setdefault(key, set()).add(code)
    codes = {code for key in AGENCIES for code in held.get(key, ())}
    agencies = dict(session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes))).all())
    measures = measures_as_at(session, real_now()) if held.get("measure") else {}
    services = (each for document in documents for each in document.get("services", ()))
    places = select(Partnership.code, Partnership.name).where(
        Partnership.code.in_(held.get("partnership", ()))
    )
    regions = select(Region.code, Region.name).where(Region.code.in_(held.get("region", ())))
    groups = select(GroupVersion.code, GroupVersion.title).where(GroupVersion.code.in_(held.get("group", ())))
    return {
        **WORDS,
        "group": dict(session.execute(groups.order_by(GroupVersion.known_from)).all()),
        **dict.fromkeys(AGENCIES, agencies),
        "measure": {code: f"{each.name} ({code})" for code, each in measures.items()},
        "return": {code: _title(session, code) for code in held.get("return", ())},
        "service": {each["id"]: each["title"] for each in services},
        "partnership": dict(session.execute(places).all()),
        "region": dict(session.execute(regions).all()),
    }


def _title(session: Session, code: str) -> str:
    try:
        return catalogue.definition(session, code).title
    except UnknownDefinition:
        return code


def _codes(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for inner, said in value.items():
            yield from _codes(inner, said)
    elif isinstance(value, list):
        for each in value:
            yield from _codes(key, each)
    elif isinstance(value, str):
        yield key, value
