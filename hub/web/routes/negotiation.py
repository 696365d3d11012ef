"""Negotiating an agreement: who stands where on each part, and what the coordinator and the parties do with the draft."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.access import transaction
from hub.access.guard import requires
from hub.access.objects import ABSENT
from hub.agreements import kinds
from hub.agreements.load import shipped_measures
from hub.agreements.negotiation import acts, alerts, chasing
from hub.agreements.negotiation.acting import Doer
from hub.agreements.negotiation.named import Names, names_in
from hub.agreements.negotiation.parts import CLAUSE, COMMITMENT, LISTS, REST, Plain, name_of
from hub.clock import real_now
from hub.errors import AreYouSure, HubError, NotFound, NotReady
from hub.measures.load import measures_as_at
from hub.partners import queries
from hub.partners.policy import Permission
from hub.web import agreement_form, fields, layout, present_negotiation, typed
from hub.web.once import once
from hub.web.present_negotiation import Page

blueprint = Blueprint(
    "negotiation", __name__, url_prefix="/partnerships/<partnership>/agreements/<agreement>"
)

OWN_NAMES = ("csrf_token", "form_key", "part", "shown", "kind", "clause", "party", "speaks_for", "owner")


def doer(partnership: str, agreement: str) -> Doer:
    """Who acts; `speaks_for` names the party, and is empty for the coordinator."""
    place = queries.partnership(transaction.reading(), partnership)
    layout.about(place)
    return Doer(transaction.writing(), place, g.actor, agreement, fields.text("speaks_for") or None)


def to(
    endpoint: str,
    partnership: str,
    agreement: str,
    done: str,
    *,
    part: str | None = None,
    period: str | None = None,
) -> ResponseReturnValue:
    page = url_for(
        endpoint, partnership=partnership, agreement=agreement, done=done, part=part, period=period
    )
    return redirect(page, 303)


def overview(partnership: str, agreement: str, *, complaint: str = "", asks_sure: bool = False) -> str:
    it = present_negotiation.page(partnership, agreement)
    return render_template(
        "negotiation/overview.html",
        heading=f"Drafting and signing: {it.found.agreement.title}",
        it=it,
        rows=present_negotiation.rows(it),
        signatures=present_negotiation.signatures(it),
        name_of=name_of,
        said=present_negotiation.said,
        reminders=chasing.reminders(transaction.reading(), it.partnership, it.found)
        if it.coordinates and it.found.standing != "signed"
        else [],
        carried=present_negotiation.carried(transaction.reading(), it.partnership, it.found.agreement),
        kinds=kinds.known(),
        troubles=alerts.troubles(transaction.reading(), it.partnership, it.found.agreement),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


@blueprint.get("/negotiation")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def negotiation(partnership: str, agreement: str) -> str:
    return overview(partnership, agreement)


def not_done(error: HubError, partnership: str, agreement: str, **_: object) -> ResponseReturnValue:
    """Nothing was kept: the page says why, with what the person typed."""
    part = request.form.get("part", "")
    sure = isinstance(error, AreYouSure)
    if request.form.get("on") == "part":
        return _part_page(partnership, agreement, part, complaint=error.sentence, asks_sure=sure), 409
    return overview(partnership, agreement, complaint=error.sentence, asks_sure=sure), 409


def _part_page(
    partnership: str, agreement: str, part: str, *, complaint: str = "", asks_sure: bool = False
) -> str:
    """A part with where everybody stands on it; one that is not there yet has its form alone."""
    it = present_negotiation.page(partnership, agreement)
    reads = it.found.text.parts.get(part)
    kind, _, name = part.partition(":")
    if reads is None and (kind not in LISTS or not name or not it.speaks or it.found.standing == "signed"):
        raise NotFound(ABSENT)
    is_typed = bool(complaint) and bool({"title", "text"} & set(request.form))
    shown = agreement_form.posted(part, reads or {}) if is_typed else reads
    return render_template(
        "negotiation/part.html",
        heading=name_of(part),
        it=it,
        part=part,
        kind=kind,
        reads=reads,
        shown=shown or _blank(part),
        shown_digest=it.found.text.digests.get(part, acts.NEW),
        positions=[]
        if reads is None
        else [present_negotiation.cell(it.found.positions[code, part]) for code in it.names],
        proposals=[each for each in it.found.proposals if each.proposed.part == part],
        runs=present_negotiation.runs_between,
        named=_named(it, part),
        asks=reads is not None and present_negotiation.asks(it, part),
        history=present_negotiation.of_part(it.found, part),
        said=present_negotiation.said,
        as_shown=present_negotiation.as_shown,
        terms=_terms(it, shown or _blank(part)) if kind == COMMITMENT else [],
        kinds=kinds.known(),
        members=queries.members_on(transaction.reading(), it.partnership.id, it.found.agreement.begins_on),
        complaint=complaint,
        asks_sure=asks_sure,
        typed=request.form,
    )


def _named(it: Page, part: str) -> Names:
    """For the part as it reads and as it would read by each proposal."""
    wordings = [each.proposed.wording for each in it.found.proposals if each.proposed.part == part]
    document = it.found.text.document
    return names_in(transaction.reading(), document, *({part: each} for each in wordings if each))


def _blank(part: str) -> Plain:
    kind, _, name = part.partition(":")
    if kind == CLAUSE:
        return {"number": name, "title": "", "text": ""}
    asked = request.args.get("kind", "")
    return {"id": name, "text": "", "promisor": [], "kind": asked if asked in kinds.known() else "milestone"}


def _terms(it: Page, shown: Plain) -> list[agreement_form.Field]:
    if shown.get("kind") not in kinds.known():
        return []
    measures = shipped_measures() | measures_as_at(transaction.reading(), real_now())
    services = [service.id for service in it.found.agreement.services]
    return agreement_form.term_fields(shown["kind"], shown, measures, services)


@blueprint.get("/negotiation/parts/<part>")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def part(partnership: str, agreement: str, part: str) -> str:
    return _part_page(partnership, agreement, part)


@blueprint.get("/negotiation/add")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
def add(partnership: str, agreement: str) -> ResponseReturnValue:
    """Leads to the form of a part that is not there yet."""
    name = "".join(each for each in request.args.get("name", "") if each.isalnum() or each in ".-")[:20]
    what = request.args.get("what", "")
    if not name or what not in LISTS:
        said = "Write the number of the new clause, or the short name of the new promise, as C12."
        return overview(partnership, agreement, complaint=said), 409
    kind = request.args.get("kind") if what == COMMITMENT else None
    return redirect(
        url_for(
            "negotiation.part", partnership=partnership, agreement=agreement, part=f"{what}:{name}", kind=kind
        ),
        303,
    )


def _words() -> str:
    return agreement_form.text("words")


def _checked() -> None:
    typed.checked(agreement_form.typed_words(OWN_NAMES))


def _wording(found_part: str, reads: Plain) -> Plain | None:
    return None if request.form.get("remove") == "yes" else agreement_form.posted(found_part, reads)


def _reads(partnership: str, agreement: str, part: str) -> Plain:
    return present_negotiation.page(partnership, agreement).found.text.parts.get(part, {})


@blueprint.post("/negotiation/agree")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def agree(partnership: str, agreement: str) -> ResponseReturnValue:
    """Parts are ticked; each comes with the digest that was shown beside it."""
    parts = request.form.getlist("parts")
    if request.form.get("all") == "yes":
        parts = [name.removeprefix("digest-") for name in request.form if name.startswith("digest-")]
    shown = {part: request.form.get(f"digest-{part}", "") for part in parts}
    acts.agree(doer(partnership, agreement), shown)
    return to("negotiation.negotiation", partnership, agreement, "agreement-agreed")


def _of_part(act: Callable[[str, str], None], partnership: str, agreement: str) -> ResponseReturnValue:
    """An act on the part that the form names, led back to that part, or to the whole where it is gone."""
    _checked()
    named = request.form.get("part", "")
    act(named, request.form.get("shown", ""))
    if request.form.get("remove") == "yes":
        return to("negotiation.negotiation", partnership, agreement, "agreement-done")
    if (
        request.form.get("shown") == acts.NEW
        and request.form.get("on") == "part"
        and request.path.endswith("/propose")
    ):
        return to("negotiation.negotiation", partnership, agreement, "agreement-done")
    return to("negotiation.part", partnership, agreement, "agreement-done", part=named)


@blueprint.post("/negotiation/propose")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def propose(partnership: str, agreement: str) -> ResponseReturnValue:
    def act(part: str, shown: str) -> None:
        wording = _wording(part, _reads(partnership, agreement, part))
        acts.propose(doer(partnership, agreement), part, shown, wording, words=_words())

    return _of_part(act, partnership, agreement)


@blueprint.post("/negotiation/word")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def word(partnership: str, agreement: str) -> ResponseReturnValue:
    def act(part: str, shown: str) -> None:
        wording = _wording(part, _reads(partnership, agreement, part))
        if wording is None and part == REST:
            raise NotReady("Parties, term and rules stay: change them instead.")
        acts.word(doer(partnership, agreement), part, shown, wording, words=_words())

    return _of_part(act, partnership, agreement)


@blueprint.post("/negotiation/comment")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def comment(partnership: str, agreement: str) -> ResponseReturnValue:
    return _of_part(
        lambda part, _: acts.comment(doer(partnership, agreement), part, words=_words()),
        partnership,
        agreement,
    )


@blueprint.post("/negotiation/answer")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def answer(partnership: str, agreement: str) -> ResponseReturnValue:
    """The coordinator takes a proposal over, or declines it with a reason."""
    _checked()
    number = fields.number("proposal")
    if request.form.get("answer") == "accept":
        acts.accept(doer(partnership, agreement), number, words=_words())
    else:
        acts.decline(doer(partnership, agreement), number, words=_words())
    return to("negotiation.negotiation", partnership, agreement, "agreement-answered")


@blueprint.post("/negotiation/chase")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def chase(partnership: str, agreement: str) -> ResponseReturnValue:
    """One party, or (`all`) everyone that is silent."""
    parties = [] if request.form.get("all") == "yes" else [request.form.get("party", "")]
    chasing.chase(doer(partnership, agreement), *parties)
    return to("negotiation.negotiation", partnership, agreement, "agreement-chased")


@blueprint.post("/negotiation/dispute")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def dispute(partnership: str, agreement: str) -> ResponseReturnValue:
    _checked()
    acts.dispute(
        doer(partnership, agreement),
        request.form.get("part", ""),
        owner=request.form.get("owner", ""),
        on_date=fields.day("on_date"),
        words=_words(),
    )
    return to("negotiation.negotiation", partnership, agreement, "agreement-done")


@blueprint.post("/negotiation/settle")
@requires(Permission.AGREEMENT_DRAFT, of="agreement")
@once(refused=not_done)
def settle(partnership: str, agreement: str) -> ResponseReturnValue:
    _checked()
    acts.settle(doer(partnership, agreement), fields.number("dispute"), words=_words())
    return to("negotiation.negotiation", partnership, agreement, "agreement-done")
