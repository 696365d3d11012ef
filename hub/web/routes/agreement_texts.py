"""Texts of an agreement compared: a redline between any two, and the ambition beside what was promised before."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.agreements.evaluate import evaluate
from hub.agreements.model import Agreement
from hub.agreements.negotiation.ambition import WORDS, actual_says, compared
from hub.agreements.negotiation.parts import name_of
from hub.agreements.negotiation.read import Negotiation, Text
from hub.agreements.negotiation.redline import redline as redlined
from hub.agreements.versions import agreement_as_at, agreements_of
from hub.errors import NotFound
from hub.facts.queries import as_at
from hub.partners.policy import Permission
from hub.web import present_negotiation, reach

blueprint = Blueprint(
    "agreement_texts", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>"
)

MARKS = {
    "lowered": ("half", "late"),
    "dropped": ("cross", "bad"),
    "raised": ("arrow", "good"),
    "new": ("circle", "busy"),
    "kept": ("tick", "good"),
}


@blueprint.get("/redline")
@requires(Permission.AGREEMENT_READ, of="agreement")
def redline(partnership: str, agreement: str) -> str:
    """Without a choice: the newest text against the last signed one, else against the one before."""
    it = present_negotiation.page(partnership, agreement)
    before, after = _chosen(it.found)
    rows = redlined(before.parts, after.parts)
    return render_template(
        "negotiation/redline.html",
        heading="What changed between two texts",
        it=it,
        before=before,
        after=after,
        changed=[each for each in rows if each.word != "same"],
        same=[name_of(each.part) for each in rows if each.word == "same"],
        name_of=name_of,
        texts=_named(it.found),
    )


def _chosen(found: Negotiation) -> tuple[Text, Text]:
    texts = {text.key: text for text in found.texts}
    asked = [request.args.get(name) for name in ("before", "after")]
    if any(key is not None and key not in texts for key in asked):
        raise NotFound(ABSENT)
    after = texts[asked[1]] if asked[1] else found.text
    earlier = [text for text in found.texts if (text.version, text.number) < (after.version, after.number)]
    signed = [text for text in earlier if text.version < after.version and text.status == "signed"]
    usual = (signed or earlier or [after])[-1]
    return texts[asked[0]] if asked[0] else usual, after


def _named(found: Negotiation) -> list[tuple[str, str]]:
    return [
        (
            text.key,
            f"Version {text.version}, text {text.number}{', signed' if text.status == 'signed' else ''}",
        )
        for text in found.texts
    ]


@blueprint.get("/ambition")
@requires(Permission.AGREEMENT_READ, of="agreement")
def ambition(partnership: str, agreement: str) -> str:
    it = present_negotiation.page(partnership, agreement)
    session = transaction.reading()
    before = _before(session, it)
    rows, verdicts = [], []
    if before is not None:
        rows = sorted(compared(before, it.found.agreement), key=lambda each: WORDS.index(each.word))
        verdicts = evaluate(session, it.partnership, before, as_at(session, it.partnership))
    return render_template(
        "negotiation/ambition.html",
        heading="Ambition compared",
        it=it,
        before=before,
        rows=[(each, *MARKS[each.word], actual_says(each, verdicts)) for each in rows],
        counts=[(word, sum(each.word == word for each in rows)) for word in WORDS],
    )


def _before(session: Session, it: present_negotiation.Page) -> Agreement | None:
    """The signed version before this one; of a first version, the agreement whose promises it carries on."""
    if it.found.signed_before is not None:
        return it.found.signed_before.agreement
    carried = [each.replaces.agreement for each in it.found.agreement.commitments if each.replaces]
    code = max(set(carried), key=carried.count) if carried else None
    if code is None or code not in agreements_of(session, it.partnership.id):
        return None
    found = agreement_as_at(session, it.partnership.id, code, as_at(session, it.partnership).moment)
    return found if reach.is_party(it.partnership)(found) else None
