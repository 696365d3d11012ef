"""Texts of an agreement: a redline between any two, what was dropped, the ambition beside what was promised before, and the draft as one file."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT, LARGEST_NUMBER
from hub.agreements.evaluate import evaluate
from hub.agreements.model import Agreement
from hub.agreements.negotiation import acts
from hub.agreements.negotiation.ambition import WORDS, actual_says, compared
from hub.agreements.negotiation.parts import name_of
from hub.agreements.negotiation.read import Negotiation, dropped_draft, negotiation
from hub.agreements.negotiation.record import Text
from hub.agreements.negotiation.redline import redline as redlined
from hub.agreements.versions import agreement_as_at, agreements_of
from hub.agreements.written import as_yaml
from hub.errors import AreYouSure, HubError, NotFound
from hub.facts.moments import as_at
from hub.partners.policy import Permission
from hub.web import present_negotiation, reach, typed
from hub.web.once import once
from hub.web.routes.negotiation import doer, to

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
    """Without a choice: the newest text against the last signed one, else against the one before.

    A renewal may be read too against the signed texts of the agreement that it carries on.
    """
    it = present_negotiation.page(partnership, agreement)
    own = {text.key: text for text in it.found.texts}
    carried = _carried_texts(transaction.reading(), it)
    before, after = _chosen(it.found, {**carried, **own}, own)
    rows = redlined(before.parts, after.parts, present_negotiation.names_in(it, before, after))
    return render_template(
        "negotiation/redline.html",
        heading="What changed between two texts",
        it=it,
        before=before,
        after=after,
        changed=[each for each in rows if each.word != "same"],
        same=[name_of(each.part) for each in rows if each.word == "same"],
        name_of=name_of,
        texts_before=_named({**carried, **own}),
        texts_after=_named(own),
        chosen=next(key for key, text in {**carried, **own}.items() if text is before),
    )


def _chosen(found: Negotiation, befores: Mapping[str, Text], afters: Mapping[str, Text]) -> tuple[Text, Text]:
    asked = [request.args.get(name) for name in ("before", "after")]
    if asked[0] not in (None, *befores) or asked[1] not in (None, *afters):
        raise NotFound(ABSENT)
    after = afters[asked[1]] if asked[1] else found.text
    earlier = [text for text in found.texts if (text.version, text.number) < (after.version, after.number)]
    signed = [text for text in earlier if text.version < after.version and text.status == "signed"]
    usual = (signed or earlier or [after])[-1]
    return befores[asked[0]] if asked[0] else usual, after


def _named(texts: Mapping[str, Text]) -> list[tuple[str, str]]:
    return [
        (
            key,
            ("" if key == text.key else f"{text.agreement.title}: ")
            + f"Version {text.version}, text {text.number}{', signed' if text.status == 'signed' else ''}",
        )
        for key, text in texts.items()
    ]


def _carried_texts(session: Session, it: present_negotiation.Page) -> dict[str, Text]:
    """The signed texts of the agreement that this one carries on, for whoever may read it."""
    code = _carried(it)
    if code is None or code not in agreements_of(session, it.partnership.id):
        return {}
    found = negotiation(session, it.partnership.id, code)
    if not reach.is_party(it.partnership)(found.agreement):
        return {}
    return {f"{code}/{text.key}": text for text in found.texts if text.status == "signed"}


def _carried(it: present_negotiation.Page) -> str | None:
    """The agreement whose promises most of its own carry on."""
    carried = [each.replaces.agreement for each in it.found.agreement.commitments if each.replaces]
    return max(sorted(set(carried)), key=carried.count) if carried else None


@blueprint.get("/dropped/<int:number>")
@requires(Permission.AGREEMENT_READ, of="agreement")
def dropped(partnership: str, agreement: str, number: int) -> str:
    """What a variation that was dropped would have said, for whoever could read its draft; what it varied stands."""
    it = present_negotiation.page(partnership, agreement)
    found = dropped_draft(transaction.reading(), it.partnership.id, agreement, min(number, LARGEST_NUMBER))
    before = found.signed_before or found.text
    names = present_negotiation.names_in(it, before, found.text)
    rows = redlined(before.parts, found.text.parts, names)
    return render_template(
        "negotiation/dropped.html",
        heading=f"{found.agreement.title}: the draft of version {found.version}",
        it=it,
        found=found,
        before=before,
        changed=[each for each in rows if each.word != "same"],
        name_of=name_of,
        parts=present_negotiation.parts_as_shown(found, names),
    )


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
    code = _carried(it)
    if code is None or code not in agreements_of(session, it.partnership.id):
        return None
    found = agreement_as_at(session, it.partnership.id, code, as_at(session, it.partnership).moment)
    return found if reach.is_party(it.partnership)(found) else None


def _text_page(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    it = present_negotiation.page(partnership, agreement)
    return render_template(
        "negotiation/text.html",
        heading="The whole text",
        it=it,
        text=request.form.get("text") or as_yaml(it.found.agreement),
        complaint=complaint,
        asks_sure=asks_sure,
    )


@blueprint.get("/negotiation/text")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def text(partnership: str, agreement: str) -> str:
    return _text_page(partnership, agreement)


def not_written(error: HubError, partnership: str, agreement: str) -> ResponseReturnValue:
    sure = isinstance(error, AreYouSure)
    return _text_page(partnership, agreement, complaint=error.sentence, asks_sure=sure), 409


@blueprint.post("/negotiation/text")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_written)
def word_whole(partnership: str, agreement: str) -> ResponseReturnValue:
    """The exchange form of the draft, as one text."""
    typed.checked([request.form.get("text", "")])
    acts.word_whole(doer(partnership, agreement), request.form.get("shown", ""), request.form.get("text", ""))
    return to("negotiation.negotiation", partnership, agreement, "agreement-done")
